"""The endpoints below `/api`."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path as FilePath
from threading import Lock
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.csv
from fastapi import APIRouter, Path, Query, Request, Response

from api.jobs import Job, Jobs
from api.plain import with_null
from api.schema import BUSY, FAULTS, ComparisonRequest, Indicator, JobId, RunId, RunRequest, State
from api.schema import City as AnotherCity
from api.watching import home_of, run_of
from scenarios.cities import city_of, kept_cities, moved_to
from scenarios.comparing import comparison_id, described_indicators
from scenarios.language import Scenario
from scenarios.library import load_policy, load_scenario, policy_names, policy_of, scenario_names
from scenarios.reference import reference
from scenarios.running import run_id_of
from sim.comparison import Comparison
from sim.errors import BusyError, InputError, JinlingError, NotFoundError
from sim.runs import RunStore
from viz.report import render_report

router = APIRouter(prefix="/api")
#: Two requests for one city build it once.
_BUILDING = Lock()
_DEFAULT = "flagship_day"  #: the scenario of the default city


def _scenario(request: Request, wanted: RunRequest | ComparisonRequest) -> Scenario:
    scenario = load_scenario(wanted.scenario)
    return scenario if wanted.city is None else moved_to(scenario, wanted.city, home_of(request) / "cities")


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


@router.get("/health", summary="Is it up · 是否在线")
def health() -> dict[str, str]:
    """Say that the service is up."""
    return {"status": "ok"}


@router.get("/cities", summary="Built cities · 已构建城市")
def cities(request: Request) -> list[dict[str, Any]]:
    """List the cities that lie built here; a run may play in any of them."""
    return [asdict(city) for city in kept_cities(home_of(request) / "cities")]


@router.get("/districts", summary="Districts of a city · 城市的区", responses=FAULTS)
def districts(request: Request, city: AnotherCity = None) -> list[str]:
    """List the districts of a built city, or of the default one, by the names that a lever's scope takes."""
    default = load_scenario(_DEFAULT)
    cities = home_of(request) / "cities"
    with _BUILDING:
        areas = city_of((default if city is None else moved_to(default, city, cities)).city, cities).areas
    return sorted(areas.name[area] for area in areas.of_level("district"))


@router.get("/scenarios", summary="Scenarios · 场景")
def scenarios() -> list[dict[str, Any]]:
    """List the shipped scenarios."""
    loaded = [load_scenario(name) for name in scenario_names()]
    return [
        {"name": s.name, "title": s.title._asdict(), "question": s.question._asdict(), "hours": s.hours,
         "synthetic": s.city.generated is not None,
         "residents": s.city.residents or (s.city.generated.residents if s.city.generated else None)}
        for s in loaded
    ]  # fmt: skip


@router.get("/policies", summary="Policies · 政策")
def policies() -> list[dict[str, Any]]:
    """List the shipped policies with their parameters."""
    loaded = [load_policy(name) for name in policy_names()]
    return [{"name": p.name, "title": p.title._asdict(), "base": p.base, "parameters": p.resolve()} for p in loaded]


@router.get("/kinds", summary="Everything that a file can name · 全部种类")
def kinds() -> dict[str, Any]:
    """List hazards, levers, incidents, crews, parameters and indicators."""
    return json.loads(json.dumps(reference(), default=str))


@router.post("/runs", status_code=202, summary="Start a run · 开始运行", responses=BUSY)
def start_run(request: Request, wanted: RunRequest) -> State:
    """Start a run, or return the one that is stored or under way: it is computed once."""
    arguments = wanted.model_dump()
    scenario, policy = _scenario(request, wanted), policy_of(arguments["policy"])
    with _BUILDING:
        city = city_of(scenario.city, home_of(request) / "cities")
    run_id = run_id_of(scenario, policy, wanted.seed, city)
    if RunStore(home_of(request) / "runs").find(run_id) is not None:
        return State(id=run_id, kind="run", status="complete", progress=1.0, result=run_id, **arguments)
    return _submitted(request, Job(run_id, "run", arguments))


def _submitted(request: Request, job: Job) -> State:
    taken = _jobs(request).submit(job)
    if taken is None:
        raise BusyError(en="too many jobs wait; try again later", zh="排队任务过多，请稍后再试")
    return State(**taken.facts())


@router.get("/runs", summary="Runs · 运行列表")
def runs(request: Request) -> dict[str, Any]:
    """List stored runs and jobs."""
    return {"stored": RunStore(home_of(request) / "runs").run_ids(), "jobs": [j.facts() for j in _jobs(request).all()]}


