"""Street networks that osmnx stored as GraphML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sim.city.osm_file import RawMap, RawWay
from sim.errors import InputError, NotFoundError


def read_graphml(path: Path) -> RawMap:
    """Read an osmnx GraphML file: every directed edge becomes a one-way way.

    Raises
    ------
    InputError
        The file is missing, truncated, declares entities, or is no street network.
    """
    if not path.is_file():
        raise NotFoundError(en="there is no such file", zh="文件不存在", file=path)
    data = path.read_bytes()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _unreadable(path)
    import osmnx

    try:
        return graph_map(osmnx.load_graphml(path))
    except Exception as error:  # osmnx and networkx raise whatever a strange file makes them
        raise _unreadable(path) from error


def graph_map(graph: Any) -> RawMap:
    """Turn an osmnx graph in lon/lat into raw ways."""
    raw = RawMap()
    at = {node: (float(data["x"]), float(data["y"])) for node, data in graph.nodes(data=True)}
    for number, (tail, head, data) in enumerate(sorted(graph.edges(data=True), key=lambda e: e[:2])):
        geometry = data.get("geometry")
        line = np.array(geometry.coords if geometry is not None else [at[tail], at[head]])
        # Inner points get ids of their own, so that they are no junctions.
        inner = -(np.arange(1, len(line) - 1, dtype=np.int64) + number * 10_000)
        nodes = np.concatenate([[tail], inner, [head]]).astype(np.int64)
        tags = {key: _first(data[key]) for key in ("highway", "name", "bridge", "access") if key in data}
        raw.highways.append(RawWay(number, {**tags, "oneway": "yes"}, nodes, line[:, :2].astype(float)))
    return raw


def _first(value: Any) -> str:
    """Return a tag's value; simplification makes lists of several."""
    return str(value[0] if isinstance(value, list) and value else value)


def _unreadable(path: Path) -> InputError:
    return InputError(en="this is no whole GraphML street network", zh="不是完整的 GraphML 街道网络", file=path)
