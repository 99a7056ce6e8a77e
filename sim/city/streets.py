"""From ways to streets: a strongly connected network of junctions, for driving and for walking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.city.model import ROAD_CLASSES, Dropped, Polylines, Streets
from sim.city.osm_file import RawMap, RawWay

Project = Callable[[NDArray[np.float64]], NDArray[np.float64]]
_CLASS = {name: number for number, name in enumerate(ROAD_CLASSES)}
_SAME_AS = {"road": "unclassified", "pedestrian": "footway", "track": "path", "bridleway": "path",
            "corridor": "footway", "busway": "service"}  # fmt: skip
_NO_CARS = {"footway", "cycleway", "path", "steps"}
_NO_FEET = {"motorway"}
_SHUT = {"no", "private"}
MIN_LENGTH = 1e-3


def road_class(tags: dict[str, str]) -> str | None:
    """Return the road class of a highway, or None where it is none to move on."""
    highway = tags.get("highway", "")
    if highway.endswith("_link"):
        return "link"
    name = _SAME_AS.get(highway, highway)
    return name if name in _CLASS else None


def may_drive(tags: dict[str, str]) -> bool:
    """Return whether emergency vehicles may use a highway: `private` is no bar to them."""
    if road_class(tags) in _NO_CARS or tags.get("area") == "yes":
        return False
    return tags.get("access") != "no" and tags.get("motor_vehicle") != "no"


def may_walk(tags: dict[str, str]) -> bool:
    """Return whether people may walk along a highway."""
    if road_class(tags) in _NO_FEET or tags.get("area") == "yes":
        return False
    return tags.get("access") not in _SHUT and tags.get("foot") != "no"


def direction(tags: dict[str, str]) -> int:
    """Return 1 for one-way along the way, -1 for against it, 0 for both."""
    oneway = tags.get("oneway", "")
    if oneway in {"yes", "true", "1"}:
        return 1
    if oneway in {"-1", "reverse"}:
        return -1
    if oneway in {"no", "false", "0"}:
        return 0
    implied = tags.get("junction") in {"roundabout", "circular"}
    return 1 if implied or tags.get("highway") in {"motorway", "motorway_link"} else 0


@dataclass
class _Pieces:
    """Pieces of ways between junctions, before they become a graph."""

    tail: list[int]
    head: list[int]
    both: list[bool]
    road: list[int]
    name: list[str]
    bridge: list[bool]
    line: list[NDArray[np.float64]]


def build_streets(raw: RawMap, mode: str, project: Project) -> tuple[Streets | None, list[Dropped]]:
    """Return the network of `mode` ("drive" or "walk"), None if there is none, and what was dropped."""
    usable = may_drive if mode == "drive" else may_walk
    ways = [w for w in raw.highways if road_class(w.tags) is not None and usable(w.tags)]
    dropped = [Dropped(f"{mode}.ways", len(raw.highways) - len(ways),
                       "not open to this mode, or no road", "不允许该方式通行或非道路")]  # fmt: skip
    if not ways:
        return None, dropped
    pieces = _cut(ways, mode)
    streets, more = _graph(pieces, mode, project)
    return streets, dropped + more


def _cut(ways: list[RawWay], mode: str) -> _Pieces:
    """Cut ways where they meet, and join them again where exactly two ends of one kind meet."""
    refs = np.concatenate([way.nodes for way in ways])
    ends = np.concatenate([way.nodes[[0, -1]] for way in ways])
    ids, counts = np.unique(np.concatenate([refs, ends]), return_counts=True)
    junctions = set(ids[counts > 1].tolist())
    pieces = _Pieces([], [], [], [], [], [], [])
    for way in ways:
        sense = direction(way.tags) if mode == "drive" else 0
        nodes, lonlat = way.nodes, way.lonlat
        if sense < 0:
            nodes, lonlat = nodes[::-1], lonlat[::-1]
        cuts = [0, *[i for i in range(1, len(nodes) - 1) if int(nodes[i]) in junctions], len(nodes) - 1]
        for start, stop in pairwise(cuts):
            pieces.tail.append(int(nodes[start]))
            pieces.head.append(int(nodes[stop]))
            pieces.both.append(sense == 0)
            pieces.road.append(_CLASS[str(road_class(way.tags))])
            pieces.name.append(way.tags.get("name", ""))
            pieces.bridge.append(way.tags.get("bridge", "no") != "no")
            pieces.line.append(lonlat[start : stop + 1])
    return _joined(pieces)


def _joined(pieces: _Pieces) -> _Pieces:
    """Join pieces through nodes at which nothing branches: degree two, same direction rule and class."""
    at: dict[int, list[int]] = {}
    for i, (tail, head) in enumerate(zip(pieces.tail, pieces.head, strict=True)):
        at.setdefault(tail, []).append(i)
        at.setdefault(head, []).append(i)
    alive = [True] * len(pieces.tail)
    for node in sorted(at):
        touching = at[node]
        if len(touching) != 2 or touching[0] == touching[1]:
            continue
        _join_at(pieces, at, alive, node)
    kept = [i for i, lives in enumerate(alive) if lives]
    return _Pieces(**{entry.name: [getattr(pieces, entry.name)[i] for i in kept] for entry in fields(_Pieces)})


def _join_at(pieces: _Pieces, at: dict[int, list[int]], alive: list[bool], node: int) -> None:
    a, b = at[node]
    if pieces.both[a] != pieces.both[b] or pieces.road[a] != pieces.road[b]:
        return
    if not pieces.both[a]:
        if pieces.head[a] != node:
            a, b = b, a
        if pieces.head[a] != node or pieces.tail[b] != node:
            return
    else:
        for piece, end in ((a, pieces.head), (b, pieces.tail)):
            if end[piece] != node:
                _turn(pieces, piece)
    if pieces.tail[a] == pieces.head[b]:
        return
    far = pieces.head[b]
    pieces.line[a] = np.concatenate([pieces.line[a], pieces.line[b][1:]])
    pieces.head[a] = far
    pieces.bridge[a] = pieces.bridge[a] or pieces.bridge[b]
    pieces.name[a] = pieces.name[a] or pieces.name[b]
    alive[b] = False
    at[far] = [a if piece == b else piece for piece in at[far]]
    at[node] = []


def _turn(pieces: _Pieces, piece: int) -> None:
    pieces.tail[piece], pieces.head[piece] = pieces.head[piece], pieces.tail[piece]
    pieces.line[piece] = pieces.line[piece][::-1]


def _graph(pieces: _Pieces, mode: str, project: Project) -> tuple[Streets | None, list[Dropped]]:
    """Turn pieces into directed edges: no loops, no parallels, the largest strongly connected part."""
    lines = [project(line) for line in pieces.line]
    pieces = replace(pieces, line=lines)
    length = np.array([np.hypot(*np.diff(line, axis=0).T).sum() for line in lines])
    length = np.maximum(length, MIN_LENGTH)
    both = np.array(pieces.both)
    link = np.concatenate([np.arange(len(lines)), np.flatnonzero(both)])
    forward = np.concatenate([np.ones(len(lines), dtype=bool), np.zeros(both.sum(), dtype=bool)])
    ids, ends = np.unique(np.array([pieces.tail, pieces.head]), return_inverse=True)
    ends = ends.reshape(2, -1)
    tail = np.where(forward, ends[0][link], ends[1][link])
    head = np.where(forward, ends[1][link], ends[0][link])
    kept, loops, parallels = _simple(tail, head, length[link])
    part = _largest_part(tail[kept], head[kept], len(ids))
    inside = part[tail[kept]] & part[head[kept]]
    dropped = [
        Dropped(f"{mode}.loops", loops, "begin and end at one junction", "起止于同一路口"),
        Dropped(f"{mode}.parallels", parallels, "a shorter edge joins the same junctions", "同两路口间有更短路段"),
        Dropped(f"{mode}.cut_off", int((~inside).sum()),
                "outside of the largest strongly connected part", "不在最大强连通部分内"),
    ]  # fmt: skip
    kept = kept[inside]
    if not len(kept):
        return None, dropped
    return _assemble(pieces, length, ids, tail[kept], head[kept], link[kept], forward[kept]), dropped


def _simple(
    tail: NDArray[np.int64], head: NDArray[np.int64], length: NDArray[np.float64]
) -> tuple[NDArray[np.int64], int, int]:
    """Return the edges left without loops and parallels (the shortest stays), and how many fell."""
    order = np.lexsort((length, head, tail))
    order = order[tail[order] != head[order]]
    loops = len(tail) - len(order)
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    return order[first], loops, int((~first).sum())


def _largest_part(tail: NDArray[np.int64], head: NDArray[np.int64], nodes: int) -> NDArray[np.bool_]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    matrix = coo_matrix((np.ones(len(tail)), (tail, head)), shape=(nodes, nodes)).tocsr()
    _, label = connected_components(matrix, directed=True, connection="strong")
    result: NDArray[np.bool_] = label == np.bincount(label).argmax()
    return result


def _assemble(
    pieces: _Pieces,
    length: NDArray[np.float64],
    ids: NDArray[np.int64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    link: NDArray[np.int64],
    forward: NDArray[np.bool_],
) -> Streets:
    point = np.zeros((len(ids), 2))
    ends = np.array([[line[0], line[-1]] for line in pieces.line])
    for side, nodes in ((0, pieces.tail), (1, pieces.head)):
        point[np.searchsorted(ids, np.array(nodes))] = ends[:, side]
    used = np.unique(np.concatenate([tail, head]))
    used = used[np.argsort(hilbert_index(point[used, 0], point[used, 1]), kind="stable")]
    number = np.full(len(ids), -1)
    number[used] = np.arange(len(used))
    tail, head = number[tail], number[head]
    order = np.lexsort((head, tail))
    tail, head, link, forward = tail[order], head[order], link[order], forward[order]
    links, link_number = np.unique(link, return_inverse=True)
    names, link_name = np.unique([pieces.name[i] for i in links] + [""], return_inverse=True)
    return Streets(
        x=point[used, 0].copy(),
        y=point[used, 1].copy(),
        osm_id=ids[used],
        first_out=np.searchsorted(tail, np.arange(len(used) + 1)).astype(np.int32),
        head=head.astype(np.int32),
        length=length[link],
        road_class=np.array(pieces.road, dtype=np.int8)[link],
        link=link_number.astype(np.int32),
        forward=forward,
        shapes=polylines([pieces.line[i] for i in links]),
        link_name=link_name[:-1].astype(np.int32),
        link_bridge=np.array([pieces.bridge[i] for i in links], dtype=np.bool_),
        names=tuple(str(name) for name in names),
    )


def polylines(lines: list[NDArray[np.float64]]) -> Polylines:
    """Put lines, each float64 [points, 2], into one array."""
    first = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int32)
    xy = np.concatenate(lines) if lines else np.empty((0, 2))
    return Polylines(first=first, xy=xy.astype(np.float64))


def hilbert_index(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return each point's place along a Hilbert curve over the points' square, 2^15 cells a side."""
    side = 1 << 15
    span = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9)
    cx = np.minimum((x - x.min()) / span * side, side - 1).astype(np.int64)
    cy = np.minimum((y - y.min()) / span * side, side - 1).astype(np.int64)
    index = np.zeros(len(x), dtype=np.int64)
    s = side // 2
    while s > 0:
        rx, ry = ((cx & s) > 0).astype(np.int64), ((cy & s) > 0).astype(np.int64)
        index += s * s * ((3 * rx) ^ ry)
        flip = (ry == 0) & (rx == 1)
        cx, cy = np.where(flip, side - 1 - cx, cx), np.where(flip, side - 1 - cy, cy)
        swap = ry == 0
        cx, cy = np.where(swap, cy, cx), np.where(swap, cx, cy)
        s //= 2
    return index
