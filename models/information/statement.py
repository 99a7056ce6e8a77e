"""What an official statement does to a rumour, and how many call because of it; all times are hours.

S-I-R with debunking: İ = β·S·I/N − (γ + δ·trust·told)·I, where `told` is 0 before the first official statement and then
grows with the media and the chat groups; where everybody is told at once it is δ·1[t > T]·trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GROUP_H = 0.5  #: in which a chat group has read a message
MOST_CALLS = 2.0  #: emergency calls in a panic, against the usual
PANIC = 2.0  #: emergency calls that spreading adds: ×1.3 at 15 %
CALLS_PER_100K = 80.0  #: a day, 110 and 120 (assumption)


class Values(Protocol):
    """Parameters by name."""

    def __getitem__(self, name: str, /) -> float: ...


class Statement(NamedTuple):
    """How an official statement reaches residents and convinces them."""

    delta: float = 0.5  #: per hour, at which who was told and trusts it stops
    media_reach: float = 0.5  #: residents who follow official media (assumption)
    media_h: float = 4.0  #: mean until they have seen a statement (assumption)
    group_members: float = 190.0  #: of a communicator's own chat group

    def debunking(self, values: Values | Mapping[str, float], since_h: float) -> float:
        """Return the rate (per hour) at which it stops spreaders `since_h` after it: δ·trust·told, 0 before."""
        if since_h <= 0.0:
            return 0.0
        in_group = min(since_h / GROUP_H, 1.0)
        own = 1.0 - exp(-values["communicator.per_100k"] * self.group_members / 1e5)
        groups = 1.0 - (1.0 - values["rumour.group_reach"]) * (1.0 - own)
        media = self.media_reach * (1.0 - exp(-since_h / self.media_h) if self.media_h > 0.0 else 1.0)
        told = 1.0 - (1.0 - media) * (1.0 - groups * in_group)
        return float(
            self.delta * values["rumour.trust"] * (told + own * in_group * (values["rumour.debunk_factor"] - 1.0))
        )


def extra_calls(spreading: Floats | float, panic: float, most: float = MOST_CALLS) -> Floats:
    """Return the calls that a scare adds, against the usual ones: `panic` times the share who spread it, capped.

    Domain table 0.1: the panic share raises calls to 110 and 120 by a factor of 1.3 to 2; `panic` = 2 at 15 % is ×1.3.
    """
    return np.minimum(panic * np.asarray(spreading, dtype=np.float64), most - 1.0)


def half_life(spreading: Floats) -> float:
    """Return the hours from the peak of an hourly curve until half as many spread it, NaN where that is not seen."""
    peak = int(np.argmax(spreading))
    below = np.flatnonzero(spreading[peak:] <= spreading[peak] / 2.0)
    if len(below) == 0 or spreading[peak] < 2:
        return float("nan")
    after = peak + int(below[0])
    last, now = spreading[after - 1], spreading[after]
    return float(after - peak - 1 + (last - spreading[peak] / 2.0) / (last - now))
