"""What goes from person to person among a million residents: CPU seconds for a simulated hour of a whole run."""

from __future__ import annotations

from typing import Any

from benchmarks.cities import home
from benchmarks.harness import Row, cpu, note
from scenarios.cities import city_of
from scenarios.language import CityChoice, Scenario
from scenarios.library import load_policy, load_scenario
from scenarios.running import people_of, resolved, simulate
from sim.city.generated.parameters import CityParameters

RESIDENTS = 1_000_000
#: Hazards at their worst: a share of the residents is infected, or has heard, from the first hour on.
HAZARDS: dict[str, dict[str, Any]] = {
    "contagion": {"r0": 3.0, "first_per_100k": 2000.0},
    "information": {"rumour_h": 0.0, "first_per_100k": 20_000.0},
}
SHORT_H, LONG_H = 6.0, 30.0


def measure() -> list[Row]:
    """Return a row for each hazard."""
    city = CityChoice(generated=CityParameters(seed=1, residents=RESIDENTS))
    plain = load_scenario("flagship_day").model_copy(
        update={"city": city, "incidents": {}, "start_hour": 0, "beat_s": 300.0, "drain_days": 0.0}
    )
    rows = []
    for name, changed in HAZARDS.items():
        note(f"{name} among {RESIDENTS:,} residents")
        seconds = [_of_hours({name: changed}, plain), _of_hours({}, plain)]
        whole, without = seconds
        rows.append(Row(f"{name} among {RESIDENTS:,} residents, a simulated hour", f"{whole - without:.3f} CPU s of {whole:.3f}",
                        target="< 1 CPU s", met=whole - without < 1.0))  # fmt: skip
    return rows


def _of_hours(hazards: dict[str, dict[str, Any]], plain: Scenario) -> float:
    """Return the CPU seconds of an hour: of a long run less a short one, so that setting up does not count."""
    city, policy = city_of(plain.city, home() / "cities"), load_policy("P1")
    people, spent = people_of(city), []
    for hours in (SHORT_H, SHORT_H, LONG_H):
        scenario = plain.model_copy(update={"hazards": hazards, "hours": hours})
        values = resolved(scenario, policy)
        spent.append(cpu(lambda scenario=scenario, values=values: simulate(city, people, scenario, values, 1)))  # type: ignore[misc]  # bound at once
    return (spent[2] - spent[1]) / (LONG_H - SHORT_H)
