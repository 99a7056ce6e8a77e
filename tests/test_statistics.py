from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics import holm, paired_difference, worst_tenth


def test_a_nominal_95_percent_interval_covers_95_percent():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(2000):
        first = rng.normal(10, 3, 20)
        result = paired_difference(first, first + rng.normal(0.5, 1, 20))
        hits += result.low <= 0.5 <= result.high
    assert 0.93 <= hits / 2000 <= 0.97


def test_two_identical_policies_give_uniform_p_values():
    rng = np.random.default_rng(2)
    p = [paired_difference(rng.normal(size=15), rng.normal(size=15)).p for _ in range(1000)]
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_exactly_nothing_differs():
    result = paired_difference([1.0, 2.0, 3.0] * 4, [1.0, 2.0, 3.0] * 4)
    assert (result.difference, result.low, result.high, result.p) == (0.0, 0.0, 0.0, 1.0)
    assert result.enough


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    corrected = holm([nan, 0.02])
    assert isnan(corrected[0])
    assert corrected[1] == 0.02


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_and_keeps_the_order(p):
    corrected = holm(p)
    assert all(c >= x for c, x in zip(corrected, p, strict=True))
    assert np.array_equal(
        np.argsort(p, kind="stable"), np.argsort(np.array(corrected) + 1e-12 * np.array(p), kind="stable")
    ) or len(set(corrected)) < len(p)


def test_pairs_with_nothing_to_measure_are_dropped_and_counted():
    result = paired_difference([1.0, nan, 2.0], [2.0, 1.0, nan])
    assert (result.n, result.dropped) == (1, 2)
    assert not result.enough
    assert paired_difference([nan], [1.0]).n == 0


def test_the_worst_tenth():
    assert worst_tenth(list(range(20)), lower_is_better=True) == 18.5
    assert worst_tenth(list(range(20)), lower_is_better=False) == 0.5
