"""A line of work by itself: without beats, patrols and orders around it, so that a year costs what the line costs."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np

from models.calendar import WorkingHours
from models.lines.base import Line
from models.population import Population
from models.stages import Rules
from sim.city.model import City
from sim.streams import Stream

DAY = 86400.0


def rows_alone(
    line: Line,
    city: City,
    people: Population,
    parameters: Mapping[str, float],
    seed: int,
    days: float,
    working: WorkingHours | None = None,
) -> dict[str, np.ndarray]:
    """Return what a line that needs no clock does in `days`, as columns."""
    rules = Rules(parameters, {}, {}, working or WorkingHours(), Stream(seed, line.decisions))
    world = SimpleNamespace(city=city, population=people, rules=rules, window=(0.0, days * DAY))
    return dict(line.begin(world)())
