"""Loads of people by building and one by one, against plain sums; a fault in who breathes what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from models.plume.dose import CHLORINE
from models.plume.exposure import OUT, Exposure
from models.whereabouts import AWAY, OUTDOORS, Whereabouts

NOBODY = np.zeros(2, dtype=bool)


def told(*building: int) -> Whereabouts:
    known = Whereabouts()
    known.add(np.arange(len(building)), np.array(building))
    known.add_spots(np.zeros(1), np.zeros(1))
    return known


def test_one_inside_one_in_the_open_one_away_breathe_what_is_where_they_are():
    known = told(0, 0, 0)
    exposure, outside, gas = Exposure(CHLORINE, 2, known), np.array([100.0, 0.0]), 40.0
    inside = 0.0
    loads = np.zeros(3)
    for minute in range(30):
        if minute == 10:
            known.state[1:] = OUTDOORS
        if minute == 20:
            known.state[2] = AWAY
        exposure.breathe(outside, NOBODY, lambda x, _: np.full(len(x), gas), 60.0 * minute, 60.0)
        inside = 100.0 + (inside - 100.0) * np.exp(-60.0 / 3600.0)
        loads += [inside**2, gas**2 if minute >= 10 else inside**2,
                  0.0 if minute >= 20 else gas**2 if minute >= 10 else inside**2]  # fmt: skip
    assert exposure.loads() == pytest.approx(loads, rel=1e-12)
    assert exposure.deaths()[0] == pytest.approx(CHLORINE.deaths(loads).mean(), rel=1e-12)
    assert exposure.left().tolist() == [pytest.approx(1 / 3), 1.0]
    least = 60.0 * 50.0**2
    assert exposure.above(50.0)[0] == pytest.approx((loads >= least).mean())


def test_who_is_told_later_has_breathed_indoors_until_then():
    known = Whereabouts()
    exposure, plain = Exposure(CHLORINE, 2, known), Exposure(CHLORINE, 2, Whereabouts())
    for minute in range(20):
        if minute == 12:
            known.add(np.array([7]), np.array([1]))
        for one in (exposure, plain):
            one.breathe(np.array([0.0, 80.0]), NOBODY, np.hypot, 60.0 * minute, 60.0)
    assert exposure.loads()[0] == pytest.approx(plain._indoors[1], rel=1e-12)


def test_a_tenth_is_in_the_open_until_told_to_stay():
    exposure = Exposure(CHLORINE, 2, Whereabouts())
    stay = np.array([False, True])
    exposure.breathe(np.full(2, 200.0), stay, np.hypot, 0.0, 60.0)
    inside, shut = (200.0 * (1.0 - np.exp(-60.0 * changes / 3600.0)) for changes in (1.0, 0.4))
    shares = [(1.0 - OUT) * CHLORINE.deaths(inside**2) + OUT * CHLORINE.deaths(200.0**2), CHLORINE.deaths(shut**2)]
    assert exposure.deaths() == pytest.approx(np.array(shares), rel=1e-9)
