"""Run a scenario under two policies with three seeds and look at one indicator."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.runs import RunStore


def main(home: Path) -> None:
    """Print the share of public events that patrols and residents find, by policy and seed."""
    scenario = load_scenario("tiny_day")
    store = RunStore(home / "runs")
    for name in ("P1", "P2"):
        for seed in range(3):
            run = run_scenario(scenario, load_policy(name), seed, store, home / "cities")
            print(name, seed, run.indicators["found.patrol_event"], run.table("orders").num_rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var"))
