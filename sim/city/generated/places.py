"""Land use, and the facilities of a generated city: stations, hospitals, AEDs, shelters, metro."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.blocks import HOMES, Block, spread
from sim.city.generated.frame import Frame
from sim.city.generated.names import Names
from sim.city.generated.network import Sheet, Tags
from sim.city.generated.parameters import CityParameters

_LAND: dict[str, Tags] = {
    "office": {"landuse": "commercial"}, "commercial": {"landuse": "retail"}, "park": {"leisure": "park"},
    "industrial": {"landuse": "industrial"}, "public": {"landuse": "institutional"},
    "school": {"amenity": "school"}, "hospital": {"amenity": "hospital", "emergency": "yes"},
}  # fmt: skip
_LAND_NAME = {"park": "公园", "school": "学校", "hospital": "医院", "industrial": "产业园", "office": "中心"}
_RESIDENTS_A_METRO_STATION = 42_000

#: Per 100,000 residents, tags, end of the name, and the manners of block they stand in. As complete as a
#: well-surveyed district: Nanjing has 93 ambulance points and 2,000 AEDs for 9.5 million.
_RATES: tuple[tuple[float, Tags, str, tuple[str, ...]], ...] = (
    (1.6, {"amenity": "fire_station"}, "消防救援站", ("public", "office", "industrial", "commercial", "park")),
    (0.8, {"emergency": "ambulance_station"}, "急救站", ("hospital",)),
    (0.8, {"emergency": "ambulance_station"}, "急救分站", ("slabs", "towers", "public", "industrial")),
    (1.8, {"amenity": "police"}, "派出所", ("public", "slabs", "commercial", "office", "houses")),
    (21.0, {"emergency": "defibrillator"}, "", ("office", "commercial", "school", "public", "towers")),
    (12.0, {"emergency": "assembly_point"}, "应急避难场所", ("park", "school")),
)


def make_places(
    frame: Frame,
    blocks: list[Block],
    parameters: CityParameters,
    sheet: Sheet,
    names: Names,
    rng: np.random.Generator,
) -> None:
    """Draw land use and facilities."""

    def known() -> bool:
        return bool(rng.random() < parameters.facilities_tagged)

    for block in blocks:
        _draw_land(block, sheet, names, known=known())
    for rate, tags, ending, manners in _RATES:
        stands = [block for block in blocks if block.manner in manners] or blocks
        middles = np.array([block.middle for block in stands])
        for k in spread(middles, max(2, round(rate * parameters.residents / 100_000)), rng):
            at = middles[k] + rng.uniform(-12.0, 12.0, 2)
            name = {"name": names.next() + ending} if ending else {}
            if known():
                sheet.node(at, {**tags, **name})
    _draw_metro(frame, parameters, sheet, names, rng)


def _draw_land(block: Block, sheet: Sheet, names: Names, *, known: bool) -> None:
    home = block.manner in HOMES
    tags = {"landuse": "residential"} if home or block.manner == "old" else dict(_LAND[block.manner])
    if "amenity" in tags and not known:
        return
    name = names.compound() if home else names.next() + _LAND_NAME.get(block.manner, "")
    if home or block.manner in _LAND_NAME:
        tags["name"] = name
    sheet.ring(block.middle + 0.93 * (block.corners - block.middle), tags)


def _draw_metro(frame: Frame, parameters: CityParameters, sheet: Sheet, names: Names, rng: np.random.Generator) -> None:
    """Put metro stations at crossings of dual roads and, further, along them."""
    at = _dual_crossings(frame)
    count = min(len(at), max(2, round(parameters.residents / _RESIDENTS_A_METRO_STATION)))
    for k in spread(at, count, rng):
        place = at[k] + rng.uniform(-15.0, 15.0, 2)
        sheet.node(place, {"railway": "station", "station": "subway", "name": names.next()})


def _dual_crossings(frame: Frame) -> NDArray[np.float64]:
    rows, columns = np.array(frame.rows.sense), np.array(frame.columns.sense)
    dual = (rows[:, None] > 0) | (columns[None, :] > 0)
    result: NDArray[np.float64] = frame.xy[dual]
    return result
