"""Safety literacy: what is taught is learned, what is learned fades, and the year agrees with the formula."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import DAY, WorkingHours
from models.indicator import Columns
from models.lines.safety_literacy import SafetyLiteracy, habit_factor, steady_knowledge
from models.literacy.knowledge import (
    ADULT,
    ELDER,
    EXHIBITS_MOST,
    HABIT,
    all_types,
    exposed,
    fade,
    learn,
    presets,
    steady,
    type_of,
)  # fmt: skip
from models.literacy.year import LiteracyYear, villages
from models.parameters import preset_values
from models.stages import Rules
from sim.streams import Stream

LINE = SafetyLiteracy()
TODAY = preset_values("P1")
#: Nobody is taught by anybody; talk among neighbours is a field of the line.
OFF = {**TODAY, **{f"education.{name}": 0.0 for name in ("enterprise", "village", "community", "school", "family")},
       "station.ridership": 0.0, "communicator.per_100k": 0.0, "education.followup": 0.0,
       "education.duplicated": 1.0, "education.conversion": 0.0}  # fmt: skip
QUIET = SafetyLiteracy(contacts_month=0.0)


@pytest.fixture(scope="module")
def year(tiny_city, tiny_people):
    """Return a year under given parameters."""

    def of(values: Mapping[str, float], line: SafetyLiteracy = QUIET, seed: int = 1, years: int = 1) -> LiteracyYear:
        rules = Rules(values, {}, {}, WorkingHours(), Stream(seed, SafetyLiteracy.decisions))
        world = SimpleNamespace(city=tiny_city, population=tiny_people, rules=rules, window=(0.0, years * 365.0 * DAY))
        return LiteracyYear(line, world, steady(line, presets(line.own, 1)))

    return of


def told(played: LiteracyYear) -> dict[str, float]:
    """Return the indicators of a year."""
    columns: Columns = played.rows()
    return {kind.name.removesuffix(".literacy"): kind.fold(columns) for kind in SafetyLiteracy.indicators}


# The forms


def test_knowledge_and_skill_fade_as_their_formula_says():
    assert fade(0.9, 0.2, 180.0, 180.0) == pytest.approx(0.2 + 0.7 * exp(-1))
    assert fade(0.9, 0.2, 0.0, 180.0) == pytest.approx(0.9)
    twice = fade(fade(0.9, 0.2, 50.0, 180.0), 0.2, 70.0, 180.0)
    assert twice == pytest.approx(fade(0.9, 0.2, 120.0, 180.0))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.7), st.floats(0.05, 0.9))
def test_who_knows_more_learns_less_and_nobody_forgets_by_learning(first, second, gain, rest):
    low, high = sorted((first, second))
    assert 0.0 <= low <= learn(low, gain, rest) + 1e-12
    assert learn(low, gain, rest) <= learn(high, gain, rest) + 1e-12 <= 1.0 + 2e-12
    assert learn(rest, gain, rest) == pytest.approx(min(rest + gain, 1.0))


def test_exhibits_saturate():
    one_by_one = 0.0
    for n in range(1, 200):
        one_by_one += 0.01 * (1.0 - one_by_one / EXHIBITS_MOST)
        assert exposed(0.0, n) == pytest.approx(one_by_one)
    assert exposed(0.0, 1) == pytest.approx(0.01)
    assert exposed(0.0, 10_000) == pytest.approx(0.15)


def test_the_station_teaches_its_passengers_as_much_as_fades(year):
    played = year({**OFF, "station.ridership": TODAY["station.ridership"]})
    riders = played.rides < TODAY["station.ridership"]
    assert 0.01 < riders.mean() < 0.03
    assert (played.station[~riders] == 0.0).all()
    # A month's exhibits are fresh at its end: half a month of fading more than in the formula.
    assert played.station[riders].mean() == pytest.approx(steady(LINE, TODAY).station, rel=0.06)
    assert (played.station < EXHIBITS_MOST).all()


# The year


def test_without_education_knowledge_only_fades(year):
    played = year(OFF)
    start = played.rest + (steady(QUIET, TODAY).knowledge[np.asarray(_types(played))] - _rest(played))
    expected = fade(np.clip(start, 0, 1), played.rest, 365.0, 365.0)
    assert played.taught == pytest.approx(expected)
    found = told(played)
    assert found["reach"] == found["staff_hours"] == found["own_hours"] == 0.0
    assert found["habits"] > 1.0


def _types(played: LiteracyYear) -> np.ndarray:
    away, village = (np.isin(np.arange(len(played.key)), played.pools[name]) for name in ("enterprise", "village"))
    school = np.isin(np.arange(len(played.key)), played.pools["school"])
    # Old people at work by day, and children in villages, know what the others of their age know under these settings.
    return type_of(played.age, away | school, village)


def _rest(played: LiteracyYear) -> np.ndarray:
    return np.array([0.25, 0.40, 0.30])[played.age]


def test_a_setting_reaches_its_share_of_its_people_in_a_year_and_teaches_its_gain(year):
    played = year({**OFF, "education.enterprise": 0.7})
    pool = played.pools["enterprise"]
    error = (0.7 * 0.3 / len(pool)) ** 0.5
    assert played.reached[pool].mean() == pytest.approx(0.7, abs=4 * error)
    assert played.reached.sum() == played.reached[pool].sum()
    assert (played.age[pool] == ADULT).all()
    hits = played.rows()["own_h"].sum()
    assert hits / len(pool) == pytest.approx(-np.log(0.3), abs=0.05)  # some are found twice
    assert played.rows()["staff_h"].sum() == pytest.approx(hits / 30.0 * 1.5)


def test_a_programme_that_knows_whom_it_taught_goes_on_and_teaches_more_for_the_same_hours(year):
    blind, knowing = (year({**TODAY, "education.duplicated": d}, LINE, years=4) for d in (1.0, 0.0))
    by_year = []
    for played in (blind, knowing):
        rows = played.rows()
        end = rows["month"] % 12 == 11
        knows = np.bincount(rows["month"][end] // 12, weights=rows["knowledge"][end]) / len(played.key)
        by_year.append((knows, np.bincount(rows["month"] // 12, weights=rows["staff_h"])[:4]))
    (without, hours_without), (known, hours) = by_year
    assert (known > without - 0.002).all()
    assert np.ptp(known[1:]) < 0.01
    # As many places are taught; that more people are reached adds lessons of the chain, most of all in the first year.
    assert hours == pytest.approx(hours_without, rel=0.08)


def test_places_go_to_those_who_were_not_taught_within_a_year_and_none_is_lost(year):
    values = {**OFF, "education.enterprise": 0.5}
    blind, knowing = (year({**values, "education.duplicated": d}, years=3) for d in (1.0, 0.0))
    hours = [np.bincount(played.rows()["month"], weights=played.rows()["own_h"]) for played in (blind, knowing)]
    assert (hours[0] == hours[1]).all()  # one hour a place
    # As many places as ln 2 of the workers: each a worker of its own, or half of the workers found, some of them twice.
    pool = knowing.pools["enterprise"]
    for played, share in ((knowing, np.log(2.0)), (blind, 0.5)):
        assert (played.now - played.session_d[pool] < 364.0).mean() == pytest.approx(share, abs=0.03)


def test_an_exhibit_noticed_costs_no_pupil_the_lesson(year):
    values = {**OFF, "education.school": 0.75, "education.duplicated": 0.0}
    without, riding = (year({**values, "station.ridership": r}, years=2) for r in (0.0, 0.3))
    assert (without.session_d == riding.session_d).all()
    assert riding.reached.sum() > without.reached.sum()


def test_the_chain_converts_as_it_should(year):
    played = year({**OFF, "education.family": 1.0, "education.conversion": 1.0})
    people = len(played.key)
    assert played.reached.all()
    for stage, share in ((1, 0.3), (2, 0.06), (3, 0.006)):
        error = (share * (1 - share) / people) ** 0.5
        assert (played.stage >= stage).mean() == pytest.approx(share, abs=4 * error)
    alliance = year({**OFF, "education.family": 1.0, "education.conversion": 1.5})
    assert (alliance.stage >= 1).mean() == pytest.approx(0.45, abs=0.015)


def test_what_a_lesson_taught_is_left_by_the_formula_and_kept_by_calling_back(year):
    values = {**OFF, "education.family": 0.5, "education.conversion": 1.0}
    month = 365.0 / 12
    assert told(year(values))["retention"] == pytest.approx(exp(-11 * month / 365.0))  # 40 %
    # Called back in the months in which 90, 180 and 270 days have passed: the last time 9 months after.
    kept = told(year({**values, "education.followup": 1.0}))["retention"]
    assert kept == pytest.approx(exp(-2 * month / 365.0))


def test_who_is_called_back_knows_again_what_the_lesson_left(year):
    played = year({**OFF, "education.family": 0.5, "education.conversion": 1.0, "education.followup": 1.0})
    learners = np.flatnonzero(played.stage >= 1)
    at_least = fade(played.peak, played.rest, played.now - played.fresh_d, 365.0)
    assert (played.fresh_d > played.lesson_d).sum() > 1000
    assert (played.peak >= np.minimum(played.rest + 0.25, 1.0) - 1e-9)[learners].all()
    assert (played.taught >= at_least - 1e-9)[learners].all()


def test_nobody_is_lost_and_the_chain_has_no_shortcuts(year, tiny_people):
    rows = year(TODAY, LINE).rows()
    months = rows["month"].max() + 1
    by_month = {name: np.bincount(rows["month"], weights=rows[name]) for name in
                ("people", "reached", "lessons", "drilled", "joined", "able")}  # fmt: skip
    assert months == 12
    assert (by_month["people"] == len(tiny_people)).all()
    for name in ("reached", "lessons", "drilled", "joined"):
        assert (np.diff(by_month[name]) >= 0).all()
    for more, fewer in (("people", "reached"), ("reached", "lessons"), ("lessons", "drilled"), ("drilled", "joined")):
        assert (rows[more] >= rows[fewer]).all()
    assert (rows["knowledge"] <= rows["people"]).all()


def test_villages_hold_their_share_of_the_residents(tiny_city, tiny_people):
    grid = tiny_city.buildings.grid[tiny_people.home]
    residents = np.bincount(grid, minlength=len(tiny_city.areas))
    for share in (0.0, 0.13, 0.5, 1.0):
        found = villages(tiny_city, residents, share)
        assert residents[found].sum() / residents.sum() == pytest.approx(share, abs=0.06)


# The year against the formula


def test_today_goes_on_where_it_is(year):
    found = told(year(TODAY, LINE))
    assert found["knowledge"] == pytest.approx(steady_knowledge(TODAY), abs=0.015)
    assert found["habits"] == pytest.approx(1.0, abs=0.006)


@pytest.mark.parametrize("preset", ["P0", "P2"])
def test_a_reform_comes_as_far_in_a_year_as_its_rates_say(year, preset: str):
    values = preset_values(preset)
    today, then = steady_knowledge(TODAY), steady_knowledge(values)
    moved = (told(year(values, LINE))["knowledge"] - today) / (then - today)
    assert 0.5 < moved < 1.1  # 63 % by fading alone; what is taught comes sooner


def test_habits_follow_knowledge_and_today_is_the_measure():
    assert habit_factor(TODAY) == pytest.approx(1.0, abs=1e-12)
    for preset in ("P0", "P2"):
        gained = steady_knowledge(preset_values(preset)) - steady_knowledge(TODAY)
        assert habit_factor(preset_values(preset)) == pytest.approx(1.0 - HABIT * gained)
    assert habit_factor(preset_values("P0")) > 1.005
    assert 0.9 < habit_factor(preset_values("P2")) < 0.98


@pytest.mark.parametrize("name", ["enterprise", "village", "community", "school", "family"])
def test_more_of_a_setting_leads_to_safer_habits(name: str):
    factors = [habit_factor({**TODAY, f"education.{name}": reach}) for reach in (0.0, 0.3, 0.6, 0.9)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] > factors[-1]


def test_types_weigh_as_much_as_the_city():
    who = all_types(0.13)
    assert who.weight.sum() == pytest.approx(1.0)
    assert (type_of(who.age, who.away, who.village) == np.arange(12)).all()
    assert who.weight[who.age == ELDER].sum() == pytest.approx(0.14)


def test_visits_to_the_old_first_close_the_gap(year):
    gaps = [told(year({**TODAY, "communicator.per_100k": 80.0, "communicator.elders_first": first}))["gap"]
            for first in (0.0, 0.4, 0.8)]  # fmt: skip
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] - gaps[-1] > 1.0
