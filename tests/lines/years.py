"""A line of work over a year or more by itself: such a line computes all it does before the clock begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from alone import rows_alone
from numpy.typing import NDArray
from scipy.stats import t

from models.lines.base import Line
from models.parameters import preset_values
from models.policy import Policy
from models.population import Population
from sim.city.model import City
from sim.text import Text

Columns = dict[str, NDArray[Any]]


def years_of(line: Line, city: City, people: Population, values: Mapping[str, float], *, seed: int = 1,
             days: float = 365.0) -> Columns:  # fmt: skip
    """Return the rows of a line over `days` under the parameters `values` over those of P0."""
    rows = rows_alone(line, city, people, {**preset_values("P0"), **values}, seed, days)
    return {name: np.asarray(column) for name, column in rows.items()}


def under(*levers: str | dict[str, Any], base: str = "P0") -> dict[str, float]:
    """Return the parameters of a preset with levers on top."""
    entries = tuple({"kind": lever} if isinstance(lever, str) else lever for lever in levers)
    return Policy(format=1, name="test", title=Text("Test", "测试"), base=base, levers=entries).resolve()


def is_mean(values: list[float], expected: float, half_width: float = 0.03) -> bool:
    """Whether replications have the mean `expected`: within their interval of 99.9 %, which must be narrow itself."""
    found = np.asarray(values, dtype=np.float64)
    half = float(t.ppf(0.9995, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found)))
    assert half <= half_width * abs(expected), f"too wide to tell: {half:g} about {expected:g}"
    return abs(float(found.mean()) - expected) <= half


def told(line: Line, rows: Columns) -> dict[str, float]:
    """Return the indicators of a line, by their name without the line's."""
    return {kind.name.rsplit(".", 1)[0]: kind.fold(rows) for kind in line.indicators}
