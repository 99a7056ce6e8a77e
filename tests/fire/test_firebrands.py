"""Firebrands: the landing density is one, its moments are those of the paper, and counts are Poisson."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.fire import firebrands as fb
from sim.streams import Stream

HEAT, WIND, WIDTH = 30_000.0, 12.0, 10.0


def test_moments_are_those_of_himoto_and_tanaka():
    centre, sigma, aside = fb.landing(HEAT, WIND, WIDTH)
    b = fb.brand_number(HEAT, WIND, WIDTH)
    mean = exp(centre + sigma**2 / 2)
    assert mean == pytest.approx(0.47 * WIDTH * b ** (2 / 3), rel=1e-9)
    assert mean * sqrt(exp(sigma**2) - 1) == pytest.approx(0.88 * WIDTH * b ** (1 / 3), rel=1e-9)
    assert aside == pytest.approx(9.2, rel=1e-9)


@given(heat=st.floats(100, 2e5), wind=st.floats(0.5, 40), width=st.floats(3, 40), scale=st.floats(0.3, 3))
def test_the_brand_number_has_its_exponents(heat: float, wind: float, width: float, scale: float):
    b = fb.brand_number(heat, wind, width)
    assert fb.brand_number(heat, wind * scale, width) == pytest.approx(b * scale, rel=1e-9)
    assert fb.brand_number(heat * scale**2, wind, width) == pytest.approx(b * scale, rel=1e-9)
    # D enters as −1/2 of the wind, +3/4 of the brand's mass and −5/4 of the heat: B ~ 1/D.
    assert fb.brand_number(heat, wind, width * scale) == pytest.approx(b / scale, rel=1e-9)


def test_the_density_of_landing_places_is_one_and_ahead():
    x, dx = np.linspace(-50, 1500, 6201, retstep=True)
    y, dy = np.linspace(-60, 60, 401, retstep=True)
    density = fb.landing_density(*np.meshgrid(x, y), HEAT, WIND, WIDTH)
    assert density.sum() * dx * dy == pytest.approx(1.0, abs=2e-3)
    assert density[:, x <= 0].max() == 0.0
    np.testing.assert_allclose(density, density[::-1], rtol=1e-9, atol=1e-15)


def test_the_share_beyond_is_the_lognormal_tail():
    centre, sigma, _ = fb.landing(HEAT, WIND, WIDTH)
    for far in (5.0, 30.0, 120.0):
        assert fb.share_beyond(far, HEAT, WIND, WIDTH) == pytest.approx(
            stats.lognorm.sf(far, sigma, scale=exp(centre)), rel=1e-9
        )
    assert fb.share_beyond(60, HEAT, 15.0, WIDTH) > fb.share_beyond(60, HEAT, 8.0, WIDTH)


def test_quantiles_are_normal():
    p = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 999), [1e-12, 1 - 1e-9]])
    np.testing.assert_allclose([fb.normal_quantile(x) for x in p], stats.norm.ppf(p), rtol=5e-9, atol=5e-9)


@pytest.mark.parametrize("expected", [0.01, 0.7, 6.0])
def test_counts_are_poisson_and_monotone(expected: float):
    draws = Stream(3).uniforms("brands", np.arange(40_000))
    counts = np.array([fb.poisson(expected, draw) for draw in draws])
    np.testing.assert_array_equal(counts, stats.poisson.ppf(draws, expected))
    more = np.array([fb.poisson(1.3 * expected, draw) for draw in draws])
    assert (more >= counts).all()


def test_without_wind_brands_fall_beside_the_house():
    centre, sigma, _ = fb.landing(HEAT, 0.0, WIDTH)
    assert exp(centre + 3 * sigma) < WIDTH
