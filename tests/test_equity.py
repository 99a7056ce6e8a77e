"""Equity in words: which area gains most and least, how far apart they lie, and whether that can be told."""

from __future__ import annotations

import numpy as np
import pytest
from compared import TIME, comparison
from scipy import stats

from sim.equity import AreaChange, Spread, spread_of
from sim.statistics import paired_difference
from viz.words import carried, equity, figure, signed, verdict


def said(changes: dict[str, float], runs: int = 12) -> str:
    return equity(spread_of(comparison(changes, runs), "arm1"), "en")


def test_who_gains_most_and_least_and_how_far_apart_they_lie():
    spread = spread_of(comparison({"East": -3.0, "West": -1.0, "North": -2.0}), "arm1")
    assert spread is not None
    assert (spread.most.area, spread.least.area, spread.areas) == ("East", "West", 3)
    assert spread.width == pytest.approx(2.0, abs=0.05)
    assert spread.can_be_told
    text = equity(spread, "en")
    assert text.startswith("Time to arrival, over 3 areas: East gains most (-3; 95 % interval -3.")
    assert text.endswith("they lie 2 min apart, and that is more than luck.")
    chinese = equity(spread, "zh")
    assert "East 获益最多（-3；95% 区间" in chinese
    assert "West 获益最少" in chinese
    assert chinese.endswith("可判断两者不同，并非偶然。")


def test_an_area_that_loses_is_not_said_to_gain():
    text = said({"East": -1.0, "West": 2.0})
    assert "East gains most" in text
    assert "West loses most (+2" in text
    assert "East loses least" in said({"East": 1.0, "West": 2.0})


def test_what_cannot_be_told_is_said_to_be_so():
    assert said({"East": -3.0, "West": -1.0}, runs=9).endswith("cannot be told from 9 pairs (10 at least).")
    assert said({"East": -1.0, "West": -1.01}).endswith("whether that is more than luck cannot be told.")
    assert said({"East": -1.0}) == "Nothing was measured in two areas: who gains cannot be told."


def test_the_p_value_is_welch_s_times_the_pairs_of_areas():
    found = spread_of(comparison({"East": -1.0, "West": -1.1, "North": -1.05}), "arm1")
    assert found is not None
    rows = {row.area: row.differences["arm1"] for row in comparison({"East": -1.0, "West": -1.1, "North": -1.05}).areas}
    one, other = rows["West"], rows["East"]
    expected = stats.ttest_ind_from_stats(
        one.difference, one.sd, one.n, other.difference, other.sd, other.n, equal_var=False
    )
    assert found.p == pytest.approx(min(1.0, 3 * expected.pvalue))


def test_equal_areas_are_hardly_ever_told_apart():
    """The most and the least of ten areas are picked afterwards: the correction keeps that within 5 %."""
    luck, told = np.random.default_rng(1), 0
    for _ in range(300):
        changes = [paired_difference([0.0] * 12, luck.normal(size=12).tolist()) for _ in range(10)]
        areas = {str(i): float(one.difference) for i, one in enumerate(changes)}
        most, least = (changes[int(f(areas, key=areas.__getitem__))] for f in (min, max))
        p = stats.ttest_ind_from_stats(
            most.difference, most.sd, 12, least.difference, least.sd, 12, equal_var=False
        ).pvalue
        told += Spread(TIME, AreaChange("a", most), AreaChange("b", least), 10, min(1.0, 45 * p)).can_be_told
    assert told <= 0.05 * 300


def test_an_error_of_rounding_is_no_difference():
    same = paired_difference([0.25] * 10, [0.25 + 1e-17 * k for k in range(10)])
    tiny = paired_difference([0.0] * 10, [4e-17 * (1 + k % 2) for k in range(10)])
    assert {verdict(TIME, same), verdict(TIME, tiny)} == {"same"}
    assert (figure(4e-17), signed(-4e-18), signed(0.5)) == ("0", "0", "+0.5")


def test_what_carries_the_answer_is_said_in_a_sentence():
    bars = comparison({"East": -1.0, "West": -2.0}).tornado
    assert bars is not None
    assert carried(bars, "en") == ("Most is carried by 'A long name of a policy' (-3 … +1). "
                                   "Of 1 assumptions that move it, 1 would turn it round.")  # fmt: skip
    assert "1 项可使其反转方向" in carried(bars, "zh")
    assert carried(bars.model_copy(update={"bars": []}), "en") == "No assumption moves it."
