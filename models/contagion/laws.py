"""What is known exactly of an epidemic: final size, growth, the curve of the equations, and the law of a small group.

β, σ and γ are rates per day (contacts that infect, end of latency, end of infectiousness); R0 = β/γ.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import comb, exp, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from models.checks import require
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
#: The Laplace transform of the infectious period: θ → E[exp(−θT)].
Transform = Callable[[float], float]
_MOST_IN_LAW = 40  #: persons; the recursion loses digits beyond


def final_size(r0: float, first: float = 0.0, immune: float = 0.0) -> float:
    """Return the share of all who are ever infected: z = s + f − s·exp(−R0·z) (Kermack and McKendrick 1927).

    f is the share `first` infected at the start and s = 1 − f − `immune` the share that can be. Without a first case it
    is what a major outbreak comes to, 0 where R0·s ≤ 1.
    """
    require(Text("R0", "基本再生数"), r0, 0.0)
    require(Text("the first share", "初始感染比例"), first, 0.0, 1.0)
    require(Text("the immune share", "免疫比例"), immune, 0.0, 1.0 - first)
    s = 1.0 - first - immune
    if first == 0.0 and r0 * s <= 1.0:
        return 0.0

    def above(z: float) -> float:
        return z - s - first + s * exp(-r0 * z)

    low = first if first > 0.0 else 1e-12
    if above(low) >= 0.0:  # so little above the threshold that the root is lost in rounding
        return low
    return float(brentq(above, low, s + first + 1e-12, xtol=1e-14, rtol=1e-14))


def dies_out(beta: float, period: Transform, first: int = 1) -> float:
    """Return the chance that an epidemic in a large community dies out by itself: the least root of q = φ(β(1 − q)), to the `first`.

    φ is the transform of the infectious period; for an exponential one q = 1/R0 (Ball and Donnelly 1995,
    doi:10.1016/0304-4149(94)00034-Q).
    """
    require(Text("the rate β", "速率 β"), beta, 0.0)
    require(Text("the first cases", "首批病例数"), float(first), 0.0)

    def above(q: float) -> float:
        return period(beta * (1.0 - q)) - q

    highest = 1.0 - 1e-9
    if above(highest) >= 0.0:  # R0 ≤ 1
        return 1.0
    return float(brentq(above, 0.0, highest, xtol=1e-14)) ** first


def enough_immune(r0: float, effect: float = 1.0) -> float:
    """Return the coverage of a vaccine from which no epidemic can grow, (1 − 1/R0)/effect; infinity where none suffices."""
    require(Text("R0", "基本再生数"), r0, 0.0)
    require(Text("the effect of a vaccine", "疫苗效力"), effect, 0.0, 1.0)
    needed = max(1.0 - 1.0 / r0, 0.0) if r0 > 0.0 else 0.0
    if needed == 0.0:
        return 0.0
    return needed / effect if needed <= effect else float("inf")


def growth_rate(beta: float, sigma: float, gamma: float) -> float:
    """Return the rate r at which cases of SEIR grow at first, per day: (r + σ)(r + γ) = β·σ."""
    half = (sigma + gamma) / 2.0
    return -half + sqrt(half * half + sigma * (beta - gamma))


class Curve(NamedTuple):
    """Shares of all residents at the asked days, each [days]."""

    susceptible: Floats
    exposed: Floats
    infectious: Floats
    removed: Floats


def seir_curve(beta: float, sigma: float, gamma: float, first: float, days: Floats) -> Curve:
    """Return the solution of SEIR from a share `first` of infectious on day 0, to 1e-10."""
    for what, rate in (("β", beta), ("σ", sigma), ("γ", gamma)):
        require(Text(f"the rate {what}", f"速率 {what}"), rate, 0.0)
    require(Text("the first share", "初始感染比例"), first, 0.0, 1.0)

    def slope(_: float, y: Floats) -> list[float]:
        s, e, i, _r = y
        return [-beta * s * i, beta * s * i - sigma * e, sigma * e - gamma * i, gamma * i]

    span = (0.0, max(float(np.max(days)), 1e-9))
    solved = solve_ivp(slope, span, [1.0 - first, 0.0, first, 0.0], "DOP853", days, rtol=1e-10, atol=1e-13)
    return Curve(*solved.y)


def exponential_period(mean_d: float) -> Transform:
    """Return the transform of an exponential infectious period: the Markov case."""
    return lambda theta: 1.0 / (1.0 + theta * mean_d)


def fixed_period(mean_d: float) -> Transform:
    """Return the transform of an infectious period that is always the same: the chain-binomial case."""
    return lambda theta: exp(-theta * mean_d)


def size_law(susceptible: int, first: int, pair_rate: float, period: Transform) -> Floats:
    """Return P(k of `susceptible` are infected in the end), k = 0 … `susceptible`, in one group of a few.

    Each infectious person infects each other at `pair_rate` (per day). Triangular equations of Ball 1986
    (doi:10.2307/1427301): Σ_{k≤j} C(n−k, j−k)·P_k/φ(λ(n−j))^{k+m} = C(n, j) for every j.
    """
    if not (0 <= susceptible <= _MOST_IN_LAW and first >= 0):
        raise InputError(en=f"the exact law is for 0 to {_MOST_IN_LAW} persons; {susceptible} came",
                         zh=f"精确分布适用于 0 至 {_MOST_IN_LAW} 人；收到 {susceptible}")  # fmt: skip
    n, law = susceptible, np.zeros(susceptible + 1)
    for j in range(n + 1):
        phi = period(pair_rate * (n - j))
        known = sum(comb(n - k, j - k) * law[k] / phi ** (k + first) for k in range(j))
        law[j] = (comb(n, j) - known) * phi ** (j + first)
    return law


def reed_frost_law(susceptible: int, first: int, escape: float) -> Floats:
    """Return the same law for generations (Reed and Frost), enumerated chain by chain.

    `escape` is the chance to escape one infectious person; of s who remain Binomial(s, 1 − escape^i) are infected next.
    """

    @cache
    def rest(left: int, now: int) -> tuple[float, ...]:
        if now == 0 or left == 0:
            return (1.0,) + (0.0,) * left
        law, hit = [0.0] * (left + 1), 1.0 - escape**now
        for new in range(left + 1):
            chance = comb(left, new) * hit**new * (1.0 - hit) ** (left - new)
            for more, after in enumerate(rest(left - new, new)):
                law[new + more] += chance * after
        return tuple(law)

    return np.array(rest(susceptible, first))
