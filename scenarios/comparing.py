"""Comparing: one scenario, several policies, the same seeds, over processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any, NamedTuple

from models.indicators import indicator_kinds
from models.parameters import parameters
from models.policy import Policy, differing
from models.policy_difference import cost_of
from scenarios.cities import city_of
from scenarios.language import Scenario
from scenarios.running import comparing_level, people_of, resolved, run_id_of, run_scenario
from sim.city.build import facility_counts
from sim.city.model import FACILITY_TITLES, City
from sim.comparison import (
    CityInfo,
    Comparison,
    CostInfo,
    Described,
    Expected,
    FacilityCount,
    LeverInfo,
    ParameterRow,
    PolicyInfo,
    Together,
    Values,
    area_rows,
    compared_rows,
    index_of,
    together,
)  # fmt: skip
from sim.errors import InputError
from sim.index import weights_of
from sim.runs import Run, RunStore, digest_of, write_durably
from sim.text import Text
from sim.units import unit_text

Progress = Callable[[float], None]
_LIMITS = (
    Text("The model's parameters marked as assumptions rest on no source; sweep them before relying on a figure.",
         "标为“假设”的参数没有来源依据；引用数字前应做敏感性分析。"),
    Text("Residents are synthetic; results hold for the model, not for any person or office.",
         "居民为合成数据；结果适用于模型，不针对任何个人或机构。"),
    Text("After the window nothing new happens; orders that are open then are followed to their end.",
         "窗口结束后不再产生新事件；未结工单继续跟踪至办结。"),
    Text("Buildings do not pass fire on to each other yet, and streets are not closed by incidents.",
         "目前火灾不会在建筑之间蔓延，事件也不会封闭道路。"),
)  # fmt: skip


class Asked(NamedTuple):
    """How a comparison was asked for, as its report tells it."""

    command: str = ""  #: that makes it again
    expected: Sequence[Expected] = ()
    case: Text | None = None
    weights: str = ""  #: of the index's themes
    factors: tuple[str, str, str] | None = None  #: policies with one thing, with another, and with both


def compare(
    scenario: Scenario,
    policies: list[Policy],
    seeds: list[int],
    home: Path,
    workers: int = 2,
    progress: Progress | None = None,
    asked: Asked | None = None,
) -> Comparison:
    """Run every policy with every seed and return the comparison to the first policy; it is stored too.

    Runs that are stored are not computed again, so an interrupted comparison goes on where it stopped.
    """
    if len({policy.name for policy in policies}) != len(policies) or len(policies) < 2:
        raise InputError(en="a comparison needs two or more policies with different names",
                         zh="比较需要两个或更多名称不同的政策")  # fmt: skip
    started = time.monotonic()
    city = city_of(scenario.city, home / "cities")
    tasks = [(policy, seed) for seed in seeds for policy in policies]
    run_all(scenario, tasks, city, home, workers, progress)
    store = RunStore(home / "runs")
    runs = {policy.name: [store.open(run_id_of(scenario, policy, seed, city)) for seed in seeds] for policy in policies}
    said = asked or Asked()
    comparison = _compared(scenario, policies, seeds, city, runs)
    comparison = comparison.model_copy(update={
        "index": index_of([row.indicator for row in comparison.measured()], _values(runs, seeds), seeds,
                          weights_of(said.weights)),
        "together": _together(comparison, runs, said.factors),
        "command": said.command, "expected": list(said.expected), "case": said.case, "wall_s": round(time.monotonic() - started, 2),
    })  # fmt: skip
    folder = home / "comparisons"
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / f"{comparison.id}.json", comparison.model_dump_json(indent=1).encode())
    return comparison


def _together(
    comparison: Comparison, runs: dict[str, list[Run]], factors: tuple[str, str, str] | None
) -> Together | None:
    if factors is None:
        return None
    described = [row.indicator for row in comparison.measured()]
    return together(described, _values(runs, comparison.seeds), comparison.seeds, factors)


def _values(runs: dict[str, list[Run]], seeds: list[int]) -> Values:
    return {name: dict(zip(seeds, [run.indicators for run in own], strict=True)) for name, own in runs.items()}


def comparison_id(scenario: Scenario, policies: list[Policy], seeds: Iterable[int], city: City) -> str:
    """Return the id of a comparison before it is computed: that of its runs and of the scenario's name."""
    kept = list(seeds)
    ids = {policy.name: [run_id_of(scenario, policy, seed, city) for seed in kept] for policy in policies}
    return digest_of([ids, scenario.name])


