"""What is known exactly of rumours and of warnings: how many never hear, and when half have heard.

Rumours follow Daley and Kendall 1964, doi:10.1038/2041118a0, and Maki and Thompson 1973: who knows nothing is ignorant,
who tells others a spreader, who has stopped a stifler. Warnings follow Rogers and Sorensen 1991, which is the law of
Bass 1969, doi:10.1287/mnsc.15.5.215.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import lambertw

from models.checks import require
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
_MOST_IN_LAW = 400  #: persons; the jump chain costs n² steps


def never_hear(first: float = 0.0, stifling: float = 1.0, forgetting: float = 0.0) -> float:
    """Return the share of those ignorant at first who never hear of a rumour, in a large town where all meet all.

    di/dt = −s·i, ds/dt = s·i − stifling·s·(s + r) − forgetting·s, rates against that of contacts; `first` is the share
    that spreads it at first. With a = stifling, g = forgetting the last share θ of the ignorant i₀ = 1 − first solves
    (1 + a)·i₀·(1 − θ) + first + (a + g)·ln θ = 0: for a = 1, g = 0, first → 0 it is θ = e^(−2(1 − θ)) = .203188
    (Daley and Kendall; Maki and Thompson). With a = 0 it is the final size of an epidemic with R0 = 1/g.
    """
    for what, value in ((Text("the first share", "初始传播比例"), first), (Text("stifling", "抑制比例"), stifling)):
        require(what, value, 0.0, 1.0)
    require(Text("forgetting", "遗忘率"), forgetting, 0.0)
    stops = stifling + forgetting
    if stops == 0.0:
        return 0.0
    grows = (1.0 + stifling) * (1.0 - first)
    if grows == 0.0:
        return exp(-first / stops)
    if (grows + first) / stops > 700.0:
        return 0.0  # less than a number can tell
    if first == 0.0 and grows <= stops:
        return 1.0  # it dies out
    # θ = exp(−(grows·(1 − θ) + first)/stops): the smaller root, by Lambert's W₀
    inside = -grows / stops * exp(-(grows + first) / stops)
    if inside <= -exp(-1.0) + 1e-16:  # the branch point: just at the threshold
        return min(stops / grows, 1.0)
    return float(min(max((-stops / grows * lambertw(inside)).real, 0.0), 1.0))


def directed_pairs_never_hear() -> float:
    """Return the wrong answer of programs in which a contact is directed and yet both spreaders stop: .284668.

    There s·s contacts stop two each, where s²/2 pairs should: ds/dt = s·i − 2·s² − s·r, so 2·θ·ln θ = θ − 1.
    """
    return float(brentq(lambda theta: 2.0 * theta * log(theta) - theta + 1.0, 1e-6, 0.9))


class RumourCurve(NamedTuple):
    """Shares of all residents at the asked times, each [times]."""

    ignorant: Floats
    spreading: Floats
    stopped: Floats


def rumour_curve(
    rate: float, first: float, times: Floats, stifling: float = 1.0, forgetting: float = 0.0
) -> RumourCurve:
    """Return the equations' solution for contacts at `rate` per time, to 1e-10; `forgetting` is per time, too."""
    require(Text("the rate of contacts", "接触率"), rate, 0.0)
    require(Text("the first share", "初始传播比例"), first, 0.0, 1.0)

    def slope(_: float, y: Floats) -> list[float]:
        i, s, r = y
        stop = stifling * rate * s * (s + r) + forgetting * s
        return [-rate * s * i, rate * s * i - stop, stop]

    span = (0.0, max(float(np.max(times)), 1e-9))
    solved = solve_ivp(slope, span, [1.0 - first, first, 0.0], "DOP853", times, rtol=1e-10, atol=1e-13)
    return RumourCurve(*solved.y)


def hearing_law(ignorant: int, first: int, *, pairs: bool) -> Floats:
    """Return P(k of `ignorant` never hear), k = 0 … `ignorant`, in a town of a few where all meet all.

    `pairs` is Daley and Kendall's rule, in which two spreaders who meet both stop; else Maki and Thompson's, in which only
    the one who tells stops. By the jumps of the chain over (ignorant, spreaders).
    """
    n = ignorant + first
    if not (ignorant >= 0 and first >= 1 and n <= _MOST_IN_LAW):
        raise InputError(en=f"the exact law is for 1 to {_MOST_IN_LAW} persons, one of whom knows; {ignorant} and {first} came",
                         zh=f"精确分布适用于 1 至 {_MOST_IN_LAW} 人且至少一人知晓；收到 {ignorant} 与 {first}")  # fmt: skip
    chance = np.zeros((ignorant + 1, n + 1))
    chance[ignorant, first] = 1.0
    for i in range(ignorant, -1, -1):
        for s in range(n - i, 0, -1):
            both = s * (s - 1) / 2 if pairs else 0.0
            one = s * (n - i - s) if pairs else s * (n - i - 1)
            whole = i * s + both + one
            if whole == 0.0:  # the last who knows has nobody to meet
                chance[i, 0] += chance[i, s]
                continue
            if i > 0:
                chance[i - 1, s + 1] += chance[i, s] * i * s / whole
            chance[i, s - 1] += chance[i, s] * one / whole
            if both > 0.0:
                chance[i, s - 2] += chance[i, s] * both / whole
    return np.asarray(chance[:, 0])


class Diffusion(NamedTuple):
    """Rogers and Sorensen's diffusion of a warning: dn/dt = k·a_b·(1 − n) + (1 − k)·a_c·n·(1 − n).

    It is Bass's with p = k·a_b and q = (1 − k)·a_c, per time.
    """

    broadcast: float  #: k, the share of the alerting that is broadcast
    from_source: float  #: a_b, the rate at which who has not heard hears of the source, per time
    by_word: float  #: a_c, the rate at which who has heard tells others, per time

    @property
    def p(self) -> float:
        """The rate of hearing from the source."""
        return self.broadcast * self.from_source

    @property
    def q(self) -> float:
        """The rate of hearing by word of mouth."""
        return (1.0 - self.broadcast) * self.by_word

    def checked(self) -> Diffusion:
        """Return it, or raise `InputError` for what cannot be."""
        require(Text("the share of broadcast", "广播份额"), self.broadcast, 0.0, 1.0)
        for rate in (self.from_source, self.by_word):
            require(Text("a rate of warning", "预警传播速率"), rate, 0.0)
        return self

    def heard(self, time: Floats | float) -> Floats:
        """Return the share that has heard by `time`: (1 − e^(−(p+q)t))/(1 + (q/p)·e^(−(p+q)t)), 0 before 0."""
        t, p, q = np.maximum(np.asarray(time, dtype=np.float64), 0.0), self.p, self.q
        if p == 0.0:
            return np.zeros_like(t)
        left = np.exp(-(p + q) * t)
        return np.asarray((1.0 - left) / (1.0 + q / p * left))

    def time_of(self, share: Floats | float) -> Floats:
        """Return when a share has heard: the inverse of `heard`; infinity where nobody is told."""
        n, p, q = np.asarray(share, dtype=np.float64), self.p, self.q
        if p == 0.0:
            return np.where(n > 0.0, inf, 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log((1.0 + q / p * n) / (1.0 - n)) / (p + q))

    def fastest(self) -> float:
        """Return when most hear it at a time: ln(q/p)/(p + q), at once where word of mouth is the slower."""
        p, q = self.p, self.q
        if p == 0.0:
            return inf
        return log(q / p) / (p + q) if q > p else 0.0
