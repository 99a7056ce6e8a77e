"""What the whole of governance costs: a day with every line of work that has one, under every lever at once."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Row
from models.levers.base import lever_kinds
from models.lines.base import line_kinds
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.comparing import compare
from scenarios.language import Scenario
from scenarios.library import load_policy, load_scenario
from scenarios.running import people_of, resolved, simulate
from sim.text import Text


def whole_day() -> Scenario:
    """Return the day and the night of the default city with every line of work that a day is enough for."""
    lines = {name: {} for name, line in line_kinds().items() if line.least_d <= 1.0}
    return Scenario.model_validate({**load_scenario("flagship_day").model_dump(), "lines": lines})


def every_lever() -> Policy:
    """Return today's city with every lever fully on."""
    entries = tuple({"kind": name} for name in lever_kinds())
    return Policy(format=1, name="everything", title=Text("Everything", "全部措施"), base="P1", levers=entries)


def _cpu(scenario: Scenario, policy: Policy, cities: Path, seed: int) -> float:
    city = city_of(scenario.city, cities)
    people, values = people_of(city), resolved(scenario, policy)
    started = time.process_time()
    simulate(city, people, scenario, values, seed).tables()
    return time.process_time() - started


def measure() -> list[Row]:
    """Measure a day with everything on, each line by itself, and a comparison of two policies over thirty days."""
    day, policy = whole_day(), every_lever()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        _cpu(day, policy, home / "cities", 0)  # compiles
        whole = min(_cpu(day, policy, home / "cities", seed) for seed in (1, 2))
        rows = [Row(f"a day of the default city, {len(day.lines)} lines of work and {len(policy.levers)} levers",
                    f"{whole:.1f} CPU s", target="< 10 CPU s", met=whole < 10.0)]  # fmt: skip
        for name in day.lines:
            alone = day.model_copy(update={"incidents": {}, "lines": {name: {}}, "beat_s": 3600.0})
            rows.append(Row(f"… {name} by itself", f"{_cpu(alone, policy, home / 'cities', 1):.2f} CPU s"))
        started = time.monotonic()
        compare(day, [load_policy("P1"), policy], list(range(30)), home)
        wall = time.monotonic() - started
    rows.append(Row("2 × 30 days of it on 2 processes", f"{wall:.0f} s of wall time",
                    target="< 360 s", met=wall < 360.0))  # fmt: skip
    return rows
