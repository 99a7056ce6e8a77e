"""A day of the default city: CPU seconds, where they go, the log, and the memory."""

from __future__ import annotations

import cProfile
import pstats
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.cities import default_city, home
from benchmarks.harness import Row, cpu, note
from scenarios.library import load_policy, load_scenario
from scenarios.running import people_of, resolved, run_scenario, simulate
from sim.runs import RunStore

_GROUPS = {"routing": "sim/routing", "missions and dispatch": "models/", "clock": "simpy", "recording": "pyarrow"}


def measure() -> list[Row]:
    """Return the rows of a day."""
    note("a day of the default city")
    scenario, policy, city = load_scenario("flagship_day"), load_policy("P1"), default_city()
    values = resolved(scenario, policy)
    people = people_of(city)
    simulate(city, people, scenario, values, 0)
    seconds = sorted(cpu(lambda seed=seed: simulate(city, people, scenario, values, seed)) for seed in range(1, 6))
    run = run_scenario(scenario, policy, 1, RunStore(home() / "runs"), home() / "cities")
    size = sum(file.stat().st_size for file in run.path.iterdir())
    events = run.table("events").num_rows
    return [
        Row("a day of the default city (500,000 residents), compiled", f"{seconds[2]:.2f} CPU s "
            f"({seconds[0]:.2f}–{seconds[-1]:.2f}, 5 seeds)", target="< 5 CPU s", met=seconds[2] < 5),
        Row("… where it goes", _shares(values)),
        Row("… orders, events and log on disk", f"{run.table('orders').num_rows:,} orders, {events:,} events, "
            f"{size / 1024:,.0f} KiB"),
        Row("… peak memory of a process that builds, runs and stores it", f"{_memory():,.0f} MiB"),
    ]  # fmt: skip


def _shares(values: dict[str, float]) -> str:
    """Profile one day and return the share of each part by own time; the rest is NumPy and Python itself."""
    scenario, city = load_scenario("flagship_day"), default_city()
    profile = cProfile.Profile()
    profile.runcall(simulate, city, people_of(city), scenario, values, 6)
    spent: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # no stub
        path = Path(file).as_posix()
        group = next((group for group, part in _GROUPS.items() if part in path), "numpy, python")
        spent["patrol kernel" if name == "walk" else group] += own
    whole = sum(spent.values())
    return ", ".join(f"{group} {own / whole:.0%}" for group, own in spent.most_common())


def _memory() -> float:
    program = (
        "from pathlib import Path; import sys, resource;"
        "from scenarios.library import load_policy, load_scenario; from scenarios.running import run_scenario;"
        "from sim.runs import RunStore; home = Path(sys.argv[1]);"
        "run_scenario(load_scenario('flagship_day'), load_policy('P2'), 7, RunStore(home / 'r'), home / 'c');"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home() / "memory")], capture_output=True, text=True,
                          check=True)  # fmt: skip
    return int(done.stdout) / 1024
