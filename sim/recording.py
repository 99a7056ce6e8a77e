"""The log of a run: append-only tables of columns, and their hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

ORDERS = pa.schema(
    [("order", pa.int32()), ("incident", pa.int64()), ("kind", pa.string()), ("matter", pa.string()),
     ("priority", pa.int8()),
     ("channel", pa.string()), ("severity", pa.float64()), ("building", pa.int32()),
     ("node", pa.int32()), ("x", pa.float64()), ("y", pa.float64()), ("grid", pa.int32()),
     ("street", pa.int32()), ("district", pa.int32()), ("duplicate", pa.bool_()),
     ("repeats", pa.int64()), ("crew", pa.int32()),
     ("bounces", pa.int16()), ("reopens", pa.int16()), ("departments", pa.int8()), ("visits", pa.int8()),
     ("boundaries", pa.int8()), ("supervised", pa.bool_()), ("extended", pa.bool_()),
     ("lent", pa.bool_()),
     *[(f"t_{stage}", pa.float64()) for stage in (
         "onset", "detect", "report", "accept", "file", "route", "ack", "arrive", "control",
         "feedback", "verify", "close")],
     ("clerical", pa.float64()), ("relay", pa.float64()), ("limit", pa.float64()), ("rating", pa.float64()), ("outcome", pa.float64()),
     ("deaths", pa.float64())]
)  # fmt: skip
CREWS = pa.schema(
    [("crew", pa.int32()), ("kind", pa.string()), ("station", pa.int32()), ("area", pa.int32()),
     ("node", pa.int32()), ("x", pa.float64()), ("y", pa.float64()), ("empty", pa.float64()),
     ("drill", pa.float64()), ("synthetic", pa.bool_())]
)  # fmt: skip
TRACKS = pa.schema(
    [("leg", pa.int32()), ("crew", pa.int32()), ("order", pa.int32()), ("purpose", pa.string()),
     ("mode", pa.string()), ("t_start", pa.float64()), ("t_end", pa.float64()),
     ("edges", pa.list_(pa.int32()))]
)  # fmt: skip
EVENTS = pa.schema(
    [("event", pa.int32()), ("time", pa.float64()), ("kind", pa.string()), ("order", pa.int32()),
     ("crew", pa.int32()), ("node", pa.int32()), ("cause", pa.int32())]
)  # fmt: skip
SERIES = pa.schema([("time", pa.float64()), ("metric", pa.string()), ("value", pa.float64())])
SCHEMAS: Mapping[str, pa.Schema] = {
    "orders": ORDERS, "crews": CREWS, "tracks": TRACKS, "events": EVENTS, "series": SERIES,
}  # fmt: skip


class Recorder:
    """Appends events, legs and series while a run goes on, and tells subscribers of each event."""

    def __init__(self) -> None:
        self._events: list[tuple[float, str, int, int, int, int]] = []
        self._legs: list[tuple[int, int, str, str, float, float, list[int]]] = []
        self._series: list[tuple[float, str, float]] = []

    def event(self, time: float, kind: str, *, order: int = -1, crew: int = -1, node: int = -1, cause: int = -1) -> int:
        """Append an event at `time` (s) and return its number, to be named as the cause of others."""
        self._events.append((time, kind, order, crew, node, cause))
        return len(self._events) - 1

    def leg(
        self, crew: int, order: int, purpose: str, mode: str, span: tuple[float, float], edges: Iterable[int]
    ) -> None:
        """Append a movement of `crew` over `span` (s) along `edges`."""
        self._legs.append((crew, order, purpose, mode, *span, [int(edge) for edge in edges]))

    def value(self, time: float, metric: str, value: float) -> None:
        """Append a value of a time series."""
        self._series.append((time, metric, value))

    def tables(self) -> dict[str, pa.Table]:
        """Return what was appended as the tables events, tracks and series."""
        return {
            "events": _numbered(EVENTS, self._events),
            "tracks": _numbered(TRACKS, self._legs),
            "series": _columns(SERIES, list(zip(*self._series, strict=True))),
        }


def _columns(schema: pa.Schema, columns: list[tuple[object, ...]]) -> pa.Table:
    if not columns:
        return schema.empty_table()
    arrays = [pa.array(column, type=field.type) for field, column in zip(schema, columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _numbered(schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    return _columns(schema, [tuple(range(len(rows))), *columns] if columns else [])


def table_of(schema: pa.Schema, columns: Mapping[str, object]) -> pa.Table:
    """Return columns as a table of `schema`; each field must be there."""
    return pa.Table.from_arrays([pa.array(columns[field.name], type=field.type) for field in schema], schema=schema)


def joined(schema: pa.Schema, parts: Sequence[Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """Return the rows of parts, one under the other, as columns of `schema`; what a part does not say is NaN, or 0."""
    return {field.name: np.concatenate([_said(part, field) for part in parts]) for field in schema}


def _said(part: Mapping[str, NDArray[Any]], field: pa.Field) -> NDArray[Any]:
    kind = field.type.to_pandas_dtype()
    if field.name in part:
        return np.asarray(part[field.name]).astype(kind)
    none = np.nan if pa.types.is_floating(field.type) else 0
    return np.full(len(next(iter(part.values()))), none, dtype=kind)


def log_hash(tables: Mapping[str, pa.Table]) -> str:
    """Return the hash of what the tables say, independent of how Parquet packs it."""
    digest = blake2b(digest_size=16)
    for name in sorted(tables):
        table = tables[name].combine_chunks()
        digest.update(f"{name}:{table.num_rows}".encode())
        for field, column in zip(table.schema, table.columns, strict=True):
            # Parquet gives the items of a list another name: only what they are is told.
            kind = field.type.value_type if pa.types.is_list(field.type) else field.type
            digest.update(f":{field.name}:{kind}:".encode())
            _update(digest, column)
    return digest.hexdigest()


def _update(digest: blake2b, column: pa.ChunkedArray) -> None:
    for chunk in column.chunks:
        if pa.types.is_list(chunk.type):
            digest.update(np.diff(np.asarray(chunk.offsets)).tobytes())
            digest.update(np.asarray(chunk.flatten()).tobytes())
        elif pa.types.is_string(chunk.type):
            digest.update("\0".join(chunk.to_pylist()).encode())
        else:
            digest.update(np.ascontiguousarray(chunk.to_numpy(zero_copy_only=False)).tobytes())
