"""Fields: what is true now of every street, building, area, cell or point, and the log of how it changes.

A field has one writer. It is recorded as it changes: at each snapshot the places whose value, rounded to the field's
`step`, is another one than before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.city.model import City
from sim.text import Text
from sim.units import unit_text

Place = Literal["edge", "building", "area", "cell", "point"]
CHANGES = pa.schema([("time", pa.float64()), ("index", pa.int32()), ("value", pa.float32())])
POINTS = pa.schema([("x", pa.float64()), ("y", pa.float64())])


@dataclass(frozen=True)
class FieldKind:
    """A field as a hazard declares it: of what, in which unit, and how the map draws it."""

    name: str  #: as in "flood.depth"
    title: Text
    place: Place  #: what it has one value for: drive edges, buildings, areas, cells of a raster, points
    unit: str
    scale: tuple[float, ...]  #: where the colours of the map change, rising; below the first nothing is drawn
    step: float  #: to which values are rounded in the log
    labels: tuple[Text, ...] = ()  #: what each step of the scale means, where the values are no amounts


@dataclass(frozen=True)
class Raster:
    """Square cells; cell `row * columns + column` has its lower left corner at (x + column·size, y + row·size)."""

    x: float  #: m, left edge
    y: float  #: m, lower edge
    size: float  #: m
    columns: int
    rows: int

    def __len__(self) -> int:
        return self.rows * self.columns

    def cell_of(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the cell of each point, int32; -1 outside."""
        column = np.floor((np.asarray(x) - self.x) / self.size).astype(np.int64)
        row = np.floor((np.asarray(y) - self.y) / self.size).astype(np.int64)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int32)

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the middle of every cell (m), float64 [cells]."""
        row, column = np.divmod(np.arange(len(self)), self.columns)
        return self.x + (column + 0.5) * self.size, self.y + (row + 0.5) * self.size


@dataclass(frozen=True)
class Points:
    """Places of their own, such as the nodes of a network of pipes."""

    x: NDArray[np.float64]  #: m
    y: NDArray[np.float64]  #: m

    def __len__(self) -> int:
        return len(self.x)


Geometry = Raster | Points


@dataclass
class _Kept:
    kind: FieldKind
    value: NDArray[np.float64]
    geometry: Geometry | None
    told: NDArray[np.int64]  #: value / step, as the log knows it
    changes: list[tuple[float, NDArray[np.int32], NDArray[np.float32]]] = field(default_factory=list)
    cause: int = -1  #: the event because of which it last changed
    causes: dict[int, int] = field(default_factory=dict)  #: the same by place, where its writer names places


class Fields(Mapping[str, NDArray[np.float64]]):
    """The fields of a run by name; writers change the arrays in place."""

    def __init__(self, city: City) -> None:
        self._sizes = {"edge": city.drive.edges, "building": len(city.buildings), "area": len(city.areas)}
        self._kept: dict[str, _Kept] = {}

    def add(self, kind: FieldKind, geometry: Geometry | None = None) -> NDArray[np.float64]:
        """Return a new field of zeros; cells need a `Raster`, points `Points`.

        Raises
        ------
        ValueError
            The field has a writer already, or its geometry is not that of its place.
        """
        if kind.name in self._kept:
            raise ValueError(f"field {kind.name!r} has two writers")
        wanted = {"cell": Raster, "point": Points}.get(kind.place, type(None))
        if type(geometry) is not wanted:
            raise ValueError(f"field {kind.name!r} is told by {kind.place}; its geometry must be {wanted.__name__}")
        size = len(geometry) if geometry is not None else self._sizes[kind.place]
        self._kept[kind.name] = _Kept(kind, np.zeros(size), geometry, np.zeros(size, dtype=np.int64))
        return self._kept[kind.name].value

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self._kept[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def geometry(self, name: str) -> Geometry | None:
        """Return the raster or the points of a field, None where the city has its places."""
        return self._kept[name].geometry

    def because(self, name: str, event: int, place: int | None = None) -> None:
        """Let the writer of a field say because of which event it changes now, all of it or a place, for who acts on it."""
        self._kept[name].cause = event
        if place is not None:
            self._kept[name].causes[place] = event

    def cause(self, name: str, place: int | None = None) -> int:
        """Return the event because of which a field, or a place of it, last changed; -1 where its writer named none."""
        kept = self._kept[name]
        return kept.cause if place is None else kept.causes.get(place, kept.cause)

    def snapshot(self, time: float) -> None:
        """Log what has changed since the last snapshot."""
        for kept in self._kept.values():
            rounded = np.rint(kept.value / kept.kind.step).astype(np.int64)
            changed = np.flatnonzero(rounded != kept.told)
            if len(changed):
                values = (rounded[changed] * kept.kind.step).astype(np.float32)
                kept.changes.append((time, changed.astype(np.int32), values))
                kept.told = rounded

    def tables(self) -> dict[str, pa.Table]:
        """Return the changes of every field as the table `field.<name>`, and points as `points.<name>`."""
        tables = {}
        for name in self:
            kept = self._kept[name]
            tables[f"field.{name}"] = _changes(kept.changes)
            if isinstance(kept.geometry, Points):
                columns = [pa.array(kept.geometry.x), pa.array(kept.geometry.y)]
                tables[f"points.{name}"] = pa.Table.from_arrays(columns, schema=POINTS)
        return tables

    def described(self) -> dict[str, dict[str, Any]]:
        """Return what a reader of the tables needs to know of each field, as plain data."""
        return {name: _described(self._kept[name]) for name in self}


def _changes(changes: list[tuple[float, NDArray[np.int32], NDArray[np.float32]]]) -> pa.Table:
    if not changes:
        return CHANGES.empty_table()
    columns = [
        np.concatenate([np.full(len(index), time) for time, index, _ in changes]),
        np.concatenate([index for _, index, _ in changes]),
        np.concatenate([value for _, _, value in changes]),
    ]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=CHANGES)


def _described(kept: _Kept) -> dict[str, Any]:
    kind, geometry = kept.kind, kept.geometry
    facts: dict[str, Any] = {
        "title": kind.title._asdict(), "place": kind.place, "unit": unit_text(kind.unit)._asdict(),
        "scale": list(kind.scale), "places": len(kept.value), "labels": [label._asdict() for label in kind.labels],
    }  # fmt: skip
    if isinstance(geometry, Raster):
        facts["raster"] = {"x": geometry.x, "y": geometry.y, "size": geometry.size,
                           "columns": geometry.columns, "rows": geometry.rows}  # fmt: skip
    return facts
