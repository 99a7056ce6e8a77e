"""Who gains: how far apart the areas of a city lie in what a policy brings them, and whether that can be told."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from scipy.special import stdtr

from sim.comparison import Comparison, Described
from sim.statistics import FEW_PAIRS, PairedDifference


class AreaChange(NamedTuple):
    """What a policy changes in one area."""

    area: str
    difference: PairedDifference


class Spread(NamedTuple):
    """The areas that gain most and least by a policy in one indicator."""

    indicator: Described
    most: AreaChange
    least: AreaChange
    areas: int  #: in which there was something to measure
    p: float  #: that these two differ by luck alone, corrected for all pairs of areas

    @property
    def width(self) -> float:
        """How far the two lie apart, in the indicator's unit."""
        return abs(self.most.difference.difference - self.least.difference.difference)

    @property
    def pairs(self) -> int:
        """Pairs of runs behind the weaker of the two."""
        return min(self.most.difference.n, self.least.difference.n)

    @property
    def can_be_told(self) -> bool:
        """Whether the two areas differ, at 5 %."""
        return self.pairs >= FEW_PAIRS and self.p < 0.05


def spread_of(comparison: Comparison, policy: str) -> Spread | None:
    """Return the spread in the first indicator of the question that was measured in two areas at least, else in any other."""
    rows = dict.fromkeys(row.indicator.name for row in (*comparison.asked(policy), *comparison.measured()))
    described = {row.indicator.name: row.indicator for row in comparison.rows}
    for name in rows:
        changes = [AreaChange(row.area, row.differences[policy]) for row in comparison.areas
                   if row.indicator == name and row.differences[policy].n > 1]  # fmt: skip
        if described[name].better != "none" and len(changes) > 1:
            return _spread(described[name], changes)
    return None


def _spread(indicator: Described, changes: list[AreaChange]) -> Spread:
    towards = -1.0 if indicator.better == "lower" else 1.0
    ordered = sorted(changes, key=lambda change: towards * change.difference.difference)
    least, most = ordered[0], ordered[-1]
    pairs = len(changes) * (len(changes) - 1) / 2
    return Spread(indicator, most, least, len(changes), min(1.0, pairs * _p(most.difference, least.difference)))


def _p(one: PairedDifference, other: PairedDifference) -> float:
    """Return the two-sided p-value that two mean differences are the same (Welch 1947, doi:10.1093/biomet/34.1-2.28)."""
    parts = [difference.sd**2 / difference.n for difference in (one, other)]
    error, gap = sqrt(sum(parts)), abs(one.difference - other.difference)
    if error == 0.0:
        return 1.0 if gap == 0.0 else 0.0
    freedom = error**4 / sum(part**2 / (difference.n - 1) for part, difference in zip(parts, (one, other), strict=True))
    return float(2 * stdtr(freedom, -gap / error))
