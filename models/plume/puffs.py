"""Puffs that drift with a wind that turns, grow, and add up.

A puff of mass m at (x, y, H) gives m/((2π)^{3/2}·σ²·σz)·exp(−r²/2σ²)·[…] with the vertical part of the plume and
σx = σy = σ (CCPS, 2000, section 2.1.3). σ follows the distance that the puff has travelled; where the class changes,
it goes on from the distance at which the new class has the same σ (Ludwig, 1977, doi:10.1016/0004-6981(77)90046-4).
In a calm a puff grows as if it moved with `CALMEST` (assumption).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.plume.sigma import SCHEMES, spread, tables
from models.plume.steady import layered
from models.plume.weather import CALMEST, Wind, towards
from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]


class Strips(NamedTuple):
    """Receptors in strips from south to north."""

    low: float  #: m, lower edge of the first
    height: float  #: m of each
    first: NDArray[np.int64]  #: [strips + 1] where the receptors of each begin


def in_strips(x: Floats, y: Floats) -> tuple[NDArray[np.int64], Strips]:
    """Return the order of one receptor or more (m) strip by strip, in each with x ascending, and the strips."""
    count = 1 + int(0.4 * np.sqrt(len(y)))  # strips are then some times as high as receptors are apart
    low = float(y.min())
    height = max((float(y.max()) - low) / count, 1e-3)
    strip = np.minimum(((y - low) / height).astype(np.int64), count - 1)
    order = np.argsort(strip * (float(np.ptp(x)) + 1.0) + (x - x.min()))
    first = np.concatenate([[0], np.cumsum(np.bincount(strip, minlength=count))]).astype(np.int64)
    return order, Strips(low, height, first)


@numba.njit(cache=True, error_model="numpy")
def grow(travelled: Floats, sigma: Floats, step: float, scheme: int, table: Floats) -> None:
    """Let puffs travel `step` m on: `travelled` and `sigma` are float64 [puffs, 2] for σy and σz, changed in place."""
    for i in range(len(travelled)):
        for axis in range(2):
            travelled[i, axis] = min(travelled[i, axis] + step, 2e5)
            sigma[i, axis] = spread(travelled[i, axis], scheme, table)[axis]


@numba.njit(cache=True, error_model="numpy")
def same_spread(travelled: Floats, sigma: Floats, scheme: int, table: Floats) -> None:
    """Set `travelled` [puffs, 2] to the distances at which the class of `table` has the same σ; by halving."""
    for i in range(len(travelled)):
        for axis in range(2):
            least, most = 1e-3, 2e5
            for _ in range(60):
                middle = 0.5 * (least + most)
                if spread(middle, scheme, table)[axis] < sigma[i, axis]:
                    least = middle
                else:
                    most = middle
            travelled[i, axis] = 0.5 * (least + most)


@numba.njit(cache=True, error_model="numpy")
def add_puff(out: Floats, places: Floats, span: tuple[int, int], puff: Floats, sigma: Floats, lid: float) -> None:
    """Add the concentration of one puff at the receptors of a `span` that are within five σ, in place."""
    x, y, z = places
    sy, sz = sigma
    front, half = puff[3] / (15.749609945722419 * sy * sy * sz), 0.5 / (sy * sy)
    level, up = np.nan, 0.0  # most receptors are at one height
    for i in range(span[0], span[1]):
        squared = (x[i] - puff[0]) ** 2 + (y[i] - puff[1]) ** 2
        if squared < 25.0 * sy * sy:
            if z[i] != level:
                level, up = z[i], layered(z[i], puff[2], sz, lid)
            out[i] += front * np.exp(-squared * half) * up


@numba.njit(cache=True, error_model="numpy")
def add_up(places: Floats, strips: Strips, puffs: Floats, sigma: Floats, lid: float) -> Floats:
    """Return the concentration at receptors, kg/m³, float64 [receptors].

    places : x, y, z in m, float64 [3, receptors], strip by strip of `strips`, in each with x ascending;  puffs : x, y,
    height (m) and mass (kg), float64 [puffs, 4];  sigma : σy, σz (m), float64 [puffs, 2];  lid : m. Beyond five σ a puff
    counts for nothing (4e-6 of its centre).
    """
    x = places[0]
    out = np.zeros(len(x))
    rows = len(strips.first) - 1
    for p in range(len(puffs)):
        px, py, reach = puffs[p, 0], puffs[p, 1], 5.0 * sigma[p, 0]
        lowest = max(0, int((py - reach - strips.low) // strips.height))
        highest = min(rows, int((py + reach - strips.low) // strips.height) + 1)
        for row in range(lowest, highest):
            bottom = strips.low + row * strips.height
            apart = max(bottom - py, py - bottom - strips.height, 0.0)
            wide = np.sqrt(max(reach * reach - apart * apart, 0.0))
            least, end = strips.first[row], strips.first[row + 1]
            most = least + np.searchsorted(x[least:end], px + wide, side="right")
            least += np.searchsorted(x[least:end], px - wide)
            add_puff(out, places, (least, most), puffs[p], sigma[p], lid)
    return out


@dataclass
class Cloud:
    """All puffs of one source at (`x`, `y`, `height`), in m; `now` in s. Changed by `advance`."""

    wind: Wind
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    scheme: str = "briggs_urban"
    lid: float = inf
    now: float = 0.0
    puffs: Floats = field(default_factory=lambda: np.zeros((0, 4)))
    sigma: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    travelled: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    _class: int = -1

    def __post_init__(self) -> None:
        bounded(self.height, Text("the height of release (m)", "泄放高度（m）"), 0.0)
        if not self.lid >= self.height or self.lid <= 0:
            raise InputError(en=f"the mixing lid at {self.lid:g} m must be above the release at {self.height:g} m",
                             zh=f"混合层 {self.lid:g} m 必须高于泄放点 {self.height:g} m")  # fmt: skip
        self._tables = tables(self.scheme)

    @property
    def mass(self) -> float:
        """The gas that is followed, kg."""
        return float(self.puffs[:, 3].sum())

    def advance(self, seconds: float, mass: float, longest: float = 10.0) -> None:
        """Move on by `seconds`, in which `mass` (kg) is released evenly, in steps of at most `longest` s.

        Each step releases one puff at its middle; a change of the wind begins a step, so that paths are exact.
        """
        bounded(seconds, Text("the time (s)", "时间（s）"), 0.0)
        bounded(mass, Text("the mass released (kg)", "泄放质量（kg）"), 0.0)
        bounded(longest, Text("the longest step (s)", "最大步长（s）"), 1e-3)
        end = self.now + seconds
        cuts = [t for t in self.wind.turns_at() if self.now < t < end]
        for until in (*cuts, end):
            parts = max(1, int(np.ceil((until - self.now) / longest - 1e-9)))
            for dt in np.full(parts, (until - self.now) / parts):
                self._step(float(dt), mass * float(dt) / seconds if seconds > 0 else 0.0)
            self.now = until

    def _step(self, dt: float, mass: float) -> None:
        speed, direction, stability = self.wind.at(self.now + 1e-9)
        table, scheme = self._tables[stability], SCHEMES.index(self.scheme)
        if stability != self._class and len(self.puffs) and self._class >= 0:
            same_spread(self.travelled, self.sigma, scheme, table)
        self._class = stability
        east, north = towards(direction)
        self.puffs[:, 0] += speed * dt * east
        self.puffs[:, 1] += speed * dt * north
        grow(self.travelled, self.sigma, max(speed, CALMEST) * dt, scheme, table)
        if mass > 0:
            self._release(mass, (speed * dt / 2.0 * east, speed * dt / 2.0 * north))
            grow(self.travelled[-1:], self.sigma[-1:], max(speed, CALMEST) * dt / 2.0, scheme, table)
        self.now += dt

    def _release(self, mass: float, moved: tuple[float, float]) -> None:
        born = [self.x + moved[0], self.y + moved[1], self.height, mass]
        self.puffs = np.vstack([self.puffs, born])
        self.sigma = np.vstack([self.sigma, [0.0, 0.0]])
        self.travelled = np.vstack([self.travelled, [0.0, 0.0]])

    def forget(self, x: tuple[float, float], y: tuple[float, float]) -> float:
        """Drop the puffs that lie more than six σ outside a rectangle (m); return the mass dropped, kg."""
        margin = 6.0 * self.sigma[:, 0]
        near_x = (self.puffs[:, 0] > x[0] - margin) & (self.puffs[:, 0] < x[1] + margin)
        near = near_x & (self.puffs[:, 1] > y[0] - margin) & (self.puffs[:, 1] < y[1] + margin)
        gone = float(self.puffs[~near, 3].sum())
        self.puffs, self.sigma, self.travelled = self.puffs[near], self.sigma[near], self.travelled[near]
        return gone

    def concentration(self, x: ArrayLike, y: ArrayLike, z: ArrayLike = 0.0) -> Floats:
        """Return the concentration (kg/m³) now at receptors in m, broadcast together."""
        all_bounded(z, Text("the height of a receptor (m)", "受体高度（m）"), 0.0)
        places = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, y, z)))
        flat = [np.ascontiguousarray(place.ravel()) for place in places]
        if not len(flat[0]):
            return np.zeros(places[0].shape)
        order, strips = in_strips(flat[0], flat[1])
        out = np.empty(len(order))
        out[order] = add_up(np.stack([one[order] for one in flat]), strips, self.puffs, self.sigma, self.lid)
        return out.reshape(places[0].shape)
