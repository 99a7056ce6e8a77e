"""The kernel of the flood: local inertial flow between cells, compiled.

q' = [θ·q + (1−θ)·(q₋ + q₊)/2 − g·h_f·Δt·Δη/Δx] / [1 + g·Δt·n²·‖q‖/h_f^(7/3)], h_f = max(η) − max(z)
(Bates, Horritt & Fewtrell 2010, doi:10.1016/j.jhydrol.2010.03.027; q-centred: de Almeida et al. 2012,
doi:10.1029/2011WR011570). ‖q‖ holds the discharge along the face too, so that
friction is the same in all directions. Discharges are float32. Depth and bed are whole numbers of one small unit, so that water that
leaves a cell is exactly what its neighbour gains, and a lake at rest has exactly no slope.
Rows are stepped in one sweep, from the arrays that are read to those that are written within the cache.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

from models.constants import GRAVITY

Row = NDArray[np.float32]
Units = NDArray[np.int32]
Unit: TypeAlias = Any  #: a scalar np.int32
Real: TypeAlias = Any  #: a scalar np.float32
#: Cells whose level is given, their levels (units), and how fast these rise (units/s).
Held = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
_G = np.float32(GRAVITY)
_NONE = np.int32(0)
_ZERO, _ONE, _HALF, _QUARTER = np.float32(0.0), np.float32(1.0), np.float32(0.5), np.float32(0.25)
_THIRD = np.float32(1.0 / 3.0)
#: (1 − e)^(−1/3) − 1 = e/3 + 2e²/9 + …
_C1, _C2, _C3 = np.float32(1 / 3), np.float32(2 / 9), np.float32(14 / 81)
_C4, _C5 = np.float32(35 / 243), np.float32(91 / 729)
_MAGIC = np.float32(0x54A2FA8C)  #: first guess of x^(−1/3) from the bits of x
_ALMOST = np.float32(0.999)  #: of a cell's water may leave it in a step, less some units for rounding


@numba.njit(cache=True, error_model="numpy", fastmath={"contract"})
def _inverse_cube_root(x: Real) -> Real:
    """Return x^(−1/3) to 1e-6: a guess from the exponent and one step of sixth order."""
    bits = np.float32(x).view(np.int32)
    y = np.int32(_MAGIC - np.float32(bits) * _THIRD).view(np.float32)
    e = _ONE - x * y * y * y
    return y + y * (e * (_C1 + e * (_C2 + e * (_C3 + e * (_C4 + e * _C5)))))


@numba.njit(cache=True, error_model="numpy")
def friction_power(depth: Row) -> Row:
    """Return depth^(−7/3), as the kernel computes it."""
    power = np.empty_like(depth)
    for i in range(len(depth)):
        y = _inverse_cube_root(depth[i])
        power[i] = y * y * y * y * y * y * y
    return power


@numba.njit(cache=True, error_model="numpy", fastmath={"contract"})
def _face(
    ha: Unit, hb: Unit, za: Unit, zb: Unit, q: Real, before: Real, after: Real, aside: Real, n2: Real, unit: Real, film: Real,
    theta: Real, side: Real, gdt: Real, gdx: Real,
) -> Real:  # fmt: skip
    """Return the new discharge across the face between cells a and b, m²/s; `aside` is that along the face."""
    top_a, top_b = np.int32(za + ha), np.int32(zb + hb)
    top, bed = max(top_a, top_b), max(za, zb)
    depth = np.float32(np.int32(top - bed)) * unit
    wet = depth > film
    depth = depth if wet else film
    y = _inverse_cube_root(depth)
    y2 = y * y
    power = y2 * y2 * y2 * y
    slope = np.float32(np.int32(top_b - top_a)) * unit
    before = before if before != _ZERO else q  # no flow there (a wall, dry ground): it says nothing of this face
    after = after if after != _ZERO else q
    new = theta * q + side * (before + after) - gdx * depth * slope
    new = new / (_ONE + gdt * n2 * np.sqrt(q * q + aside * aside) * power)
    return new if wet else _ZERO


@numba.njit(cache=True, error_model="numpy", fastmath={"contract"})
def _across(
    h: Units, z: Units, n2: Row, q: Row, south: Row, north: Row, new: Row, moved: Units, unit: Real, film: Real, theta: Real, gdt: Real,
    gdx: Real, per: Real,
) -> None:  # fmt: skip
    """Step the discharges between the cells of one row, and write the units that they move."""
    side = (_ONE - theta) * _HALF
    half = gdt * _HALF
    ha, hb, za, zb, na, nb = h[:-1], h[1:], z[:-1], z[1:], n2[:-1], n2[1:]
    before, here, after, inner = q[:-2], q[1:-1], q[2:], moved[1:-1]
    south_a, south_b, north_a, north_b = south[:-1], south[1:], north[:-1], north[1:]
    for c in range(len(here)):
        aside = _QUARTER * ((south_a[c] + south_b[c]) + (north_a[c] + north_b[c]))
        flow = _face(
            ha[c], hb[c], za[c], zb[c], here[c], before[c], after[c], aside, na[c] + nb[c], unit, film, theta, side, half,
            gdx,
        )  # fmt: skip
        new[c] = flow
        inner[c] = np.int32(np.rint(per * flow))
    for c in range(len(here)):
        here[c] = new[c]


@numba.njit(cache=True, error_model="numpy", fastmath={"contract"})
def _down(
    h: Units, h_b: Units, z: Units, z_b: Units, n2: Row, n2_b: Row, q: Row, before: Row, after: Row, old: Row,
    across: Row, across_b: Row, moved: Units, unit: Real, film: Real, theta: Real, gdt: Real, gdx: Real, per: Real,
) -> None:  # fmt: skip
    """Step the discharges between two rows and write the units that they move; what they were stays in `old`."""
    side = (_ONE - theta) * _HALF
    half = gdt * _HALF
    west, east, west_b, east_b = across[:-1], across[1:], across_b[:-1], across_b[1:]
    for c in range(len(h)):
        here = q[c]
        aside = _QUARTER * ((west[c] + east[c]) + (west_b[c] + east_b[c]))
        flow = _face(
            h[c], h_b[c], z[c], z_b[c], here, before[c], after[c], aside, n2[c] + n2_b[c], unit, film, theta, side, half,
            gdx,
        )  # fmt: skip
        q[c] = flow
        old[c] = here
        moved[c] = np.int32(np.rint(per * flow))


@numba.njit(cache=True, error_model="numpy")
def _move(q: Row, moved: Units, per: Real) -> None:
    """Write the units that discharges move in a step."""
    for c in range(len(q)):
        moved[c] = np.int32(np.rint(per * q[c]))


@numba.njit(cache=True, error_model="numpy")
def _overdrawn(h: Units, west: Units, east: Units, south: Units, north: Units) -> Unit:
    """Return whether more is to leave some cell of a row than it holds."""
    over = np.int32(0)
    for c in range(len(h)):
        out = max(east[c], _NONE) - min(west[c], _NONE) + max(north[c], _NONE) - min(south[c], _NONE)
        over |= np.int32(h[c] - out)
    return over < _NONE


@numba.njit(cache=True, error_model="numpy")
def _shares(h: Units, west: Row, east: Row, south: Row, north: Row, per: Real, share: Row) -> None:
    """Write which share of its outflow each cell of a row can pay for."""
    for c in range(len(h)):
        out = max(east[c], _ZERO) - min(west[c], _ZERO) + max(north[c], _ZERO) - min(south[c], _ZERO)
        held = max(np.float32(h[c]) * _ALMOST - np.float32(4.0), _ZERO)
        share[c] = min(_ONE, held / (out * per)) if out > _ZERO else _ONE


@numba.njit(cache=True, error_model="numpy")
def _limit(q: Row, before: Row, after: Row) -> None:
    """Scale discharges by the share that the cell can pay for which they leave: the one before, or the one after."""
    for c in range(len(q)):
        q[c] *= before[c] if q[c] > _ZERO else after[c]


@numba.njit(cache=True, error_model="numpy")
def _fill(h: Units, west: Units, east: Units, south: Units, north: Units) -> tuple[Unit, Unit]:
    """Move the water of one step; return the least and the greatest depth of the row, in units."""
    least, most = np.int32(2147483647), np.int32(-2147483648)
    for c in range(len(h)):
        depth = np.int32(h[c] + west[c] - east[c] + south[c] - north[c])
        h[c] = depth
        least = min(least, depth)
        most = max(most, depth)
    return least, most


@numba.njit(cache=True, error_model="numpy")
def _leave(h: Units, n2: Row, root: Row, q: Row, sign: Real, unit: Real) -> None:
    """Set the discharge out of cells at an edge: uniform flow at a bed slope of root², at most critical flow."""
    for c in range(len(h)):
        depth = np.float32(h[c]) * unit
        if root[c] > _ZERO and depth > _ZERO:
            flow = root[c] / np.sqrt(n2[c]) * depth * depth * _inverse_cube_root(depth)
            q[c] = sign * min(flow, depth * np.sqrt(_G * depth))
        else:
            q[c] = _ZERO


@numba.njit(cache=True, error_model="numpy")
def _sum_units(q: Row, per: Real) -> Unit:
    """Return the units that cross faces in a step."""
    total = np.int64(0)
    for c in range(len(q)):
        total += np.int64(np.rint(per * q[c]))
    return total


@numba.njit(cache=True, error_model="numpy")
def _sweep(
    h: Units, z: Units, n2: Row, qx: Row, qy: Row, new: Row, kept: Row, share: Row, across: Units, down: Units, unit: Real, film: Real, theta: Real,
    dt: Real, dx: Real,
) -> tuple[Unit, Unit]:  # fmt: skip
    """Step all rows once; return the least and the greatest depth, in units.

    A row moves its water one row late: only then is it known what its neighbour can pay for.
    """
    rows = len(h)
    gdt, gdx, per = _G * dt, _G * dt / dx, dt / dx / unit
    least, most = np.int32(2147483647), np.int32(-2147483648)
    limited_before = False
    kept[0, :] = qy[0]
    _move(qy[0], down[0], per)
    for r in range(rows):
        here, south, north = across[r % 2], down[r % 3], down[(r + 1) % 3]
        here[0], here[-1] = np.int32(np.rint(per * qx[r, 0])), np.int32(np.rint(per * qx[r, -1]))
        if r + 1 < rows:
            _down(
                h[r], h[r + 1], z[r], z[r + 1], n2[r], n2[r + 1], qy[r + 1], kept[r % 2], qy[r + 2], kept[(r + 1) % 2],
                qx[r], qx[r + 1], north, unit, film, theta, gdt, gdx, per,
            )  # fmt: skip
        else:
            _move(qy[rows], north, per)
            kept[(r + 1) % 2, :] = qy[rows]
        _across(h[r], z[r], n2[r], qx[r], kept[r % 2], kept[(r + 1) % 2], new, here, unit, film, theta, gdt, gdx, per)
        mine, other = share[1 + r % 2], share[1 + (r + 1) % 2]
        limited = _overdrawn(h[r], here[:-1], here[1:], south, north)
        if limited:
            _shares(h[r], qx[r, :-1], qx[r, 1:], qy[r], qy[r + 1], per, mine)
            _limit(qx[r, 1:-1], mine[:-1], mine[1:])
            qx[r, 0] *= mine[0]
            qx[r, -1] *= mine[-1]
            _move(qx[r], here, per)
        else:
            mine[:] = _ONE
        if limited or limited_before:
            _limit(qy[r], other if r > 0 else share[0], mine)
            _move(qy[r], south, per)
        if r > 0:
            row = across[(r + 1) % 2]
            low, high = _fill(h[r - 1], row[:-1], row[1:], down[(r + 2) % 3], south)
            least, most = min(least, low), max(most, high)
        limited_before = limited
    last = down[rows % 3]
    if limited_before:
        _limit(qy[rows], share[1 + (rows - 1) % 2], share[0])
        _move(qy[rows], last, per)
    row = across[(rows - 1) % 2]
    low, high = _fill(h[rows - 1], row[:-1], row[1:], down[(rows - 1) % 3], last)
    return min(least, low), max(most, high)


@numba.njit(cache=True, error_model="numpy")
def hold(h: Units, z: Units, cell: NDArray[np.int64], top: NDArray[np.float64]) -> Unit:
    """Set cells to their given levels, in units above the datum; return the units that this brought."""
    brought, columns = np.int64(0), h.shape[1]
    for i in range(len(cell)):
        r, c = cell[i] // columns, cell[i] % columns
        wanted = max(np.int64(np.rint(top[i])) - np.int64(z[r, c]), np.int64(0))
        brought += wanted - np.int64(h[r, c])
        h[r, c] = np.int32(wanted)
    return brought


@numba.njit(cache=True, error_model="numpy")
def flow(
    h: Units, z: Units, n2: Row, qx: Row, qy: Row, edges: tuple[Row, ...], held: Held, unit: Real, film: Real,
    theta: Real, courant: float, dx: Real, duration: float,
) -> tuple[Unit, Unit, int, Unit]:  # fmt: skip
    """Let the water flow for `duration` (s), in steps of courant·dx/√(g·h_max).

    h, z : int32 [rows, columns] in units of `unit` metres; n2 : float32, Manning's n squared; qx : float32 [rows,
    columns + 1] and qy : float32 [rows + 1, columns], m²/s; edges : four float32 arrays with the root of the bed slope
    with which water leaves at the west, east, south and north edge, 0 for a wall; held : cells whose level is given, int64,
    their levels in units above the datum, float64, and how fast these rise, units/s.
    Returns the units that left and those that held cells brought, the steps, and the cell whose depth became impossible,
    -1 if none did.
    """
    columns = h.shape[1]
    new, kept = np.empty(columns - 1, dtype=np.float32), np.zeros((2, columns), dtype=np.float32)
    share = np.ones((3, columns), dtype=np.float32)
    across, down = np.zeros((2, columns + 1), dtype=np.int32), np.zeros((3, columns), dtype=np.int32)
    west, east, south, north = edges
    opened = west.any() or east.any() or south.any() or north.any()
    cell, top, rise = held
    left, brought, steps, passed, most = np.int64(0), np.int64(0), 0, 0.0, np.int32(h.max())
    while passed < duration:
        fastest = np.sqrt(GRAVITY * max(np.float64(most) * unit, 1e-6))
        count = np.ceil((duration - passed) / (courant * dx / fastest))
        step = (duration - passed) / max(count, 1.0)
        dt = np.float32(step)
        if opened:
            _leave(h[:, 0], n2[:, 0], west, qx[:, 0], -_ONE, unit)
            _leave(h[:, -1], n2[:, -1], east, qx[:, -1], _ONE, unit)
            _leave(h[0], n2[0], south, qy[0], -_ONE, unit)
            _leave(h[-1], n2[-1], north, qy[-1], _ONE, unit)
        least, most = _sweep(h, z, n2, qx, qy, new, kept, share, across, down, unit, film, theta, dt, dx)
        if opened:
            per = dt / dx / unit
            left += _sum_units(qx[:, -1], per) - _sum_units(qx[:, 0], per)
            left += _sum_units(qy[-1], per) - _sum_units(qy[0], per)
        steps += 1
        if least < 0:
            return left, brought, steps, np.int64(h.argmin())
        passed = duration if count <= 1.0 else passed + step
        brought += hold(h, z, cell, top + rise * passed)
    return left, brought, steps, np.int64(-1)
