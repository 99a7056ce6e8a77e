"""Flow in networks of monotone links by the global gradient method (Todini and Pilati 1988).

Every link loses potential by one law,

    f(Q) = c + a·Q·|Q|^(n-1) + m·Q·|Q|        for low ≤ Q ≤ high,

and is stiff beyond its limits. Pipes, pumps, check valves, taps that need pressure, leaks and hydrants are
all links of this form: what leaves the network flows over a link to a node of fixed potential ("ground").
So the flows minimise a strictly convex content (Collins et al. 1978, doi:10.1287/mnsc.24.7.747): they exist
and are unique, and Newton steps with a line search find them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from models.networks.topology import Bools, Ends, Floats, Ints, balance
from sim.errors import InputError

_LONGEST = 200  #: Newton steps
_PLAIN = 25  #: steps before the line search is needed
_LOST = 1e-7  #: of the largest flow may be out of balance at a node
_TINY = 1e-300


@dataclass(frozen=True)
class Laws:
    """How links lose potential; each a float64 [links].

    a, n, m, c : the law above, `a ≥ 0`, `n ≥ 1`, `m ≥ 0`.
    linear : flow below which a power is replaced by its chord through zero, > 0.
    low, high : limits of the flow; stop : slope beyond them, > 0.
    """

    a: Floats
    n: Floats
    m: Floats
    c: Floats
    linear: Floats
    low: Floats
    high: Floats
    stop: Floats

    def loss(self, flow: Floats) -> tuple[Floats, Floats]:
        """Return f(Q) and its slope f'(Q)."""
        inside = np.clip(flow, self.low, self.high)
        size = np.abs(inside)
        large = np.maximum(size, self.linear)
        power, square = self.a * large ** (self.n - 1.0), self.m * large
        bent = size > self.linear
        slope = power * np.where(bent, self.n, 1.0) + square * np.where(bent, 2.0, 1.0)
        beyond = flow - inside
        loss = self.c + (power + square) * inside + self.stop * beyond
        return loss, np.where(beyond != 0.0, self.stop, slope)


@dataclass(frozen=True)
class Flow:
    """A solution. potential : float64 [nodes]; flow : float64 [links]; steps : Newton steps taken."""

    potential: Floats
    flow: Floats
    steps: int


class _Matrix:
    """The nodal matrix of the free nodes: its pattern is found once, its numbers are filled each step."""

    def __init__(self, links: Ends, free: Bools) -> None:
        self.count = int(free.sum())
        index = np.where(free, np.cumsum(free) - 1, -1)
        tail, head = index[links.tail], index[links.head]
        both = (tail >= 0) & (head >= 0)
        rows = np.concatenate([tail[both], head[both], tail[tail >= 0], head[head >= 0]])
        cols = np.concatenate([head[both], tail[both], tail[tail >= 0], head[head >= 0]])
        keys, self._slot = np.unique(cols * self.count + rows, return_inverse=True)
        self._rows = (keys % self.count).astype(np.int32)
        self._first = np.searchsorted(keys, np.arange(self.count + 1, dtype=np.int64) * self.count).astype(np.int32)
        self._both, self._tails, self._heads = both, tail >= 0, head >= 0

    def solve(self, conductance: Floats, right: Floats) -> Floats:
        """Return x of A·x = right, A the weighted Laplacian of the free nodes."""
        w, off = conductance, -conductance[self._both]
        values = np.concatenate([off, off, w[self._tails], w[self._heads]])
        data = np.bincount(self._slot, weights=values, minlength=len(self._rows))
        matrix = csc_array((data, self._rows, self._first), shape=(self.count, self.count))
        try:
            factors = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        except RuntimeError:  # conductances that differ beyond what numbers can hold
            return np.full(self.count, np.nan)
        found = factors.solve(right)
        return found + factors.solve(right - matrix @ found)  # refined once: a stiff link costs digits


def solve(
    links: Ends, laws: Laws, fixed: Bools, potential: Floats, drawn: Floats, start: Floats, *, exact: float = 1e-10
) -> Flow:
    """Return the flows and potentials of a network in balance.

    Parameters
    ----------
    fixed
        bool [nodes]: whose potential is given; every other node must hang together with one of them.
    potential
        float64 [nodes]: given where fixed, a first guess elsewhere.
    drawn
        float64 [nodes]: flow drawn at free nodes whatever the potential.
    start
        float64 [links]: a first guess of the flows, not 0.
    exact
        The largest change of a flow, relative to the largest flow, at which it is solved.

    Raises
    ------
    InputError
        No balance is found: with the laws as they must be, only for numbers beyond all measure.
    """
    free, flow, level = ~fixed, start.copy(), potential.copy()
    if not free.any():
        return Flow(level, _along(links, laws, level, flow), 0)
    matrix = _Matrix(links, free)
    for step in range(1, _LONGEST + 1):
        loss, slope = laws.loss(flow)
        conductance = 1.0 / slope
        push = conductance * (level[links.tail] - level[links.head] - loss)
        right = balance(len(level), links, flow + push) - drawn
        rise = np.zeros(len(level))
        rise[free] = matrix.solve(conductance, right[free])
        level += rise
        change = push + conductance * (rise[links.tail] - rise[links.head])
        if not np.isfinite(change).all():
            break
        flow = flow + (1.0 if step < _PLAIN else _share(links, laws, level, flow, change)) * change
        if np.abs(change).max(initial=0.0) <= exact * np.abs(flow).max(initial=_TINY):
            off = np.abs((balance(len(level), links, flow) - drawn)[free]).max(initial=0.0)
            if off > 1e-9 + _LOST * max(np.abs(flow).max(initial=0.0), np.abs(drawn).max(initial=0.0)):
                break
            return Flow(level, flow, step)
    raise InputError(en="the flows of this network do not settle; look for extreme diameters, lengths or demands",
                     zh="该管网的流量无法收敛；请检查是否有极端的管径、长度或用量")  # fmt: skip


def _share(links: Ends, laws: Laws, level: Floats, flow: Floats, change: Floats) -> float:
    """Return the share of a Newton step after which the content no longer falls, by bisection.

    The slope of the content along a balanced step is Σ ΔQ·(f(Q) - Δπ), whatever the free potentials are.
    """
    drop = level[links.tail] - level[links.head]

    def slope(share: float) -> float:
        return float(np.sum(change * (laws.loss(flow + share * change)[0] - drop)))

    if slope(1.0) <= 0.5 * abs(slope(0.0)):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) < 0.0 else (low, middle)
    return max(low, 1e-6)


def _along(links: Ends, laws: Laws, level: Floats, flow: Floats) -> Floats:
    """Return the flows between nodes that are all fixed, each by Newton steps of its own."""
    for _ in range(_LONGEST):
        loss, slope = laws.loss(flow)
        flow = flow + (level[links.tail] - level[links.head] - loss) / slope
    return flow


def chosen(links: Ends, laws: Laws, which: Bools) -> tuple[Ends, Laws, Ints]:
    """Return the links, laws and numbers of the links that `which` selects."""
    part = {name: getattr(laws, name)[which] for name in Laws.__dataclass_fields__}
    return Ends(links.tail[which], links.head[which]), Laws(**part), np.flatnonzero(which)


def joined(one: Laws, other: Laws) -> Laws:
    """Return the laws of `one`, then those of `other`."""
    return Laws(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in Laws.__dataclass_fields__))
