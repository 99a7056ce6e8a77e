"""The ground: a raster of elevations, read from an ESRI ASCII grid or an .npz file, or checked as it is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - an exception, called so

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.fields import Raster

_MOST_CELLS = 100_000_000
_HEAD = ("ncols", "nrows", "xllcorner", "yllcorner", "cellsize")


@dataclass(frozen=True)
class Terrain:
    """Elevations of square cells, row 0 in the south.

    z : float64 [rows, columns], m; raster : where the cells lie, m in `crs` ("EPSG:…").
    """

    z: NDArray[np.float64]
    raster: Raster
    crs: str

    def __post_init__(self) -> None:
        if self.z.shape != (self.raster.rows, self.raster.columns) or min(self.z.shape) < 1:
            raise InputError(en=f"the elevations are {self.z.shape}, the raster is not", zh="高程数组与栅格大小不一致")
        if not np.isfinite([self.raster.x, self.raster.y, self.raster.size]).all():
            raise InputError(
                en="the corner and the size of a cell are finite numbers", zh="栅格角点与像元尺寸须为有限数"
            )
        if not self.raster.size > 0.0:
            raise InputError(en="a cell of the elevation model has a size above 0 m", zh="高程模型的像元尺寸须大于 0")
        holes = np.flatnonzero(~np.isfinite(self.z))
        if len(holes):
            row, column = divmod(int(holes[0]), self.raster.columns)
            raise InputError(
                en=f"the elevation model has {len(holes)} holes, the first in row {row} from the south, column {column}:"
                " fill them first",
                zh=f"高程模型有 {len(holes)} 处空洞，首处位于自南起第 {row} 行、第 {column} 列：请先填补",
            )
        if float(np.abs(self.z).max()) > 9000.0:
            raise InputError(
                en="an elevation lies beyond 9000 m: is the unit metres?", zh="高程超出 9000 米：单位是否为米？"
            )

    def cell_of(self, x: float, y: float, what: str = "an inflow", zh: str = "入流") -> int:
        """Return the cell at a point in metres; raise `InputError` outside the raster."""
        cell = int(self.raster.cell_of(np.array([x]), np.array([y]))[0])
        if cell < 0:
            raise InputError(
                en=f"{what} at ({x:g}, {y:g}) lies outside the raster", zh=f"{zh}位置（{x:g}, {y:g}）在栅格之外"
            )
        return cell

    def within(self, bounds: tuple[float, float, float, float], crs: str) -> Terrain:
        """Return the cells that cover `bounds` (west, south, east, north); refuse another projection or no overlap."""
        if self.crs != crs:
            raise InputError(
                en=f"the elevation model is in {self.crs}, the city in {crs}: project it first",
                zh=f"高程模型坐标系为 {self.crs}，城市为 {crs}：请先转换投影",
            )
        at = self.raster
        west, south, east, north = bounds
        first = (int(np.floor((south - at.y) / at.size)), int(np.floor((west - at.x) / at.size)))
        last = (int(np.ceil((north - at.y) / at.size)), int(np.ceil((east - at.x) / at.size)))
        if last[0] <= 0 or last[1] <= 0 or first[0] >= at.rows or first[1] >= at.columns:
            raise InputError(en="the elevation model does not overlap the city", zh="高程模型与城市范围没有重叠")
        if min(first) < 0 or last[0] > at.rows or last[1] > at.columns:
            raise InputError(en="the elevation model covers only a part of the city", zh="高程模型只覆盖城市的一部分")
        cut = self.z[first[0] : last[0], first[1] : last[1]]
        raster = Raster(at.x + first[1] * at.size, at.y + first[0] * at.size, at.size, cut.shape[1], cut.shape[0])
        return Terrain(np.ascontiguousarray(cut), raster, self.crs)

    def coarsened(self, size: float) -> Terrain:
        """Return the mean over blocks of cells, of `size` metres or the nearest whole number of cells."""
        n = max(1, round(size / self.raster.size))
        rows, columns = self.raster.rows // n, self.raster.columns // n
        if n == 1 or rows == 0 or columns == 0:
            return self
        blocks = self.z[: rows * n, : columns * n].reshape(rows, n, columns, n).mean(axis=(1, 3))
        at = self.raster
        return Terrain(blocks, Raster(at.x, at.y, at.size * n, columns, rows), self.crs)


def read_terrain(file: Path, crs: str | None = None) -> Terrain:
    """Return the elevation model of a file: an ESRI ASCII grid (.asc) or an .npz with z, x, y, size and crs.

    A .prj or a `crs` must say the projection of an ASCII grid as "EPSG:…". Nothing in a file is evaluated or unpickled.
    """
    if not file.is_file():
        raise InputError(en=f"there is no elevation model {file.name}", zh=f"没有高程模型文件 {file.name}")
    if file.suffix.lower() == ".npz":
        return _read_npz(file)
    if file.suffix.lower() != ".asc":
        raise InputError(en="an elevation model is an ESRI ASCII grid (.asc) or an .npz file",
                         zh="高程模型须为 ESRI ASCII 栅格（.asc）或 .npz 文件", file=file.name)  # fmt: skip
    said = crs if crs is not None else _projection(file.with_suffix(".prj"))
    if said is None:
        raise InputError(en="the elevation model does not say its projection: add a .prj with EPSG:…",
                         zh="高程模型未注明坐标系：请在 .prj 中写明 EPSG:…", file=file.name)  # fmt: skip
    return _read_ascii(file, said)


def _projection(file: Path) -> str | None:
    if not file.is_file():
        return None
    words = file.read_text(encoding="utf-8", errors="replace").split()
    return words[0] if words and words[0].startswith("EPSG:") else None


def _read_npz(file: Path) -> Terrain:
    try:
        with np.load(file, allow_pickle=False) as held:
            z = np.asarray(held["z"], dtype=np.float64)
            x, y, size = (float(held[name]) for name in ("x", "y", "size"))
            crs = str(held["crs"])
    except (KeyError, ValueError, TypeError, EOFError, OSError, BadZipFile, ZlibError) as error:
        raise InputError(en="an .npz elevation model holds z, x, y, size and crs", zh=".npz 高程模型须含 z、x、y、size 与 crs",
                         file=file.name) from error  # fmt: skip
    if z.ndim != 2:
        raise InputError(en="the elevations of an .npz file are a table", zh=".npz 高程须为二维数组", file=file.name)
    return Terrain(z, Raster(x, y, size, z.shape[1], z.shape[0]), crs)


def _read_ascii(file: Path, crs: str) -> Terrain:
    head: dict[str, float] = {}
    try:
        with file.open(encoding="ascii") as lines:
            numbers = next(lines).split()
            while numbers and numbers[0][0].isalpha():
                head[numbers[0].lower()] = float(numbers[1])
                numbers = next(lines).split()
            missing = [name for name in _HEAD if name not in head]
            if missing:
                raise InputError(en=f"the head of the grid does not say {', '.join(missing)}",
                                 zh=f"栅格文件头缺少 {'、'.join(missing)}", file=file.name)  # fmt: skip
            columns, rows = int(head["ncols"]), int(head["nrows"])
            if min(columns, rows) < 1 or columns * rows > _MOST_CELLS:
                raise InputError(en=f"the grid has {columns} × {rows} cells; at most {_MOST_CELLS:,} are read",
                                 zh=f"栅格为 {columns} × {rows}，最多读取 {_MOST_CELLS:,} 个像元", file=file.name)  # fmt: skip
            values = np.array([*map(float, numbers), *(float(word) for line in lines for word in line.split())])
    except (OverflowError, UnicodeDecodeError, StopIteration, IndexError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(en="this is no ESRI ASCII grid", zh="不是 ESRI ASCII 栅格文件", file=file.name) from error
    if len(values) != columns * rows:
        raise InputError(en=f"the grid has {len(values)} values instead of {columns} × {rows}",
                         zh=f"栅格有 {len(values)} 个数值，应为 {columns} × {rows}", file=file.name)  # fmt: skip
    values[values == head.get("nodata_value", -9999.0)] = np.nan
    z = np.ascontiguousarray(values.reshape(rows, columns)[::-1])  # the file begins in the north
    return Terrain(z, Raster(head["xllcorner"], head["yllcorner"], head["cellsize"], columns, rows), crs)
