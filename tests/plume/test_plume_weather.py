"""Stability after Turner, the sun, the profile of the wind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plume.weather import CLASSES, Wind, stability, steady_wind, sun_elevation, towards, wind_at
from sim.errors import InputError


def test_the_sun_over_nanjing():
    assert sun_elevation(32.06, 172, 12.0) == pytest.approx(90 - 32.06 + 23.45, abs=0.1)
    assert sun_elevation(32.06, 355, 12.0) == pytest.approx(90 - 32.06 - 23.45, abs=0.1)
    assert sun_elevation(32.06, 80, 6.0) == pytest.approx(0.0, abs=1.0)
    assert sun_elevation(32.06, 172, 0.0) < -30


@pytest.mark.parametrize(
    ("wind", "elevation", "cloud", "low", "expected"),
    [
        (1.0, 70.0, 0.0, False, "A"),  # strong sun, light wind
        (3.0, 70.0, 0.0, False, "B"),
        (6.0, 70.0, 0.0, False, "C"),
        (10.0, 45.0, 0.2, False, "D"),
        (3.0, 40.0, 1.0, True, "D"),  # overcast and low: neutral by day and by night
        (1.0, -10.0, 1.0, True, "D"),
        (2.0, -10.0, 0.0, False, "F"),
        (4.0, -10.0, 0.0, False, "E"),
        (4.0, -10.0, 0.8, False, "D"),
        (7.0, -10.0, 0.0, False, "D"),
    ],
)
def test_classes(wind, elevation, cloud, low, expected):
    assert stability(wind, elevation, cloud, low=low) == expected


@given(st.floats(0, 50), st.floats(-90, 90), st.floats(0, 1), st.booleans())
def test_stronger_wind_goes_towards_neutral(wind, elevation, cloud, low):
    now = CLASSES.index(stability(wind, elevation, cloud, low=low))
    more = CLASSES.index(stability(min(50.0, wind + 1.0), elevation, cloud, low=low))
    assert abs(more - 3) <= abs(now - 3)
    assert (now >= 3) if elevation <= 0 else (now <= 3)


def test_profile():
    assert wind_at(5.0, 10.0, "D") == 5.0
    assert wind_at(5.0, 40.0, "D", "urban") == pytest.approx(5 * 4**0.25)
    assert wind_at(5.0, 40.0, "F", "rural") == pytest.approx(5 * 4**0.55)
    assert wind_at(5.0, 0.0, "D") == wind_at(5.0, 1.0, "D") > 0


def test_a_wind_blows_away_from_where_it_comes():
    assert towards(270.0) == pytest.approx((1.0, 0.0))  # from the west to the east
    assert towards(0.0) == pytest.approx((0.0, -1.0))
    assert towards(90.0) == pytest.approx((-1.0, 0.0))


def test_a_turning_wind():
    wind = Wind(np.array([0.0, 600.0]), np.array([3.0, 4.0]), np.array([270.0, 0.0]), np.array([3, 4]))
    assert wind.at(-5.0) == wind.at(0.0) == wind.at(599.9) == (3.0, 270.0, 3)
    assert wind.at(600.0) == wind.at(1e9) == (4.0, 0.0, 4)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: stability(200.0, 10.0, 0.5),
        lambda: stability(-1.0, 10.0, 0.5),
        lambda: stability(3.0, 10.0, 1.5),
        lambda: wind_at(200.0, 10.0, "D"),
        lambda: wind_at(3.0, 10.0, "D", "sea"),
        lambda: steady_wind(200.0, 0.0, "D"),
        lambda: steady_wind(float("nan"), 0.0, "D"),
        lambda: steady_wind(3.0, 0.0, "DD"),
        lambda: Wind(np.array([0.0, 0.0]), np.ones(2), np.ones(2), np.ones(2, dtype=np.int64)),
        lambda: Wind(np.array([]), np.array([]), np.array([]), np.array([], dtype=np.int64)),
    ],
)
def test_impossible_weather_is_refused(bad):
    with pytest.raises(InputError) as fault:
        bad()
    assert fault.value.text.zh != fault.value.text.en
