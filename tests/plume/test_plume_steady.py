"""The steady plume: the textbook value, conservation, reflections, symmetry, speed, and planted bugs."""

from __future__ import annotations

from math import exp, pi, sqrt
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plume.sigma import SCHEMES, sigmas
from models.plume.steady import Air, Release, concentration
from models.plume.weather import CLASSES
from sim.errors import InputError

BOUBEL = 1.5551e-5  #: g/m³


def slow_twin(release, air, x, y, z, *, urban_power=0.5, half=2.0, ground=1.0):
    """The formula of science.md in plain Python for a wind along x, with bugs to plant."""
    if x <= 0:
        return 0.0
    if air.scheme == "briggs_urban" and air.stability in "AB":
        sy, sz = 0.32 * x / sqrt(1 + 4e-4 * x), min(0.24 * x * (1 + 1e-3 * x) ** urban_power, 5000.0)
    else:
        sy, sz = (float(s[0]) for s in sigmas(x, air.stability, air.scheme))
    h = release.height
    vertical = exp(-((z - h) ** 2) / (half * sz**2)) + ground * exp(-((z + h) ** 2) / (half * sz**2))
    return release.rate / (2 * pi * air.wind * sy * sz) * exp(-(y**2) / (half * sy**2)) * vertical


def flux(release, air, x):
    """∫u·C over the plane at x, by the trapezium rule."""
    sy, sz = (float(s[0]) for s in sigmas(x, air.stability, air.scheme))
    y = np.linspace(-8 * sy, 8 * sy, 801)
    top = min(air.lid, release.height + 9 * sz)
    z = np.linspace(0.0, top, 4001)
    c = concentration(release, air, np.full((801, 1), x), y[:, None], z[None, :])
    return air.wind * float(np.trapezoid(np.trapezoid(c, z, axis=1), y))


def test_boubel():
    got = float(concentration(Release(0.37e-3, 40.0), Air(2.0, 270.0, "B", "pg_rural"), 280.0, 0.0)) * 1000
    assert got == pytest.approx(BOUBEL, rel=1e-4)
    for scheme in set(SCHEMES) - {"pg_rural"}:
        wrong = float(concentration(Release(0.37e-3, 40.0), Air(2.0, 270.0, "B", scheme), 280.0, 0.0)) * 1000
        assert wrong != pytest.approx(BOUBEL, rel=1e-2)
    release, air = Release(0.37e-3, 40.0), Air(2.0, 270.0, "B", "pg_rural")
    assert slow_twin(release, air, 280.0, 0.0, 0.0) * 1000 == pytest.approx(BOUBEL, rel=1e-4)
    assert slow_twin(release, air, 280.0, 0.0, 0.0, half=1.0) * 1000 != pytest.approx(BOUBEL, rel=1e-2)
    assert slow_twin(release, air, 280.0, 0.0, 0.0, ground=0.0) * 1000 != pytest.approx(BOUBEL, rel=1e-2)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("klass", CLASSES)
def test_what_passes_a_plane_is_what_is_released(klass, scheme):
    release = Release(2.5, 30.0)
    assert flux(release, Air(3.0, 270.0, klass, scheme), 1500.0) == pytest.approx(2.5, rel=1e-6)


@pytest.mark.parametrize("lid", [50.0, 120.0, 400.0])
def test_a_lid_keeps_all_below_it(lid):
    for x in (200.0, 1000.0, 5000.0):
        air = Air(3.0, 270.0, "B", "briggs_urban", lid)
        assert flux(Release(2.5, 30.0), air, x) == pytest.approx(2.5, rel=1e-6)
        assert float(concentration(Release(2.5, 30.0), air, x, 0.0, lid + 1.0)) == 0.0


def test_far_below_a_lid_it_is_evenly_mixed():
    air = Air(3.0, 270.0, "A", "briggs_urban", 100.0)
    c = concentration(Release(1.0, 20.0), air, 3000.0, 0.0, [0.0, 50.0, 99.0])
    sy = float(sigmas(3000.0, "A", "briggs_urban")[0][0])
    assert c == pytest.approx(1.0 / (sqrt(2 * pi) * 3.0 * sy * 100.0), rel=1e-9)


