"""A rumour: whole persons, the final size of the equations, and the answer that comes too late."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from models.calendar import DAY, WorkingHours
from models.information.statement import half_life
from models.lines.rumour import Rumour, Spread
from models.parameters import preset_values
from models.stages import Rules
from sim.streams import Stream

TODAY = preset_values("P1")
NEVER = {"rumour.first_statement_h": 1e9}
#: One town in which everybody meets everybody, and steps that leave the final size alone.
MIXED = Rumour(elsewhere=1.0, at_origin=0.0, steps_an_hour=4, first_per_100k=500.0, lasts_h=120)


@pytest.fixture(scope="module")
def rumour(tiny_city, tiny_people):
    """Return the rows of rumours in the small city under given parameters."""

    def of(values: Mapping[str, float], line: Rumour, seed: int = 1) -> dict[str, np.ndarray]:
        rules = Rules({**TODAY, **values}, {}, {}, WorkingHours(), Stream(seed, Rumour.decisions))
        world = SimpleNamespace(city=tiny_city, population=tiny_people, rules=rules, window=(0.0, 5.0 * DAY))
        return dict(line.begin(world)())

    return of


def told(rows: dict[str, np.ndarray]) -> dict[str, float]:
    return {kind.name.removesuffix(".rumour"): kind.fold(rows) for kind in Rumour.indicators}


def ever_heard(rumour, values: Mapping[str, float], line: Rumour, seeds: int) -> tuple[float, float]:
    """Return the mean share who ever heard it and its standard error."""
    shares = [told(rumour(values, line, seed))["heard"] for seed in range(seeds)]
    return float(np.mean(shares)), float(np.std(shares, ddof=1) / seeds**0.5)


def final_size(r0: float, first: float) -> float:
    """Return the root of z = 1 − (1 − first)·e^(−R0·z)."""
    return float(brentq(lambda z: z - 1.0 + (1.0 - first) * np.exp(-r0 * z), 1e-9, 1.0))


@pytest.mark.parametrize(("beta", "gamma", "elsewhere"), [(0.6, 0.3, 1.0), (0.6, 0.1, 1.0), (0.6, 0.3, 0.3)])
def test_without_an_answer_it_comes_to_the_final_size_of_the_equations(rumour, beta, gamma, elsewhere):
    line = MIXED.model_copy(update={"beta": beta, "gamma": gamma, "elsewhere": elsewhere})
    mean, error = ever_heard(rumour, NEVER, line, 12)
    assert error < 0.01
    assert mean == pytest.approx(final_size(beta / gamma, 0.005), abs=4 * error + 0.001)


def test_an_answer_at_once_works_like_a_faster_stop(rumour):
    line = MIXED.model_copy(update={"media_reach": 1.0, "media_h": 0.0})
    values = {"rumour.first_statement_h": 1e-9, "rumour.trust": 0.6, "communicator.per_100k": 0.0}
    mean, error = ever_heard(rumour, values, line, 12)
    assert mean == pytest.approx(final_size(0.6 / (0.1 + 0.5 * 0.6), 0.005), abs=4 * error + 0.001)


def test_one_in_five_never_hears_it_where_meeting_the_knowing_stops_it(rumour):
    """Daley and Kendall's limit: 0.203188 of the people."""
    line = Rumour(elsewhere=1.0, at_origin=0.0, gamma=0.0, stifling=1.0, steps_an_hour=30, lasts_h=60)
    mean, error = ever_heard(rumour, NEVER, line, 5)
    assert 1.0 - mean == pytest.approx(0.203188, abs=4 * error + 0.003)  # steps of 2 min round it a little


def test_debunking_is_that_of_the_domain_where_everybody_is_told_at_once():
    line = Rumour(media_reach=1.0, media_h=0.0)
    values = {**TODAY, "communicator.per_100k": 0.0}
    assert line.debunking(values, -1.0) == line.debunking(values, 0.0) == 0.0
    assert line.debunking(values, 1e-6) == pytest.approx(0.5 * values["rumour.trust"])
    own = {**values, "communicator.per_100k": 1e9, "rumour.debunk_factor": 1.5}
    assert line.debunking(own, 1.0) == pytest.approx(1.5 * 0.5 * values["rumour.trust"])


