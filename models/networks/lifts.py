"""Lifts that stop when the power fails: where there are lifts, and who is in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.networks.topology import Floats, Ints

LEAST_LEVELS = 7  #: storeys from which a house must have a lift (GB 50096-2011, 6.4.1)
FLOOR_PER_LIFT = 6000.0  #: m² (assumption: a tower of 18 storeys and 12,000 m² has two)
#: Share of lifts that carry somebody, by hour (assumption; two peaks as of entrapments in the catalogue).
IN_USE = (0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.1, 0.12, 0.1, 0.06, 0.08,
          0.09, 0.07, 0.05, 0.05, 0.06, 0.1, 0.12, 0.1, 0.08, 0.06, 0.04, 0.03)  # fmt: skip
RESCUES_ITSELF = 0.4  #: share of lifts whose battery brings them to a landing (assumption)
RIDERS = 1.6  #: persons in a lift that carries somebody (assumption)


def lifts_in(levels: NDArray[np.integer], floor_area: Floats) -> Ints:
    """Return the lifts of each building, int64."""
    wanted = np.ceil(np.asarray(floor_area, dtype=np.float64) / FLOOR_PER_LIFT)
    return np.where(np.asarray(levels) >= LEAST_LEVELS, np.maximum(wanted, 1.0), 0.0).astype(np.int64)


def stuck(lifts: Ints, hour: int, luck: Floats) -> Ints:
    """Return how many lifts of each building stop between storeys with somebody inside, int64, by a uniform draw each.

    The binomial law's inverse: every lift of `lifts` alike and apart.
    """
    p = IN_USE[hour] * (1.0 - RESCUES_ITSELF)
    found = np.zeros(len(lifts), dtype=np.int64)
    chance = (1.0 - p) ** lifts.astype(np.float64)
    total = chance.copy()
    for k in range(1, int(lifts.max(initial=0)) + 1):
        found += (luck >= total) & (lifts >= k)
        chance = chance * np.maximum(lifts - k + 1, 0) / k * p / (1.0 - p)
        total = total + chance
    return found