def run_all(
    scenario: Scenario,
    tasks: list[tuple[Policy, int]],
    city: City,
    home: Path,
    workers: int,
    progress: Progress | None,
) -> None:
    """Compute the runs of the tasks (policy, seed) that are not stored yet, in processes of their own."""
    store = RunStore(home / "runs")
    todo = [task for task in tasks if store.find(run_id_of(scenario, *task, city)) is None]
    done = len(tasks) - len(todo)
    if progress is not None:
        progress(done / len(tasks))
    if not todo:
        return
    people_of(city)  # compiles and caches the kernels once, before several processes want them
    with ProcessPoolExecutor(min(workers, len(todo)), get_context("spawn"), _end_with_parent) as pool:
        try:
            with _interrupt_ignored():
                waiting = {pool.submit(_one, scenario, *task, home) for task in todo}
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                done += _collected(finished)
                if progress is not None:
                    progress(done / len(tasks))
        except BaseException:
            _stop(pool)
            pool.shutdown(wait=True, cancel_futures=True)  # else its thread and the interpreter end in a race
            raise


def _end_with_parent() -> None:
    """Let a worker end as soon as its parent has, however that came about: a job that was cancelled, a signal."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_outlive_not, args=(parent.sentinel,), daemon=True).start()


def _outlive_not(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _collected(finished: set[Future[str]]) -> int:
    for future in finished:
        future.result()
    return len(finished)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: a run that is not whole leaves nothing behind but a hidden draft."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - public from Python 3.14 on: terminate_workers
        process.terminate()


@contextmanager
def _interrupt_ignored() -> Iterator[None]:
    """Start processes that leave Ctrl-C to their parent: what it ignores when they start, they ignore for good."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _one(scenario: Scenario, policy: Policy, seed: int, home: Path) -> str:
    return run_scenario(scenario, policy, seed, RunStore(home / "runs"), home / "cities").id


def described_indicators() -> list[Described]:
    """Return the indicators as a comparison shows them."""
    return [
        Described(name=kind.name, title=kind.title, unit=kind.unit, better=kind.better, theme=kind.theme)
        for kind in indicator_kinds()
    ]


def _compared(
    scenario: Scenario,
    policies: list[Policy],
    seeds: list[int],
    city: City,
    runs: dict[str, list[Run]],
) -> Comparison:
    described = described_indicators()
    by_area = {name: dict(zip(seeds, [run.manifest["by_area"] for run in own], strict=True))
               for name, own in runs.items()}  # fmt: skip
    names = {str(area): name for area, name in enumerate(city.areas.name)}
    areas, worst = area_rows(described, by_area, seeds, names)
    ids = {name: [run.id for run in own] for name, own in runs.items()}
    return Comparison(
        id=comparison_id(scenario, policies, seeds, city),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        scenario=scenario.name,
        title=scenario.title,
        question=scenario.question,
        hours=scenario.hours,
        city=_city_info(city),
        policies=[_policy_info(policy, city.residents) for policy in policies],
        parameters=_parameter_rows(scenario, policies),
        seeds=seeds,
        rows=compared_rows(described, _values(runs, seeds), seeds),
        area_level=comparing_level(city),
        areas=areas,
        worst=worst,
        runs=ids,
        log_hashes={name: [run.manifest["log_hash"] for run in own] for name, own in runs.items()},
        versions=dict(runs[policies[0].name][0].manifest["versions"]),
        command="",
        wall_s=0.0,
        limits=list(_LIMITS),
    )  # fmt: skip


def _policy_info(policy: Policy, residents: int) -> PolicyInfo:
    levers = policy.resolved_levers()
    cost = CostInfo(**cost_of(policy, residents).model_dump())
    titles = parameters()
    paid = [titles[side.parameter].title for lever in levers for side in lever.side_effects]
    return PolicyInfo(
        name=policy.name,
        title=policy.title,
        base=policy.base,
        levers=[LeverInfo(kind=lever.kind, title=lever.title, mechanism=lever.mechanism, share=lever.share,
                          scope=str(lever.scope))
                for lever in levers],
        cost=cost,
        side_effects=list(dict.fromkeys(paid)),
    )  # fmt: skip


def _city_info(city: City) -> CityInfo:
    return CityInfo(
        name=city.name,
        hash=city.hash,
        synthetic=city.synthetic,
        residents=city.residents,
        streets_km=float(city.drive.length[city.drive.forward].sum() / 1000),
        junctions=city.drive.nodes,
        buildings=len(city.buildings),
        facilities=[
            FacilityCount(kind=kind, title=FACILITY_TITLES[kind], count=count, synthetic=made)
            for kind, (count, made) in facility_counts(city.facilities).items()
        ],
        source=city.source,
    )


def _parameter_rows(scenario: Scenario, policies: list[Policy]) -> list[ParameterRow]:
    values: dict[str, dict[str, Any]] = {p.name: resolved(scenario, p.unlimited()) for p in policies}
    first = values[policies[0].name]
    names = {name for p in policies[1:] for name in differing(first, values[p.name])}
    return [
        ParameterRow(name=name, title=parameter.title, unit=unit_text(parameter.unit), basis=parameter.basis,
                     values={p: values[p][name] for p in values}, assumption=parameter.assumption)
        for name, parameter in parameters().items() if name in names
    ]  # fmt: skip
