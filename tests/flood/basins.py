"""Small basins whose answer is known, for the tests of the flood."""

from __future__ import annotations

import numpy as np

from models.flood.basin import Basin, Inflow, Stage
from models.flood.rain import steady
from models.flood.terrain import Terrain
from sim.fields import Raster

HUNTER_X = (0.0, 1000.0, 2000.0, 3000.0)
HUNTER_H = (2.3796, 2.0699, 1.6810, 1.1041)
PLATEAU, EQUILIBRIUM, UNIFORM = 1.38889e-3, 674.85, 0.639226


def ground(z, size: float) -> Terrain:
    z = np.atleast_2d(np.asarray(z, dtype=np.float64))
    return Terrain(z, Raster(0.0, 0.0, size, z.shape[1], z.shape[0]), "EPSG:32650")


def hunter(x, t: float, n: float = 0.03, u: float = 1.0):
    """Hunter et al. 2005, doi:10.1016/j.advwatres.2005.03.007: a wave that runs over flat dry ground at speed u."""
    return np.maximum(-7.0 / 3.0 * (n**2 * u**2 * (np.asarray(x, dtype=float) - u * t)), 0.0) ** (3.0 / 7.0)


def hunter_wave(dx: float = 50.0):
    """Return x and depth (m) after an hour."""
    cells = int(5000 / dx)
    times = np.arange(0.0, 3601.0, 1.0)
    stage = Stage(np.array([0]), times, hunter(0.0, times))
    basin = Basin(ground(np.zeros((1, cells)), dx), 0.03, stages=[stage])
    basin.advance(3600.0)
    assert basin.lost == 0
    return np.arange(cells) * dx, basin.depth[0]


def rain_on_plane(dx: float = 0.5):
    """Return the discharge at the end of a plane of 100 m (m²/s), and the time of equilibrium that its water tells (s).

    A kinematic plane in equilibrium holds i·L·t_e/1.6.
    """
    cells, slope = int(100 / dx), 0.01
    z = np.tile((100 - (np.arange(cells) + 0.5) * dx) * slope, (3, 1))
    basin = Basin(ground(z, dx), 0.03, edges={"east": slope}, rain=steady(50.0, 7200))
    basin.advance(1800.0)
    held = basin.volume / (3 * dx)
    return float(basin.discharge[0][1, -1]), 1.6 * held / (50.0 * 1e-3 / 3600.0 * 100.0)


def uniform_flow():
    """Return the depth (m) of uniform flow along a channel."""
    dx, cells, slope = 10.0, 60, 0.001
    z = np.tile((cells - np.arange(cells) - 0.5) * dx * slope, (3, 1))
    into = Inflow(np.arange(3) * cells, np.array([0.0, 1e6]), np.full(2, 0.5 * 3 * dx))
    basin = Basin(ground(z, dx), 0.03, edges={"east": slope}, inflows=[into])
    basin.advance(9000.0)
    return basin.depth[1, 10:-5]


def environment_agency_4():
    """Return the depth (m) after 2 h at 50 and 100 m from the middle of the western side of the plain of test 4 (SC080035)."""
    dx = 10.0
    middle = np.array([99 * 100, 100 * 100])
    into = Inflow(middle, np.array([0.0, 1.0, 4.0, 5.0]) * 3600.0, np.array([0.0, 20.0, 20.0, 0.0]))
    basin = Basin(ground(np.zeros((200, 100)), dx), 0.05, inflows=[into])
    basin.advance(2 * 3600.0)
    near = basin.depth[99:101]
    return float(near[:, 4:6].mean()), float(near[:, 9:11].mean())
