"""Lifelines: a balance of the default city's mains beside EPANET's, its grid, and a beat of its drains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from benchmarks.harness import Row, note
from models.networks.blackout import planned_grid
from models.networks.drains import drain, runoff
from models.networks.epanet import flow_epanet
from models.networks.power_relief import relieved
from models.networks.street_drains import street_drains
from models.networks.street_power import FEEDER, LINE, TRANSFORMER, street_grid
from models.networks.street_water import StreetWater, street_water
from models.networks.water import usual
from models.networks.water_flow import flow_water
from scenarios.cities import city_of
from scenarios.library import load_scenario
from sim.city.model import City
from sim.errors import UnavailableError


def best(work, rounds: int = 5) -> float:
    """Return the least seconds of some calls."""
    work()
    times = []
    for _ in range(rounds):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return min(times)


def measure() -> list[Row]:
    """Return the rows of lifelines."""
    note("networks")
    with TemporaryDirectory() as folder:
        city = city_of(load_scenario("flagship_day").city, Path(folder))
    return [_water(city), *_power(city), _drains(city)]


def _water(city: City) -> Row:
    residents = city.buildings.floor_area / city.buildings.floor_area.sum() * city.residents
    plan = street_water(city, residents)
    now = usual(plan.network)
    seconds = best(lambda: flow_water(plan.network, now))
    name = f"a balance of the default city's mains ({len(plan.network.length):,} pipes)"
    return Row(name, f"{1000 * seconds:.0f} ms", *_against_epanet(plan, seconds))


def _against_epanet(plan: StreetWater, seconds: float) -> tuple[str, str]:
    now = replace(usual(plan.network), demand=np.ones(plan.network.nodes))
    try:
        theirs = best(lambda: flow_epanet(plan.network, now), 2)
    except UnavailableError:
        return "EPANET: see `make water`", ""
    return f"{1000 * theirs:.0f} ms (EPANET through WNTR, with its files)", f"{theirs / seconds:.0f}×"


def _power(city: City) -> list[Row]:
    plan = street_grid(city)
    feeder = plan.feeder[city.buildings.drive_node]
    grid = planned_grid(plan, feeder, {LINE: 1.2, TRANSFORMER: 0.75, FEEDER: 2.3}, 20.0)
    grid.weather(plan.load(feeder, 20, 1.5), 39.0)
    grid.open(int(np.flatnonzero(plan.kind == TRANSFORMER)[0]))
    network = replace(plan.grid, rating=grid.limit)
    flow, shed = best(grid.flow), best(lambda: relieved(network, grid.closed, load=grid.load))
    return [
        Row(f"DC flow of its grid ({plan.grid.buses} buses)", f"{1000 * flow:.1f} ms"),
        Row("the least shedding there", f"{1000 * shed:.1f} ms"),
    ]


def _drains(city: City) -> Row:
    plan = street_drains(city, 50.0)
    stored, inflow = np.zeros(city.drive.nodes), runoff(80.0, plan.area, 0.65)
    seconds = best(lambda: drain(plan.tree, stored, inflow, 60.0, room=plan.room), 50)
    return Row(f"a beat of its drains ({city.drive.nodes:,} inlets)", f"{1e6 * seconds:.0f} µs")