def test_groups_tell_six_in_ten_within_half_an_hour():
    line, values = Rumour(media_reach=0.0), {**TODAY, "communicator.per_100k": 0.0, "rumour.group_reach": 0.6}
    full = 0.5 * values["rumour.trust"] * 0.6
    assert line.debunking(values, 0.25) == pytest.approx(full / 2)
    assert line.debunking(values, 0.5) == line.debunking(values, 50.0) == pytest.approx(full)


Whole = st.integers(0, 1000)


@given(st.lists(st.tuples(Whole, Whole, Whole, Whole, Whole), min_size=1, max_size=5))
def test_nobody_is_lost_or_made_up(people):
    never, spreading, stopped, hear, stop = (np.array(column) for column in zip(*people, strict=True))
    before = Spread(never + spreading + stopped, spreading, stopped)
    after = before.after(hear, stop)
    assert (after.residents == before.residents).all()
    assert (after.spreading >= 0).all()
    assert (after.stopped >= before.stopped).all()
    assert (before.heard <= after.heard).all()
    assert (after.heard <= after.residents).all()


def test_the_rows_of_a_rumour_only_grow_and_stay_within_the_people(rumour, tiny_people):
    rows = rumour({}, Rumour(rumours=2))
    for number in (0, 1):
        for area in np.unique(rows["area"]):
            heard = rows["heard"][(rows["rumour"] == number) & (rows["area"] == area)]
            assert (np.diff(heard) >= 0).all()
    assert (rows["heard"] <= rows["residents"]).all()
    assert (rows["spreading"] <= rows["heard"]).all()
    first = (rows["rumour"] == 0) & (rows["hour"] == 0)
    assert rows["residents"][first].sum() == len(tiny_people)


def test_the_sooner_it_is_answered_the_fewer_hear_it(rumour):
    found = [np.mean([[told(rumour({"rumour.first_statement_h": hours}, Rumour(), seed))[name]
                       for name in ("peak", "heard", "calls", "before")] for seed in range(4)], axis=0)
             for hours in (1.0, 5.0, 12.0, 24.0)]  # fmt: skip
    assert (np.diff(found, axis=0) > 0).all()


def test_a_rumour_answered_after_a_day_has_run_its_course(rumour):
    late, never = (told(rumour(values, Rumour())) for values in ({"rumour.first_statement_h": 60.0}, NEVER))
    assert late["heard"] == pytest.approx(never["heard"], abs=0.01)
    assert never["peak"] == pytest.approx(1 - (1 + np.log(6)) / 6, abs=0.05)  # of the equations, well mixed


def test_panic_adds_up_to_as_many_calls_as_usual(rumour):
    rows = rumour(NEVER, Rumour(first_per_100k=90_000.0, gamma=0.0, at_origin=0.0))
    usual = rows["residents"] * 80.0 / 1e5 / 24.0
    assert (rows["calls"] <= usual * 1.0001).all()
    assert rows["calls"][-1] == pytest.approx(usual[-1])
    mild = rumour(NEVER, Rumour(first_per_100k=15_000.0, beta=0.0, gamma=0.0, at_origin=0.0))
    assert mild["calls"].sum() == pytest.approx(0.3 * usual.sum(), rel=0.01)  # 15 % spread it: 1.3 times the calls


def test_the_half_life_is_that_of_the_curve():
    fading = 1000.0 * 0.5 ** (np.arange(20) / 4.0)
    curve = np.concatenate([[10.0, 300.0], fading])
    assert half_life(curve) == pytest.approx(4.0, abs=0.05)
    assert np.isnan(half_life(np.array([1.0, 5.0, 4.0])))
