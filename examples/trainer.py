"""Replay the gravest fire of a day minute by minute, under two policies and with the same luck."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.compute as pc

from scenarios.language import IncidentChange, Scenario
from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.runs import Run, RunStore

#: Fires are rare in a city of 20,000: the drill has a thousand times as many.
FIRES = {"building_fire": IncidentChange(rate_factor=1000.0), "medical": IncidentChange()}


def drill() -> Scenario:
    """Return the small city's day with nothing but medical calls and many fires."""
    return load_scenario("tiny_day").model_copy(update={"incidents": FIRES})


def gravest_fire(run: Run) -> int:
    """Return the incident of the fire that burnt most when the first engine arrived."""
    orders = run.table("orders")
    fires = orders.filter(pc.equal(orders["kind"], "building_fire")).sort_by([("outcome", "descending")])
    return int(fires["incident"][0].as_py())


def replay(run: Run, incident: int) -> None:
    """Print what happened to one incident: minutes since its onset, the event, and the crew."""
    orders, events = run.table("orders"), run.table("events")
    (order,) = orders.filter(pc.equal(orders["incident"], incident)).to_pylist()
    print(f"\n{run.manifest['policy']['name']}: {order['outcome']:.1f} MW met the first engine, "
          f"{order['deaths']:.4f} deaths expected")  # fmt: skip
    for event in events.filter(pc.equal(events["order"], order["order"])).to_pylist():
        crew = f"  crew {event['crew']}" if event["crew"] >= 0 else ""
        print(f"{(event['time'] - order['t_onset']) / 60:7.1f} min  {event['kind']}{crew}")


def main(home: Path) -> None:
    """Print the same fire's course today and after full reform."""
    runs = [run_scenario(drill(), load_policy(name), 1, RunStore(home / "runs"), home / "cities")
            for name in ("P1", "P2")]  # fmt: skip
    incident = gravest_fire(runs[0])
    for run in runs:
        replay(run, incident)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var"))
