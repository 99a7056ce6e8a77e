"""From a scenario, a policy and a seed to a stored run; what was computed once is not computed again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from models.crews import build_crews
from models.demand import demand_hash, draw_incidents
from models.indicators import log_columns, measure, measure_by_area
from models.intake import channels
from models.orders import Orders
from models.policy import Policy
from models.population import DECISIONS as POPULATION_DECISIONS
from models.population import Population, build_population
from models.simulation import Simulation, all_decisions
from models.stages import Rules
from models.world import World
from scenarios.cities import city_of, id_of
from scenarios.language import Scenario
from sim.city.model import City
from sim.city.speeds import drive_speeds
from sim.engine import Engine
from sim.errors import InputError
from sim.recording import Recorder, log_hash
from sim.routing.router import Router, travel_times
from sim.runs import Run, RunStore, digest_of
from sim.source import source_digest
from sim.streams import Stream

Progress = Callable[[float], None]
#: People are drawn once for a city, apart from the seeds of runs.
POPULATION_SEED = 0


def code_version() -> str:
    """Return the hash of the source that decides what a run says; the library of scenarios is data."""
    return source_digest("sim", "models", "scenarios", without="library")


def resolved(scenario: Scenario, policy: Policy) -> dict[str, float]:
    """Return the parameters of a run: the policy's, with what the scenario fixes over them."""
    return {**policy.resolve(), **scenario.parameters}


def determinants(scenario: Scenario, policy: Policy, seed: int, city: City) -> dict[str, Any]:
    """Return what determines a run, as plain data: its hash is the run's id."""
    said = scenario.model_dump(mode="json", exclude={"name", "title", "question", "city", "hazards"})
    acting = scenario.acting_hazards()
    return {
        "scenario": said,
        "hazards": {name: hazard.model_dump(mode="json", exclude=set(hazard.files)) for name, hazard in acting.items()},
        "contents": {name: read for name, hazard in acting.items() if (read := hazard.contents())},
        "kinds": {name: kind.model_dump(mode="json") for name, kind in scenario.kinds().items()},
        "city": city.hash,
        "parameters": resolved(scenario, policy),
        "limited": [lever.model_dump(mode="json") for lever in policy.resolved_levers() if lever.is_limited],
        "seed": seed,
        "code": code_version(),
    }


def run_id_of(scenario: Scenario, policy: Policy, seed: int, city: City) -> str:
    """Return the id of a run before it is computed."""
    return digest_of(determinants(scenario, policy, seed, city))


def run_scenario(
    scenario: Scenario,
    policy: Policy,
    seed: int,
    store: RunStore,
    cities: Path,
    progress: Progress | None = None,
) -> Run:
    """Return the run of `scenario` under `policy` with the luck of `seed`, computed unless it is stored."""
    city = city_of(scenario.city, cities)
    run_id = run_id_of(scenario, policy, seed, city)
    check_districts(policy, city)
    stored = store.find(run_id)
    if stored is not None:
        return stored
    started = time.process_time()
    simulation = simulate(city, people_of(city), scenario, resolved(scenario, policy), seed, progress,
                          policy if policy.is_local else None)  # fmt: skip
    tables = simulation.tables()
    manifest = _manifest(scenario, policy, seed, simulation, tables)
    manifest["city"]["id"] = id_of(scenario.city, cities)
    manifest["cpu_s"] = round(time.process_time() - started, 3)
    return store.write(run_id, manifest, tables)


def check_districts(policy: Policy, city: City) -> None:
    """Raise `InputError` if a lever is limited to a district that the city does not have."""
    there = [city.areas.name[area] for area in city.areas.of_level("district").tolist()]
    for lever in policy.resolved_levers():
        for name in lever.scope.districts:
            if name not in there:
                raise InputError(en=f"lever {lever.kind!r}: district {name!r} is not in this city; there are: {', '.join(there)}",
                                 zh=f"措施 {lever.kind!r}：本城市没有行政区 {name!r}；可用：{'、'.join(there)}")  # fmt: skip


class _Keyed:
    """A city that a cache knows by its hash."""

    def __init__(self, city: City) -> None:
        self.city = city

    def __hash__(self) -> int:
        return hash(self.city.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.city.hash == self.city.hash


@lru_cache(maxsize=2)
def _people(keyed: _Keyed) -> Population:
    return build_population(keyed.city, Stream(POPULATION_SEED, POPULATION_DECISIONS))


def people_of(city: City) -> Population:
    """Return the people of a city, kept in the process since many runs share them."""
    return _people(_Keyed(city))


def simulate(
    city: City,
    population: Population,
    scenario: Scenario,
    parameters: Mapping[str, float],
    seed: int,
    progress: Progress | None = None,
    local: Policy | None = None,
) -> Simulation:
    """Play a scenario to its end and return the simulation, whose tables are its log.

    `local` is the policy where its parameters differ by place.
    """
    kinds = scenario.kinds()
    hazards = scenario.acting_hazards()
    lines = scenario.working_lines()
    stream = Stream(seed, all_decisions(kinds, hazards, lines.values()))
    incidents = draw_incidents(city, population, kinds, stream, scenario.window)
    priority = np.array([kinds[name].priority for name in incidents.kinds], dtype=np.int8)
    speeds = drive_speeds(city.drive) * scenario.speed_factor
    world = World(
        city=city,
        population=population,
        incidents=incidents,
        orders=Orders.of(incidents, priority[incidents.kind], channels()),
        crews=build_crews(city, scenario.crew_kinds()),
        rules=Rules(parameters, kinds, scenario.matters, scenario.working, stream),
        router=Router(city.drive, travel_times(city.drive, speeds)),
        engine=Engine(scenario.beat_s, scenario.window[0]),
        recorder=Recorder(),
        window=scenario.window,
        local=None if local is None else lambda place: {**local.resolve(place), **scenario.parameters},
    )
    simulation = Simulation(world, hazards, scenario.seats(city.residents), lines)
    simulation.execute(scenario.window[1], scenario.drain_days, progress)
    return simulation


def _manifest(
    scenario: Scenario, policy: Policy, seed: int, simulation: Simulation, tables: Mapping[str, pa.Table]
) -> dict[str, Any]:
    city = simulation.world.city
    log = log_columns(tables, city.areas, scenario.working, scenario.window[1])
    by_area = measure_by_area(log, comparing_level(city))
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenario": scenario.model_dump(mode="json"),
        "policy": {**policy.model_dump(mode="json"), "parameters": resolved(scenario, policy)},
        "seed": seed,
        "window": list(scenario.window),
        "city": {"name": city.name, "hash": city.hash, "synthetic": city.synthetic,
                 "residents": city.residents, "source": city.source},
        "versions": {"jinling": version("jinling"), "code": code_version(),
                     **{name: version(name) for name in ("numpy", "numba", "simpy", "mesa", "pyarrow")}},
        "demand_hash": demand_hash(simulation.demand),
        "indicators": {name: _finite(value) for name, value in measure(log).items()},
        "by_area": {str(area): {name: _finite(value) for name, value in row.items()}
                    for area, row in by_area.items()},
        "fields": simulation.world.fields.described(),
        "warnings": [{"time": warned.time, "hazard": warned.hazard, **warned.text._asdict()}
                     for warned in simulation.world.warnings.values()],
        "log_hash": log_hash(tables),
    }  # fmt: skip


def comparing_level(city: City) -> str:
    """Return the level of areas that a comparison looks at: districts, or streets where there is one district."""
    return "district" if len(city.areas.of_level("district")) > 1 else "street"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
