"""Diffusion: Bass's curve for many, exact times for few, fidelity, mentors and inequality."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from years import told, under, years_of

from models.levers.practice_mentoring import PracticeMentoring
from models.lines.diffusion import Diffusion, gini, uptake

LINE = Diffusion()


@pytest.fixture
def play(tiny_city, tiny_people):
    return lambda line, values, seed=1: years_of(line, tiny_city, tiny_people, values, seed=seed)


def bass(months: NDArray[np.float64], p: float, q: float) -> NDArray[np.float64]:
    """Bass (1969): F(t) = (1 − e^−(p+q)t) / (1 + (q/p)·e^−(p+q)t)."""
    decay = np.exp(-(p + q) * months)
    return (1.0 - decay) / (1.0 + q / p * decay)


@pytest.mark.parametrize(("p", "q"), [(0.02, 0.25), (0.03, 0.38), (0.01, 0.1), (0.05, 0.0)])
def test_many_streets_follow_the_closed_form(p: float, q: float):
    luck = np.random.default_rng(3).exponential(size=100_000)
    times = np.sort(uptake(luck, p, q))
    months = np.linspace(1.0, 60.0, 60)
    found = np.searchsorted(times, months) / len(times)
    assert np.abs(found - bass(months, p, q)).max() < 0.01


def test_the_peak_comes_when_it_should():
    times = uptake(np.random.default_rng(5).exponential(size=400_000), 0.03, 0.38)
    count, edges = np.histogram(times, bins=np.arange(0.0, 20.0, 0.5))
    fit = np.polyfit(edges[6:18] + 0.25, count[6:18], 2)
    assert -fit[1] / (2.0 * fit[0]) == pytest.approx(6.1926, abs=0.15)  # t* = ln(q/p) / (p + q)


def test_times_are_those_of_small_steps():
    luck = np.array([0.9, 0.05, 0.4, 2.0, 0.41])
    p, q, step = 0.02, 0.25, 1e-3
    hazard, expected, month = 0.0, np.full(5, np.nan), 0.0
    while np.isnan(expected).any():
        had = np.isfinite(expected).sum() / 5
        hazard, month = hazard + (p + q * had) * step, month + step
        expected[np.isnan(expected) & (luck <= hazard)] = month
    assert uptake(luck, p, q) == pytest.approx(expected, abs=0.05)


@given(st.lists(st.floats(0.001, 10.0), min_size=1, max_size=12), st.floats(0.0, 0.3))
def test_more_imitation_makes_nobody_later_and_changes_no_order(luck: list[float], more: float):
    slow, fast = (uptake(np.array(luck), 0.02, 0.1 + extra) for extra in (0.0, more))
    assert (fast <= slow + 1e-9).all()
    assert (np.diff(fast[np.argsort(luck, kind="stable")]) >= 0.0).all()


def test_gini_is_that_of_known_cases():
    assert gini(np.ones(10)) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 1.0])) == pytest.approx(0.75)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert np.isnan(gini(np.zeros(4)))


def test_a_field_of_streets_is_marked_and_follows_bass(play):
    line = Diffusion(synthetic=1000)
    run = play(line, {"diffusion.pull": 0.02, "diffusion.imitation": 0.25})
    assert run["synthetic"].all()
    assert len(run["unit"]) == 1000
    assert told(line, run)["adopted"] == pytest.approx(float(bass(np.array([12.0]), 0.02, 0.25)[0]), abs=0.07)


def test_where_streets_are_few_the_next_level_stands_for_them(play, tiny_city):
    areas = tiny_city.areas
    assert len(areas.of_level("street")) < LINE.least > len(areas.of_level("community"))
    run = play(LINE, {})
    assert set(run["level"]) == {"grid"}
    assert not run["synthetic"].any()
    assert set(run["area"]) == set(areas.of_level("grid"))
    assert set(play(Diffusion(least=2), {})["level"]) == {"community"}
    assert set(play(Diffusion(least=1), {})["level"]) == {"street"}


def test_who_has_not_taken_it_up_has_no_effect_and_no_mentor(play):
    run = play(LINE, {"diffusion.mentored": 1.0})
    without = ~run["adopted"]
    assert without.any()
    assert (run["effect"][without] == 0).all()
    assert (run["mentor_h"][without] == 0).all()
    assert ((run["effect"] >= 0) & (run["effect"] <= 1)).all()


def test_fidelity_is_seven_tenths_with_its_spread_and_a_mentor_closes_half_of_the_gap(play):
    line = Diffusion(synthetic=1000)
    plain, guided = (play(line, {"diffusion.mentored": share}) for share in (0.0, 1.0))
    assert plain["fidelity"].mean() == pytest.approx(0.7, abs=0.02)
    assert plain["fidelity"].std() == pytest.approx(0.2, abs=0.02)
    assert guided["fidelity"] == pytest.approx(plain["fidelity"] + 0.5 * (1.0 - plain["fidelity"]))


def test_a_campaign_is_fast_and_weak_and_with_mentors_it_does_more(play):
    line = Diffusion(synthetic=101)
    arms = [(), ("practice_mentoring",), ("practice_diffusion",), ("practice_diffusion", "practice_mentoring")]
    runs = [[told(line, play(line, under(*arm), seed)) for seed in range(20)] for arm in arms]
    alone, mentors, campaign, both = ({k: np.nanmean([r[k] for r in arm]) for k in arm[0]} for arm in runs)
    assert campaign["adopted"] - alone["adopted"] == pytest.approx(0.72, abs=0.06)
    assert campaign["fidelity"] < alone["fidelity"] < mentors["fidelity"]
    assert campaign["without"] < both["without"] < alone["without"] < mentors["without"]
    assert alone["effect"] < campaign["effect"] < both["effect"]
    assert alone["inequality"] > campaign["inequality"] > both["inequality"]
    assert campaign["behind"] == pytest.approx(campaign["effect"], rel=0.15)


def test_a_street_that_others_learn_from_is_no_engineering_prototype():
    """The official terms: 示范街道 and 经验复制; 原型 is a prototype of engineers."""
    texts = [Diffusion.title, PracticeMentoring.title, *(parameter.title for parameter in Diffusion.own.values()),
             *(kind.title for kind in Diffusion.indicators)]  # fmt: skip
    assert not [text.zh for text in texts if "原型" in text.zh]
    assert "示范街道" in PracticeMentoring.title.zh
