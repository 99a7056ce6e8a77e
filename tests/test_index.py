"""The composite index: what it is made of, and what it must not do."""

from __future__ import annotations

import numpy as np
import pytest

from sim.comparison import Described, index_of
from sim.errors import InputError
from sim.index import MOST, score, theme_scores, weights_of
from sim.themes import THEMES
from sim.units import unit_text


def described(name: str, theme: str, better: str = "lower") -> Described:
    return Described(name=name, title=unit_text("min"), unit=unit_text("min"), better=better, theme=theme)


def test_a_score_points_to_the_better_in_standard_deviations():
    base = [10.0, 12.0, 14.0]
    assert score(base, [8.0, 10.0, 12.0], lower_is_better=True) == pytest.approx([1.0, 1.0, 1.0])
    assert score(base, [8.0, 10.0, 12.0], lower_is_better=False) == pytest.approx([-1.0, -1.0, -1.0])
    assert score(base, [-1e9, 12.0, 1e9], lower_is_better=True) == pytest.approx([MOST, 0.0, -MOST])


def test_what_has_no_spread_has_no_score():
    assert np.isnan(score([3.0, 3.0], [1.0, 1.0], lower_is_better=True)).all()
    assert np.isnan(score([3.0], [1.0], lower_is_better=True)).all()


def test_a_theme_is_the_mean_of_its_indicators_and_skips_what_is_not_there():
    found = theme_scores({"a": ("speed", np.array([1.0, np.nan])), "b": ("speed", np.array([3.0, 2.0]))})
    assert found["speed"] == pytest.approx([2.0, 2.0])
    assert set(found) == {"speed"}


def test_the_whole_is_the_weighted_mean_of_the_themes():
    values = {
        "P1": {seed: {"fast": 10.0 + seed, "load": 5.0 + seed} for seed in range(12)},
        "P2": {seed: {"fast": 9.0 + seed, "load": 7.0 + seed} for seed in range(12)},
    }
    told = [described("fast", "speed"), described("load", "burden")]
    spread = float(np.std(np.arange(12), ddof=1))
    even = index_of(told, values, list(range(12)), weights_of(""))
    assert even.themes["speed"]["P2"].difference == pytest.approx(1.0 / spread)
    assert even.themes["burden"]["P2"].difference == pytest.approx(-2.0 / spread)
    assert even.overall["P2"].difference == pytest.approx(-0.5 / spread)
    fast = index_of(told, values, list(range(12)), weights_of("burden=0"))
    assert fast.overall["P2"].difference == pytest.approx(1.0 / spread)


def test_a_policy_against_itself_scores_nothing():
    same = {seed: {"fast": 10.0 + seed} for seed in range(12)}
    found = index_of([described("fast", "speed")], {"a": same, "b": same}, list(range(12)), weights_of(""))
    assert found.overall["b"].difference == 0.0


@pytest.mark.parametrize(
    ("said", "told"),
    [("haste=1", "theme 'haste' is unknown"), ("speed=-1", "must be a number from 0"), ("speed=x", "'x' came"),
     ("speed", "must be a number"), (",".join(f"{theme}=0" for theme in THEMES), "must weigh more than 0")],
)  # fmt: skip
def test_weights_that_make_no_sense_are_refused(said: str, told: str):
    with pytest.raises(InputError, match=told):
        weights_of(said)
