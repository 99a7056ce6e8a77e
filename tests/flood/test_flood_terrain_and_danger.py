"""The ground that is made or coarsened; danger to people and vehicles; streets on the raster."""

from __future__ import annotations

import numpy as np
import pytest
from basins import ground
from hypothesis import given
from hypothesis import strategies as st

from models.flood.basin import Basin
from models.flood.course import RATING
from models.flood.danger import hazard_rating, vehicle_speed
from models.flood.passport import FROUDE_RANGE
from models.flood.streets import courses, speed_factors
from models.flood.synthetic import synthetic_terrain
from models.flood.terrain import Terrain
from sim.city.model import Polylines
from sim.city.speeds import free_speeds
from sim.errors import InputError, PhysicsError
from sim.fields import Raster
from sim.streams import Stream


def test_a_coarser_model_has_the_same_mean():
    z = np.random.default_rng(1).random((12, 18))
    dem = ground(z, 5.0).coarsened(15.0)
    assert dem.z.shape == (4, 6)
    assert dem.raster.size == 15.0
    assert dem.z.mean() == pytest.approx(z.mean())


def test_what_became_impossible_is_told_with_cell_and_time():
    basin = Basin(ground(np.zeros((4, 6)), 5.0), 0.05)
    basin.fill(np.full((4, 6), 0.5))
    basin._qx[2, 3] = np.nan
    with pytest.raises(PhysicsError, match=r"row \d, column \d.* at 0\.0 s"):
        basin.advance(10.0)
    lost = Basin(ground(np.zeros((4, 6)), 5.0), 0.05)
    lost.fill(np.full((4, 6), 0.5))
    lost._h[1, 1] += 1
    with pytest.raises(PhysicsError, match="1 units has no origin"):
        lost.advance(1.0)


def test_outside_its_range_the_model_warns():
    calm = Basin(ground(np.zeros((4, 40)), 10.0), 0.03)
    calm.fill(np.full((4, 40), 1.0))
    calm.advance(10.0)
    assert calm.outside() == []
    smooth = Basin(ground(np.zeros((4, 40)), 10.0), 0.01)
    assert any("Manning" in said.en for said in smooth.outside())
    steep = Basin(ground(np.tile(np.arange(40.0, 0.0, -1.0) * 2.0, (3, 1)), 10.0), 0.03, edges={"east": 0.2})
    steep.fill(np.full((3, 40), 0.3))
    steep.advance(5.0)
    assert calm.froude() < FROUDE_RANGE.high < steep.froude()


# Danger


def test_danger_to_people_is_that_of_the_guidance():
    assert hazard_rating(0.2, 1.0) == pytest.approx(0.3)
    assert hazard_rating(0.25, 0.0) == pytest.approx(1.125)
    assert hazard_rating(1.0, 1.5) == pytest.approx(3.0)
    assert hazard_rating(0.0, 0.0) == 0.0
    assert RATING.scale == (0.75, 1.25, 2.0)  # danger to some, to most, to all: the bands of the map


def test_vehicles_slow_down_as_measured_and_stand_from_300_mm():
    assert vehicle_speed(0.0) == pytest.approx(86.9448)
    assert vehicle_speed(0.1) == pytest.approx(0.0009 * 1e4 - 55.29 + 86.9448)
    assert vehicle_speed(0.2999) == pytest.approx(2.07, abs=0.02)
    assert vehicle_speed(0.3) == vehicle_speed(2.0) == 0.0


@given(a=st.floats(0, 3), b=st.floats(0, 3), v=st.floats(0, 5))
def test_deeper_water_is_never_safer(a: float, b: float, v: float):
    shallow, deep = sorted((a, b))
    assert hazard_rating(shallow, v) <= hazard_rating(deep, v)
    assert vehicle_speed(shallow) >= vehicle_speed(deep)


# Streets


def test_a_line_runs_over_its_cells_and_off_the_raster_over_none():
    raster = Raster(0.0, 0.0, 10.0, 5, 4)
    lines = Polylines(
        np.array([0, 2, 4], dtype=np.int32), np.array([[5.0, 5.0], [45.0, 5.0], [500.0, 5.0], [600.0, 5.0]])
    )
    ways = courses(lines, raster)
    assert ways.of(0).tolist() == [0, 1, 2, 3, 4]
    assert len(ways.of(1)) == 0
    depth = np.zeros(20)
    depth[[2, 7]] = 0.4, 9.0
    assert ways.greatest(depth).tolist() == [0.4, 0.0]


def test_streets_are_slower_the_deeper_they_are_and_bridges_stay_dry(tiny_city):
    drive = tiny_city.drive
    free = free_speeds(drive)
    links = len(drive.shapes)
    before = np.ones(drive.edges)
    for depth in (0.0, 0.1, 0.2, 0.28, 0.3, 2.0):
        factors = speed_factors(drive, np.full(links, depth), free)
        bridge = drive.link_bridge[drive.link]
        assert (factors[bridge] == 1.0).all()
        assert (factors <= before).all()
        assert (factors[~bridge] == 0.0).all() == (depth >= 0.3)
        before = factors
    assert (speed_factors(drive, np.zeros(links), free) == 1.0).all()


def test_invented_ground_has_underpasses_apart_and_is_the_same_for_a_seed(tiny_city):
    first, ways, under = synthetic_terrain(tiny_city, 10.0, 6, Stream(3))
    again, _, same = synthetic_terrain(tiny_city, 10.0, 6, Stream(3))
    assert np.array_equal(first.z, again.z)
    assert under == same
    assert len(under) == 6
    flat, _, _ = synthetic_terrain(tiny_city, 10.0, 0, Stream(3))
    dip = flat.z.ravel() - first.z.ravel()
    assert dip.min() >= 0.0
    assert all(2.0 < dip[one.cell] <= 3.2 for one in under)
    cells = np.concatenate([ways.of(one.link) for one in under])
    assert set(np.flatnonzero(dip > 0.5)) <= {
        int(c) + d for c in cells for d in (-1, 0, 1, first.raster.columns, -first.raster.columns)
    }
    x, y = (v[[one.cell for one in under]] for v in first.raster.centres())
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(6, 1)]
    assert apart.min() > 200.0


def test_a_raster_that_is_not_its_elevations_is_refused():
    with pytest.raises(InputError):
        Terrain(np.zeros((3, 3)), Raster(0.0, 0.0, 1.0, 4, 3), "EPSG:32650")
