"""A stored run of the small city with hazards, and with one more field for every kind of place, as another file may bring."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from scenarios.explaining import city_of_run
from scenarios.language import IncidentChange
from scenarios.library import load_policy
from scenarios.running import run_scenario
from sim.fields import FieldKind, Fields, Points, Raster
from sim.runs import Run, RunStore
from sim.text import Text

HAZARDS = {
    "gas_leak": {"hour": 9.5, "sparks": 60.0, "valve_min": 3.0},
    "toxic_release": {"hour": 10.0, "reach_m": 1500.0},
    "road_traffic": {},
}
MORE = (
    FieldKind("test.depth", Text("Water", "积水"), "cell", "m", (0.1, 0.3, 0.5), 0.01),
    FieldKind("test.density", Text("Crowd", "人群密度"), "edge", "per km²", (1.0, 2.0, 4.0), 0.1),
    FieldKind("test.cases", Text("Cases", "病例"), "area", "count", (1.0, 10.0), 1.0),
    FieldKind("test.pressure", Text("Pressure", "水压"), "point", "m", (5.0, 20.0), 0.1),
    FieldKind("test.power", Text("Power", "供电"), "building", "class", (1.0, 2.0), 1.0,
              (Text("shed", "限电"), Text("dark", "停电"))),
)  # fmt: skip


def hazard_run(tiny, home: Path) -> Run:
    """Return a morning of the small city with a gas leak, a toxic release and traffic, kept below `home`."""
    scenario = tiny.model_copy(update={
        "name": "hazard_day", "start_hour": 9, "hours": 4.0, "drain_days": 2.0, "hazards": HAZARDS,
        "incidents": {"medical": IncidentChange(rate_factor=40.0), "building_fire": IncidentChange()},
    })  # fmt: skip
    return run_scenario(scenario, load_policy("P1"), 3, RunStore(home / "runs"), home / "cities")


def with_more_fields(run: Run, home: Path) -> Run:
    """Return the run with a field for every kind of place; each changes at 10:00 and at 10:30."""
    city = city_of_run(run, home / "cities")
    fields = Fields(city)
    x, y = float(city.drive.x.mean()), float(city.drive.y.mean())
    raster = Raster(x - 300.0, y - 200.0, 20.0, 30, 20)
    geometry = {"cell": raster, "point": Points(city.drive.x[:40].copy(), city.drive.y[:40].copy())}
    values = {kind.name: fields.add(kind, geometry.get(kind.place)) for kind in MORE}
    for time, share in ((36_000.0, 0.5), (37_800.0, 1.0)):
        for kind in MORE:
            now = values[kind.name]
            now[: max(1, int(share * min(len(now), 400)))] = kind.scale[-1] * (1.2 * share)
        fields.snapshot(time)
    tables: dict[str, pa.Table] = {name: run.table(name) for name in run.manifest["tables"]}
    manifest = {**run.manifest, "fields": {**run.manifest["fields"], **fields.described()}}
    return RunStore(home / "runs").write("f" * 32, manifest, {**tables, **fields.tables()})


def value_of(frame: dict[str, np.ndarray], places: int, time: float) -> np.ndarray:
    """Return the values that a frame tells of its places at a time: what the page does."""
    values = np.zeros(places)
    known = frame["time"] <= time
    for index, value in zip(frame["index"][known], frame["value"][known], strict=True):
        values[index] = value
    return values
