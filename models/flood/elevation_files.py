"""Elevation models as files: ESRI ASCII grids, GeoTIFFs, .npz. Nothing in a file is evaluated or unpickled."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - an exception, called so

import numpy as np

from models.flood.terrain import Elevations
from sim.errors import InputError, UnavailableError

MOST_CELLS = 100_000_000
_HEAD = ("ncols", "nrows", "xllcorner", "yllcorner", "cellsize")
# Tags of GeoTIFF 1.1 (OGC 19-008r4), and GDAL's for cells that are not known.
_SCALE, _TIE, _MATRIX, _KEYS, _UNKNOWN = 33550, 33922, 34264, 34735, 42113
_RASTER_TYPE, _GEOGRAPHIC, _PROJECTED, _BY_POINTS = 1025, 2048, 3072, 2
_DEEPEST = -1000.0  #: m; what lies below is a mark of the unknown (-9999, -32768, -3.4e38), as no land is that low


def read_elevations(file: Path) -> Elevations:
    """Return what a .asc, .tif or .npz file holds; raise `InputError` with the file's name where it cannot be used.

    A .prj beside it says the projection ("EPSG:…", or WKT as ESRI's programs write it); a GeoTIFF may say it itself,
    an .npz does.
    """
    readers = {".npz": _read_npz, ".asc": _read_ascii, ".tif": _read_tif, ".tiff": _read_tif}
    if not file.is_file():
        raise InputError(en=f"there is no elevation model {file.name}", zh=f"没有高程模型文件 {file.name}")
    if file.suffix.lower() not in readers:
        raise InputError(en="an elevation model is an ESRI ASCII grid (.asc), a GeoTIFF (.tif) or an .npz file",
                         zh="高程模型须为 ESRI ASCII 栅格（.asc）、GeoTIFF（.tif）或 .npz 文件", file=file.name)  # fmt: skip
    try:
        return readers[file.suffix.lower()](file)
    except InputError as error:
        raise InputError(en=error.text.en, zh=error.text.zh, file=file.name) from error


def _prj(file: Path) -> str | None:
    """Return what the .prj beside a file says, None where there is none."""
    beside = file.with_suffix(".prj")
    return beside.read_text(encoding="utf-8", errors="replace")[:100_000] if beside.is_file() else None


def _few(columns: int, rows: int) -> None:
    if min(columns, rows) < 1 or columns * rows > MOST_CELLS:
        raise InputError(en=f"the grid has {columns} × {rows} cells; at most {MOST_CELLS:,} are read",
                         zh=f"栅格为 {columns} × {rows}，最多读取 {MOST_CELLS:,} 个像元")  # fmt: skip


def _shape_of(file: Path) -> tuple[int, ...]:
    """Return the shape of the heights in an .npz file before they are unpacked."""
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    with ZipFile(file) as packed, packed.open("z.npy") as held:
        return tuple(read[np.lib.format.read_magic(held)](held)[0])


def _read_npz(file: Path) -> Elevations:
    try:
        rows, columns = _shape_of(file)
        _few(columns, rows)
        with np.load(file, allow_pickle=False) as held:
            z = np.asarray(held["z"], dtype=np.float64)
            x, y, size = (float(held[name]) for name in ("x", "y", "size"))
            crs = str(held["crs"])
    except (KeyError, ValueError, TypeError, EOFError, OSError, BadZipFile, ZlibError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(en="an .npz elevation model holds z, x, y, size and crs",
                         zh=".npz 高程模型须含 z、x、y、size 与 crs") from error  # fmt: skip
    return Elevations(z, x, y, size, size, crs)


def _read_ascii(file: Path) -> Elevations:
    crs = _prj(file)
    if crs is None:
        raise InputError(en="the elevation model does not say its projection: add a .prj with EPSG:… or WKT",
                         zh="高程模型未注明坐标系：请在 .prj 中写明 EPSG:… 或 WKT")  # fmt: skip
    head: dict[str, float] = {}
    try:
        with file.open(encoding="ascii") as lines:
            numbers = next(lines).split()
            while numbers and numbers[0][0].isalpha():
                head[numbers[0].lower()] = float(numbers[1])
                numbers = next(lines).split()
            for axis in "xy":  # the corner may be told by the middle of its cell
                if f"{axis}llcenter" in head and "cellsize" in head:
                    head[f"{axis}llcorner"] = head[f"{axis}llcenter"] - head["cellsize"] / 2.0
            missing = [name for name in _HEAD if name not in head]
            if missing:
                raise InputError(en=f"the head of the grid does not say {', '.join(missing)}",
                                 zh=f"栅格文件头缺少 {'、'.join(missing)}")  # fmt: skip
            columns, rows = int(head["ncols"]), int(head["nrows"])
            _few(columns, rows)
            values = np.array([*map(float, numbers), *(float(word) for line in lines for word in line.split())])
    except (OverflowError, UnicodeDecodeError, StopIteration, IndexError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(en="this is no ESRI ASCII grid", zh="不是 ESRI ASCII 栅格文件") from error
    if len(values) != columns * rows:
        raise InputError(en=f"the grid has {len(values)} values instead of {columns} × {rows}",
                         zh=f"栅格有 {len(values)} 个数值，应为 {columns} × {rows}")  # fmt: skip
    values[values == head.get("nodata_value", -9999.0)] = np.nan
    z = np.ascontiguousarray(values.reshape(rows, columns)[::-1])  # the file begins in the north
    return Elevations(z, head["xllcorner"], head["yllcorner"], head["cellsize"], head["cellsize"], crs)


def _read_tif(file: Path) -> Elevations:
    try:
        from PIL import Image
    except ImportError as error:
        raise UnavailableError(en="GeoTIFFs are read by Pillow: pip install 'jinling[dem]', or save it as .asc",
                               zh="读取 GeoTIFF 需要 Pillow：请 pip install 'jinling[dem]'，或另存为 .asc", file=file.name) from error  # fmt: skip
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(file, formats=("TIFF",)) as image,
        ):  # the limit is ours
            _few(image.width, image.height)
            if len(image.getbands()) != 1 or image.mode not in {"F", "I", "I;16", "I;16B", "L"}:
                raise InputError(en="this GeoTIFF is a picture: heights are one band of numbers",
                                 zh="该 GeoTIFF 为影像：高程须为单波段数值")  # fmt: skip
            tags = dict(image.tag_v2)
            z = np.asarray(image, dtype=np.float64)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, Image.DecompressionBombError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(en="this is no GeoTIFF that can be read; numbers of 64 bits are not: save it with 32",
                         zh="无法读取该 GeoTIFF；不支持 64 位数值，请另存为 32 位") from error  # fmt: skip
    return _placed(file, np.array(z), tags)


def _placed(file: Path, z: Any, tags: dict[int, Any]) -> Elevations:
    """Return the heights of a GeoTIFF where its tags say that they lie."""
    try:
        keys = np.atleast_1d(np.array(tags.get(_KEYS, ()), dtype=np.int64))[4:]
        said = {int(keys[i]): int(keys[i + 3]) for i in range(0, len(keys) - 3, 4) if keys[i + 1] == 0}
    except (ValueError, TypeError, OverflowError):
        said = {}  # what cannot be read says nothing
    code = said.get(_PROJECTED, said.get(_GEOGRAPHIC, 32767))
    crs = _prj(file) or (f"EPSG:{code}" if 0 < code < 32767 else None)
    if crs is None:
        raise InputError(en="the GeoTIFF does not say its projection by an EPSG code: add a .prj",
                         zh="GeoTIFF 未以 EPSG 代码注明坐标系：请附上 .prj")  # fmt: skip
    try:
        west, north, dx, dy = _corner(tags)
        mark = float(str(tags.get(_UNKNOWN, "nan")).strip("\0 "))
    except (ValueError, TypeError, IndexError) as error:
        raise InputError(en="the GeoTIFF does not say where its cells lie, or is turned",
                         zh="GeoTIFF 未注明像元位置，或带有旋转") from error  # fmt: skip
    if said.get(_RASTER_TYPE) == _BY_POINTS:
        west, north = west - dx / 2.0, north + dy / 2.0
    z[(z == mark) | (z < _DEEPEST)] = np.nan
    return Elevations(np.ascontiguousarray(z[::-1]), west, north - len(z) * dy, dx, dy, crs)


def _corner(tags: dict[int, Any]) -> tuple[float, float, float, float]:
    """Return the upper left corner and the sides of a cell, in units of the projection."""
    if _MATRIX in tags:
        a, b, _, west, d, e, _, north = (float(one) for one in tags[_MATRIX][:8])
        if b != 0.0 or d != 0.0:
            raise ValueError
        return west, north, a, -e
    dx, dy = (float(one) for one in tags.get(_SCALE, ())[:2])
    column, row, _, x, y = (float(one) for one in tags.get(_TIE, ())[:5])
    return x - column * dx, y + row * dy, dx, dy
