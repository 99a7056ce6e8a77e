"""Power by the linear (DC) flow, with islands, shed load and lines that trip one after the other.

Angles follow from B·θ = P with b = 1/(x·tap) for every branch (Stott, Jardim and Alsac 2009,
doi:10.1109/TPWRS.2009.2021235): flat voltages, no losses, small angles. Each island balances by itself: generators
move in proportion to their room, and what they cannot carry is shed, the least important load first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import splu

from models.networks.topology import Bools, Ends, Floats, Ints, column, ends, islands
from sim.errors import InputError

_LEAST_MW = 1e-9


@dataclass(frozen=True)
class Grid:
    """A checked grid; build it with `grid`. Power in MW, reactance per unit of `base` MVA.

    load : [buses];  rank : int64 [buses], 0 is shed last;  branches : `Ends` [branches];  susceptance : 1/(x·tap).
    rating : [branches] MW, inf where there is no limit;  bus : int64 [generators];  most, least : [generators] MW.
    """

    load: Floats
    rank: Ints
    branches: Ends
    susceptance: Floats
    rating: Floats
    bus: Ints
    most: Floats
    least: Floats
    planned: Floats  #: [generators] MW
    base: float

    @property
    def buses(self) -> int:
        """Number of buses."""
        return len(self.load)


@dataclass(frozen=True)
class PowerState:
    """A grid in balance.

    angle : float64 [buses] rad, 0 at the reference bus of each island;  flow : [branches] MW, 0 where open.
    output : [generators] MW;  served : [buses] MW;  island : int64 [buses].
    """

    angle: Floats
    flow: Floats
    output: Floats
    served: Floats
    island: Ints


@dataclass(frozen=True)
class Trip:
    """A branch that opened by itself. step : which round of the cascade;  loading : flow over rating."""

    branch: int
    step: int
    loading: float


def grid(
    load: ArrayLike,
    branches: tuple[ArrayLike, ArrayLike, ArrayLike],
    generators: dict[str, ArrayLike],
    *,
    tap: ArrayLike = 1.0,
    rating: ArrayLike = np.inf,
    rank: ArrayLike = 0,
    base: float = 100.0,
) -> Grid:
    """Return a checked grid.

    Parameters
    ----------
    load
        MW at every bus.
    branches
        Tail, head and reactance per unit of every branch.
    generators
        `bus`, `most` and `planned` in MW, and if it is not 0 `least`.
    tap, rating
        Of every branch: turns ratio off nominal, and MW.

    Raises
    ------
    InputError
        No generator, an unknown bus, a reactance or tap that is not above 0, a negative load.
    """
    buses = len(np.atleast_1d(np.asarray(load)))
    both = ends(buses, branches[0], branches[1])
    count, where = len(both.tail), np.asarray(generators["bus"], dtype=np.int64)
    if where.size == 0:
        raise InputError(en="a grid needs a source: at least one generator", zh="电网须有电源：至少一台发电机")
    if (where < 0).any() or (where >= buses).any():
        raise InputError(en=f"a generator stands at bus {int(where.max())}, which does not exist",
                         zh=f"发电机接于不存在的母线 {int(where.max())}")  # fmt: skip
    limit = np.broadcast_to(np.asarray(rating, dtype=np.float64), (count,)).copy()
    if np.isnan(limit).any() or (limit < 0.0).any():
        raise InputError(en="the rating of a branch must be at least 0", zh="支路额定容量不得为负")
    x = column(branches[2], count, ("reactance", "电抗"), 0.0, above=True)
    ratio = column(tap, count, ("tap ratio", "变比"), 0.0, above=True)
    most = column(generators["most"], where.size, ("most output", "最大出力"), 0.0)
    least = column(generators.get("least", 0.0), where.size, ("least output", "最小出力"), 0.0)
    planned = column(generators["planned"], where.size, ("planned output", "计划出力"), 0.0)
    importance = np.broadcast_to(np.asarray(rank, dtype=np.int64), (buses,)).copy()
    return Grid(
        column(load, buses, ("load", "负荷"), 0.0), importance, both, 1.0 / (x * ratio), limit, where, most,
        np.minimum(least, most), planned, base,
    )  # fmt: skip


def flow_power(grid: Grid, closed: Bools, *, load: Floats | None = None, running: Bools | None = None) -> PowerState:
    """Return angles and flows with the branches of `closed`, after generators have moved and load is shed.

    Parameters
    ----------
    closed, running
        bool [branches] and [generators].
    load
        float64 [buses] MW now; as the grid says without it.
    """
    _, island = islands(grid.buses, grid.branches, closed)
    asked = grid.load if load is None else load
    on = np.ones(len(grid.bus), dtype=np.bool_) if running is None else running
    served, output = asked.copy(), np.zeros(len(grid.bus))
    for part in np.unique(island):
        here, own = island == part, on & (island[grid.bus] == part)
        served[here], output[own] = _balanced(
            asked[here], grid.rank[here], grid.least[own], grid.most[own], grid.planned[own]
        )
    injected = np.bincount(grid.bus, weights=output, minlength=grid.buses) - served
    angle = _angles(grid, closed, island, injected)
    drop = angle[grid.branches.tail] - angle[grid.branches.head]
    return PowerState(angle, np.where(closed, grid.susceptance * drop * grid.base, 0.0), output, served, island)


def _balanced(load: Floats, rank: Ints, least: Floats, most: Floats, planned: Floats) -> tuple[Floats, Floats]:
    """Return the load that an island serves and its generators' output, which are equal in sum.

    A surplus below what the generators must give at least is met by turning some off: the least is not kept then.
    """
    served = load.copy()
    short = served.sum() - most.sum()
    for level in sorted(set(rank.tolist()), reverse=True):
        which = rank == level
        there = served[which].sum()
        if short > 0.0 and there > 0.0:
            kept = max(0.0, 1.0 - short / there)
            short -= there * (1.0 - kept)
            served[which] *= kept
    total = served.sum()
    if total <= _LEAST_MW or not len(most):
        return np.zeros_like(served), np.zeros_like(most)
    floor = least if least.sum() <= total else np.zeros_like(least)
    output = np.clip(planned, floor, most)
    gap = total - output.sum()
    room = most - output if gap > 0.0 else output - floor
    if room.sum() > 0.0:
        output = output + gap * room / room.sum()
    return served, output


def _angles(grid: Grid, closed: Bools, island: Ints, injected: Floats) -> Floats:
    """Return the angles; the reference of an island is the bus where most can be generated."""
    buses = grid.buses
    order = np.lexsort((np.arange(buses), -np.bincount(grid.bus, weights=grid.most, minlength=buses), island))
    first = order[np.unique(island[order], return_index=True)[1]]
    free = np.ones(buses, dtype=np.bool_)
    free[first] = False
    angle = np.zeros(buses)
    if not free.any():
        return angle
    tail, head, b = grid.branches.tail[closed], grid.branches.head[closed], grid.susceptance[closed]
    entries = (np.concatenate([b, b, -b, -b]), (np.r_[tail, head, tail, head], np.r_[tail, head, head, tail]))
    matrix = csc_array(coo_array(entries, shape=(buses, buses)))
    inner = csc_array(matrix[free][:, free])
    factors = splu(inner, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    angle[free] = factors.solve(injected[free] / grid.base)
    return angle


def cascade(
    grid: Grid,
    closed: Bools,
    *,
    load: Floats | None = None,
    running: Bools | None = None,
    tolerance: float = 1.0,
    longest: int = 1000,
) -> tuple[PowerState, tuple[Trip, ...], Bools]:
    """Return the state in which no branch is overloaded, the trips that led there, and which branches are closed.

    In each round the branch that is loaded most, in terms of `tolerance` times its rating, opens; then flows,
    islands and shedding are found anew (Dobson et al. 2001, doi:10.1109/HICSS.2001.926274, with one trip a round).
    """
    now, trips = closed.copy(), []
    state = flow_power(grid, now, load=load, running=running)
    for step in range(1, longest + 1):
        limit = np.maximum(grid.rating * tolerance, _LEAST_MW)
        loading = np.abs(state.flow) / limit
        worst = int(np.argmax(loading)) if len(loading) else 0
        if not len(loading) or loading[worst] <= 1.0 + 1e-9:
            break
        trips.append(Trip(worst, step, float(loading[worst] * tolerance)))
        now[worst] = False
        state = flow_power(grid, now, load=load, running=running)
    return state, tuple(trips), now
