"""Networks whose answer is known, as code under test sees them."""

from __future__ import annotations

import numpy as np
from ieee14 import BRANCHES, GENERATORS, LOADS

from models.networks.power import Grid, grid
from models.networks.water import WaterNetwork, water_network

#: Alperovits and Shamir (1977, doi:10.1029/WR013i006p00885): the pipes' ends and diameters in inches.
TWO_LOOPS = ((1, 2, 18), (2, 3, 10), (2, 4, 16), (4, 5, 4), (4, 6, 16), (6, 7, 10), (3, 5, 10), (7, 5, 1))
#: Pressures in m at nodes 2-7, from EPANET 2.2 through WNTR 1.5.0.
TWO_LOOPS_PRESSURE = (53.2467, 30.4624, 43.4493, 33.8051, 30.4450, 30.5516)


def two_loops(demand: float = 1.0, roughness: float = 130.0) -> WaterNetwork:
    tail, head, inches = np.array(TWO_LOOPS).T
    return water_network(
        [210, 150, 160, 155, 150, 165, 160], demand * np.array([0, 100, 100, 120, 270, 330, 200]) / 3600.0,
        [210.0] + [np.nan] * 6, (tail - 1, head - 1),
        {"length": 1000.0, "diameter": inches * 0.0254, "roughness": roughness},
    )  # fmt: skip


def ieee14(tap: float | None = None, **changed) -> Grid:
    tail, head, x, taps = np.array(BRANCHES).T
    bus, most, planned = np.array(GENERATORS).T
    return grid(
        LOADS, (tail - 1, head - 1, x), {"bus": bus - 1, "most": most, "planned": planned},
        tap=taps if tap is None else tap, **changed,
    )  # fmt: skip


#: Angles in degrees at buses 2-5 (science reference, MATPOWER's DC power flow).
IEEE14_ANGLES = (-5.01201, -12.95366, -10.58367, -9.09389)


def mesh(seed: int, side: int = 6) -> WaterNetwork:
    """A square mesh with some luck in it: a reservoir at one corner."""
    luck = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    pairs = np.r_[np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()], np.c_[number[:-1].ravel(), number[1:].ravel()]]
    nodes, count = side * side, len(pairs)
    source = np.full(nodes, np.nan)
    source[0] = 55.0
    return water_network(
        luck.uniform(0.0, 10.0, nodes), luck.uniform(0.0, 0.004, nodes), source, (pairs[:, 0], pairs[:, 1]),
        {"length": luck.uniform(50.0, 500.0, count), "diameter": luck.choice([0.1, 0.15, 0.2, 0.3], count),
         "roughness": luck.uniform(80.0, 140.0, count), "minor": luck.uniform(0.0, 5.0, count)},
    )  # fmt: skip