def test_both_formulas_agree_where_the_mixed_one_takes_over():
    x = np.linspace(100, 3000, 30_000)
    sz = sigmas(x, "B", "briggs_urban")[1]
    at = int(np.argmax(sz > 1.6 * 100.0))
    air = Air(3.0, 270.0, "B", "briggs_urban", 100.0)
    before, after = concentration(Release(1.0, 30.0), air, x[at - 1 : at + 1], 0.0, 0.0)
    assert before == pytest.approx(after, rel=0.01)


def test_kernel_equals_its_slow_twin():
    rng = np.random.default_rng(4)
    for scheme in SCHEMES:
        for klass in CLASSES:
            release, air = Release(1.3, 25.0), Air(4.0, 270.0, klass, scheme)
            x, y, z = rng.uniform(-200, 8000, 40), rng.uniform(-600, 600, 40), rng.uniform(0, 60, 40)
            twin = [slow_twin(release, air, *place) for place in zip(x, y, z, strict=True)]
            assert concentration(release, air, x, y, z) == pytest.approx(twin, rel=1e-9, abs=1e-300)
    air = Air(4.0, 270.0, "B", "briggs_urban")
    bug = slow_twin(Release(1.3, 25.0), air, 3000.0, 0.0, 0.0, urban_power=-0.5)
    assert float(concentration(Release(1.3, 25.0), air, 3000.0, 0.0)) != pytest.approx(bug, rel=0.1)


def test_symmetric_about_its_axis_and_turned_with_the_wind():
    release = Release(1.0, 10.0, x=50.0, y=-20.0)
    straight = concentration(release, Air(3.0, 270.0), 50.0 + 700.0, [-20.0 + 40.0, -20.0 - 40.0])
    assert straight[0] == pytest.approx(straight[1], rel=1e-12)
    for direction in (0.0, 37.0, 123.4, 359.0):
        a = np.radians(270.0 - direction)
        x, y = 700 * np.cos(a) - 40 * np.sin(a), 700 * np.sin(a) + 40 * np.cos(a)
        assert float(concentration(release, Air(3.0, direction), 50.0 + x, -20.0 + y)) == pytest.approx(
            straight[0], rel=1e-9
        )


@given(
    st.floats(0.001, 1e3), st.floats(0.5, 50.0), st.sampled_from(CLASSES), st.sampled_from(SCHEMES), st.floats(1, 9e4)
)
def test_proportional_to_the_rate_and_never_negative(rate, wind, klass, scheme, x):
    air = Air(wind, 270.0, klass, scheme)
    one = concentration(Release(rate, 15.0), air, x, [0.0, 100.0], 2.0)
    assert (one >= 0).all()
    assert np.isfinite(one).all()
    assert concentration(Release(2 * rate, 15.0), air, x, [0.0, 100.0], 2.0) == pytest.approx(2 * one, rel=1e-12)
    assert one[0] >= one[1]


def test_nothing_goes_upwind():
    assert float(concentration(Release(1.0), Air(3.0, 270.0), -1.0, 0.0)) == 0.0


def test_a_million_receptors_in_a_second():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-5e3, 2e4, 1_000_000), rng.uniform(-5e3, 5e3, 1_000_000)
    for air in (Air(2.0, 270.0, "D", "pg_rural"), Air(2.0, 270.0, "B", "briggs_urban", 800.0)):
        concentration(Release(1.0, 10.0), air, x[:9], y[:9])
        began = process_time()
        concentration(Release(1.0, 10.0), air, x, y, 1.5)
        assert process_time() - began < 1.0


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: Air(200.0), "wind"),
        (lambda: Air(0.1), "calm"),
        (lambda: Air(-3.0), "wind"),
        (lambda: Air(3.0, 1e4), "direction"),
        (lambda: Air(3.0, 270.0, "Z"), "stability"),
        (lambda: Air(3.0, 270.0, "D", "pg_rural", -5.0), "lid"),
        (lambda: Release(-1.0), "rate"),
        (lambda: Release(1.0, -2.0), "height"),
        (lambda: concentration(Release(1.0, 300.0), Air(3.0, lid=100.0), 1.0, 0.0), "lid"),
        (lambda: concentration(Release(1.0), Air(3.0), float("nan"), 0.0), "receptor"),
        (lambda: concentration(Release(1.0), Air(3.0), 1.0, 0.0, -1.0), "receptor"),
    ],
)
def test_bad_input_is_refused(bad, says):
    with pytest.raises(InputError, match=says):
        bad()
