"""What two hands change: the cardiac arrests of a day, without any bystander and with one who acts in half the cases."""

from __future__ import annotations

import sys
from pathlib import Path

from models.crews import DEFAULT_CREWS
from scenarios.language import IncidentChange
from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.runs import RunStore

#: Arrests are rare in a city of 20,000: this day has three hundred times as many, and ambulances enough for them.
ARRESTS = {"cardiac_arrest": IncidentChange(rate_factor=300.0)}
AMBULANCES = {"ambulance": DEFAULT_CREWS["ambulance"].model_copy(update={"count": 12, "night_share": 1.0})}


def survivals(home: Path, bystander: float) -> dict[int, tuple[float, float]]:
    """Return, by incident, the minutes from call to ambulance and the chance of survival."""
    scenario = load_scenario("tiny_day").model_copy(
        update={
            "incidents": ARRESTS,
            "crews": AMBULANCES,
            "parameters": {"bystander.p_cpr": bystander, "volunteer.p_alerted": 0.0},
        }
    )
    run = run_scenario(scenario, load_policy("P1"), 1, RunStore(home / "runs"), home / "cities")
    return {row["incident"]: ((row["t_arrive"] - row["t_report"]) / 60, row["outcome"])
            for row in run.table("orders").to_pylist()}  # fmt: skip


def main(home: Path) -> None:
    """Print each arrest's chance with nobody's hands and with those of a bystander who acts in half the cases."""
    alone, helped = survivals(home, 0.0), survivals(home, 0.5)
    print("ambulance after   chance alone   chance with a bystander")
    for incident, (minutes, chance) in alone.items():
        print(f"{minutes:11.1f} min   {chance:12.2%}   {helped[incident][1]:23.2%}")
    print(f"\nsurvivors expected of {len(alone)}: {sum(c for _, c in alone.values()):.2f} alone, "
          f"{sum(c for _, c in helped.values()):.2f} with bystanders")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var"))
