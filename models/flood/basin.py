"""A raster with water on it: what it is made of, one way to step it, and a ledger in which no unit is lost.

A cell takes 29 bytes (elevation 8, bed, depth, n² and two discharges 4 each, its kind 1), and 8 more where water soaks in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.constants import GRAVITY
from models.flood import exchange
from models.flood.exchange import Garages, Ground, Inlets, Pumps
from models.flood.rain import Rain
from models.flood.shallow import flow, hold
from models.flood.terrain import Terrain
from sim.errors import InputError, PhysicsError
from sim.text import Text

THETA = 0.85  #: weight of the face's own discharge (de Almeida et al. 2012: 0.8 to 0.9)
COURANT = 0.7  #: of the greatest stable step (Bates et al. 2010)
FILM = 1e-4  #: m that do not flow
HEADROOM = 30.0  #: m of water above the highest ground that units leave room for
SMOOTHEST = 0.03  #: Manning's n below which the scheme was not checked
EDGES = ("west", "east", "south", "north")


@dataclass
class Ledger:
    """Water since the start, in units of a cell's area, exact; m³ by `Basin.volumes`."""

    rain: int = 0
    inflow: int = 0
    held: int = 0  #: brought by cells whose level is given, less what they took
    left: int = 0  #: over the edges
    drained: int = 0
    pumped: int = 0
    soaked: int = 0
    stored: int = 0  #: in garages

    @property
    def net(self) -> int:
        """What must stand on the raster, more than at the start."""
        return self.rain + self.inflow + self.held - self.left - self.drained - self.pumped - self.soaked - self.stored


@dataclass
class Inflow:
    """Water that comes in at cells, shared equally: m³/s, linear between times (s), 0 outside them."""

    cells: NDArray[np.int64]
    times: NDArray[np.float64]
    rate: NDArray[np.float64]
    given: float = 0.0  #: units, less whole ones

    def __post_init__(self) -> None:
        if not len(self.cells) or (self.cells < 0).any():
            raise InputError(en="an inflow lies outside the raster", zh="入流位置在栅格之外")
        if len(self.times) != len(self.rate) or not (np.diff(self.times) > 0).all() or not (self.rate >= 0).all():
            raise InputError(en="an inflow has rates of 0 or more at rising times", zh="入流须在递增时刻给出非负流量")

    def volume(self, start: float, end: float) -> float:
        """Return what comes from `start` to `end`, m³: the exact integral."""
        knots = np.unique(np.clip(np.concatenate([[start, end], self.times]), start, end))
        rates = np.interp(knots, self.times, self.rate, left=0.0, right=0.0)
        return float(np.sum(np.diff(knots) * (rates[1:] + rates[:-1]) / 2.0))


@dataclass
class Stage:
    """Cells whose level is given, as of a river: m, linear between times (s), constant outside them."""

    cells: NDArray[np.int64]
    times: NDArray[np.float64]
    level: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not len(self.cells) or (self.cells < 0).any():
            raise InputError(en="a river stage lies outside the raster", zh="水位边界在栅格之外")
        if (
            len(self.times) != len(self.level)
            or not (np.diff(self.times) > 0).all()
            or not np.isfinite(self.level).all()
        ):
            raise InputError(en="a river stage has levels at rising times", zh="水位边界须在递增时刻给出水位")


