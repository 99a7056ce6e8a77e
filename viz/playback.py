"""What the map shows of a city and of a run, as columns in metres around the city's middle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.city.model import AREA_LEVELS, FACILITY_KINDS, ROAD_CLASSES, City, Polylines, Streets
from viz.frames import encode

_BIN = 300.0


def middle(city: City) -> tuple[float, float]:
    """Return the origin of the map's metres: the middle of the city's junctions."""
    return (float((city.drive.x.min() + city.drive.x.max()) / 2),
            float((city.drive.y.min() + city.drive.y.max()) / 2))  # fmt: skip


_Columns = dict[str, NDArray[Any]]


def local(city: City, xy: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return points in metres around the city's middle, exact to a centimetre."""
    return np.asarray(xy - np.array(middle(city)), dtype=np.float32)


def meta_of(city: City) -> dict[str, Any]:
    """Return what every frame says of its city: where the middle lies, how far it reaches, and whether it is synthetic."""
    x, y = middle(city)
    lon, lat = city.lonlat(np.array([x]), np.array([y]))
    half = [float(np.ptp(city.drive.x) / 2), float(np.ptp(city.drive.y) / 2)]
    return {"origin": [float(lon[0]), float(lat[0])], "half": half, "synthetic": city.synthetic,
            "attribution": city.source.get("attribution", "")}  # fmt: skip


def _lines(city: City, lines: Polylines) -> dict[str, NDArray[Any]]:
    return {"first": lines.first.astype(np.uint32), "xy": local(city, lines.xy)}


def streets_frame(city: City) -> bytes:
    """Return the links of the drive network with their class."""
    by_link = np.zeros(len(city.drive.shapes), dtype=np.uint8)
    by_link[city.drive.link] = city.drive.road_class
    return encode({**_lines(city, city.drive.shapes), "road": by_link}, {**meta_of(city), "roads": list(ROAD_CLASSES)})


def buildings_frame(city: City) -> bytes:
    """Return the outlines of the buildings with storeys and use."""
    columns: _Columns = {"levels": city.buildings.levels.astype(np.uint16), "use": city.buildings.use.astype(np.uint8)}
    return encode({**_lines(city, city.buildings.outlines), **columns}, meta_of(city))


def areas_frame(city: City) -> bytes:
    """Return the outlines of the areas with their level and name."""
    meta = {**meta_of(city), "names": list(city.areas.name), "levels": list(AREA_LEVELS)}
    return encode({**_lines(city, city.areas.outlines), "level": city.areas.level.astype(np.uint8)}, meta)


def facilities_frame(city: City) -> bytes:
    """Return the facilities with kind, name and whether they are synthetic."""
    places = city.facilities
    columns: _Columns = {"xy": local(city, np.column_stack([places.x, places.y])), "kind": places.kind.astype(np.uint8),
               "made": places.synthetic.astype(np.uint8)}  # fmt: skip
    return encode(columns, {**meta_of(city), "kinds": list(FACILITY_KINDS), "names": list(places.name)})


def legs_frame(city: City, tracks: pa.Table, crews: pa.Table) -> bytes:
    """Return every leg of every crew as a timed polyline: xy, t (s) by point, and the crew by leg."""
    kinds = sorted(set(crews["kind"].to_pylist()))
    kind_of = {crew: kinds.index(kind) for crew, kind in
               zip(crews["crew"].to_pylist(), crews["kind"].to_pylist(), strict=True)}  # fmt: skip
    parts: list[NDArray[np.float64]] = []
    times: list[NDArray[np.float64]] = []
    first, crew = [0], []
    for row in tracks.to_pylist():
        xy = edge_line(city.drive, np.array(row["edges"], dtype=np.int64))
        if not len(xy):
            continue
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        share = along / max(float(along[-1]), 1e-9)
        parts.append(xy)
        times.append(row["t_start"] + share * (row["t_end"] - row["t_start"]))
        first.append(first[-1] + len(xy))
        crew.append(row["crew"])
    xy = np.concatenate(parts) if parts else np.empty((0, 2))
    columns: _Columns = {
        "first": np.array(first, dtype=np.uint32),
        "xy": local(city, xy),
        "t": (np.concatenate(times) if times else np.empty(0)).astype(np.float32),
        "crew": np.array(crew, dtype=np.uint16),
        "home": local(city, np.column_stack([crews["x"].to_numpy(), crews["y"].to_numpy()])),
        "kind": np.array([kind_of[c] for c in sorted(kind_of)], dtype=np.uint8),
    }
    return encode(columns, {**meta_of(city), "kinds": kinds})


def edge_line(streets: Streets, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the points along consecutive edges, without doubles where they meet, float64 [points, 2] m."""
    lines: list[NDArray[np.float64]] = []
    for edge in edges.tolist():
        line = streets.shapes[int(streets.link[edge])]
        line = line if streets.forward[edge] else line[::-1]
        lines.append(line if not lines else line[1:])
    return np.concatenate(lines) if lines else np.empty((0, 2))


def orders_frame(city: City, orders: pa.Table, window: tuple[float, float]) -> bytes:
    """Return the orders as points with their times (s; -1 where not reached), and counts by 5-minute bin."""
    kinds = sorted(set(orders["kind"].to_pylist()))
    kind = np.array([kinds.index(name) for name in orders["kind"].to_pylist()], dtype=np.uint8)
    onset = orders["t_onset"].to_numpy()
    start, end = window
    bins = max(1, int(np.ceil((end - start) / _BIN)))
    counts = np.zeros((len(kinds), bins), dtype=np.uint16)
    within = onset < end  # hazards may open orders later, while what is open comes to its end
    np.add.at(counts, (kind[within], ((onset[within] - start) // _BIN).astype(int)), 1)
    columns: dict[str, NDArray[Any]] = {
        "xy": local(city, np.column_stack([orders["x"].to_numpy(), orders["y"].to_numpy()])),
        "kind": kind,
        "incident": (orders["incident"].to_numpy() & 0xFFFFFFFF).astype(np.uint32),
        "histogram": counts,
    }
    for stage in ("onset", "detect", "arrive", "control", "close"):
        times = orders[f"t_{stage}"].to_numpy()
        columns[stage] = np.where(np.isfinite(times), times, -1.0).astype(np.float32)
    return encode(columns, {**meta_of(city), "kinds": kinds, "bin": _BIN, "start": start, "end": end})
