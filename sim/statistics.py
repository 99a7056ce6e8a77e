"""Is the difference real? Paired differences under common luck, intervals, and corrections for many looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite, isnan, nan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

Floats = NDArray[np.float64]
#: Below so many pairs a t interval leans on normality too much to be shown without a warning.
FEW_PAIRS = 10


@dataclass(frozen=True)
class PairedDifference:
    """Second minus first over pairs of runs with the same luck."""

    mean_first: float
    mean_second: float
    difference: float
    low: float  #: of the confidence interval of the difference
    high: float
    p: float  #: two-sided, of the hypothesis that there is no difference
    p_holm: float  #: the same, corrected for all indicators looked at together
    n: int  #: pairs
    dropped: int  #: pairs in which one run had nothing to measure
    sd: float  #: of the differences
    needed: int  #: pairs for an interval half as wide as the difference, `FEW_PAIRS` at least; 0 where none would do

    @property
    def enough(self) -> bool:
        """Whether the runs suffice to tell a difference, or that there is exactly none."""
        if self.n < FEW_PAIRS:
            return False
        return self.sd == 0.0 or self.low > 0.0 or self.high < 0.0


def paired_difference(first: Sequence[float], second: Sequence[float], level: float = 0.95) -> PairedDifference:
    """Return the difference `second` − `first` with a t interval of confidence `level`.

    Pairs in which either value is NaN are dropped and counted. Where all differences are equal the
    interval has no width, and p is 1 for zero and 0 otherwise.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError("both sides need one value a seed")
    kept = np.isfinite(a) & np.isfinite(b)
    n, dropped = int(kept.sum()), int((~kept).sum())
    if n == 0:
        return PairedDifference(nan, nan, nan, nan, nan, nan, nan, 0, dropped, nan, 0)
    a, b = a[kept], b[kept]
    change = b - a
    mean = float(change.mean())
    sd = float(change.std(ddof=1)) if n > 1 else nan
    low, high, p = _interval(mean, sd, n, level)
    needed = _needed(mean, sd, level)
    return PairedDifference(float(a.mean()), float(b.mean()), mean, low, high, p, p, n, dropped, sd, needed)


def _interval(mean: float, sd: float, n: int, level: float) -> tuple[float, float, float]:
    if isnan(sd):
        return -inf, inf, 1.0
    if sd == 0.0:
        return mean, mean, 1.0 if mean == 0.0 else 0.0
    error = sd / sqrt(n)
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * error
    return mean - half, mean + half, float(2 * stdtr(n - 1, -abs(mean) / error))


def _needed(mean: float, sd: float, level: float) -> int:
    """Return the pairs at which the interval would be half as wide, to each side, as the difference."""
    if not isfinite(sd) or mean == 0.0:
        return 0
    z = float(ndtri(0.5 + level / 2))
    return max(FEW_PAIRS, ceil((2 * z * sd / abs(mean)) ** 2))


def mean_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float, float]:
    """Return mean, low and high of a t interval; NaN values are left out."""
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x)]
    if not len(x):
        return nan, nan, nan
    sd = float(x.std(ddof=1)) if len(x) > 1 else nan
    low, high, _ = _interval(float(x.mean()), sd, len(x), level)
    return float(x.mean()), low, high


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm 1979, Scand. J. Statist. 6:65–70); NaN stays NaN."""
    known = [i for i, p in enumerate(p_values) if not isnan(p)]
    result = [nan] * len(p_values)
    running = 0.0
    for rank, i in enumerate(sorted(known, key=lambda i: p_values[i])):
        running = max(running, min(1.0, (len(known) - rank) * p_values[i]))
        result[i] = running
    return result


def worst_tenth(values: Sequence[float], *, lower_is_better: bool) -> float:
    """Return the mean of the worst tenth of areas, at least one; NaN areas are left out."""
    x = np.asarray(values, dtype=np.float64)
    x = np.sort(x[np.isfinite(x)])
    if not len(x):
        return nan
    count = max(1, round(len(x) / 10))
    return float((x[-count:] if lower_is_better else x[:count]).mean())
