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
    """Residents who were told to go, [told], in the order in which they were; 33 bytes for each of them."""

    who: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))  #: resident
    building: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))  #: that each leaves
    state: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, dtype=np.int8))
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))  #: m, of who is in the open
    y: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))  #: m

    def __len__(self) -> int:
        return len(self.who)

    def add(self, who: NDArray[np.int64], building: NDArray[np.int64]) -> slice:
        """Note residents who are told to go out of buildings now; return their places in the columns."""
        first = len(self)
        self.who, self.building = np.concatenate([self.who, who]), np.concatenate([self.building, building])
        self.state = np.concatenate([self.state, np.full(len(who), INSIDE, dtype=np.int8)])
        self.x, self.y = np.concatenate([self.x, np.zeros(len(who))]), np.concatenate([self.y, np.zeros(len(who))])
        return slice(first, len(self))
