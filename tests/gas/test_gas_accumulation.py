"""Gas in a space beside the leak: closed form, kernel, times, and the chance of a spark."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gas.accumulation import Space, gather, ignition_probability, open_ignition_probability
from models.gas.source import METHANE
from sim.errors import InputError

CELLAR = Space(volume=50.0, exchange=0.5 / 3600)


def integrate(space: Space, leak: float, seconds: float, steps: int, exchange_sign: float = 1.0) -> float:
    """A slow twin: explicit steps of the balance of gas."""
    c, dt = space.at_first, seconds / steps
    for _ in range(steps):
        c += dt / space.volume * (leak - (leak + exchange_sign * space.exchange * space.volume) * c)
    return c


def test_the_closed_form_equals_the_balance_of_gas():
    got = CELLAR.fraction(0.002, 1800.0)
    assert got == pytest.approx(integrate(CELLAR, 0.002, 1800.0, 200_000), rel=1e-5)
    assert got != pytest.approx(integrate(CELLAR, 0.002, 1800.0, 20_000, exchange_sign=-1.0), rel=1e-2)


def test_halved_steps_of_the_twin_converge_to_it():
    exact = CELLAR.fraction(0.002, 1800.0)
    errors = [abs(integrate(CELLAR, 0.002, 1800.0, n) - exact) for n in (100, 200, 400)]
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.05)
    assert errors[1] / errors[2] == pytest.approx(2.0, rel=0.05)


def test_time_to_the_lower_limit():
    leak = 0.002
    end = leak / (leak + 50 * 0.5 / 3600)
    by_hand = -50.0 / (leak + 50 * 0.5 / 3600) * log(1 - 0.05 / end)
    assert CELLAR.time_to(METHANE.lower, leak) == pytest.approx(by_hand, rel=1e-12)
    assert CELLAR.fraction(leak, by_hand) == pytest.approx(0.05, rel=1e-12)


def test_enough_air_keeps_it_safe_for_ever():
    aired = Space(50.0, 10.0 / 3600)
    assert aired.settles_at(0.002) < METHANE.lower
    assert aired.time_to(METHANE.lower, 0.002) == inf
    assert aired.flammable_s(METHANE, 0.002, 1e9) == 0.0


def test_without_air_the_gas_fills_the_space():
    tight = Space(50.0, 0.0)
    assert tight.settles_at(0.01) == 1.0
    assert tight.fraction(0.01, 600.0) == pytest.approx(1 - exp(-0.01 * 600 / 50), rel=1e-12)
    assert tight.settles_at(0.0) == 0.0


def test_a_mixture_too_rich_burns_no_more():
    tight = Space(20.0, 0.0)
    burns = tight.flammable_s(METHANE, 0.05, 1e6)
    assert burns == pytest.approx(tight.time_to(0.15, 0.05) - tight.time_to(0.05, 0.05))
    assert 0 < burns < 1e6


@given(st.floats(1.0, 1e4), st.floats(0.0, 0.01), st.floats(0.0, 1.0), st.floats(0.0, 5.0), st.floats(0.0, 1e5))
def test_fractions_stay_fractions_and_steps_add_up(volume, exchange, at_first, leak, seconds):
    space = Space(volume, exchange, at_first)
    whole = space.fraction(leak, seconds)
    assert 0.0 <= whole <= 1.0
    c = np.array([at_first])
    for _ in range(4):
        gather(c, np.array([leak]), np.array([volume]), np.array([exchange]), seconds / 4)
    assert c[0] == pytest.approx(whole, rel=1e-9, abs=1e-12)


def test_kernel_equals_the_closed_form_in_many_spaces_in_any_order():
    rng = np.random.default_rng(1)
    leak, volume, exchange = rng.uniform(0, 0.1, 200), rng.uniform(1, 500, 200), rng.uniform(0, 1e-3, 200)
    c = np.zeros(200)
    gather(c, leak, volume, exchange, 900.0)
    assert c == pytest.approx([Space(v, n).fraction(q, 900.0) for q, v, n in zip(leak, volume, exchange, strict=True)])
    order = rng.permutation(200)
    again = np.zeros(200)
    gather(again, leak[order], volume[order], exchange[order], 900.0)
    assert np.array_equal(again, c[order])


def test_ignition():
    assert ignition_probability(3600.0, 2.0) == pytest.approx(1 - exp(-2.0))
    assert ignition_probability(0.0, 2.0) == 0.0
    assert open_ignition_probability(1.0) == pytest.approx(0.0156)
    assert open_ignition_probability(50.0) == pytest.approx(0.19, abs=0.01)
    assert open_ignition_probability(1e9) == 1.0
    assert open_ignition_probability(50.0) != pytest.approx(0.0156 * 50, abs=0.01)  # a lost exponent


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Space(0.0, 0.1),
        lambda: Space(1.0, -0.1),
        lambda: Space(1.0, 0.1, 1.5),
        lambda: CELLAR.settles_at(-1.0),
        lambda: CELLAR.time_to(2.0, 0.1),
        lambda: ignition_probability(1.0, -1.0),
        lambda: open_ignition_probability(float("nan")),
    ],
)
def test_bad_input_is_refused(bad):
    with pytest.raises(InputError):
        bad()
