"""What a line of work is tried on: the small city, and where that says too little, more of what comes to it."""

from __future__ import annotations

from typing import Any

from models.indicators import log_columns, measure
from models.lines.base import line_kinds
from models.policy import Policy
from scenarios.language import Scenario
from scenarios.running import people_of, resolved, simulate
from sim.city.model import City

#: By line: fields of the line that a trial changes, `hours` of the window where it needs more than the least, and
#: `set`, parameters over those of the policy.
TRIALS: dict[str, dict[str, Any]] = {
    "grid_work": {"panel": 0.5},
    "lifeline_sensors": {"rate_factor": 1000.0, "other_alarms": 750.0, "centre_residents": 20_000.0},
    "command_chain": {"concurrent": 20},
    "service_hall": {"windows_per_100k": 120.0, "matters_per_100k": 2350.0},
    "surge": {
        "rain_mm": 300.0,
        "blackout": 0.5,
        "members": 300.0,
        "alliance": 60.0,
        "fire": 20.0,
        "ems": 15.0,
        "gas": 15.0,
        "water": 10.0,
        "power": 15.0,
        "urban": 15.0,
    },
}

#: By hazard: fields that make it tell a difference in the small city within `hours`.
HAZARDS: dict[str, dict[str, Any]] = {
    "contagion": {"r0": 2.5, "first_per_100k": 2000.0, "symptomatic": 1.0, "tests_per_100k": 1e5, "hospital": (0.0,) * 3,
                  "infectious_d": 5.0, "hours": 12 * 24.0},
}  # fmt: skip


def hazard_trial_of(tiny: Scenario, name: str) -> Scenario:
    """Return the small city's scenario with nothing but this hazard."""
    fields = dict(HAZARDS[name])
    changes = {
        "incidents": {},
        "hours": fields.pop("hours"),
        "beat_s": 3600.0,
        "drain_days": 0.0,
        "hazards": {name: fields},
    }
    return Scenario.model_validate({**tiny.model_dump(), **changes})


def trial_of(tiny: Scenario, *names: str) -> Scenario:
    """Return the small city's scenario with nothing but these lines of work."""
    lines = {name: {k: v for k, v in TRIALS.get(name, {}).items() if k not in {"hours", "set"}} for name in names}
    least = max(24.0 * line_kinds()[name].least_d for name in names)
    hours = max([least, *(TRIALS.get(name, {}).get("hours", 0.0) for name in names)])
    fixed: dict[str, float] = {}
    for name in names:
        fixed |= TRIALS.get(name, {}).get("set", {})
    changes = {
        "incidents": {},
        "lines": lines,
        "hours": hours,
        "beat_s": 3600.0 if hours % 24 else 86400.0,
        "parameters": fixed,
    }
    return Scenario.model_validate({**tiny.model_dump(), **changes})


def measured(city: City, scenario: Scenario, policy: Policy, seeds: range) -> list[dict[str, float]]:
    """Return the indicators of a policy, seed by seed."""
    values = resolved(scenario, policy)
    found = []
    for seed in seeds:
        tables = simulate(city, people_of(city), scenario, values, seed).tables()
        found.append(measure(log_columns(tables, city.areas, scenario.working, scenario.window[1])))
    return found
