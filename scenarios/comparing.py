"""Comparing: one scenario, several policies, the same seeds, over processes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from models.hazards.base import hazard_kinds
from models.indicators import indicator_kinds
from models.parameters import parameters, preset_values
from models.policy import Policy, differing
from models.policy_difference import cost_of
from scenarios.calibration import landings_of
from scenarios.cities import city_of
from scenarios.language import Scenario
from scenarios.pool import Progress, Task, run_all
from scenarios.running import check_districts, comparing_level, resolved, run_id_of
from sim.city.build import facility_counts
from sim.city.model import FACILITY_TITLES, City
from sim.comparison import (
    CityInfo,
    Comparison,
    CostInfo,
    Described,
    Expected,
    FacilityCount,
    LandingRow,
    LeverInfo,
    ParameterRow,
    PolicyInfo,
    Together,
    Values,
    WarningRow,
    area_rows,
    compared_rows,
    index_of,
    together,
)  # fmt: skip
from sim.errors import InputError
from sim.index import weights_of
from sim.runs import Run, RunStore, digest_of, write_durably
from sim.statistics import FEW_PAIRS
from sim.text import Text
from sim.units import unit_text

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
    for policy in policies:
        check_districts(policy, city)
    tasks = [Task(scenario, policy, seed) for seed in seeds for policy in policies]
    run_all(tasks, city, home, workers, progress)
    store = RunStore(home / "runs")
    runs = {policy.name: [store.open(run_id_of(scenario, policy, seed, city)) for seed in seeds] for policy in policies}
    said = asked or Asked()
    comparison = _compared(scenario, policies, seeds, city, runs)
    comparison = comparison.model_copy(update={
        "landings": _landings(scenario, policies, city, runs),
        "index": None if len(seeds) < FEW_PAIRS else index_of(
            [row.indicator for row in comparison.measured()], _values(runs, seeds), seeds, weights_of(said.weights)),
        "together": _together(comparison, runs, said.factors),
        "command": said.command, "expected": list(said.expected), "case": said.case, "wall_s": round(time.monotonic() - started, 2),
    })  # fmt: skip
    folder = home / "comparisons"
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / f"{comparison.id}.json", comparison.model_dump_json(indent=1).encode())
    return comparison


def _landings(scenario: Scenario, policies: list[Policy], city: City, runs: dict[str, list[Run]]) -> list[LandingRow]:
    """Return where today's city lands, if it is compared over the whole catalogue as it ships: the real city's figures hold for that."""
    today = next((policy for policy in policies if policy.resolve() == preset_values("P1")), None)
    if today is None or scenario.incidents is not None:
        return []
    return [
        LandingRow(title=one.target.title, unit=one.target.unit, basis=one.target.source, low=one.target.low,
                   high=one.target.high, mean=one.mean, interval=one.interval, verdict=one.verdict)
        for one in landings_of(scenario, city, runs[today.name])
    ]  # fmt: skip


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
    rows = compared_rows(described_indicators(), _values(runs, seeds), seeds)
    described = [row.indicator for row in rows if any(difference.n for difference in row.differences.values())]
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
        rows=rows,
        area_level=comparing_level(city),
        areas=areas,
        worst=worst,
        runs=ids,
        log_hashes={name: [run.manifest["log_hash"] for run in own] for name, own in runs.items()},
        versions=dict(runs[policies[0].name][0].manifest["versions"]),
        command="",
        wall_s=0.0,
        limits=list(_LIMITS),
        warnings=_warnings([run for own in runs.values() for run in own]),
    )  # fmt: skip


def _warnings(runs: list[Run]) -> list[WarningRow]:
    """Return what the models of hazards warned of, and in how many runs."""
    told = Counter((one["hazard"], one["en"], one["zh"]) for run in runs for one in run.manifest.get("warnings", []))
    kinds = hazard_kinds()
    return [
        WarningRow(hazard=kinds[name].title if name in kinds else Text(name, name), text=Text(en, zh), runs=count, of=len(runs))
        for (name, en, zh), count in told.items()
    ]  # fmt: skip


def _policy_info(policy: Policy, residents: int) -> PolicyInfo:
    levers = policy.resolved_levers()
    cost = CostInfo(**cost_of(policy, residents).model_dump())
    titles = parameters()
    worse = {kind.name: kind.title for kind in indicator_kinds()}
    paid = [titles[side.parameter].title for lever in levers for side in lever.side_effects]
    paid += [worse[name] for lever in levers for name in lever.pays]
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
