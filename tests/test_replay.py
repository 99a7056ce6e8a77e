"""A run is its log: read back from disk it gives the same score and the same hash, and played again the same bytes."""

from __future__ import annotations

import math

import pytest

from models.indicators import log_columns, measure, measure_by_area
from models.simulation import Simulation
from scenarios.explaining import city_of_run
from scenarios.language import IncidentChange, Scenario
from scenarios.library import load_policy
from scenarios.running import comparing_level, run_scenario
from sim.recording import log_hash
from sim.runs import Run, RunStore


@pytest.fixture(scope="module")
def scenario(tiny) -> Scenario:
    """A busy morning with a hazard, so that the log has roads, fields and lines of work too."""
    return tiny.model_copy(update={
        "start_hour": 8, "hours": 4.0, "drain_days": 2.0, "hazards": {"toxic_release": {"hour": 9.5}},
        "incidents": {"medical": IncidentChange(rate_factor=40.0), "hotline_ticket": IncidentChange(rate_factor=5.0),
                      "patrol_event": IncidentChange(rate_factor=5.0)},
    })  # fmt: skip


@pytest.fixture(scope="module")
def run(scenario, home) -> Run:
    return run_scenario(scenario, load_policy("P1"), 5, RunStore(home / "replayed"), home / "cities")


def told(value: float) -> float | None:
    return value if math.isfinite(value) else None


def test_a_log_that_is_read_back_gives_the_same_score_and_hash(run, scenario, home):
    stored = RunStore(run.path.parent).open(run.id)
    tables = {name: stored.table(name) for name in stored.manifest["tables"]}
    assert log_hash(tables) == stored.manifest["log_hash"]
    city = city_of_run(stored, home / "cities")
    log = log_columns(tables, city.areas, scenario.working, scenario.window[1])
    score = {name: told(value) for name, value in measure(log).items()}
    assert score == stored.indicators
    assert sum(value is not None for value in score.values()) > 20
    by_area = measure_by_area(log, comparing_level(city))
    assert {str(area): {name: told(value) for name, value in row.items()} for area, row in by_area.items()} == (
        stored.manifest["by_area"]
    )


def test_a_run_that_is_played_again_writes_the_same_bytes(run, scenario, home, tmp_path, monkeypatch):
    played = []
    execute = Simulation.execute
    monkeypatch.setattr(Simulation, "execute", lambda self, *rest: (played.append(self), execute(self, *rest))[1])
    again = run_scenario(scenario, load_policy("P1"), 5, RunStore(tmp_path), home / "cities")
    assert len(played) == 1  # and was not found in the store
    assert again.id == run.id
    for name in run.manifest["tables"]:
        assert (again.path / f"{name}.parquet").read_bytes() == (run.path / f"{name}.parquet").read_bytes(), name
    apart = {"created", "cpu_s"}
    assert {k: v for k, v in again.manifest.items() if k not in apart} == {
        k: v for k, v in run.manifest.items() if k not in apart
    }
