"""Luck: draws as a pure function of (seed, decision, entity, moment).

There is no state and no order of draws, so the same entity has the same luck under every policy.
The hash is a chain of Stafford's "Mix13" finalizers, the output function of SplitMix64 (Steele,
Lea and Flood, 2014, doi:10.1145/2660193.2660195); `tests/test_streams_battery.py` puts it to the proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, pdtr, pdtrik

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SILVER = np.uint64(0xD1B54A32D192ED03)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-52
_NORMAL = NormalDist()
_MASK = (1 << 64) - 1


@numba.njit(numba.uint64(numba.uint64), cache=True, inline="always")
def _mix(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@numba.njit(numba.uint64(numba.uint64, numba.uint64, numba.uint64), cache=True)
def draw_bits(key: np.uint64, entity: np.uint64, moment: np.uint64) -> np.uint64:
    """Return 64 random bits for (key, entity, moment)."""
    z = _mix(key + (entity + np.uint64(1)) * _GOLDEN)
    z = _mix(z ^ ((moment + np.uint64(1)) * _SILVER + key))
    return _mix(z + _GOLDEN)


@numba.njit(numba.float64(numba.uint64, numba.uint64, numba.uint64), cache=True)
def uniform(key: np.uint64, entity: np.uint64, moment: np.uint64) -> float:
    """Return a draw in (0, 1) with 52 random bits; never 0 or 1, so that every inverse CDF is finite."""
    bits = draw_bits(key, entity, moment) >> np.uint64(12)
    return (np.float64(bits) + 0.5) * _TO_UNIT


@numba.njit(cache=True)
def uniforms(key: np.uint64, entities: NDArray[np.uint64], moments: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return one draw in (0, 1) for every pair of `entities` and `moments`, float64 of their shape."""
    draws = np.empty(len(entities), dtype=np.float64)
    for i in range(len(entities)):
        draws[i] = uniform(key, entities[i], moments[i])
    return draws


class Stream:
    """The luck of one run.

    Parameters
    ----------
    seed
        Any integer; the replicate.
    decisions
        The names of all decisions that may be drawn; a name declared twice is an error, and so is
        a draw under a name that was not declared. `None` leaves names unchecked.
    """

    def __init__(self, seed: int, decisions: Iterable[str] | None = None) -> None:
        self.seed = seed
        names = None if decisions is None else list(decisions)
        if names is not None:
            twice = [name for name, count in Counter(names).items() if count > 1]
            if twice:
                message = f"decision names must be unique; declared twice: {', '.join(sorted(twice))}"
                raise ValueError(message)
        self._declared = None if names is None else frozenset(names)
        self._keys: dict[str, np.uint64] = {}

    def key(self, decision: str) -> np.uint64:
        """Return the 64-bit key of `decision` under this seed, for use in kernels."""
        known = self._keys.get(decision)
        if known is None:
            if self._declared is not None and decision not in self._declared:
                raise KeyError(f"decision {decision!r} was not declared when the run was built")
            digest = blake2b(f"{self.seed}:{decision}".encode(), digest_size=8).digest()
            known = self._keys[decision] = np.uint64(int.from_bytes(digest, "little"))
        return known

    def uniform(self, decision: str, entity: int, moment: int = 0) -> float:
        """Return a draw in (0, 1)."""
        return float(uniform(self.key(decision), np.uint64(entity & _MASK), np.uint64(moment & _MASK)))

    def chance(self, probability: float, decision: str, entity: int, moment: int = 0) -> bool:
        """Return whether something of `probability` happens."""
        return self.uniform(decision, entity, moment) < probability

    def lognormal(self, median: float, sigma: float, decision: str, entity: int, moment: int = 0) -> float:
        """Return a lognormal draw with the given median and standard deviation of the logarithm."""
        if median <= 0.0:
            return 0.0
        return median * exp(sigma * _NORMAL.inv_cdf(self.uniform(decision, entity, moment)))

    def exponential(self, mean: float, decision: str, entity: int, moment: int = 0) -> float:
        """Return an exponential draw with the given mean."""
        return -mean * log(self.uniform(decision, entity, moment))

    def uniforms(self, decision: str, entities: NDArray[Any], moments: NDArray[Any] | int = 0) -> NDArray[np.float64]:
        """Return a draw in (0, 1) for every pair of `entities` and `moments`, float64 [entities]."""
        keys = np.ascontiguousarray(entities).astype(np.uint64)
        when = np.broadcast_to(np.asarray(moments), keys.shape).astype(np.uint64)
        return uniforms(self.key(decision), keys, when)

    def lognormals(
        self, median: float, sigma: float, decision: str, entities: NDArray[Any], moments: NDArray[Any] | int = 0
    ) -> NDArray[np.float64]:
        """Return lognormal draws with the given median and standard deviation of the logarithm, float64 [entities]."""
        return median * np.exp(sigma * ndtri(self.uniforms(decision, entities, moments)))

    def poissons(
        self,
        expected: NDArray[np.float64] | float,
        decision: str,
        entities: NDArray[Any],
        moments: NDArray[Any] | int = 0,
    ) -> NDArray[np.int64]:
        """Return Poisson counts with the given means, int64 [entities]; more expected is never fewer."""
        draws = self.uniforms(decision, entities, moments)
        count = np.ceil(pdtrik(draws, expected))
        below = np.maximum(count - 1.0, 0.0)  # what rounding of the inverse may have passed
        return np.where((pdtr(below, expected) >= draws) | np.isnan(count), below, count).astype(np.int64)
