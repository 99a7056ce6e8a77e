"""Fires that spread among 200,000 buildings, with crews at work: CPU seconds for a simulated hour, and bytes a building."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Row, cpu, note
from models.calendar import HOUR, MINUTE
from models.fire.access import free_fronts
from models.fire.course import STEP_S
from models.fire.fireground import fire_ground, place_water, places_of
from models.fire.neighbours import PAIR
from models.fire.spread import advance
from models.fire.state import HOME, SET, UNIT, Fire, Luck, growth_luck, ignite, no_fire, wind_from
from models.fire.structures import standard_classes
from models.fire.town import SITE, Town, build_town
from sim.city.model import Polylines
from sim.streams import Stream

ACROSS, DOWN = 500, 400  #: houses of 9 m in rows, 3 m apart
SIDE_M, PITCH_M = 9.0, 12.0
FIRES, FLOW = 8, 117.0  #: that are set, and the l/s of nine engines at each
WIND_M_S = 5.0
SHARES = (0.3, 0.6)  #: of bare wood, and of that or brick and timber; the others are fire-resistive
LATE_S = 1200.0  #: after which engines are there
HOURS = 3


class _Burning(NamedTuple):
    """A town, and how many buildings burnt at most in an hour."""

    seconds: float
    most: int
    burnt: int


def measure() -> list[Row]:
    """Return the rows of the fire: the dearer of the first hours, and what a building needs of memory."""
    note(f"fire among {ACROSS * DOWN:,} buildings")
    town = _town()
    _hours(town, 0.1)  # compiles
    hours = _hours(town, HOURS)
    worst = max(hours, key=lambda hour: hour.seconds)
    name = f"fire among {ACROSS * DOWN:,} houses, {FIRES} fires with nine engines each, a simulated hour"
    units, pairs = int(town.site["units"].sum()), len(town.pair)
    count = len(town.site)
    return [
        Row(name, f"{worst.seconds:.2f} CPU s ({worst.most} burn at once, {hours[-1].burnt} took fire in {HOURS} h)",
            target="< 1 CPU s", met=worst.seconds < 1.0),
        Row("… state of it, bytes a building", f"{_bytes(town) / count:,.0f} ({units / count:.1f} compartments and "
            f"{pairs / count:.1f} neighbours each)"),
    ]  # fmt: skip


def _town() -> Town:
    x, y = (part.ravel() * PITCH_M for part in np.meshgrid(np.arange(ACROSS), np.arange(DOWN)))
    ring = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * SIDE_M
    xy = (np.column_stack([x, y])[:, None, :] + ring).reshape(-1, 2).astype(np.float64)
    count = len(x)
    alike = np.zeros(count, dtype=np.int64)
    key = np.arange(count) + 1
    structure = np.searchsorted(SHARES, Stream(1).uniforms("structure", key)).astype(np.int64)
    outlines = Polylines(first=(np.arange(count + 1) * 5).astype(np.int32), xy=xy)
    return build_town(outlines, alike + 2, alike, structure, key)


def _hours(town: Town, hours: float) -> list[_Burning]:
    """Let fires burn for so many hours, as a run does: steps of `STEP_S`, water placed anew every minute."""
    stream, wind, classes = Stream(1), wind_from(180.0, WIND_M_S), standard_classes()
    luck = Luck(*(stream.key(f"fire.{name}") for name in Luck._fields))
    fire = no_fire(town, growth_luck(town, stream, "fire.growth"))
    origins = np.linspace(0, len(town.site), FIRES, endpoint=False).astype(np.int64) + ACROSS // 2
    for b in origins.tolist():
        ignite(town, fire, b, 0, 0.0, (SET, -1))
    fronts, places, known = free_fronts(town, wind), places_of(town), np.zeros(len(town.site), dtype=np.int32)
    told, most = [], 0

    def minute(now: float) -> None:
        for b in origins.tolist() if now >= LATE_S else ():
            place_water(town, classes, fire, fire_ground(places, fire, b, 40.0), fronts, FLOW, now)
        for i in range(round(MINUTE / STEP_S)):
            advance(town, classes, fire, wind, luck, now + i * STEP_S, STEP_S)
        _tell(fire, known)

    for hour in range(max(1, round(hours))):
        spent, most = 0.0, 0
        for i in range(round(min(hours, 1.0) * HOUR / MINUTE)):
            spent += cpu(lambda now=hour * HOUR + i * MINUTE: minute(now))  # type: ignore[misc]  # bound at once
            most = max(most, int(fire.counts[0]))
        told.append(_Burning(spent, most, int(np.isfinite(fire.home["since"]).sum())))
    return told


def _tell(fire: Fire, known: NDArray[np.int32]) -> None:
    """Find what has changed, as a run does for its log."""
    np.flatnonzero(fire.home["state"] != known)
    known[:] = fire.home["state"]


def _bytes(town: Town) -> int:
    """Return the bytes of a town and its fire: records of buildings, compartments and neighbours, outlines and cells."""
    count, pairs, units = len(town.site), len(town.pair), int(town.site["units"].sum())
    records = count * (SITE.itemsize + HOME.itemsize + 8 + 8) + units * UNIT.itemsize + pairs * (PAIR.itemsize + 8)
    return records + town.corner.nbytes + town.cells.first.nbytes + town.cells.building.nbytes