@router.get("/runs/{run_id}", summary="A run's state · 运行状态", responses=FAULTS)
def run_state(request: Request, run_id: RunId) -> State:
    """Return status, progress and, of a stored run, its manifest."""
    job = _jobs(request).get(run_id)
    if job is not None and (job.is_open or RunStore(home_of(request) / "runs").find(run_id) is None):
        return State(**job.facts())
    run = run_of(request, run_id)
    return State(id=run_id, kind="run", status="complete", progress=1.0, result=run_id, manifest=run.manifest)


@router.post("/runs/{job_id}/cancel", summary="Cancel · 取消", responses=FAULTS)
@router.post("/comparisons/{job_id}/cancel", summary="Cancel · 取消", responses=FAULTS)
def cancel(request: Request, job_id: JobId) -> State:
    """Cancel a job; nothing half-written is left."""
    job = _jobs(request).cancel(job_id)
    if job is None:
        raise NotFoundError(en="there is no such job", zh="没有该任务")
    return State(**job.facts())


@router.get("/runs/{run_id}/indicators", summary="Indicators · 指标", responses=FAULTS)
def indicators(request: Request, run_id: RunId) -> dict[str, Indicator]:
    """Return the indicators of a run with title, unit and which way is better."""
    values = run_of(request, run_id).indicators
    return {d.name: Indicator(value=values.get(d.name), title=d.title, unit=d.unit, better=d.better)
            for d in described_indicators()}  # fmt: skip


@router.get("/runs/{run_id}/tables/{table}", summary="A table · 数据表", responses=FAULTS)
def table(
    request: Request,
    run_id: RunId,
    table: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_.]{0,60}$", examples=["orders", "field.gas.level"])],
    kind: Annotated[Literal["arrow", "csv", "json"], Query(alias="format")] = "json",
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """Return a table as an Arrow stream, CSV or JSON rows; JSON is cut by limit and offset."""
    data = run_of(request, run_id).table(table)
    sink = io.BytesIO()
    if kind == "arrow":
        with pa.ipc.new_stream(sink, data.schema) as writer:
            writer.write_table(data)
        return Response(sink.getvalue(), media_type="application/vnd.apache.arrow.stream")
    if kind == "csv":
        flat = data.drop_columns([f.name for f in data.schema if pa.types.is_list(f.type)])
        pa.csv.write_csv(flat, sink)
        return Response(sink.getvalue(), media_type="text/csv; charset=utf-8")
    rows = with_null(data.slice(offset, limit).to_pylist())
    return Response(json.dumps(rows, ensure_ascii=False), media_type="application/json")


@router.post("/comparisons", status_code=202, summary="Start a comparison · 开始对比", responses=BUSY)
def start_comparison(request: Request, wanted: ComparisonRequest) -> State:
    """Start a comparison, or return the one that is stored; runs that are stored are not computed again."""
    arguments = wanted.model_dump()
    scenario, policies = _scenario(request, wanted), [policy_of(choice) for choice in arguments["policies"]]
    if len({policy.name for policy in policies}) < len(policies):
        raise InputError(en="the policies must differ", zh="政策不能重复")
    with _BUILDING:
        city = city_of(scenario.city, home_of(request) / "cities")
    job_id = comparison_id(scenario, policies, range(wanted.seeds), city)
    if _comparison_file(request, job_id).is_file():
        return State(id=job_id, kind="comparison", status="complete", progress=1.0, result=job_id, **arguments)
    return _submitted(request, Job(job_id, "comparison", arguments))


@router.get("/comparisons/{job_id}", summary="A comparison · 对比结果", responses=FAULTS)
def comparison(request: Request, job_id: JobId) -> State:
    """Return a comparison's status and, when it is complete, its result."""
    job = _jobs(request).get(job_id)
    if job is not None and (job.is_open or not _comparison_file(request, job_id).is_file()):
        return State(**job.facts())
    said = with_null(_comparison(request, job_id).model_dump(mode="json"))
    return State(id=job_id, kind="comparison", status="complete", progress=1.0, result=job_id, comparison=said)


@router.get("/comparisons/{job_id}/report", summary="Report · 报告", responses=FAULTS)
def report(request: Request, job_id: JobId) -> Response:
    """Return the report of a complete comparison as one HTML file."""
    html = render_report([_comparison(request, job_id)])
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def _comparison_file(request: Request, job_id: str) -> FilePath:
    return home_of(request) / "comparisons" / f"{job_id}.json"


def _comparison(request: Request, job_id: str) -> Comparison:
    file = _comparison_file(request, job_id)
    if not file.is_file():
        raise NotFoundError(en="there is no such comparison", zh="没有该对比")
    try:
        return Comparison.model_validate_json(file.read_bytes())
    except ValueError as error:
        raise JinlingError(en="the stored comparison is damaged", zh="存储的对比已损坏") from error
