"""Memory of the state by formula: bytes of the arrays that a flood keeps for a cell, networks for a pipe, a bus, an inlet, and
what goes from person to person, gas and people on foot for a resident, a receptor, a person.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.harness import Row, note
from models.contagion import spread
from models.contagion.meeting import SETTINGS
from models.crowd.crowd import Crowd, Walkers, to_goal
from models.crowd.ground import Sketch
from models.flood.basin import Basin
from models.flood.course import DEPTH
from models.flood.exchange import Ground
from models.flood.terrain import Terrain
from models.information import talk
from models.networks.blackout import planned_grid
from models.networks.street_drains import street_drains
from models.networks.street_power import FEEDER, LINE, TRANSFORMER, street_grid
from models.networks.street_water import street_water
from models.networks.water import usual
from models.networks.water_flow import flow_water
from models.plume.dose import CHLORINE
from models.plume.exposure import Exposure
from models.plume.puffs import Cloud
from models.plume.weather import steady_wind
from models.whereabouts import Whereabouts
from scenarios.cities import city_of
from scenarios.library import load_scenario
from sim.city.model import City
from sim.fields import Fields, Raster
from sim.streams import Stream


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
    return [flood, _water(city), _power(city), _drains(city), *_of_residents(), _gas(), _on_foot()]


def _of_residents(n: int = 100_000) -> list[Row]:
    """Return the rows of what goes from person to person: four settings, and three ways to meet of which one is a graph."""
    group = (np.arange(n) // 4).astype(np.int32)
    keys, stream = np.arange(n, dtype=np.uint64), Stream(1, (*spread.DECISIONS, *talk.DECISIONS))
    settings = tuple(spread.Setting(name, group.copy(), 0.1) for name in SETTINGS)
    epidemic = spread.Epidemic(spread.Disease(1.4, 2.5), settings, keys, stream)
    circles = talk.Circles.of_groups(group)
    rumour = talk.Rumour(talk.CITY, ((0.5, circles), (0.5, circles)), keys, stream)
    known, homes = Whereabouts(), n // 25
    exposure = Exposure(CHLORINE, homes, known)
    by_home = size(exposure) / homes
    known.add(np.arange(n), group.astype(np.int64) % homes)
    known.add_spots(np.zeros(1), np.zeros(1))
    exposure.breathe(np.zeros(homes), np.zeros(homes, dtype=bool), np.hypot, 0.0, 60.0)
    told = (size(exposure, known) - by_home * homes) / n
    return [
        Row("state of contagion, four settings", f"{size(epidemic) / n:.0f} B/resident"),
        Row("state of a rumour, two ways to meet", f"{size(rumour) / n:.0f} B/resident"),
        Row("state of what people breathe", f"{by_home:.0f} B/building + {told:.0f} B for each who was told to go"),
    ]


def _gas(n: int = 200_000) -> Row:
    """Return the row of gas: the most that one look at so many receptors takes, which nothing keeps."""
    cloud = Cloud(steady_wind(3.0, 270.0, "D"))
    cloud.advance(600.0, 10.0)
    x = np.linspace(0.0, 2000.0, n)
    cloud.concentration(x[:9], x[:9], 1.5)
    tracemalloc.start()
    cloud.concentration(x, x, 1.5)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    puff = sum(array.nbytes for array in (cloud.puffs, cloud.sigma, cloud.travelled)) / len(cloud.puffs)
    return Row("gas", f"{puff:.0f} B/puff; {most / n:.0f} B/receptor while it is looked at, none kept")


def _on_foot(n: int = 20_000) -> Row:
    """Return the row of people on foot: what as many more of them add, and what pieces and passages take."""

    def of(persons: int) -> int:
        plan, stay = to_goal(np.zeros(persons, dtype=np.int32))
        zeros = np.zeros(persons)
        walkers = Walkers(
            np.arange(persons, dtype=np.uint64),
            zeros,
            zeros + 1.34,
            plan,
            stay,
            entry=np.zeros(persons, dtype=np.int32),
        )
        return size(Crowd(ground, walkers, np.array([0])))

    sketch = Sketch()
    sketch.place()
    pieces = [sketch.piece(20.0, 3.0) for _ in range(1000)]
    sketch.way_in(pieces[0])
    for a, b in zip(pieces, [*pieces[1:], 0], strict=True):
        sketch.join(a, b)
    ground, _ = sketch.ground()
    person = (of(2 * n) - of(n)) / n
    return Row(
        "people on foot, one goal each",
        f"{person:.0f} B/person + {(of(n) - person * n) / 1001:.0f} B/piece with a passage",
    )


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
