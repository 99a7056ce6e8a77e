"""The ground: square cells of metres in the frame of a city, cut or resampled from what an elevation model holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.fields import Raster
from sim.text import Text

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

Bounds = tuple[float, float, float, float]  #: west, south, east, north


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
        if not np.isfinite([self.raster.x, self.raster.y, self.raster.size]).all() or not self.raster.size > 0.0:
            raise InputError(
                en="a cell of the ground has a corner and a size above 0 m", zh="地形像元须有角点且尺寸大于 0"
            )
        holes = np.flatnonzero(~np.isfinite(self.z))
        if len(holes):
            row, column = divmod(int(holes[0]), self.raster.columns)
            raise InputError(
                en=f"the elevation model has {len(holes)} holes here, the first in row {row} from the south, column {column}:"
                " fill them first",
                zh=f"高程模型在此范围内有 {len(holes)} 处空洞，首处位于自南起第 {row} 行、第 {column} 列：请先填补",
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

    def coarsened(self, size: float) -> Terrain:
        """Return the mean over blocks of cells, of `size` metres or the nearest whole number of cells."""
        n = max(1, round(size / self.raster.size))
        rows, columns = self.raster.rows // n, self.raster.columns // n
        if n == 1 or rows == 0 or columns == 0:
            return self
        blocks = self.z[: rows * n, : columns * n].reshape(rows, n, columns, n).mean(axis=(1, 3))
        at = self.raster
        return Terrain(blocks, Raster(at.x, at.y, at.size * n, columns, rows), self.crs)


@dataclass(frozen=True)
class Elevations:
    """What an elevation model holds, in whatever projection, row 0 in the south.

    z : float64 [rows, columns], m, NaN where it is not known; x, y : the lower left corner, dx, dy : the sides of a cell,
    in units of `crs`, a name or a text that pyproj understands.
    """

    z: NDArray[np.float64]
    x: float
    y: float
    dx: float
    dy: float
    crs: str

    def __post_init__(self) -> None:
        if self.z.ndim != 2 or min(self.z.shape) < 1:
            raise InputError(en="the elevations are a table", zh="高程须为二维数组")
        if not np.isfinite([self.x, self.y, self.dx, self.dy]).all():
            raise InputError(
                en="the corner and the size of a cell are finite numbers", zh="栅格角点与像元尺寸须为有限数"
            )
        if not min(self.dx, self.dy) > 0.0:
            raise InputError(en="a cell of the elevation model has a size above 0", zh="高程模型的像元尺寸须大于 0")
        projection(self.crs)

    def over(self, bounds: Bounds, crs: str, size: float) -> tuple[Terrain, Text | None]:
        """Return the ground of `bounds` (m in `crs`) in cells of about `size` m, and what had to be done to it, if anything.

        Square cells in the same projection are cut out and averaged; others are resampled bilinearly, at about their own
        size, and then averaged. Raises `InputError` where the model does not cover all of it or has holes there.
        """
        own, wanted = projection(self.crs), projection(crs)
        if _same(own, wanted) and abs(self.dx - self.dy) <= 1e-6 * self.dx:
            return self._cut(bounds, crs).coarsened(size), None
        said = Text(f"The elevation model ({own.name}) was resampled bilinearly to the city's frame ({crs}).",
                    f"高程模型（{own.name}）已按双线性插值重采样至城市坐标系（{crs}）。")  # fmt: skip
        return self._resampled(bounds, crs, size).coarsened(size), said

    def _cut(self, bounds: Bounds, crs: str) -> Terrain:
        west, south, east, north = bounds
        first = int(np.floor((south - self.y) / self.dy)), int(np.floor((west - self.x) / self.dx))
        last = int(np.ceil((north - self.y) / self.dy)), int(np.ceil((east - self.x) / self.dx))
        rows, columns = self.z.shape
        _covers(
            some=last[0] > 0 and last[1] > 0 and first[0] < rows and first[1] < columns,
            whole=min(first) >= 0 and last[0] <= rows and last[1] <= columns,
        )
        z = np.ascontiguousarray(self.z[first[0] : last[0], first[1] : last[1]])
        corner = self.x + first[1] * self.dx, self.y + first[0] * self.dy
        return Terrain(z, Raster(*corner, self.dx, z.shape[1], z.shape[0]), crs)

    def _resampled(self, bounds: Bounds, crs: str, size: float) -> Terrain:
        from pyproj import Transformer
        from scipy.ndimage import map_coordinates

        west, south, east, north = bounds
        there = Transformer.from_crs(projection(crs), projection(self.crs), always_xy=True)
        n = max(1, round(size / self._metres(bounds, there)))
        columns, rows = (max(1, int(np.ceil(span / size))) * n for span in (east - west, north - south))
        raster = Raster(west, south, size / n, columns, rows)
        x, y = there.transform(*raster.centres())
        at = (y - self.y) / self.dy - 0.5, (x - self.x) / self.dx - 0.5
        inside = [(one > -0.5) & (one < length - 0.5) for one, length in zip(at, self.z.shape, strict=True)]
        covered = inside[0] & inside[1]
        _covers(some=bool(covered.any()), whole=bool(covered.all()))
        z = map_coordinates(self.z, at, order=1, mode="nearest")
        return Terrain(z.reshape(rows, columns), raster, crs)

    def _metres(self, bounds: Bounds, there: Transformer) -> float:
        """Return the side of a square as large as a cell is in the middle of `bounds`, m."""
        u, v = there.transform((bounds[0] + bounds[2]) / 2.0, (bounds[1] + bounds[3]) / 2.0)
        if not np.isfinite([u, v]).all():
            _covers(some=False, whole=False)
        x, y = there.transform([u, u + self.dx, u], [v, v, v + self.dy], direction="INVERSE")
        return float(np.sqrt(np.hypot(x[1] - x[0], y[1] - y[0]) * np.hypot(x[2] - x[0], y[2] - y[0])))


def projection(said: str) -> CRS:
    """Return a projection by its name ("EPSG:…") or its WKT, ESRI's too; raise `InputError` where it is none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(said.strip())
    except CRSError as error:
        raise InputError(
            en=f"{said.strip()[:40]!r} is no projection: EPSG:… or WKT says one",
            zh=f"{said.strip()[:40]!r} 不是有效坐标系：请用 EPSG:… 或 WKT 写明",
        ) from error


def _same(one: CRS, other: CRS) -> bool:
    """Return whether two projections are one, by another spelling at most (ESRI's WKT has names of its own)."""
    return one.equals(other, ignore_axis_order=True) or (one.to_epsg() or -1) == other.to_epsg()


def _covers(*, some: bool, whole: bool) -> None:
    if not some:
        raise InputError(en="the elevation model does not overlap the city", zh="高程模型与城市范围没有重叠")
    if not whole:
        raise InputError(en="the elevation model covers only a part of the city", zh="高程模型只覆盖城市的一部分")
