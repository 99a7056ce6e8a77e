"""What an operator sheds so that no branch is overloaded: a linear programme over the DC flow."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from models.networks.power import Grid, PowerState
from models.networks.topology import Bools, Floats, islands
from sim.errors import InputError


def relieved(grid: Grid, closed: Bools, *, load: Floats | None = None, running: Bools | None = None) -> PowerState:
    """Return the state after an operator has shed the least load that keeps every branch within its rating.

    Outputs, served loads and angles are chosen together (Stott, Jardim and Alsac 2009); a MW of one rank counts ten
    times as much as one of the next. What generators give at least is not asked for.

    Raises
    ------
    InputError
        The programme has no answer: only for numbers beyond all measure.
    """
    asked = grid.load if load is None else load
    on = np.ones(len(grid.bus), dtype=np.bool_) if running is None else running
    buses, units = grid.buses, len(grid.bus)
    tail, head, b = grid.branches.tail[closed], grid.branches.head[closed], grid.susceptance[closed] * grid.base
    rows = np.arange(len(tail))
    ends_of = (np.r_[rows, rows], np.r_[tail, head])
    flows = coo_array((np.r_[b, -b], ends_of), shape=(len(rows), buses)).tocsr()
    leaves = coo_array((np.r_[np.ones(len(rows)), -np.ones(len(rows))], ends_of), shape=(len(rows), buses)).T
    plants = coo_array((np.ones(units), (grid.bus, np.arange(units))), shape=(buses, units))
    rating = grid.rating[closed]
    limited = np.isfinite(rating)
    both = vstack([flows[limited], -flows[limited]])
    programme = linprog(  # type: ignore[call-overload, unused-ignore]  # its stubs know no sparse arrays
        np.r_[np.zeros(units), -(10.0 ** (grid.rank.max(initial=0) - grid.rank)), np.zeros(buses)],
        A_ub=csr_array(hstack([coo_array((both.shape[0], units + buses)), both])),
        b_ub=np.tile(rating[limited], 2),
        A_eq=csr_array(hstack([plants, -eye_array(buses), -(leaves @ flows)])),
        b_eq=np.zeros(buses),
        bounds=np.column_stack([np.r_[np.zeros(units + buses), np.full(buses, -np.inf)],
                                np.r_[np.where(on, grid.most, 0.0), asked, np.full(buses, np.inf)]]),
        method="highs",
    )  # fmt: skip
    if not programme.success:
        raise InputError(en=f"no shedding relieves this grid: {programme.message}",
                         zh=f"切负荷无法缓解该电网过载：{programme.message}")  # fmt: skip
    output, served, angle = np.split(programme.x, [units, units + buses])
    flow = np.zeros(len(closed))
    flow[closed] = flows @ angle
    return PowerState(angle, flow, output, served, islands(buses, grid.branches, closed)[1])
