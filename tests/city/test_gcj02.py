"""GCJ-02: there, back, and only inside China."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from sim.city.gcj02 import looks_shifted, to_gcj02, to_wgs84

EARTH = Geod(ellps="WGS84")
#: The published pairs of eviltransform's tests: WGS-84 and GCJ-02, lat and lon.
KNOWN = {
    "Shanghai": ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    "Shenzhen": ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    "Beijing": ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
}
OUTSIDE = {"London": (-0.13, 51.51), "Sydney": (151.21, -33.87), "New York": (-74.0, 40.71), "zero": (0.0, 0.0),
           "Tokyo": (139.69, 35.69), "Moscow": (37.62, 55.76), "south of the equator": (118.0, -32.0)}  # fmt: skip
in_china = st.tuples(st.floats(73.6, 134.8), st.floats(18.2, 53.5))


def metres(lon, lat, other_lon, other_lat) -> np.ndarray:
    return np.asarray(EARTH.inv(lon, lat, other_lon, other_lat)[2])


def lattice_of_china() -> tuple[np.ndarray, np.ndarray]:
    lon, lat = np.meshgrid(np.linspace(73.6, 134.8, 200), np.linspace(18.2, 53.5, 150))
    return lon.ravel(), lat.ravel()


@pytest.mark.parametrize("name", KNOWN)
def test_known_places_are_where_other_converters_put_them(name: str):
    (lat, lon), (shifted_lat, shifted_lon) = KNOWN[name]
    found_lon, found_lat = to_gcj02(np.array([lon]), np.array([lat]))
    assert metres(found_lon[0], found_lat[0], shifted_lon, shifted_lat) < 0.1
    back_lon, back_lat = to_wgs84(np.array([shifted_lon]), np.array([shifted_lat]))
    assert metres(back_lon[0], back_lat[0], lon, lat) < 0.1


def test_near_nanjing_the_shift_is_half_a_kilometre_to_the_south_east():
    lon, lat = np.array([118.72, 118.78, 118.85]), np.array([32.00, 32.04, 32.10])
    shifted_lon, shifted_lat = to_gcj02(lon, lat)
    assert shifted_lon - lon == pytest.approx([0.0052] * 3, abs=2e-4)
    assert shifted_lat - lat == pytest.approx([-0.0020] * 3, abs=3e-4)
    assert metres(lon, lat, shifted_lon, shifted_lat) == pytest.approx([530] * 3, abs=30)


def test_the_shift_is_some_hundred_metres_and_nowhere_a_kilometre():
    lon, lat = lattice_of_china()
    far = metres(lon, lat, *to_gcj02(lon, lat))
    assert 300 < np.median(far) < 700
    assert far.max() < 1000


def test_all_of_china_comes_back_to_within_a_millimetre():
    lon, lat = lattice_of_china()
    assert metres(lon, lat, *to_wgs84(*to_gcj02(lon, lat))).max() < 1e-3
    assert metres(lon, lat, *to_gcj02(*to_wgs84(lon, lat))).max() < 1e-3


@given(in_china)
def test_any_point_of_china_comes_back(point: tuple[float, float]):
    lon, lat = np.array([point[0]]), np.array([point[1]])
    assert metres(lon, lat, *to_wgs84(*to_gcj02(lon, lat)))[0] < 1e-3
    assert metres(lon, lat, *to_gcj02(*to_wgs84(lon, lat)))[0] < 1e-3


@given(in_china, st.floats(-2e-4, 2e-4), st.floats(-2e-4, 2e-4))
def test_points_beside_each_other_stay_beside_each_other(point: tuple[float, float], east: float, north: float):
    lon, lat = np.array([point[0], point[0] + east]), np.array([point[1], point[1] + north])
    shifted_lon, shifted_lat = to_gcj02(lon, lat)
    before, after = metres(*[a for pair in zip(lon, lat, strict=True) for a in pair]), metres(
        *[a for pair in zip(shifted_lon, shifted_lat, strict=True) for a in pair])  # fmt: skip
    assert after == pytest.approx(before, rel=0.02, abs=0.05)


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_of_china_nothing_moves(name: str):
    lon, lat = (np.array([value]) for value in OUTSIDE[name])
    for convert in (to_gcj02, to_wgs84):
        found_lon, found_lat = convert(lon, lat)
        assert (found_lon[0], found_lat[0]) == OUTSIDE[name]


def test_of_mixed_points_only_those_in_china_move():
    lon, lat = np.array([118.72, 2.35, 116.4]), np.array([32.0, 48.86, 39.9])
    found_lon, found_lat = to_gcj02(lon, lat)
    assert (found_lon != lon).tolist() == [True, False, True]
    assert (found_lat != lat).tolist() == [True, False, True]


def test_what_is_given_is_not_changed():
    lon, lat = np.array([118.72]), np.array([32.0])
    to_gcj02(lon, lat)
    to_wgs84(lon, lat)
    assert (lon[0], lat[0]) == (118.72, 32.0)


def wide_streets() -> np.ndarray:
    """Junctions a point every 2 km, so that half a kilometre is far."""
    return np.column_stack([axis.ravel() for axis in np.meshgrid(np.arange(8) * 2000.0, np.arange(8) * 2000.0)])


def test_points_half_a_kilometre_off_wide_streets_look_shifted():
    points = wide_streets()[::3] + np.random.default_rng(1).normal(0, 30, (22, 2))
    assert not looks_shifted(points, wide_streets())
    assert looks_shifted(points + np.array([490.0, -222.0]), wide_streets())


def test_a_few_far_points_do_not_make_a_file_look_shifted():
    points = wide_streets()[:21].copy()
    points[:10] += 800.0
    assert not looks_shifted(points, wide_streets())
    points[10] += 800.0
    assert looks_shifted(points, wide_streets())


def test_the_facilities_of_a_city_do_not_look_shifted(tiny_city):
    drive, facilities = tiny_city.drive, tiny_city.facilities
    points = np.column_stack([facilities.x, facilities.y])
    assert not looks_shifted(points, np.column_stack([drive.x, drive.y]))
