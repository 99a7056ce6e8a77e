"""Local inertial flow against what is known: waves, planes, channels, lakes; and against a slow twin in float64."""

from __future__ import annotations

import numpy as np
import pytest
from basins import (
    EQUILIBRIUM,
    HUNTER_H,
    HUNTER_X,
    PLATEAU,
    UNIFORM,
    environment_agency_4,
    ground,
    hunter,
    hunter_wave,
    rain_on_plane,
    uniform_flow,
)  # fmt: skip
from flood_twin import Twin
from hypothesis import given, settings
from hypothesis import strategies as st

from models.flood.basin import Basin, Inflow, Stage
from models.flood.exchange import Garages, Ground, Inlets, Pumps
from models.flood.rain import design_storm, steady
from models.flood.shallow import friction_power


def rough(rows: int, columns: int, height: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((rows, columns)) * height


# Waves


def hunter_error(dx: float) -> float:
    x, depth = hunter_wave(dx)
    near = x < 3800.0
    return float(np.sqrt(np.mean((depth - hunter(x, 3600.0))[near] ** 2)))


def test_the_wave_over_dry_ground_is_that_of_hunter():
    assert hunter(np.array(HUNTER_X), 3600.0) == pytest.approx(HUNTER_H, abs=5e-5)
    for dx in (25.0, 50.0):
        assert hunter_error(dx) <= 0.06
    x, depth = hunter_wave()
    assert depth[np.searchsorted(x, HUNTER_X)] == pytest.approx(HUNTER_H, abs=0.04)


def test_rain_on_a_plane_comes_to_its_plateau_at_its_time():
    flow, time = rain_on_plane()
    assert flow == pytest.approx(PLATEAU, rel=0.01)
    assert time == pytest.approx(EQUILIBRIUM, rel=0.01)


def test_a_finer_plane_comes_nearer_to_the_exact_time():
    errors = [abs(rain_on_plane(dx)[1] - EQUILIBRIUM) for dx in (2.0, 1.0, 0.25)]
    assert errors[0] > errors[1] > errors[2]


def test_uniform_flow_has_the_depth_of_manning():
    assert uniform_flow() == pytest.approx(UNIFORM, rel=1e-5)


@pytest.mark.parametrize("angle", [0.0, 30.0, 45.0, 90.0])
def test_friction_is_the_same_in_all_directions(angle: float):
    """Water on a plane comes to Manning's speed whichever way it falls; friction by axis alone is 19 % off at 45°."""
    turned, slope, n, depth = np.radians(angle), 0.002, 0.05, 0.2
    x, y = np.meshgrid(np.arange(60) * 10.0, np.arange(60) * 10.0)
    z = 10.0 - slope * (x * np.cos(turned) + y * np.sin(turned))
    basin = Basin(ground(z, 10.0), n)
    basin.fill(np.full((60, 60), depth))
    basin.advance(120.0)
    assert basin.depth[30, 30] == pytest.approx(depth, rel=1e-3)
    assert basin.speed()[30, 30] == pytest.approx(depth ** (2 / 3) * slope**0.5 / n, rel=0.01)


@pytest.mark.slow
def test_the_plain_of_the_environment_agency_floods_as_in_another_program():
    got = environment_agency_4()
    for mine, theirs in zip(got, (0.3219, 0.2721), strict=True):
        assert mine == pytest.approx(theirs, rel=0.05)


# At rest, symmetry, conservation


@given(seed=st.integers(0, 10**6), height=st.floats(0.01, 80.0), share=st.floats(0.0, 1.2))
@settings(max_examples=25, deadline=None)
def test_a_lake_on_any_bed_stays_at_rest(seed: int, height: float, share: float):
    z = rough(12, 17, height, seed)
    basin = Basin(ground(z, 2.0), 0.03)
    basin.lake(float(z.min()) + share * height)
    before = basin.depth
    basin.advance(60.0)
    assert not basin.discharge[0].any()
    assert not basin.discharge[1].any()
    assert np.array_equal(basin.depth, before)


def test_a_lake_that_is_not_level_does_flow():
    basin = Basin(ground(rough(12, 17, 1.0), 2.0), 0.03)
    basin.fill(np.full((12, 17), 0.5))
    basin.advance(5.0)
    assert np.abs(basin.discharge[0]).max() > 1e-3


def test_a_drop_spreads_alike_to_all_sides_and_mirrored():
    depth = np.zeros((31, 31))
    depth[15, 15] = 2.0
    basin = Basin(ground(np.zeros((31, 31)), 5.0), 0.04)
    basin.fill(depth)
    basin.advance(120.0)
    for turned in (basin.depth.T, basin.depth[::-1], basin.depth[:, ::-1]):
        assert np.abs(turned - basin.depth).max() < 1e-5
    z, water = rough(9, 14, 1.0), rough(9, 14, 0.5, 2)
    one, two = Basin(ground(z, 3.0), 0.04), Basin(ground(z.T.copy(), 3.0), 0.04)
    one.fill(water)
    two.fill(water.T.copy())
    one.advance(30.0)
    two.advance(30.0)
    assert np.abs(one.depth - two.depth.T).max() < 1e-5


@given(
    seed=st.integers(0, 10**6), mm=st.floats(0.0, 400.0), size=st.floats(1.0, 30.0), n=st.floats(0.02, 0.2),
    relief=st.floats(0.0, 40.0),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_no_water_is_lost_and_no_depth_is_negative(seed: int, mm: float, size: float, n: float, relief: float):
    z = rough(14, 11, relief, seed)
    cells = np.arange(0, 154, 7)
    basin = Basin(
        ground(z, size), n, Ground((1.0, 0.6), (0.0, 3e-6), (0.0, 0.05)), (z > relief / 2).astype(np.uint8),
        edges={"east": 0.005, "north": 0.02}, rain=steady(mm, 900.0),
        inflows=[Inflow(np.array([5, 60]), np.array([0.0, 600.0]), np.array([0.0, 3.0]))],
        stages=[Stage(np.array([0, 11, 22]), np.array([0.0, 900.0]), np.array([z.min(), z.min() + 1.0]))],
        inlets=Inlets(cells, np.full(len(cells), 0.01), np.full(len(cells), 1.0), np.full(len(cells), 0.2)),
        pumps=Pumps(np.array([30, 40]), np.array([-1, 100]), np.array([0.05, 0.02])),
        garages=Garages(np.array([77]), np.array([0.05]), np.array([4.0]), np.array([40.0])),
    )  # fmt: skip
    start = rough(14, 11, 0.3, seed + 1)
    basin.fill(start)
    for _ in range(4):
        basin.advance(225.0)
        assert basin.depth.min() >= 0.0
        assert np.isfinite(basin.depth).all()
        assert basin.lost == 0
    volumes = basin.volumes()
    out = sum(volumes[name] for name in ("left", "drained", "pumped", "soaked", "stored"))
    there = float(np.rint(start / basin.unit).sum()) * basin.unit * size**2
    expected = there + volumes["rain"] + volumes["inflow"] + volumes["held"] - out
    assert basin.volume == pytest.approx(expected, rel=1e-10, abs=1e-9)


def test_rain_that_falls_is_rain_that_is_there():
    basin = Basin(ground(rough(20, 20, 0.5), 4.0), 0.05, rain=design_storm(50, 120))
    basin.advance(7200.0)
    assert basin.volume == pytest.approx(design_storm(50, 120).total * 400 * 16.0, rel=1e-4)


def test_half_the_step_changes_little():
    def played(courant: float) -> np.ndarray:
        basin = Basin(ground(rough(25, 25, 1.0), 5.0), 0.05, rain=steady(100, 1800), courant=courant)
        basin.advance(2400.0)
        return basin.depth

    apart = np.abs(played(0.7) - played(0.35))
    assert apart.mean() < 0.003
    assert apart.max() < 0.03  # single hollows fill and spill at other moments


def test_units_of_length_and_time_scale_as_froude_says():
    """Lengths by 4, times by 2 and n by 4^(1/6) leave Froude's number and friction alone."""
    depth = np.zeros((1, 60))
    depth[0, :20] = 0.5

    def played(scale: float) -> np.ndarray:
        basin = Basin(ground(np.zeros((1, 60)), 5.0 * scale), 0.05 * scale ** (1 / 6), film=1e-4 * scale)
        basin.fill(depth * scale)
        basin.advance(100.0 * scale**0.5)
        return basin.depth / scale

    assert np.abs(played(1.0) - played(4.0)).max() < 2e-3


# The kernel and its twin


@pytest.mark.parametrize("power", [7.0 / 3.0, 4.0 / 3.0], ids=["right", "planted bug"])
def test_the_kernel_is_its_twin_in_float64(power: float):
    z, water = rough(20, 23, 0.5), rough(20, 23, 0.6, 2)
    basin, twin = Basin(ground(z, 2.0), 0.04), Twin(z, water, 2.0, 0.04, power=power)
    basin.fill(water)
    basin.advance(20.0)
    for _ in range(20):
        twin.run(1.0)
    error = np.abs(basin.depth - twin.h).max()
    if power == 7.0 / 3.0:
        assert error < 1e-3
        assert np.sqrt(np.mean((basin.depth - twin.h) ** 2)) < 1e-4
    else:
        assert error > 5e-3


def test_wetting_and_drying_is_that_of_the_twin():
    z = np.tile(np.linspace(1.0, 0.0, 40), (5, 1)) + rough(5, 40, 0.2)
    water = np.zeros_like(z)
    water[:, :4] = 0.4
    basin, twin = Basin(ground(z, 2.0), 0.05), Twin(z, water, 2.0, 0.05)
    basin.fill(water)
    basin.advance(240.0)
    for _ in range(240):
        twin.run(1.0)
    assert np.sqrt(np.mean((basin.depth - twin.h) ** 2)) < 1e-3
    assert basin.depth[:, :2].max() < 0.2
    assert basin.depth[:, -1].max() > 0.01


def test_the_fast_power_is_the_power():
    depth = np.geomspace(1e-4, 100.0, 50_001).astype(np.float32)
    exact = depth.astype(np.float64) ** (-7.0 / 3.0)
    assert np.abs(friction_power(depth) / exact - 1.0).max() < 5e-6


@pytest.mark.parametrize(
    ("height", "before", "behind"), [(0.6, 0.5, 0.0), (0.1, 5.1 / 20.0, 5.1 / 20.0)], ids=["behind", "over"]
)
def test_water_finds_its_level_behind_a_barrier_or_over_it(height, before, behind):
    z = np.zeros((3, 20))
    z[:, 10] = height
    basin = Basin(ground(z, 2.0), 0.03)
    depth = np.zeros_like(z)
    depth[:, :10] = 0.5
    basin.fill(depth)
    basin.advance(1200.0)
    assert basin.level[:, :10].mean() == pytest.approx(before, abs=0.005)
    assert basin.level[:, 11:].mean() == pytest.approx(behind, abs=0.005)
