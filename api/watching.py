"""The endpoints for whoever watches a run: its map, its legend in words, its story, and why somebody came late."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as FilePath
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
from fastapi import APIRouter, Path, Request, Response

from api.plain import with_null
from api.schema import FAULTS, RunId
from models.hazards.base import hazard_kinds
from models.why.answer import Why
from models.why.log import Cause
from scenarios.explaining import city_of_run, explain, scenario_of
from sim.city.model import City
from sim.errors import NotFoundError
from sim.runs import Run, RunStore
from sim.text import Text
from viz import playback
from viz.fields import closures_frame, field_frame
from viz.scene import scene

router = APIRouter(prefix="/api/runs/{run_id}")
Frame = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_.]{0,60}$", examples=["orders", "field.gas.level"])]
_OF_CITY = {"streets": playback.streets_frame, "buildings": playback.buildings_frame,
            "areas": playback.areas_frame, "facilities": playback.facilities_frame}  # fmt: skip
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def home_of(request: Request) -> FilePath:
    """Return the folder where cities and runs are kept."""
    home: FilePath = request.app.state.settings.home
    return home


def run_of(request: Request, run_id: str) -> Run:
    """Return a stored run."""
    return RunStore(home_of(request) / "runs").open(run_id)


@lru_cache(maxsize=4)
def _city(home: str, run_id: str) -> City:
    return city_of_run(RunStore(FilePath(home) / "runs").open(run_id), FilePath(home) / "cities")


@router.get("/scene", summary="The pydeck scene · 地图场景", responses=FAULTS)
def run_scene(request: Request, run_id: RunId) -> dict[str, Any]:
    """Return the deck.gl scene whose layers name the frames below this run."""
    fields = run_of(request, run_id).manifest.get("fields", {})
    return scene(_city(str(home_of(request)), run_id), f"/api/runs/{run_id}/frames", fields)


@router.get("/frames/{frame}.bin", summary="Map data · 地图数据", responses=FAULTS)
def frame(request: Request, run_id: RunId, frame: Frame) -> Response:
    """Return a binary column frame: streets, buildings, areas, facilities, legs, orders, closures or a field."""
    run, city = run_of(request, run_id), _city(str(home_of(request)), run_id)
    if frame == "legs":
        data = playback.legs_frame(city, run.table("tracks"), run.table("crews"))
    elif frame == "orders":
        data = playback.orders_frame(city, run.table("orders"), tuple(run.manifest["window"]))
    elif frame == "closures":
        data = closures_frame(city, _table(run, "roads"))
    elif frame in _OF_CITY:
        data = _OF_CITY[frame](city)
    else:
        data = _field(run, city, frame.removeprefix("field."))
    return Response(data, media_type="application/octet-stream", headers=_FOREVER)


def _table(run: Run, name: str) -> pa.Table | None:
    return run.table(name) if name in run.manifest["tables"] else None


def _field(run: Run, city: City, name: str) -> bytes:
    known = run.manifest.get("fields", {})
    if name not in known:
        raise NotFoundError(en=f"this run has no field {name!r}; there are: {', '.join(known) or '–'}",
                            zh=f"该运行没有场 {name!r}；可用：{'、'.join(known) or '–'}")  # fmt: skip
    return field_frame(city, known[name], run.table(f"field.{name}"), _table(run, f"points.{name}"))


@router.get("/legend", summary="What the map shows, in words · 图例", responses=FAULTS)
def legend(request: Request, run_id: RunId) -> dict[str, Any]:
    """Return a run's fields with their scales, its kinds of incidents and crews, its warnings, and its story."""
    run = run_of(request, run_id)
    scenario = scenario_of(run)
    titles = {name: kind.title for name, kind in hazard_kinds().items()}
    return {
        "fields": _fields(run),
        "incidents": {name: {"title": kind.title._asdict(), "urgent": kind.line == "emergency", "crew": kind.crew}
                      for name, kind in scenario.kinds().items()},
        "crews": {name: {"title": (kind.title or Text(name, name))._asdict()}
                  for name, kind in scenario.crew_kinds().items()},
        "warnings": [{**one, "title": titles.get(one["hazard"], Text(one["hazard"], one["hazard"]))._asdict()}
                     for one in run.manifest.get("warnings", [])],
        "story": _story(run, _city(str(home_of(request)), run_id)),
    }  # fmt: skip


def _fields(run: Run) -> list[dict[str, Any]]:
    """Return the fields as the manifest describes them, those first that the scenario's first hazard writes first."""
    known = run.manifest.get("fields", {})
    named = run.manifest["scenario"]["hazards"]
    kinds = hazard_kinds()
    order = [(field.name, name) for name in (*named, *kinds) if name in kinds for field in kinds[name].writes]
    ranked = {field: hazard for field, hazard in reversed(order) if field in known}
    first = sorted(ranked, key=lambda field: next(i for i, (name, _) in enumerate(order) if name == field))
    rest = [field for field in known if field not in ranked]
    return [{"name": field, "hazard": ranked.get(field, ""), **known[field]} for field in (*first, *rest)]


def _story(run: Run, city: City) -> list[dict[str, Any]]:
    """Return the events that hazards tell of in order of time; of the same ones in a row the first, and how many."""
    tells = {name: text for kind in hazard_kinds().values() for name, text in kind.tells.items()}
    told: list[dict[str, Any]] = []
    for event in run.table("events").select(["time", "kind", "order", "node", "cause"]).to_pylist():
        if event["kind"] not in tells or max(event["order"], event["node"], event["cause"]) < 0:
            continue  # the second is what happens every day, such as the hours of traffic
        if told and told[-1]["kind"] == event["kind"]:
            told[-1].update(until=event["time"], count=told[-1]["count"] + 1)
            continue
        told.append({"time": event["time"], "until": event["time"], "count": 1, "kind": event["kind"],
                     "text": tells[event["kind"]]._asdict(), "at": _at(city, event["node"])})  # fmt: skip
    return told


def _at(city: City, node: int) -> list[float] | None:
    if node < 0:
        return None
    x, y = playback.local(city, np.array([[city.drive.x[node], city.drive.y[node]]]))[0]
    return [float(x), float(y)]


@router.get("/why/{order}", summary="Why it took so long · 为何迟到", responses=FAULTS)
def why_late(
    request: Request, run_id: RunId, order: Annotated[int, Path(ge=0, le=2**31 - 1, examples=[12])]
) -> dict[str, Any]:
    """Return the time of an order in parts that add up, each with its causes, walked backwards through the log."""
    return why_facts(explain(run_of(request, run_id), order, home_of(request) / "cities"))


def why_facts(told: Why) -> dict[str, Any]:
    """Return an answer as plain data."""
    return dict(with_null({
        "order": told.order, "kind": told.kind._asdict(), "late_s": told.late_s,
        "headline": told.headline._asdict(), "summary": told.summary._asdict(), "led": _causes(told.led),
        "parts": [{"seconds": part.seconds, "text": part.text._asdict(), "causes": _causes(part.causes)}
                  for part in told.parts],
    }))  # fmt: skip


def _causes(causes: tuple[Cause, ...]) -> list[dict[str, Any]]:
    return [{"time": cause.time, "text": cause.text._asdict()} for cause in causes]
