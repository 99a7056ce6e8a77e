"""The laws of an epidemic: published values, two ways to one number, and faults that each check rejects."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contagion.laws import (
    dies_out,
    enough_immune,
    exponential_period,
    final_size,
    fixed_period,
    growth_rate,
    reed_frost_law,
    seir_curve,
    size_law,
)
from sim.errors import InputError


@pytest.mark.parametrize(("r0", "expected"), [(1.5, 0.582812), (3.0, 0.940480)])
def test_the_final_size_is_that_of_the_tables(r0, expected):
    assert final_size(r0) == pytest.approx(expected, abs=1e-6)
    assert final_size(r0 * 1.001) != pytest.approx(expected, abs=1e-6)  # a planted fault


@given(st.floats(0.0, 20.0), st.floats(0.0, 0.3), st.floats(0.0, 0.6))
@settings(max_examples=200, deadline=None)
def test_the_final_size_is_a_root_and_a_share(r0, first, immune):
    z = final_size(r0, first, immune)
    s = 1.0 - first - immune
    assert first <= z <= 1.0 - immune + 1e-9
    assert z == pytest.approx(s + first - s * exp(-r0 * z), abs=1e-9)
    assert final_size(r0 * 1.1, first, immune) >= z - 1e-12


def test_growth_and_peak_are_those_of_the_tables():
    days = np.linspace(0.0, 200.0, 4001)

    def check(gamma: float) -> bool:
        peak = seir_curve(2.5 / 4, 1 / 3, gamma, 1e-4, days).infectious.max()
        return abs(growth_rate(2.5 / 4, 1 / 3, gamma) - 1 / 6) < 1e-9 and abs(peak - 0.131378) < 1e-6

    assert check(1 / 4)
    assert not check(1 / 4.01)  # a planted fault


def test_the_curve_keeps_everybody_and_ends_at_the_final_size():
    curve = seir_curve(0.75, 0.5, 0.5, 1e-4, np.linspace(0.0, 400.0, 401))
    assert np.abs(sum(curve) - 1.0).max() < 1e-9
    assert (np.diff(curve.removed) >= -1e-10).all()
    assert curve.removed[-1] == pytest.approx(final_size(1.5, 1e-4), abs=1e-8)


@given(st.floats(1.05, 20.0), st.integers(1, 5))
def test_a_markov_epidemic_dies_out_as_one_over_r0(r0, first):
    assert dies_out(r0 / 4.0, exponential_period(4.0), first) == pytest.approx(r0**-first, rel=1e-6)
    assert dies_out(r0 / 4.0, fixed_period(4.0)) == pytest.approx(1.0 - final_size(r0), abs=1e-7)  # the same equation
    assert dies_out(0.9 / 4.0, exponential_period(4.0)) == 1.0


@given(st.floats(0.0, 20.0), st.floats(0.01, 1.0))
def test_from_the_coverage_on_that_suffices_no_outbreak_is_major(r0, effect):
    coverage = enough_immune(r0, effect)
    if coverage <= 1.0:
        assert final_size(r0, immune=min(coverage * effect + 1e-9, 1.0)) == pytest.approx(0.0, abs=1e-6)
    if 0.0 < coverage <= 1.0:
        assert final_size(r0, immune=coverage * effect * 0.9) > 0.0  # a planted fault: a tenth too few


def jump_chain(n: int, m: int, beta: float, gamma: float) -> np.ndarray:
    """The final size of the Markov epidemic by its jumps: the plain twin of the triangular equations."""
    chance, law = np.zeros((n + 1, n + m + 2)), np.zeros(n + 1)
    chance[n, m] = 1.0
    for s in range(n, -1, -1):
        for i in range(n + m, 0, -1):
            up = beta * s / (beta * s + gamma)
            if s > 0:
                chance[s - 1, i + 1] += chance[s, i] * up
            chance[s, i - 1] += chance[s, i] * (1.0 - up)
        law[n - s] = chance[s, 0]
    return law


@pytest.mark.parametrize(("n", "m", "beta"), [(1, 1, 0.3), (4, 1, 0.5), (9, 2, 0.2), (20, 1, 0.08)])
def test_the_law_of_a_group_is_that_of_its_jumps(n, m, beta):
    law = size_law(n, m, beta, exponential_period(1 / 0.25))
    assert law == pytest.approx(jump_chain(n, m, beta, 0.25), abs=1e-9)
    assert law.sum() == pytest.approx(1.0, abs=1e-9)
    assert law != pytest.approx(jump_chain(n, m, beta * 1.01, 0.25), abs=1e-9)  # a planted fault


@pytest.mark.parametrize(("n", "m", "rate"), [(3, 1, 0.1), (8, 1, 0.05), (12, 3, 0.02)])
def test_a_fixed_period_is_reed_and_frost(n, m, rate):
    law = size_law(n, m, rate, fixed_period(4.0))
    assert law == pytest.approx(reed_frost_law(n, m, exp(-rate * 4.0)), abs=1e-9)
    assert law != pytest.approx(size_law(n, m, rate, exponential_period(4.0)), abs=1e-3)  # not the same law


def test_two_in_a_house_by_hand():
    q = 0.7
    both = (1 - q) ** 2 + 2 * (1 - q) * q * (1 - q)
    assert reed_frost_law(2, 1, q) == pytest.approx([q**2, 2 * (1 - q) * q * q, both])
    assert reed_frost_law(0, 1, q) == pytest.approx([1.0])
    assert reed_frost_law(3, 0, q) == pytest.approx([1.0, 0, 0, 0])


@pytest.mark.parametrize("call", [
    lambda: final_size(-1.0), lambda: final_size(float("nan")), lambda: final_size(2.0, 0.6, 0.6),
    lambda: size_law(500, 1, 0.1, fixed_period(1.0)), lambda: seir_curve(-1.0, 1.0, 1.0, 0.1, np.array([1.0])),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()
