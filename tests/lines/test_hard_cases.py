"""Hard cases: agreement by themselves, a bulk-service queue of sessions, relapse, and consultation in common."""

from __future__ import annotations

from math import exp
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, poisson
from years import Columns, is_mean, told, under, years_of

from models.calendar import DAY
from models.lines.hard_cases import MONTH_D, HardCases

LINE = HardCases()
#: Enough cases that one run tells.
MANY = HardCases(inflow=60.0, inherited=600, before_d=1095)
HELD = {"hard_cases.convened": 1.0}


@pytest.fixture
def play(tiny_city, tiny_people):
    return lambda line, values, seed=1, days=365.0: years_of(line, tiny_city, tiny_people, values, seed=seed, days=days)


def backlogs(play, line: HardCases, values: dict[str, float], seeds: range, days: float = 365.0) -> list[float]:
    return [told(line, play(line, values, seed, days))["backlog"] for seed in seeds]


def test_without_sessions_the_backlog_is_inflow_over_what_agrees_and_lasts(play):
    # M/G/∞ with feedback: λ / (1 − r) / μ; a relapse in a while delays a case, but not its agreement.
    expected = 60.0 / MONTH_D / (1.0 - 0.25) / 0.003
    assert is_mean(backlogs(play, MANY, {}, range(8), 730.0), expected, 0.04)


def bulk_queue(settles: float, hazard: float, most: int = 60) -> float:
    """Return the mean number of cases under sessions every 30 days, from the chain of what a session leaves behind.

    Between sessions cases come as a Poisson process and leave with the hazard of agreement: an immigration-death
    process, whose transition is a binomial of those there and a Poisson of those who came.
    """
    rate, period = 2.0 / MONTH_D, 30.0
    stays = exp(-hazard * period)
    count = np.arange(most + 1)
    came = poisson.pmf(count, rate * (1.0 - stays) / hazard)
    before = np.array([np.convolve(binom.pmf(count, n, stays), came)[: most + 1] for n in count])
    after: NDArray[np.float64] = np.zeros_like(before)
    whole, part = divmod(settles, 1.0)
    for n in count:
        for taken, share in ((int(whole), 1.0 - part), (int(whole) + 1, part)):
            after[:, max(n - taken, 0)] += share * before[:, n]
    after /= after.sum(axis=1, keepdims=True)
    left = np.linalg.matrix_power(after, 4096)[0]
    mean_left = float(left @ count)
    through = (1.0 - stays) / (hazard * period)  # mean of those there over the period
    return mean_left * through + rate / hazard * (1.0 - through)


@pytest.mark.parametrize(("capacity", "agreement"), [(1.0, 0.012), (1.7, 0.006)])
def test_sessions_are_a_bulk_service_queue(capacity: float, agreement: float):
    values = {**HELD, "hard_cases.capacity": capacity, "hard_cases.relapse": 0.0}
    line = HardCases(before_d=730, inherited=3, agreement=agreement)
    many = SimpleNamespace(areas=SimpleNamespace(of_level=lambda _: np.arange(90, dtype=np.int32)))
    found = [told(line, years_of(line, many, None, values, seed=seed))["backlog"] for seed in range(10)]
    assert is_mean(found, bulk_queue(capacity, agreement), 0.1)


def test_where_every_session_is_full_the_backlog_falls_by_the_checked_85_and_60_percent(play):
    # Inflow = capacity a month + μ × backlog; fifty times the domain's cases, so that luck is small.
    line = HardCases(inflow=100.0, inherited=500, before_d=1825)
    month = {"hard_cases.session_d": MONTH_D, "hard_cases.relapse": 0.0}
    off = backlogs(play, line, month, range(1))[0]
    for held, less in ((1.0, 0.85), (0.7, 0.60)):
        left = backlogs(play, line, {**month, **HELD, "hard_cases.capacity": 85.0 * held}, range(1))[0]
        assert 1.0 - left / off == pytest.approx(less, abs=0.025)


def test_compliance_is_the_share_of_sessions_that_are_held(play):
    line = HardCases(inflow=100.0, before_d=0)
    runs = [play(line, {"hard_cases.convened": 0.7, "hard_cases.session_d": 1.0}, seed) for seed in range(3)]
    held = [len(np.unique(run["t_end"][(run["by"] == "session") & (run["t_end"] < 365 * DAY)])) for run in runs]
    assert sum(held) == pytest.approx(0.7 * 364 * 3, rel=0.06)


def test_the_lever_comes_near_the_checked_figures_at_the_size_of_an_area(play):
    arms = [under(), under({"kind": "area_committee", "compliance": 0.7}), under("area_committee")]
    off, most, held = (float(np.mean(backlogs(play, LINE, arm, range(6), 2920.0))) for arm in arms)
    assert -0.66 <= most / off - 1 <= -0.54
    assert -0.86 <= held / off - 1 <= -0.75  # sessions with fewer than two cases leave capacity unused


