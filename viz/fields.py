"""Fields of a run as the map draws them: the places that ever change, where they lie, and the changes in order of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.city.model import City, Polylines
from viz.frames import encode
from viz.playback import local, meta_of, middle

_ASIDE = 2.5  #: m to the right of the middle of a street, so that both directions are seen
_MOST_CHANGES = 1_500_000  #: rows that a page takes; a finer raster is shown in blocks by their highest value
#: By place: how the map draws it.
LAYERS = {"edge": "PathLayer", "building": "SolidPolygonLayer", "area": "SolidPolygonLayer",
          "cell": "BitmapLayer", "point": "ScatterplotLayer"}  # fmt: skip
#: A street that is closed, drawn as a field of edges that is 1 while it is.
CLOSED: Mapping[str, Any] = {"place": "edge", "scale": [0.5]}
Columns = dict[str, NDArray[Any]]


def field_frame(city: City, field: Mapping[str, Any], changes: pa.Table, points: pa.Table | None = None) -> bytes:
    """Return a field as a frame: `time`, `index` and `value` of each change, and the geometry of the places.

    `field` is its description in the manifest. `index` counts the places of the frame, which are those that change at all;
    cells are counted row by row from the lower left, in blocks of `block` × `block` cells where there are too many.
    """
    time, index, value = (changes[name].to_numpy() for name in ("time", "index", "value"))
    told = {name: field[name] for name in ("place", "scale") if name in field}
    if field["place"] == "cell":
        block = _block(field["raster"], len(time), len(np.unique(time)))
        time, index, value = _in_blocks(field["raster"], block, (time, index, value))
        return _frame(city, (time, index, value), {}, {**told, "raster": _local_raster(city, field["raster"], block)})
    used, at = np.unique(index, return_inverse=True)
    return _frame(city, (time, at, value), _geometry(city, field["place"], used, points), told)


def closures_frame(city: City, roads: pa.Table | None) -> bytes:
    """Return which streets were closed when, as a frame like that of a field of edges: 1 while closed."""
    if roads is None:
        empty = pa.table({"time": pa.array([], pa.float64()), "index": pa.array([], pa.int32()),
                          "value": pa.array([], pa.float32())})  # fmt: skip
        return field_frame(city, CLOSED, empty)
    shut: dict[int, set[str]] = {}
    rows: list[tuple[float, int, float]] = []
    for row in roads.to_pylist():
        by = shut.setdefault(row["edge"], set())
        before = bool(by)
        (by.add if row["factor"] == 0.0 else by.discard)(row["owner"])
        if bool(by) != before:
            rows.append((row["time"], row["edge"], float(bool(by))))
    time, index, value = zip(*rows, strict=True) if rows else ((), (), ())
    table = pa.table({"time": pa.array(time, pa.float64()), "index": pa.array(index, pa.int32()),
                      "value": pa.array(value, pa.float32())})  # fmt: skip
    return field_frame(city, CLOSED, table)


def _frame(city: City, changes: tuple[Any, ...], geometry: Columns, told: dict[str, Any]) -> bytes:
    time, index, value = changes
    columns: Columns = {"time": np.asarray(time, dtype=np.float32), "index": np.asarray(index, dtype=np.uint32),
                        "value": np.asarray(value, dtype=np.float32)}  # fmt: skip
    return encode({**columns, **geometry}, {**meta_of(city), **told})


def _geometry(city: City, place: str, used: NDArray[np.int64], points: pa.Table | None) -> Columns:
    if place == "building":
        return _lines(city, city.buildings.outlines, used)
    if place == "area":
        return _lines(city, city.areas.outlines, used)
    if place == "edge":
        return _streets(city, used)
    if points is None:
        raise ValueError("a field by point needs its points")
    xy = np.column_stack([points["x"].to_numpy()[used], points["y"].to_numpy()[used]])
    return {"xy": local(city, xy)}


def _lines(city: City, lines: Polylines, used: NDArray[np.int64]) -> Columns:
    parts = [lines[int(line)] for line in used]
    first = np.cumsum([0, *(len(part) for part in parts)])
    xy = np.concatenate(parts) if parts else np.empty((0, 2))
    return {"first": first.astype(np.uint32), "xy": local(city, xy)}


def _streets(city: City, used: NDArray[np.int64]) -> Columns:
    """Return directed edges as lines a little to the right of the middle of their street."""
    drive = city.drive
    parts = []
    for edge in used.tolist():
        line = drive.shapes[int(drive.link[edge])]
        parts.append(_aside(line if drive.forward[edge] else line[::-1]))
    first = np.cumsum([0, *(len(part) for part in parts)])
    xy = np.concatenate(parts) if parts else np.empty((0, 2))
    return {"first": first.astype(np.uint32), "xy": local(city, xy)}


def _aside(line: NDArray[np.float64]) -> NDArray[np.float64]:
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    return line + _ASIDE * np.column_stack([along[:, 1], -along[:, 0]])


def _local_raster(city: City, raster: Mapping[str, Any], block: int) -> dict[str, float]:
    x, y = middle(city)
    return {"x": raster["x"] - x, "y": raster["y"] - y, "size": raster["size"] * block, "block": block,
            "columns": -(-raster["columns"] // block), "rows": -(-raster["rows"] // block)}  # fmt: skip


def _block(raster: Mapping[str, Any], changes: int, snapshots: int) -> int:
    """Return how many cells on a side are shown as one, so that a page can take all changes."""
    block = 1
    while min(changes, snapshots * raster["columns"] * raster["rows"] / block**2) > _MOST_CHANGES:
        block += 1
    return block


def _in_blocks(raster: Mapping[str, Any], block: int, changes: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the changes of the highest value in each block of cells."""
    time, index, value = changes
    if block == 1:
        return changes
    rows, columns = raster["rows"], raster["columns"]
    high, wide = -(-rows // block), -(-columns // block)
    cells, shown = np.zeros((high * block, wide * block), dtype=np.float32), np.zeros(high * wide, dtype=np.float32)
    told: list[tuple[NDArray[Any], ...]] = []
    for moment in np.unique(time):
        now = time == moment
        cells[np.divmod(index[now], columns)] = value[now]
        blocks = cells.reshape(high, block, wide, block).max(axis=(1, 3)).ravel()
        other = np.flatnonzero(blocks != shown)
        told.append((np.full(len(other), moment), other, blocks[other]))
        shown = blocks
    return tuple(np.concatenate(column) for column in zip(*told, strict=True))
