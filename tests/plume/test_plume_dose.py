"""Dose, shelter and sectors: published lethal concentrations, closed forms, conservation, and planted bugs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plume.dose import AMMONIA, CHLORINE, TOXICS, Toxic, breathe
from models.plume.shelter import CALM, LEAVE, STAY, Escape, advise, indoors, infiltrate, loads, sectors
from models.plume.validity import (
    continuous,
    dense_plume,
    dense_puff,
    plume_number,
)  # fmt: skip
from sim.errors import InputError
from sim.text import Text


def lethal(toxic: Toxic, minutes: float) -> float:
    return (toxic.load_for(0.5) / minutes) ** (1 / toxic.n)


def test_published_lethal_concentrations():
    """Withers and Lees (1985): 433 and 250 ppm of chlorine in 10 and 30 min; ammonia 11,500 ppm in 30 min (1980)."""
    assert lethal(CHLORINE, 10) == pytest.approx(433, rel=0.01)
    assert lethal(CHLORINE, 30) == pytest.approx(250, rel=0.01)
    assert lethal(AMMONIA, 30) == pytest.approx(11_500, rel=0.02)


@pytest.mark.parametrize("bug", [{"a": -8.92}, {"b": 0.82}, {"n": 1.0}])
def test_the_check_rejects_planted_bugs(bug):
    right = {"a": -8.29, "b": 0.92, "n": 2.0}
    wrong = Toxic(Text("x", "x"), 0.0709, **(right | bug), harm=2.0, danger=20.0, source="none", ratio=1.3, vapour=1e5)
    assert lethal(wrong, 30) != pytest.approx(250, rel=0.01)


def test_parts_per_million():
    assert float(CHLORINE.ppm(2.9997e-6)) == pytest.approx(1.0, rel=1e-3)  # 3.00 mg/m³ at 15 °C
    assert float(CHLORINE.ppm(CHLORINE.density(37.0))) == pytest.approx(37.0)


def test_deaths_grow_with_the_load():
    for toxic in TOXICS.values():
        shares = toxic.deaths(np.geomspace(1.0, 1e12, 200))
        assert (np.diff(shares) >= 0).all()
        assert shares.min() >= 0
        assert shares.max() <= 1
        assert float(toxic.deaths(0.0)) == 0.0
        assert toxic.harm < toxic.danger < lethal(toxic, 60)
    with pytest.raises(InputError):
        CHLORINE.deaths(-1.0)


def test_load_kernel_for_any_power():
    for power in (1.0, 1.43, 2.0, 2.75):
        load = np.zeros(3)
        for ppm, minutes in ((np.array([0.0, 10.0, 300.0]), 2.0), (np.array([5.0, 0.0, 1.0]), 3.0)):
            breathe(load, ppm, power, minutes)
        assert load == pytest.approx([5.0**power * 3, 10.0**power * 2, 300.0**power * 2 + 3])


def test_indoors_follows_its_closed_form():
    n, dt = 0.5 / 3600, 60.0
    outside = np.r_[np.full(30, 10.0), np.zeros(60)][:, None]
    inside = indoors(outside, n, dt)[:, 0]
    assert inside[29] == pytest.approx(10 * (1 - np.exp(-n * 1800)), rel=1e-12)
    assert inside[89] == pytest.approx(inside[29] * np.exp(-n * 3600), rel=1e-12)
    assert inside[29] != pytest.approx(10 * np.exp(-n * 1800), rel=0.01)


def test_in_the_end_the_same_gas_passes_indoors_as_outdoors():
    n, dt = 2.0 / 3600, 5.0
    outside = np.r_[np.full(360, 10.0), np.zeros(10_000)][:, None]
    ends = np.r_[0.0, indoors(outside, n, dt)[:, 0]]
    total = ((ends[:-1] - outside[:, 0]) * (1 - np.exp(-n * dt)) / n + outside[:, 0] * dt).sum()
    assert total == pytest.approx(10 * 1800, rel=1e-3)


@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 0.1), st.floats(0, 1e5))
def test_indoor_air_stays_between_inside_and_outside(inside, outside, exchange, seconds):
    now = np.array([inside])
    infiltrate(now, np.array([outside]), np.array([exchange]), seconds)
    assert min(inside, outside) * (1 - 1e-12) - 1e-12 <= now[0] <= max(inside, outside) * (1 + 1e-12) + 1e-12


def test_stay_in_a_short_cloud_and_leave_before_a_long_one():
    dt, n = 60.0, 0.6 / 3600
    short = np.r_[np.full(10, 200.0), np.zeros(110)][:, None]
    late_and_long = np.r_[np.zeros(20), np.full(100, 200.0)][:, None]
    assert advise(CHLORINE, short, n, dt, Escape(120.0, 600.0)) == STAY
    assert advise(CHLORINE, late_and_long, n, dt, Escape(120.0, 600.0)) == LEAVE
    assert advise(CHLORINE, late_and_long * 0.001, n, dt, Escape()) == CALM
    assert loads(CHLORINE, indoors(short, n, dt), dt)[0] < loads(CHLORINE, short, dt)[0]
    straight = Escape(1200.0, 600.0).exposed(late_and_long, n, dt)[:, 0]
    assert straight[25] == 200.0
    assert straight[40] == 0.0


def test_sectors_of_the_compass():
    x, y = [0.0, 100.0, 100.0, 0.0, -100.0, 0.0, 900.0], [100.0, 100.0, 0.0, -100.0, 0.0, 400.0, 0.0]
    assert sectors(x, y, (0.0, 0.0), (200.0, 500.0)).tolist() == [0, 1, 2, 4, 6, 8, -1]


def test_dense_by_britter_and_mcquaid():
    """The Burro trial of CCPS (1999, p. 122): .23 m³/s of liquid at 425.6, gas at 1.76 kg/m³, 10.9 m/s: dense."""
    q = 0.23 * 425.6 / 1.76
    assert plume_number(q, 1.76, 10.9) == pytest.approx(0.434, abs=0.005)  # by hand
    assert dense_plume(q, 1.76, 10.9)
    assert continuous(174.0, 10.9, 367.0)
    assert continuous(10.0, 2.0, 367.0) is False
    assert continuous(174.0, 3.0, 367.0) is None
    assert dense_plume(0.5, 3.0, 2.0)  # chlorine
    assert not dense_plume(1e-4, 3.0, 5.0)
    assert not dense_plume(10.0, 0.68, 2.0)  # methane rises
    assert dense_puff(10.0, 3.0, 3.0)
    assert not dense_puff(0.1, 1.3, 10.0)
    assert not dense_puff(0.0, 3.0, 3.0)
    with pytest.raises(InputError):
        dense_plume(1.0, 3.0, 0.0)
