"""One pass over an OpenStreetMap file: highways, buildings and points of interest as plain arrays."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, NotFoundError

MAX_BYTES = 4_000_000_000
_KEPT_TAGS = (
    "highway", "building", "amenity", "emergency", "railway", "station", "subway", "shop", "office",
    "healthcare", "landuse",
)  # fmt: skip


@dataclass
class RawWay:
    """A way: its tags, the ids of its nodes and their lon/lat, float64 [nodes, 2]."""

    id: int
    tags: dict[str, str]
    nodes: NDArray[np.int64]
    lonlat: NDArray[np.float64]


@dataclass
class RawPlace:
    """A point of interest, or the centre of one that is drawn as an area."""

    id: int
    tags: dict[str, str]
    lon: float
    lat: float


@dataclass
class RawMap:
    """What a file holds that a city is built from."""

    highways: list[RawWay] = field(default_factory=list)
    buildings: list[RawWay] = field(default_factory=list)
    places: list[RawPlace] = field(default_factory=list)
    barriers: set[int] = field(default_factory=set)
    synthetic: bool = False
    broken_ways: int = 0


def read_osm(path: Path) -> RawMap:
    """Read a `.osm.pbf` or `.osm` file.

    Raises
    ------
    InputError
        The file is missing, empty, truncated or not OpenStreetMap data.
    """
    if not path.is_file():
        raise NotFoundError(en="there is no such file", zh="文件不存在", file=path)
    size = path.stat().st_size
    if size == 0:
        raise InputError(en="the map file is empty", zh="地图文件为空", file=path)
    if size > MAX_BYTES:
        raise InputError(en=f"the map file is larger than {MAX_BYTES} bytes",
                         zh=f"地图文件超过 {MAX_BYTES} 字节", file=path)  # fmt: skip
    if path.name.endswith(".pbf"):
        _check_pbf_frames(path)
    else:
        _check_xml(path)
    return _read(path)


def _unreadable(path: Path, reason: str) -> InputError:
    return InputError(
        en=f"this is not whole OpenStreetMap data: {reason}",
        zh=f"不是完整的 OpenStreetMap 数据：{reason}",
        file=path,
    )


def _check_pbf_frames(path: Path) -> None:
    """Walk the blobs of a PBF by their lengths: a truncated file ends inside one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        position = 0
        while position < size:
            raw = file.read(4)
            header_size = struct.unpack(">I", raw)[0] if len(raw) == 4 else 1 << 30
            if header_size > 64 * 1024:
                raise _unreadable(path, f"no block begins at byte {position}")
            body = _blob_size(file.read(header_size))
            if body is None:
                raise _unreadable(path, f"the block at byte {position} has no size")
            position += 4 + header_size + body
            if position > size:
                raise _unreadable(path, f"it ends at byte {size} inside a block")
            file.seek(position)


def _blob_size(header: bytes) -> int | None:
    """Return field 3 (datasize) of a BlobHeader message, or None if the message cannot be read."""
    at, datasize = 0, None
    while at < len(header):
        tag = header[at]
        at += 1
        value, at = _varint(header, at)
        if tag & 7 == 2:
            at += value
        elif tag & 7 == 0 and tag >> 3 == 3:
            datasize = value
        elif tag & 7 != 0:
            return None
    return datasize


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while at < len(data):
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
        if byte < 128:
            break
    return value, at


def _check_xml(path: Path) -> None:
    """Refuse entities and documents without their end tag before a parser sees them."""
    with path.open("rb") as file:
        head = file.read(65536)
        file.seek(max(0, path.stat().st_size - 1024))
        tail = file.read()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise _unreadable(path, "a document type or an entity is declared")
    if b"<osm" not in head or b"</osm>" not in tail:
        raise _unreadable(path, "the <osm> element is missing or not closed")


def _read(path: Path) -> RawMap:
    import osmium

    result = RawMap()
    keys = osmium.filter.KeyFilter(*_KEPT_TAGS, "barrier", "jinling:synthetic")
    try:
        reader = osmium.FileProcessor(str(path)).with_locations().with_filter(keys)
        for item in reader:
            _take(result, item)
    except Exception as error:  # osmium's errors share no base
        reason = str(error).split("\n")[0][:120]
        raise _unreadable(path, reason) from error
    return result


def _take(result: RawMap, item: Any) -> None:
    tags = {tag.k: tag.v for tag in item.tags}
    if tags.get("jinling:synthetic") == "yes":
        result.synthetic = True
    if item.is_node():
        if "barrier" in tags:
            result.barriers.add(item.id)
        if item.location.valid():
            result.places.append(RawPlace(item.id, tags, item.lon, item.lat))
    elif item.is_way():
        _take_way(result, item, tags)


def _take_way(result: RawMap, item: Any, tags: dict[str, str]) -> None:
    located = [(n.ref, n.lon, n.lat) for n in item.nodes if n.location.valid()]
    if len(located) < len(item.nodes):
        result.broken_ways += 1
    if len(located) < 2:
        return
    nodes = np.array([ref for ref, _, _ in located], dtype=np.int64)
    lonlat = np.array([(lon, lat) for _, lon, lat in located])
    way = RawWay(item.id, tags, nodes, lonlat)
    if "highway" in tags:
        result.highways.append(way)
    elif "building" in tags and len(nodes) >= 4:
        result.buildings.append(way)
    if "highway" not in tags:
        lon, lat = lonlat.mean(axis=0)
        result.places.append(RawPlace(item.id, tags, float(lon), float(lat)))
