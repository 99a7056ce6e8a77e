"""Where residents are whom somebody has told to go: still inside, on their way in the open, or away.

All others are where the hour has them (`models.population.occupants`). Who moves residents writes it at every beat, and
who harms people in the open reads it, so that neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

INSIDE, OUTDOORS, AWAY = range(3)


@dataclass
class Whereabouts:
    """Residents who were told to go, [told], in the order in which they were; 21 bytes for each, 16 for each spot."""

    who: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))  #: resident
    building: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))  #: that each leaves
    state: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, dtype=np.int8))
    spot: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))  #: of who is in the open
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))  #: m, [spots]
    y: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))  #: m, [spots]

    def __len__(self) -> int:
        return len(self.who)

    def add(self, who: NDArray[np.int64], building: NDArray[np.int64]) -> slice:
        """Note residents who are told to go out of buildings now; return their places in the columns."""
        first = len(self)
        self.who, self.building = np.concatenate([self.who, who]), np.concatenate([self.building, building])
        self.state = np.concatenate([self.state, np.full(len(who), INSIDE, dtype=np.int8)])
        self.spot = np.concatenate([self.spot, np.zeros(len(who), dtype=np.int32)])
        return slice(first, len(self))

    def add_spots(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> int:
        """Note places in the open (m) that residents will pass; return the number of the first."""
        first = len(self.x)
        self.x, self.y = np.concatenate([self.x, x]), np.concatenate([self.y, y])
        return first
