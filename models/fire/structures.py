"""Classes of structures and uses: what burns in a building, how fast, and what its walls hold back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.fire.growth import class_growth_rate
from models.fire.radiation import EMITTED, EMITTED_REDUCED
from sim.city.model import BUILDING_USES
from sim.text import Text

Floats = NDArray[np.float64]

STRUCTURE_TITLES = {
    "wooden": Text("bare wood", "木结构"),
    "masonry": Text("brick and timber", "砖木结构"),
    "resistant": Text("fire-resistive", "耐火结构"),
}
STRUCTURES: tuple[str, ...] = tuple(STRUCTURE_TITLES)
WOODEN, MASONRY, RESISTANT = range(3)


#: What distinguishes the three classes; all barrier times count from flashover behind the barrier.
_CLASSES: dict[str, tuple[float, float, float]] = {
    "inertia": (0.18, 0.5, 2.0),  # kρc of linings, kW²·s/(m⁴·K²): gypsum, plaster on brick, concrete (SFPE Handbook)
    "frame_load": (800.0, 250.0, 0.0),  # MJ/m² of floor that the structure adds; 45 kg/m² of wood (assumption)
    "frame_peak": (250.0, 100.0, 0.0),  # kW/m² that it adds to those of the contents (assumption)
    "window": (0.25, 0.2, 0.25),  # share of the outer wall that lets air in (assumption)
    "unprotected": (1.0, 0.3, 0.3),  # share of the facade that radiates; all of a wall that burns (BR 187; assumption)
    "aside": (180.0, 1800.0, 3600.0),  # median time that a partition holds, s (assumption; fire-resistive: an hour)
    "upward": (180.0, 1200.0, 1500.0),  # to the storey above, by stairs, floor or windows, s (assumption)
    "downward": (600.0, 5400.0, 1e9),  # s (assumption)
    "party": (600.0, 3600.0, 14400.0),  # that a wall between touching buildings holds, s (assumption)
    "receives": (1.0, 0.5, 0.5),  # share of incident flux that acts: glass lets half through (assumption)
    "lights": (2e-5, 2e-6, 0.0),  # chance that one brand on the roof lights it (assumption)
    "brands": (0.1, 0.02, 0.002),  # brands that could light something, per MJ (assumption: 2 a kg of wood)
    "open_flames": (1.0, 0.0, 0.0),  # 1 where walls and roof burn through and flames lean in the wind
}
CLASS = np.dtype([(name, np.float64) for name in _CLASSES])


def standard_classes() -> NDArray[np.void]:
    """Return the figures of the classes wooden, masonry and resistant, records of `CLASS` [classes]."""
    table = np.zeros(len(STRUCTURES), dtype=CLASS)
    for name, values in _CLASSES.items():
        table[name] = values
    return table


#: Mean fire load in MJ/m² (EN 1991-1-2, table E.4; industrial and other: assumption), growth class (the same table),
#: radiation (BR 187) and size of a fire compartment in m² (assumption), by use.
_USES: dict[str, tuple[float, str, float, float]] = {
    "residential": (780.0, "medium", EMITTED_REDUCED, 90.0),
    "office": (420.0, "medium", EMITTED_REDUCED, 300.0),
    "commercial": (600.0, "fast", EMITTED, 500.0),
    "school": (285.0, "medium", EMITTED_REDUCED, 70.0),
    "hospital": (230.0, "medium", EMITTED_REDUCED, 200.0),
    "industrial": (1200.0, "fast", EMITTED, 1000.0),
    "public": (300.0, "fast", EMITTED_REDUCED, 500.0),
    "other": (500.0, "medium", EMITTED, 200.0),
}
CONTENTS_PEAK = 250.0  #: kW/m², EN 1991-1-2 table E.5


class Uses(NamedTuple):
    """What the use of a building says, float64 [uses], in the order of `BUILDING_USES`."""

    load: Floats  #: MJ/m²
    alpha: Floats  #: kW/s²
    emitted: Floats  #: kW/m²
    unit: Floats  #: m²


def standard_uses() -> Uses:
    """Return the figures of the uses of buildings."""
    rows = [_USES[use] for use in BUILDING_USES]
    return Uses(
        load=np.array([row[0] for row in rows]),
        alpha=np.array([class_growth_rate(row[1]) for row in rows]),
        emitted=np.array([row[2] for row in rows]),
        unit=np.array([row[3] for row in rows]),
    )
