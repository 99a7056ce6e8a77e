"""A short run of the small city with hazards, for tests of what they do there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.simulation import Simulation
from scenarios.language import IncidentChange
from scenarios.library import load_policy
from scenarios.running import resolved, simulate


class InCity:
    """Runs of the small city by hazards and seed, each played once."""

    def __init__(self, tiny, tiny_city, tiny_people) -> None:
        self._tiny, self.city, self.people = tiny, tiny_city, tiny_people
        self._played: dict[tuple, Simulation] = {}

    def run(
        self, hazards: dict[str, dict[str, Any]], seed: int = 1, start_hour: float = 8.0, hours: float = 4.0, **other
    ):
        """Return the simulation of a busy part of a day."""
        key = (repr(hazards), seed, start_hour, hours, repr(other))
        if key not in self._played:
            changed = {
                "hazards": hazards, "start_hour": start_hour, "hours": hours, "drain_days": 2.0,
                "incidents": {"medical": IncidentChange(rate_factor=20.0), "building_fire": IncidentChange()}, **other,
            }  # fmt: skip
            scenario = self._tiny.model_copy(update=changed)
            policy = resolved(scenario, load_policy("P1"))
            self._played[key] = simulate(self.city, self.people, scenario, policy, seed)
        return self._played[key]


def events(simulation: Simulation) -> pd.DataFrame:
    """Return the events of a run by number."""
    return simulation.tables()["events"].to_pandas().set_index("event")


def causes(told: pd.DataFrame, event: int) -> list[str]:
    """Return the kinds of an event and of what caused it, back to the first cause."""
    chain = []
    while event >= 0:
        chain.append(str(told.loc[event, "kind"]))
        event = int(told.loc[event, "cause"])
    return chain


def entered_closed(simulation: Simulation) -> int:
    """Return how many times a crew drove onto an edge while its factor was 0."""
    log = simulation.tables()["roads"].to_pandas()
    closed: dict[int, list[tuple[float, float]]] = {}
    for (edge, _), rows in log.groupby(["edge", "owner"]):
        ends = [*rows["time"].tolist()[1:], np.inf]
        spans = [(t, e) for t, e, f in zip(rows["time"], ends, rows["factor"], strict=True) if f == 0.0]
        closed.setdefault(int(edge), []).extend(spans)
    wrong = 0
    for leg in simulation.tables()["tracks"].to_pylist():
        if len(leg["edges"]):
            edge, time = int(leg["edges"][0]), leg["t_start"]  # the first one is entered when the leg begins
            wrong += any(since < time < until for since, until in closed.get(edge, ()))
    return wrong