@dataclass
class Basin:
    """Water on a terrain. `advance` steps it; `depth`, `speed` and `volumes` tell of it.

    manning : Manning's n, a number or float64 [rows, columns]; kind : index into `ground` of every cell;
    edges : the bed slope with which water leaves at an edge, by name; an edge that is not named is a wall.
    """

    terrain: Terrain
    manning: float | NDArray[np.float64] = 0.05
    ground: Ground = field(default_factory=Ground)
    kind: NDArray[np.uint8] | None = None
    edges: dict[str, float] = field(default_factory=dict)
    rain: Rain | None = None
    inflows: list[Inflow] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    inlets: Inlets = field(default_factory=Inlets.none)
    pumps: Pumps = field(default_factory=Pumps.none)
    garages: Garages = field(default_factory=Garages.none)
    theta: float = THETA
    courant: float = COURANT
    film: float = FILM
    exchange_s: float = 1.0  #: rain, inlets and boundaries act at least this often, or once a step if that is longer, at most 5 times this
    soak_s: float = 60.0  #: infiltration acts this often
    now: float = 0.0  #: s

    def __post_init__(self) -> None:
        z = self.terrain.z
        self._n2 = self._squared_manning()
        self._datum = float(z.min())
        self.unit = 2.0 ** -np.floor(31.0 - np.log2(float(np.ptp(z)) + HEADROOM))
        self._z = np.rint((z - self._datum) / self.unit).astype(np.int32)
        rows, columns = z.shape
        self._h = np.zeros(z.shape, dtype=np.int32)
        self._qx = np.zeros((rows, columns + 1), dtype=np.float32)
        self._qy = np.zeros((rows + 1, columns), dtype=np.float32)
        self._kind = np.zeros(z.size, dtype=np.uint8) if self.kind is None else self.kind.ravel()
        if int(self._kind.max()) >= len(self.ground.runoff) or len(self._kind) != z.size:
            raise InputError(en="each cell has one of the kinds of ground", zh="每个像元须属于一类下垫面")
        self._soaked = np.zeros(z.size if max(self.ground.conductivity) > 0 else 0, dtype=np.int64)
        self._edges = self._roots()
        self._initial, self._since = 0, 0.0
        self._share = np.array(self.ground.runoff)
        self._conductivity, self._suction = np.array(self.ground.conductivity), np.array(self.ground.suction)
        self.ledger = Ledger()
        self.steps = 0
        self._check_boundaries()

    def _squared_manning(self) -> NDArray[np.float32]:
        n = np.broadcast_to(np.asarray(self.manning, dtype=np.float64), self.terrain.z.shape)
        if not ((n > 0.0) & (n < 10.0)).all():
            raise InputError(en="Manning's n lies above 0 and below 10", zh="曼宁糙率须大于 0 且小于 10")
        return np.ascontiguousarray(n**2, dtype=np.float32)

    def _roots(self) -> tuple[NDArray[np.float32], ...]:
        unknown = set(self.edges) - set(EDGES)
        if unknown or not all(0.0 < slope < 1.0 for slope in self.edges.values()):
            raise InputError(
                en=f"water leaves at {', '.join(EDGES)}, with a bed slope between 0 and 1",
                zh=f"出流边为 {'、'.join(EDGES)}，底坡须在 0 与 1 之间",
            )
        rows, columns = self.terrain.z.shape
        lengths = (rows, rows, columns, columns)
        return tuple(
            np.full(length, np.sqrt(self.edges.get(name, 0.0)), dtype=np.float32)
            for name, length in zip(EDGES, lengths, strict=True)
        )

    def _check_boundaries(self) -> None:
        for cells in [*(inflow.cells for inflow in self.inflows), *(stage.cells for stage in self.stages)]:
            if int(cells.max()) >= self.terrain.z.size:
                raise InputError(en="an inflow or a river stage lies outside the raster", zh="入流或水位边界在栅格之外")
        for stage in self.stages:
            if float(stage.level.max()) > self.terrain.z.max() + HEADROOM:
                raise InputError(
                    en=f"a river stage of {stage.level.max():g} m drowns the whole raster",
                    zh=f"河道水位 {stage.level.max():g} 米将淹没整个栅格",
                )

    @property
    def size(self) -> float:
        """The side of a cell, m."""
        return self.terrain.raster.size

    @property
    def depth(self) -> NDArray[np.float64]:
        """Depth of the water, float64 [rows, columns], m."""
        return np.asarray(self._h * self.unit)

    @property
    def level(self) -> NDArray[np.float64]:
        """Level of the water, float64 [rows, columns], m; that of the ground where it is dry."""
        return np.asarray(self._datum + (self._z + self._h.astype(np.int64)) * self.unit)

    @property
    def discharge(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Discharge across faces, m²/s: to the east [rows, columns + 1], to the north [rows + 1, columns]."""
        return self._qx, self._qy

    @property
    def volume(self) -> float:
        """The water on the raster, m³."""
        return int(self._h.sum(dtype=np.int64)) * self.unit * self.size**2

    @property
    def lost(self) -> int:
        """Units that the ledger cannot explain: 0, always."""
        return int(self._h.sum(dtype=np.int64)) - self._initial - self.ledger.net

    def volumes(self) -> dict[str, float]:
        """Return the ledger in m³."""
        return {name: units * self.unit * self.size**2 for name, units in vars(self.ledger).items()}

    def fill(self, depth: NDArray[np.float64]) -> None:
        """Put water on the raster before the start: `depth` m, float64 [rows, columns]."""
        if not (np.isfinite(depth) & (depth >= 0.0)).all():
            raise InputError(en="a depth cannot be below zero or unknown", zh="水深不能为负或缺测")
        if float((self.terrain.z + depth).max()) > self.terrain.z.max() + HEADROOM:
            raise InputError(
                en=f"water stands more than {HEADROOM:g} m above the ground", zh=f"水位高出地面超过 {HEADROOM:g} 米"
            )
        before = int(self._h.sum(dtype=np.int64))
        self._h[:] = np.rint(depth / self.unit).astype(np.int32)
        self._initial += int(self._h.sum(dtype=np.int64)) - before

    def lake(self, level: float) -> None:
        """Fill all ground below `level` (m) up to it, to the unit."""
        top = round((level - self._datum) / self.unit)
        self.fill(np.maximum(top - self._z.astype(np.int64), 0) * self.unit)

    def speed(self) -> NDArray[np.float64]:
        """Speed of the water in cells, float64 [rows, columns], m/s: from the mean discharge of opposite faces."""
        depth = self.depth
        east = (self._qx[:, 1:] + self._qx[:, :-1]) / 2.0
        north = (self._qy[1:] + self._qy[:-1]) / 2.0
        carried = np.hypot(east.astype(np.float64), north.astype(np.float64))
        return np.divide(carried, depth, out=np.zeros_like(depth), where=depth > 10.0 * self.film)

    def advance(self, seconds: float) -> None:
        """Go on for `seconds`; raise `PhysicsError` with cell and time if a depth becomes impossible."""
        end = self.now + seconds
        while self.now < end:
            piece = min(end - self.now, max(self.exchange_s, min(self._stable(), 5.0 * self.exchange_s)))
            if end - self.now - piece < 1e-6:
                piece = end - self.now
            self._exchange(piece)
            self._flow(piece)
            self.now = end if piece == end - self.now else self.now + piece
        if self.lost:
            raise PhysicsError(
                en=f"water of {self.lost} units has no origin at {self.now:.0f} s",
                zh=f"{self.now:.0f} 秒时有 {self.lost} 单位水量不守恒",
            )

    def _stable(self) -> float:
        deepest = max(float(self._h.max()) * self.unit, 1e-6)
        return self.courant * self.size / float(np.sqrt(GRAVITY * deepest))

    def _flow(self, seconds: float) -> None:
        held = self._held(self.now, self.now + seconds)
        self.ledger.held += int(hold(self._h, self._z, held[0], held[1]))
        left, brought, steps, cell = flow(
            self._h, self._z, self._n2, self._qx, self._qy, self._edges, held, np.float32(self.unit), np.float32(self.film),
            np.float32(self.theta), self.courant, np.float32(self.size), seconds,
        )  # fmt: skip
        self.ledger.left += int(left)
        self.ledger.held += int(brought)
        self.steps += int(steps)
        if cell >= 0:
            row, column = divmod(int(cell), self.terrain.raster.columns)
            raise PhysicsError(
                en=f"the depth in cell (row {row}, column {column}) became impossible at {self.now:.1f} s",
                zh=f"{self.now:.1f} 秒时第 {row} 行第 {column} 列像元的水深不合物理",
            )

    def _exchange(self, seconds: float) -> None:
        """Let everything but the flow act for `seconds`."""
        flat, end = self._h.ravel(), self.now + seconds
        scale = (self.unit, 1.0 / (self.unit * self.size**2), seconds)
        if self.rain is not None:
            self._rain(flat, end)
        for inflow in self.inflows:
            self._pour(flat, inflow, end, scale[1])
        self._since += seconds
        if len(self._soaked) and self._since >= self.soak_s:
            self._soak(flat)
        one, two, three = self.inlets, self.pumps, self.garages
        taken = exchange.drain(flat, one.cell, (one.capacity, one.perimeter, one.area), one.open, one.owed, scale)
        self.ledger.drained += int(taken)
        self.ledger.pumped += int(exchange.pump(flat, two.cell, two.to, two.rate, two.owed, scale))
        self.ledger.stored += int(
            exchange.spill(flat, three.cell, three.sill, three.width, three.volume, three.held, scale)
        )

    def _rain(self, flat: NDArray[np.int32], end: float) -> None:
        if self.rain is None:
            return
        fallen = [self.rain.until(time) / self.unit for time in (self.now, end)]
        if fallen[1] > fallen[0]:
            fall = (np.floor(self._share * fallen[1]) - np.floor(self._share * fallen[0])).astype(np.int64)
            self.ledger.rain += int(exchange.wet(flat, self._kind, fall))

    def _soak(self, flat: NDArray[np.int32]) -> None:
        taken = exchange.infiltrate(
            flat, self._kind, self._soaked, self._conductivity, self._suction, self.unit, self._since
        )
        self.ledger.soaked += int(taken)
        self._since = 0.0

    def _pour(self, flat: NDArray[np.int32], inflow: Inflow, end: float, per: float) -> None:
        inflow.given += inflow.volume(self.now, end) * per
        whole, n = int(inflow.given), len(inflow.cells)
        inflow.given -= whole
        share = np.full(n, whole // n, dtype=np.int64)
        share[: whole % n] += 1
        np.add.at(flat, inflow.cells, share.astype(np.int32))
        self.ledger.inflow += whole

    def _held(self, start: float, end: float) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the cells whose level is given, their levels at `start` (units), and how these rise until `end`."""
        cells = [np.empty(0, dtype=np.int64), *(stage.cells for stage in self.stages)]
        tops = [
            [np.full(len(s.cells), (np.interp(t, s.times, s.level) - self._datum) / self.unit) for s in self.stages]
            for t in (start, end)
        ]
        first, last = (np.concatenate([np.empty(0), *at]) for at in tops)
        return np.concatenate(cells), first, (last - first) / (end - start)

    def outside(self) -> list[Text]:
        """Return how the water now lies outside what the scheme was checked for: warnings, none if it does not."""
        said = []
        if float(self._n2.min()) < 0.999 * SMOOTHEST**2:
            said.append(Text(f"Manning's n lies below {SMOOTHEST:g}, where the scheme was not checked.",
                             f"曼宁糙率低于 {SMOOTHEST:g}，超出该格式的检验范围。"))  # fmt: skip
        return said

    def froude(self) -> float:
        """Return the Froude number that 99 % of the cells deeper than .1 m do not exceed; 0 where none is as deep."""
        depth = self.depth
        deep = depth > 0.1
        return float(np.quantile(self.speed()[deep] / np.sqrt(GRAVITY * depth[deep]), 0.99)) if deep.any() else 0.0
