"""Disputes: what is known early, who settles them, petitions, and the grid worker's finite hours."""

from __future__ import annotations

import numpy as np
import pytest
from years import is_mean, told, under, years_of

from models.calendar import DAY
from models.lines.disputes import LEVELS, Disputes

#: Enough disputes that one run tells, and workers whose hours never bind.
MANY = Disputes(disputes_per_100k=40_000.0, worker_h=24.0, grid_h=0.0)


@pytest.fixture
def play(tiny_city, tiny_people):
    return lambda line, values, seed=1, days=365.0: years_of(line, tiny_city, tiny_people, values, seed=seed, days=days)


@pytest.mark.parametrize("visits", [0.3, 1.0])
def test_what_visits_learn_in_time_is_one_minus_an_exponential(play, visits: float):
    line = MANY.model_copy(update={"simmer_d": 45.0})
    found = [told(line, play(line, {"disputes.visits": visits}, seed))["known"] for seed in range(16)]
    assert is_mean(found, 1.0 - np.exp(-visits * 45.0 / 90.0), 0.04)


def test_without_escalation_the_levels_settle_what_those_below_leave(play):
    line = MANY.model_copy(update={"escalation": 0.0})
    runs = [play(line, {"disputes.grid_settles": 0.45}, seed) for seed in range(16)]
    for level, share in (("grid", 0.45), ("community", 0.55 * 0.6), ("street", 0.55 * 0.4)):
        assert is_mean([float((run["level"] == level).mean()) for run in runs], share, 0.03)
    assert not any((run["level"] == "petition").any() for run in runs)


def test_what_nobody_settles_becomes_a_petition_with_its_hazard(play):
    line = MANY.model_copy(update={"community_settles": 0.0, "street_settles": 1e-9})
    runs = [play(line, {"disputes.grid_settles": 0.0, "disputes.visits": 1.0}, seed) for seed in range(16)]
    for known, mean in ((False, 250.0), (True, 625.0)):
        days = [(run["t_end"] - run["t_open"])[run["known"] == known] / DAY for run in runs]
        assert is_mean([float(run.mean()) for run in days], mean, 0.03)
    assert all((run["level"] == "petition").all() for run in runs)


def test_a_mediator_is_a_single_server(play, tiny_city, tiny_people):
    # M/D/1: Wq = ρ s / 2(1 − ρ) in each grid; s = 5 days, long against the hours of a day.
    line = Disputes(disputes_per_100k=4000.0, simmer_d=0.001, escalation=0.0, grid_h=5.0, worker_h=1.0)
    residents = np.bincount(tiny_city.buildings.grid[tiny_people.home]).astype(float)
    per_day = residents * line.disputes_per_100k / 100_000 / 365.0
    load = 5.0 * per_day
    expected = float((per_day * load * 5.0 / (2.0 * (1.0 - load))).sum() / per_day.sum())
    runs = [play(line, {"disputes.visits": 1e-9}, seed, 3650.0) for seed in range(16)]
    assert 0.3 < load.max() < 0.8
    assert is_mean([float(run["wait_d"].mean()) for run in runs], expected, 0.07)


def test_nothing_is_lost_and_nothing_happens_before_its_time(play):
    run = play(MANY, {})
    assert len(np.unique(run["dispute"])) == len(run["dispute"])
    assert set(run["level"]) == set(LEVELS)
    heard = np.isfinite(run["t_begin"])
    assert (run["level"][~heard] == "petition").all()
    assert (run["t_onset"][heard] <= run["t_begin"][heard]).all()
    assert (run["t_begin"][heard] <= run["t_end"][heard]).all()
    petition = run["level"] == "petition"
    assert (run["t_end"][petition] >= run["t_open"][petition]).all()
    assert (run["wait_d"] >= 0).all()


def test_the_same_disputes_arise_under_every_policy_and_visits_learn_of_more_of_them(play):
    before = play(MANY, {"disputes.visits": 0.2})
    for visits in (0.4, 0.9, 2.0):
        after = play(MANY, {"disputes.visits": visits})
        assert (after["dispute"] == before["dispute"]).all()
        assert (after["t_onset"] == before["t_onset"]).all()
        assert (before["known"] <= after["known"]).all()
        before = after


def test_early_mediation_does_what_was_expected_of_it(play):
    off, on = ([told(Disputes(), play(Disputes(), values, seed)) for seed in range(20)]
               for values in (under(), under("early_mediation")))  # fmt: skip
    mean = {name: (np.mean([run[name] for run in off]), np.mean([run[name] for run in on])) for name in off[0]}
    assert mean["known"] == pytest.approx((1 - np.exp(-0.3), 1 - np.exp(-1.0)), abs=0.03)
    assert mean["settled_at_grid"] == pytest.approx((0.45, 0.7), abs=0.03)
    assert -0.8 <= mean["petitions"][1] / mean["petitions"][0] - 1 <= -0.4
    assert mean["grid_h"][1] > 3 * mean["grid_h"][0]


def test_visits_crowd_mediation_out_where_disputes_are_many(play):
    line = Disputes(disputes_per_100k=20_000.0)
    off, on = (told(line, play(line, values)) for values in (under(), under("early_mediation")))
    assert on["wait"] > 10 * off["wait"]
    assert on["petitions"] > off["petitions"]


def test_visits_never_take_more_than_the_hours_that_there_are(play):
    line = Disputes(worker_h=1.0)
    run = play(line, {"disputes.visits": 3.0, "disputes.visit_h": 2.0})
    assert told(line, run)["known"] < 0.3
    disputes = np.bincount(run["area"])[run["area"]] * line.grid_h * 7.0 / 365.0
    assert (run["grid_h"] <= 0.75 * 7.0 + disputes + 1e-9).all()
