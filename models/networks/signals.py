"""Traffic signals: at which junctions they stand, and what their failure does to the streets."""

from __future__ import annotations

import numpy as np

from models.networks.topology import Bools, Floats
from sim.city.model import ROAD_CLASSES, Streets

_LARGE = ROAD_CLASSES.index("tertiary")  #: the smallest class with signals (assumption)


def signals(streets: Streets) -> Bools:
    """Return where signals stand, bool [nodes]: where three or more ways of at least tertiary rank meet (assumption)."""
    large = streets.road_class <= _LARGE
    tails, heads = streets.tails()[large].astype(np.int64), streets.head[large].astype(np.int64)
    pairs = np.unique(np.sort(np.column_stack([tails, heads]), axis=1), axis=0)
    return np.bincount(pairs.ravel(), minlength=streets.nodes) >= 3


def dark_streets(streets: Streets, dark: Bools, factor: float) -> Floats:
    """Return the factor of the speed on every edge: `factor` towards a signal that is dark, else 1."""
    return np.where(dark[streets.head], factor, 1.0)
