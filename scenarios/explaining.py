"""Why an order of a stored run took so long: its log walked backwards, in the city and the words of its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.hazards.base import hazard_kinds
from models.why.answer import Why, why
from models.why.log import Log, Words
from scenarios.cities import city_of, where_kept
from scenarios.language import Scenario
from sim.city.model import City
from sim.city.speeds import drive_speeds
from sim.errors import NotFoundError
from sim.routing.router import travel_times
from sim.runs import Run
from sim.text import Text

_TABLES = ("orders", "crews", "events", "tracks", "roads")


class Asked(NamedTuple):
    """An order that may be asked about: how long until somebody came."""

    order: int
    kind: Text
    onset: float  #: s since midnight of the first day
    took_s: float  #: from the call to the first crew; NaN where nobody came
    target_s: float


def words_of(scenario: Scenario, parameters: Mapping[str, float]) -> Words:
    """Return what the things of a scenario are called, and how fast its crews are under a policy."""
    factor = {True: parameters["traffic.priority_factor"], False: parameters["traffic.others_factor"]}
    return Words(
        incidents=scenario.kinds(),
        crews={name: kind.title or Text(name, name) for name, kind in scenario.crew_kinds().items()},
        events={name: text for kind in hazard_kinds().values() for name, text in kind.tells.items()},
        hazards={name: kind.title for name, kind in hazard_kinds().items()},
        paces={name: factor[kind.priority] * kind.pace for name, kind in scenario.crew_kinds().items()},
    )


def scenario_of(run: Run) -> Scenario:
    """Return the scenario that a run played."""
    return Scenario.model_validate(run.manifest["scenario"])


def city_of_run(run: Run, cities: Path) -> City:
    """Return the city that a run played in; raise `NotFoundError` where it is not the same any more."""
    city = city_of(where_kept(scenario_of(run).city, run.manifest["city"]["id"], cities), cities)
    if city.hash != run.manifest["city"]["hash"]:
        raise NotFoundError(en="the city of this run is not there any more", zh="该运行所用的城市已不存在")
    return city


@lru_cache(maxsize=4)
def _log(path: Path, cities: Path) -> Log:
    run = Run(path)
    scenario = scenario_of(run)
    city = city_of_run(run, cities)
    tables = {name: run.table(name) for name in _TABLES if name in run.manifest["tables"]}
    seconds = travel_times(city.drive, drive_speeds(city.drive) * scenario.speed_factor)
    return Log(tables, words_of(scenario, run.manifest["policy"]["parameters"]), city.drive, seconds)


def explain(run: Run, order: int, cities: Path) -> Why:
    """Return why an order of a run took as long as it did."""
    log = _log(run.path, cities)
    if not 0 <= order < len(log):
        raise NotFoundError(en=f"run {run.id} has no order {order}; they go from 0 to {len(log) - 1}",
                            zh=f"运行 {run.id} 没有工单 {order}；编号为 0 至 {len(log) - 1}")  # fmt: skip
    return why(log, order)


def emergencies(run: Run) -> list[Asked]:
    """Return the orders to which crews were sent, those who waited longest beyond their target first."""
    kinds = scenario_of(run).kinds()
    rows = run.table("orders").select(["order", "kind", "t_onset", "t_report", "t_arrive"]).to_pylist()
    told = [
        Asked(row["order"], kinds[row["kind"]].title, row["t_onset"], row["t_arrive"] - row["t_report"], kinds[row["kind"]].target_s)
        for row in rows if kinds[row["kind"]].line == "emergency"
    ]  # fmt: skip
    return sorted(told, key=lambda one: -(one.took_s - one.target_s) if np.isfinite(one.took_s) else -np.inf)
