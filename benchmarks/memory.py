"""Memory of the state by formula: bytes of the arrays that a flood keeps for a cell, and networks for a pipe, a bus, an inlet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.harness import Row, note
from models.flood.basin import Basin
from models.flood.course import DEPTH
from models.flood.exchange import Ground
from models.flood.terrain import Terrain
from models.networks.blackout import planned_grid
from models.networks.street_drains import street_drains
from models.networks.street_power import FEEDER, LINE, TRANSFORMER, street_grid
from models.networks.street_water import street_water
from models.networks.water import usual
from models.networks.water_flow import flow_water
from scenarios.cities import city_of
from scenarios.library import load_scenario
from sim.city.model import City
from sim.fields import Fields, Raster


def arrays(*held: Any, seen: set[int] | None = None) -> Iterator[np.ndarray]:
    """Yield every array below some objects, each once; an array that only repeats one value counts as that."""
    known = set[int]() if seen is None else seen
    for one in held:
        if id(one) in known or one is None or isinstance(one, str | int | float | bool):
            continue
        known.add(id(one))
        if isinstance(one, np.ndarray):
            yield one
        elif isinstance(one, dict):
            yield from arrays(*one.values(), seen=known)
        elif isinstance(one, list | tuple):
            yield from arrays(*one, seen=known)
        elif hasattr(one, "__dict__"):
            yield from arrays(*vars(one).values(), seen=known)


def size(*held: Any) -> int:
    """Return the bytes of all arrays below some objects."""
    return sum(array.nbytes for array in arrays(*held))


def by_length(lengths: dict[str, int], *held: Any) -> str:
    """Return the formula of the bytes: how many for each of some things, and what is left."""
    left, told = 0, dict.fromkeys(lengths, 0)
    for array in arrays(*held):
        name = next((name for name, length in lengths.items() if array.ndim and len(array) == length), None)
        if name is None:
            left += array.nbytes
        else:
            told[name] += array.nbytes
    parts = [f"{told[name] // length} B/{name}" for name, length in lengths.items()]
    return " + ".join(parts) + f" + {left / 1024:.0f} KiB"


def of_a_cell(cells: int = 400, *, soaks: bool = False) -> float:
    """Return the bytes of a flood's state for each cell of a raster of `cells` × `cells`."""
    ground = Ground((1.0,), (1e-6 if soaks else 0.0,), (0.04,))
    basin = Basin(Terrain(np.zeros((cells, cells)), Raster(0.0, 0.0, 2.0, cells, cells), "EPSG:32650"), ground=ground)
    return size(basin) / cells**2


def measure() -> list[Row]:
    """Return the rows of memory."""
    note("memory of the state")
    with TemporaryDirectory() as folder:
        city = city_of(load_scenario("flagship_day").city, Path(folder))
    fields, raster = Fields(city), Raster(0.0, 0.0, 2.0, 400, 400)
    fields.add(DEPTH, raster)
    told = f"{of_a_cell():.0f} B/cell, {of_a_cell(soaks=True):.0f} where water may soak in"
    flood = Row(
        "state of a flood", f"{told}; {size(fields) / len(raster):.0f} B/cell in a run for each field of cells (two)"
    )
    return [flood, _water(city), _power(city), _drains(city)]


def _water(city: City) -> Row:
    plan = street_water(city, city.buildings.floor_area / city.buildings.floor_area.sum() * city.residents)
    now = usual(plan.network)
    state = flow_water(plan.network, now)
    pipes, nodes = len(plan.network.length), plan.network.nodes
    told = by_length({"pipe": pipes, "node": nodes}, plan.network, now, state)
    return Row(f"state of the default city's mains ({pipes:,} pipes, {nodes:,} nodes)", told)


def _power(city: City) -> Row:
    plan = street_grid(city)
    feeder = plan.feeder[city.buildings.drive_node]
    grid = planned_grid(plan, feeder, {LINE: 1.2, TRANSFORMER: 0.75, FEEDER: 2.3}, 20.0)
    live = {name: value for name, value in vars(grid).items() if name != "plan"}
    branches, buses = len(plan.kind), plan.grid.buses
    told = by_length({"branch": branches, "bus": buses}, plan.grid, plan.kind, plan.station, plan.usual, live)
    return Row(f"state of its grid ({branches} branches, {buses} buses)", told)


def _drains(city: City) -> Row:
    plan = street_drains(city, 50.0)
    told = by_length({"inlet": city.drive.nodes}, plan, np.zeros(city.drive.nodes))
    return Row(f"state of its drains ({city.drive.nodes:,} inlets)", told)
