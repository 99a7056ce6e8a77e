"""Boundary files: areas of the governance tree that a user gives as GeoJSON in WGS-84."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.city.model import AREA_LEVELS, Streets
from sim.city.streets import Project
from sim.errors import InputError, NotFoundError

MAX_BYTES = 200_000_000
_BY_ADMIN_LEVEL = {"6": "district", "8": "street", "10": "community"}
Given = dict[str, tuple[NDArray[np.int32], tuple[str, ...]]]


def read_boundaries(path: Path, walk: Streets, project: Project) -> Given:
    """Return, by level, the part of each walk node and the names of the parts.

    `project` turns lon/lat into the metres of `walk`. Nodes outside of every polygon of a level belong to the nearest one.
    """
    import shapely

    points = np.asarray(shapely.points(np.column_stack([walk.x, walk.y])))
    given: Given = {}
    for level, (names, shapes) in _by_level(path, project).items():
        part = np.full(walk.nodes, -1, dtype=np.int32)
        for number, shape in enumerate(shapes):
            part[shapely.contains_xy(shape, walk.x, walk.y) & (part < 0)] = number
        if (part < 0).all():
            raise InputError(
                en=f"no {level} of the boundary file touches the city",
                zh=f"边界文件中的 {level} 与城市无交集",
                file=path,
            )
        outside = np.flatnonzero(part < 0)
        if len(outside):
            distance = np.array([shapely.distance(points[outside], shape) for shape in shapes])
            part[outside] = distance.argmin(axis=0)
        given[level] = (part, tuple(names))
    return given


def _by_level(path: Path, project: Project) -> dict[str, tuple[list[str], list[Any]]]:
    import shapely
    from shapely.geometry import shape as to_shape

    result: dict[str, tuple[list[str], list[Any]]] = {}
    for number, feature in enumerate(read_features(path), start=1):
        properties = feature.get("properties") or {}
        level = properties.get("level") or _BY_ADMIN_LEVEL.get(str(properties.get("admin_level")))
        if level not in AREA_LEVELS[1:]:
            levels = ", ".join(AREA_LEVELS[1:])
            raise _fault(path, number, f"a level of {levels} is needed", f"需要 level：{levels}")
        try:
            shape = shapely.transform(shapely.force_2d(shapely.make_valid(to_shape(feature["geometry"]))), project)
        except (KeyError, TypeError, ValueError, AttributeError, shapely.GEOSException) as error:
            raise _fault(path, number, "the geometry is no polygon", "几何不是多边形") from error
        if shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise _fault(path, number, "the geometry is no polygon", "几何不是多边形")
        names, shapes = result.setdefault(str(level), ([], []))
        names.append(str(properties.get("name") or f"{level} {number}"))
        shapes.append(shape)
    return result


def read_features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file, or raise an `InputError` in one sentence."""
    if not path.is_file():
        raise NotFoundError(en="there is no such file", zh="文件不存在", file=path)
    if path.stat().st_size > MAX_BYTES:
        raise InputError(en="the file is too large", zh="文件过大", file=path)
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(en="this is not GeoJSON", zh="不是 GeoJSON", file=path) from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features) or not features:
        raise InputError(en="this is no GeoJSON FeatureCollection with features",
                         zh="不是含要素的 GeoJSON FeatureCollection", file=path)  # fmt: skip
    for number, feature in enumerate(features, start=1):
        if not all(isinstance(feature.get(part), dict | None) for part in ("properties", "geometry")):
            raise _fault(path, number, "properties and geometry must be objects", "properties 与 geometry 须为对象")
    return features


def _fault(path: Path, number: int, en: str, zh: str) -> InputError:
    return InputError(en=f"feature {number}: {en}", zh=f"第 {number} 个要素：{zh}", file=path)
