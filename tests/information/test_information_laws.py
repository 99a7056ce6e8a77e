"""The laws of rumours and warnings: published values, two ways to one number, and faults that each check rejects."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from models.contagion.laws import final_size
from models.information.laws import (
    Diffusion,
    directed_pairs_never_hear,
    hearing_law,
    never_hear,
    rumour_curve,
)
from sim.errors import InputError

SCIENCE = Diffusion(0.3, 0.2, 0.15)


def test_one_in_five_never_hears():
    assert never_hear() == pytest.approx(0.203188, abs=1e-6)
    assert never_hear() == pytest.approx(exp(-2.0 * (1.0 - never_hear())), abs=1e-12)
    assert never_hear(stifling=0.9) != pytest.approx(0.203188, abs=1e-3)  # a planted fault


def test_the_known_fault_gives_the_known_wrong_answer():
    """Directed contacts at which both spreaders stop: each pair is counted twice."""
    assert directed_pairs_never_hear() == pytest.approx(0.284668, abs=1e-6)
    assert abs(directed_pairs_never_hear() - never_hear()) > 0.08

    def slope(_: float, y: np.ndarray) -> list[float]:
        i, s = y
        return [-s * i, s * i - 2.0 * s * s - s * (1.0 - i - s)]

    left = solve_ivp(slope, (0.0, 400.0), [1.0 - 1e-7, 1e-7], rtol=1e-10, atol=1e-13).y[0, -1]
    assert left == pytest.approx(directed_pairs_never_hear(), abs=1e-5)


@given(st.floats(0.0, 0.95), st.floats(0.0, 1.0), st.floats(0.0, 3.0))
@settings(max_examples=300, deadline=None)
def test_who_never_hears_solves_the_equation(first, stifling, forgetting):
    theta = never_hear(first, stifling, forgetting)
    assert 0.0 <= theta <= 1.0
    if stifling + forgetting > 1e-3:
        rest = (1 + stifling) * (1 - first) * (1 - theta) + first + (stifling + forgetting) * log(max(theta, 1e-300))
        assert rest == pytest.approx(0.0, abs=1e-6) or theta < 1e-12
    assert never_hear(first, stifling, forgetting + 0.1) >= theta - 1e-9


@pytest.mark.parametrize("r0", [1.5, 3.0])
def test_without_stifling_it_is_an_epidemic(r0):
    assert 1.0 - never_hear(stifling=0.0, forgetting=1.0 / r0) == pytest.approx(final_size(r0), abs=1e-9)
    assert never_hear(forgetting=1.0) == 1.0  # a = g = 1: it dies out


@pytest.mark.parametrize(("first", "stifling", "forgetting"), [(0.01, 1.0, 0.0), (0.2, 1.0, 0.3), (0.05, 0.4, 0.1)])
def test_the_curve_ends_where_the_law_says(first, stifling, forgetting):
    curve = rumour_curve(0.6, first, np.linspace(0.0, 2000.0, 50), stifling, forgetting * 0.6)
    assert np.abs(sum(curve) - 1.0).max() < 1e-9
    assert (np.diff(curve.ignorant) <= 1e-10).all()
    assert curve.ignorant[-1] == pytest.approx((1 - first) * never_hear(first, stifling, forgetting), abs=1e-7)


def test_the_exact_laws_come_to_the_limit_for_both_rules():
    for pairs in (True, False):
        far = [abs((hearing_law(n - 1, 1, pairs=pairs) @ np.arange(n)) / n - never_hear()) for n in (50, 100, 200, 400)]
        assert (np.diff(far) < 0).all()
        assert far[-1] < 0.003
        assert hearing_law(60, 3, pairs=pairs).sum() == pytest.approx(1.0, abs=1e-12)


def test_three_people_by_hand():
    # One knows. It tells a second; then in pairs: the two meet each other (1) or the third (2).
    assert hearing_law(2, 1, pairs=True) == pytest.approx([2 / 3, 1 / 3, 0.0])
    # Maki and Thompson: of the four contacts two tell the third, two stop one; then the last one stands 1 to 1.
    assert hearing_law(2, 1, pairs=False) == pytest.approx([3 / 4, 1 / 4, 0.0])
    assert hearing_law(0, 2, pairs=True) == pytest.approx([1.0])


def test_rogers_and_sorensen_is_bass():
    assert float(SCIENCE.heard(10.0)) == pytest.approx(0.60471, abs=5e-6)
    assert float(SCIENCE._replace(by_word=0.2).heard(10.0)) != pytest.approx(0.60471, abs=1e-3)  # a planted fault
    assert Diffusion(0.5, 0.06, 0.76).fastest() == pytest.approx(6.1926, abs=5e-5)
    assert Diffusion(0.5, 0.06, 0.05).fastest() == 0.0


@given(st.floats(0.05, 1.0), st.floats(0.001, 2.0), st.floats(0.0, 2.0), st.floats(0.0, 0.999))
def test_the_time_is_the_inverse_of_the_share(k, a_b, a_c, share):
    one = Diffusion(k, a_b, a_c)
    assert float(one.heard(one.time_of(share))) == pytest.approx(share, abs=1e-9)
    assert float(one.heard(0.0)) == 0.0
    assert float(one.heard(-5.0)) == 0.0


def test_the_share_solves_its_equation_and_scales_with_time():
    def slope(_: float, n: np.ndarray) -> np.ndarray:
        return SCIENCE.p * (1 - n) + SCIENCE.q * n * (1 - n)

    times = np.linspace(0.0, 60.0, 13)
    solved = solve_ivp(slope, (0.0, 60.0), [0.0], "DOP853", times, rtol=1e-11, atol=1e-13).y[0]
    assert SCIENCE.heard(times) == pytest.approx(solved, abs=1e-9)
    hours = Diffusion(0.3, 0.2 * 60, 0.15 * 60)
    assert hours.heard(times / 60) == pytest.approx(SCIENCE.heard(times), rel=1e-12)


def test_nobody_hears_without_a_source():
    silent = Diffusion(0.0, 1.0, 1.0)
    assert float(silent.heard(1e9)) == 0.0
    assert np.isinf(silent.time_of(0.5))
    assert np.isinf(silent.fastest())


@pytest.mark.parametrize("call", [
    lambda: never_hear(1.5), lambda: never_hear(0.0, -0.1), lambda: never_hear(forgetting=float("nan")),
    lambda: hearing_law(5000, 1, pairs=True), lambda: hearing_law(5, 0, pairs=True),
    lambda: Diffusion(1.5, 0.1, 0.1).checked(), lambda: Diffusion(0.5, -0.1, 0.1).checked(),
    lambda: rumour_curve(-1.0, 0.1, np.array([1.0])),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()