def test_littles_law_holds(play):
    values = {**HELD, "hard_cases.capacity": 30.0, "hard_cases.learning": 0.5}
    for run in (play(MANY, values, seed) for seed in range(3)):
        opened = (run["t_open"] >= 0) & (run["t_open"] < 365 * DAY)
        found = told(MANY, run)
        assert found["backlog"] == pytest.approx(opened.sum() / 365.0 * found["age"], rel=0.12)


def check(run: Columns) -> None:
    """Every spell of a case begins after the one before, which had relapsed."""
    assert np.isfinite(run["t_end"]).all()
    assert (run["t_end"] >= run["t_open"]).all()
    order = np.lexsort((run["spell"], run["case"]))
    case, spell, opened, ended = (run[name][order] for name in ("case", "spell", "t_open", "t_end"))
    again = case[1:] == case[:-1]
    assert (spell[1:][again] == spell[:-1][again] + 1).all()
    assert (opened[1:][again] > ended[:-1][again]).all()
    assert (run["relapsed"][order][:-1][again] == 1.0).all()


@pytest.mark.parametrize("levers", [(), ("area_committee",), ("area_committee", "four_togethers")])
def test_no_case_is_lost_or_settled_twice(play, levers: tuple[str, ...]):
    check(play(HardCases(inflow=10.0), under(*levers)))


def test_the_same_cases_arise_under_every_policy(play):
    first = []
    for values in (under(), under("area_committee"), under(base="P2")):
        run = play(LINE, values)
        new = (run["spell"] == 0) & (run["t_open"] >= 0)
        first.append(sorted(zip(run["case"][new].tolist(), run["t_open"][new].tolist(), strict=True)))
    assert first[0] == first[1] == first[2]


def test_a_session_settles_no_more_than_its_capacity_and_takes_the_oldest_first(play):
    run = play(HardCases(inflow=10.0), {**HELD, "hard_cases.capacity": 2.4})
    settled = run["t_end"][(run["by"] == "session") & (run["t_end"] < 365 * DAY)]
    days, taken = np.unique(settled, return_counts=True)
    assert taken.max() == 3
    assert set(taken) == {2, 3}
    for day in days:
        here = (run["by"] == "session") & (run["t_end"] == day)
        waits = (run["t_open"] < day) & (run["t_end"] > day)
        assert run["t_open"][here].max() <= run["t_open"][waits].min()


@pytest.mark.parametrize("in_common", [0.0, 1.0, 4.0])
def test_what_parties_have_in_common_shortens_their_agreement(play, in_common: float):
    line = HardCases(inflow=300.0, inherited=0, before_d=0)
    ages = [told(line, play(line, {"hard_cases.in_common": in_common}, seed))["age"] for seed in range(8)]
    assert is_mean(ages, (1.0 - 0.15 * in_common) / 0.003, 0.04)


def test_participation_rises_with_joint_wins_and_stays_a_share(play):
    none, some, more = (play(LINE, {**HELD, "hard_cases.learning": learning}) for learning in (0.0, 0.3, 1.0))
    assert (none["participation"] == 0.5).all()
    assert 0.5 < some["participation"].mean() < more["participation"].mean() <= 1.0
    assert told(LINE, more)["age"] < told(LINE, none)["age"]


def test_the_lead_ends_a_deadlock_after_fourteen_days(play):
    run = play(HardCases(inflow=10.0), {**HELD, "hard_cases.lead": 1.0})
    led = run["t_end"][run["by"] == "lead"] / DAY
    sat = np.unique(run["t_end"][run["by"] == "session"] / DAY)
    assert len(led) > 5
    assert all(np.isclose(day - 14.0, sat).any() for day in led if sat[0] <= day - 14.0 <= sat[-1])


def test_in_its_first_years_a_committee_still_works_off_what_it_inherited(play):
    line = HardCases(before_d=0)
    seeds = range(12)
    first = np.mean(backlogs(play, line, under("area_committee"), seeds)) / np.mean(backlogs(play, line, {}, seeds))
    later = np.mean(backlogs(play, LINE, under("area_committee"), seeds)) / np.mean(backlogs(play, LINE, {}, seeds))
    assert later + 0.2 < first < 0.95


def test_more_sessions_leave_less(play):
    left = [
        np.mean(backlogs(play, LINE, {"hard_cases.convened": share}, range(6), 1460.0)) for share in (0, 0.25, 0.5, 1)
    ]
    assert left == sorted(left, reverse=True)
