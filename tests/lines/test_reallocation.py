"""Reallocation: regret against its formula, conservation of staff, faster and better reviews, and hunting."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from alone import rows_alone
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import WorkingHours
from models.indicator import Columns
from models.lines.reallocation import MOST_MOVED, Reallocation, moves_of, regret_of
from models.parameters import preset_values

SEEDS = range(4)
DAYS = 180.0
INDICATORS = {kind.name: kind for kind in Reallocation.indicators}


COMMUNITIES = np.arange(1, 56)
EVERY_DAY = WorkingHours(days_a_week=7)  #: so that a review and a transfer of so many days take as many


@pytest.fixture(scope="module")
def city():
    """All that the line asks of a city of 500,000: the small one has two communities, too few to hunt in."""
    households = np.concatenate([[0.0], np.random.default_rng(1).uniform(2000, 6000, len(COMMUNITIES))])
    areas = SimpleNamespace(households=households, of_level=lambda _level: COMMUNITIES)
    return SimpleNamespace(residents=500_000, areas=areas)


@pytest.fixture(scope="module")
def played(city):
    @cache
    def of(preset: str, *changes: tuple[str, float], fields: tuple[tuple[str, float], ...] = ()) -> list[Columns]:
        values = {**preset_values(preset), **{f"decision.{name}": value for name, value in changes}}
        return [rows_alone(Reallocation(**dict(fields)), city, None, values, seed, DAYS, EVERY_DAY) for seed in SEEDS]

    def rows(preset: str = "P2", fields: dict[str, float] | None = None, **changes: float) -> list[Columns]:
        return of(preset, *sorted(changes.items()), fields=tuple(sorted((fields or {}).items())))

    return rows


def mean_of(rows: list[Columns], name: str) -> float:
    return float(np.mean([INDICATORS[f"{name}.staff"].fold(run) for run in rows]))


shares = st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3)


@settings(max_examples=50, deadline=None)
@given(shares, shares)
def test_regret_is_never_negative_and_nothing_where_staff_stand_where_the_demand_is(demand, staff):
    p, q = (np.array(x) / sum(x) for x in (demand, staff))
    assert regret_of(np.array(demand), 1000.0 * q).sum() == pytest.approx((p**2 / q).sum() - 1.0, abs=1e-9)
    assert regret_of(p, 1000.0 * p).sum() == pytest.approx(0.0, abs=1e-12)
    assert regret_of(p, 1000.0 * q).sum() >= -1e-12


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-30, 30), min_size=4, max_size=12), st.integers(0, 50))
def test_moves_are_balanced_and_go_the_way_that_is_wanted(wanted: list[float], most: int):
    moves = moves_of(np.array(wanted), most)
    assert moves.sum() == 0
    assert np.maximum(moves, 0).sum() <= most
    assert (moves * np.array(wanted) >= 0).all()


@pytest.mark.parametrize("change", [{}, {"gain": 2.0, "guard_d": 0.0}])
def test_nobody_is_lost_and_no_review_moves_more_than_a_fifth(played, change: dict[str, float]):
    for run in played(**change):
        communities = len(COMMUNITIES)
        staff, ordered = (run[name].reshape(-1, communities) for name in ("staff", "ordered"))
        assert (staff >= 0).all()
        assert (staff.sum(1) == staff[0].sum()).all()
        assert (ordered.sum(1) == 0).all()
        assert (np.maximum(ordered, 0).sum(1) <= MOST_MOVED * staff[0].sum()).all()
        assert (run["taken_back"] <= np.abs(run["ordered"])).all()


def test_what_comes_is_what_waits_and_what_was_dealt_with(played):
    for run in played(preset="P0", fields={"cases_a_day": 4.0, "load": 3.0 / 2.0}, review_d=90.0):
        # Overloaded for long, communities that stay overloaded wait for all that they cannot deal with.
        communities = len(np.unique(run["area"]))
        arrived, staff, backlog = (run[name].reshape(-1, communities) for name in ("arrived", "staff", "backlog"))
        always = (backlog[:60] > 0).all(0)
        assert always.any()
        assert backlog[59, always] == pytest.approx((arrived - 4.0 * staff)[:60, always].sum(0))


def test_the_demand_does_not_depend_on_who_decides(played):
    first, second = played(preset="P0")[0], played(preset="P2")[0]
    for name in ("demand", "arrived"):
        assert np.array_equal(first[name], second[name])


def test_without_drift_and_noise_there_is_little_to_regret(played):
    still = played(fields={"drift_sigma": 0.0}, noise_cv=0.05)
    assert mean_of(still, "regret") < 0.01
    assert mean_of(still, "moves") < 0.05


def test_regret_and_backlogs_fall_with_shorter_periods_of_review(played):
    for name in ("regret", "backlog_sd"):
        found = [mean_of(played(review_d=float(period)), name) for period in (90, 30, 14, 7, 3)]
        assert found == sorted(found, reverse=True), name
        assert found[-1] < 0.4 * found[1]


def test_regret_rises_with_the_noise_of_the_estimate(played):
    found = [mean_of(played(noise_cv=cv), "regret") for cv in (0.05, 0.15, 0.4, 0.8)]
    assert found == sorted(found)
    assert found[2] > 1.3 * found[1]


def test_without_the_guard_a_high_gain_hunts(played):
    calm, guarded, hunting = (
        played(gain=0.5, guard_d=0.0, noise_cv=0.05),
        played(gain=1.5, guard_d=3.0, noise_cv=0.05),
        played(gain=1.5, guard_d=0.0, noise_cv=0.05),
    )
    assert mean_of(hunting, "regret") > 5.0 * mean_of(guarded, "regret") > 5.0 * mean_of(calm, "regret") / 2.0
    assert mean_of(hunting, "moves") > 3.0 * mean_of(guarded, "moves")
    assert mean_of(hunting, "moves") > 3.0 * mean_of(calm, "moves")


@pytest.mark.parametrize(("gain", "hunts"), [(0.6, False), (1.2, True)])
def test_hunting_starts_where_the_delayed_loop_becomes_unstable(played, gain: float, hunts: bool):
    # Orders of two days ago are in place at a review, those of yesterday are not: e' = e − g·e(yesterday), which is
    # stable for g < 2·sin(π/6) = 1.
    still = played(fields={"drift_sigma": 0.3}, gain=gain, guard_d=0.0, noise_cv=0.05)
    late = [regret_of_last_month(run) for run in still]
    assert (np.mean(late) > 0.5) == hunts


def regret_of_last_month(run: Columns) -> float:
    last = run["day"] >= DAYS - 30
    return float(run["regret"][last].sum() / 30)


def test_at_once_in_place_there_is_nothing_to_hunt(played):
    prompt = played(fields={"transfer_d": 0}, gain=1.0, guard_d=0.0, noise_cv=0.05)
    assert mean_of(prompt, "regret") < 0.03


def test_handing_over_costs_work(played):
    cheap, dear = (mean_of(played(handover_d=x), "backlog") for x in (0.05, 2.0))
    assert dear > cheap


def test_nobody_is_sent_on_a_day_off_and_who_is_sent_comes_after_working_days(city):
    holidays = tuple(range(28, 35))
    for working in (
        WorkingHours(),
        WorkingHours(holidays=holidays),
        WorkingHours(holidays=holidays, workdays=(26, 27)),
    ):
        run = rows_alone(Reallocation(), city, None, preset_values("P2"), 1, 60, working)
        staff, ordered = (run[name].reshape(-1, len(COMMUNITIES)) for name in ("staff", "ordered"))
        sent = np.flatnonzero(np.abs(ordered).sum(1)).tolist()
        assert len(sent) > 20
        assert all(working.works(day) for day in sent)
        moved = np.flatnonzero(np.abs(np.diff(staff, axis=0)).sum(1)) + 1
        assert all(working.works(day) for day in moved.tolist())
        first = next(day for day in sent if day > 25)
        days = [day for day in range(first + 1, 60) if working.works(day)]
        assert (staff[days[1]] - staff[days[0] - 1] != 0).any()  # two working days later


def test_a_holiday_leaves_staff_where_they_stand_while_the_demand_drifts(city):
    def regret(working: WorkingHours) -> float:
        runs = [rows_alone(Reallocation(), city, None, preset_values("P2"), seed, 60, working) for seed in SEEDS]
        return mean_of(runs, "regret")

    assert regret(WorkingHours(holidays=tuple(range(15, 50)))) > 1.2 * regret(WorkingHours())
