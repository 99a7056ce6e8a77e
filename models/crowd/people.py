"""Who walks, and how fast: speeds by age, and when people set out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]

#: Unhindered speeds on the level by age, m/s, equally likely within the range (RiMEA 3.0, 2016, after Weidmann 1993).
SPEEDS = {"under_30": (0.58, 1.61), "30_to_50": (1.41, 1.54), "over_50": (0.68, 1.41), "impaired": (0.46, 0.76)}
_DRAW = Text("a draw", "随机数")


def free_speeds(group: str, draws: ArrayLike) -> Floats:
    """Return the unhindered speeds of people of an age `group` by their `draws` in (0, 1), m/s."""
    if group not in SPEEDS:
        there_are = ", ".join(SPEEDS)
        raise InputError(en=f"age group {group!r} is unknown; there are: {there_are}",
                         zh=f"年龄组 {group!r} 未知；可用：{there_are}")  # fmt: skip
    low, high = SPEEDS[group]
    given = np.asarray(draws, dtype=np.float64)
    all_bounded(given, _DRAW, 0.0, 1.0)
    return np.asarray(low + (high - low) * given)


#: Of residents by the age groups of `models.population` (child, adult, elder), who walks as which group (assumption:
#: adults of 15–64 are under 30, 30 to 50 or above by a third each, a fifth of the elders walk with difficulty).
MIX = {
    "child": (("under_30", 1.0),),
    "adult": (("under_30", 1 / 3), ("30_to_50", 1 / 3), ("over_50", 1 / 3)),
    "elder": (("over_50", 0.8), ("impaired", 0.2)),
}


def residents_speeds(age: NDArray[np.integer], which: ArrayLike, draws: ArrayLike) -> Floats:
    """Return the unhindered speeds of residents, m/s, float64 [people].

    age : 0 child, 1 adult, 2 elder;  which, draws : in (0, 1), which group each belongs to and how fast they are in it.
    """
    picks, luck = np.asarray(which, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    all_bounded(picks, _DRAW, 0.0, 1.0)
    speeds = np.empty(len(age))
    for number, mix in enumerate(MIX.values()):
        edges = np.cumsum([share for _, share in mix])
        group = np.minimum(np.searchsorted(edges, picks), len(mix) - 1)
        for place, (name, _) in enumerate(mix):
            chosen = (age == number) & (group == place)
            speeds[chosen] = free_speeds(name, luck[chosen])
    return speeds


def set_out(draws: ArrayLike, median: float, sigma: float) -> Floats:
    """Return when people set out after they were told, s: lognormal, by their `draws` in (0, 1)."""
    bounded(median, Text("the median time to set out (s)", "出发时间中位数（秒）"), 0.0, 1e7)
    bounded(sigma, Text("the spread of the time to set out", "出发时间离散度"), 0.0, 3.0)
    given = np.asarray(draws, dtype=np.float64)
    all_bounded(given, _DRAW, 1e-300, 1.0 - 1e-16)
    return np.asarray(median * np.exp(sigma * ndtri(given)))
