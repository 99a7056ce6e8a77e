"""An indicator: a fold over one table of the log, and the folds that many of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.text import Text
from sim.themes import Theme

Columns = Mapping[str, NDArray[Any]]
Better = Literal["lower", "higher", "none"]


@dataclass(frozen=True)
class IndicatorKind:
    """An indicator: what it is called, in what unit, which way is better, and how it is folded.

    `fold` is given the columns of the table, with at least one row, and returns NaN where there is nothing to
    measure. The columns hold `street` and `district` beside what the log says, if its rows have a place.
    """

    name: str
    title: Text
    unit: Text
    better: Better
    fold: Callable[[Columns], float]
    theme: Theme = "result"
    table: str = "orders"  #: of the log; that of its line where a line of work brings the indicator


def mean(values: NDArray[Any]) -> float:
    """Return the mean of what is finite, NaN where nothing is."""
    kept = values[np.isfinite(values.astype(np.float64))]
    return float(kept.mean()) if len(kept) else float("nan")


def quantile(values: NDArray[Any], q: float) -> float:
    """Return a quantile of what is finite, NaN where nothing is."""
    kept = values[np.isfinite(values)]
    return float(np.quantile(kept, q)) if len(kept) else float("nan")


def ratio(above: float, below: float) -> float:
    """Return a ratio, NaN where there is nothing below."""
    return above / below if below > 0 else float("nan")
