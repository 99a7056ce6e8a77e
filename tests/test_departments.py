"""Departments have a capacity: what comes more, or is less merged, makes every order take longer."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_queues import erlang_c_wait
from trials import measured

from models.calendar import WorkingHours
from models.catalogue import catalogue
from models.departments import DESKS, MOST_LOAD, load, slowing
from models.intake import channels
from models.matters import matters
from models.parameters import parameters, preset_values
from models.policy import Policy
from models.stages import Rules
from scenarios.library import load_policy
from sim.statistics import paired_difference
from sim.streams import Stream
from sim.text import Text

TICKET, EVENT = catalogue()["hotline_ticket"], catalogue()["patrol_event"]


def rules_of(preset: str = "P1", **changes: float) -> Rules:
    return Rules({**preset_values(preset), **changes}, catalogue(), matters(), WorkingHours(), Stream(1))


@pytest.mark.parametrize("busy", [0.3, 0.5, 0.7, 0.8, 0.9, 0.97])
def test_the_wait_is_that_of_ten_desks_with_one_queue(busy: float):
    rules = rules_of(**{"unit.load": busy, "hotline.volume": 1.0, "intake.dedup": 0.0})
    assert load(rules, TICKET) == pytest.approx(busy)
    exact = erlang_c_wait(DESKS, busy * DESKS, 1.0)
    assert slowing(rules, TICKET) - 1.0 == pytest.approx(exact, abs=0.025, rel=0.06)


def test_todays_load_is_where_the_catalogue_says():
    today = rules_of()
    assert load(today, TICKET) == pytest.approx(0.6 * (1.0 - 0.25 * 0.45))
    assert TICKET.handling.median_h * slowing(today, TICKET) == pytest.approx(9.8, abs=0.05)
    others = 24.0 / 300.0 + sum(today[f"channel.{name}_per_day"] for name in channels())
    patrol = 0.5 / (0.5 + others)
    assert load(today, EVENT) == pytest.approx(0.6 * (1.0 - 0.6 * patrol))


@given(st.sampled_from(["P0", "P1", "P2"]), st.floats(0.5, 2.0), st.floats(0.5, 2.0), st.floats(0.0, 0.9))
def test_more_requests_never_take_less_time_and_merging_never_more(preset, some, more, merged):
    few, many = sorted((some, more))
    fast, slow = (slowing(rules_of(preset, **{"hotline.volume": x}), TICKET) for x in (few, many))
    assert 1.0 <= fast <= slow < inf
    joined = rules_of(
        preset, **{"hotline.volume": many, "intake.dedup": max(merged, preset_values(preset)["intake.dedup"])}
    )
    assert slowing(joined, TICKET) <= slow


def test_what_the_grid_solves_relieves_the_departments_and_what_others_report_loads_them():
    base = slowing(rules_of("P0"), EVENT)
    assert slowing(rules_of("P0", **{"grid.share_solved": 0.8}), EVENT) < base
    for name in channels():
        assert slowing(rules_of("P0", **{f"channel.{name}_per_day": 2.0}), EVENT) > base


def test_any_parameters_within_their_ranges_leave_a_finite_wait():
    for end in (0, 1):
        rules = rules_of(**{name: p.range[end] for name, p in parameters().items()})
        assert 0.0 <= load(rules, TICKET) <= MOST_LOAD
        assert 1.0 <= slowing(rules, TICKET) < 12.0


def test_induced_demand_lengthens_handling_with_the_same_luck(tiny, tiny_city):
    runs = {}
    for volume in (1.0, 1.4):
        scenario = tiny.model_copy(update={"parameters": {"hotline.volume": volume, "intake.dedup": 0.0}})
        runs[volume] = measured(tiny_city, scenario, load_policy("P1"), range(10))
    longer = paired_difference(*([run["T_handle.hotline_ticket"] for run in runs[v]] for v in (1.0, 1.4)))
    assert longer.low > 0.0, longer
    assert not np.isnan(longer.difference)


def test_a_lever_that_makes_reporting_easy_pays_with_the_departments_time():
    def values(*levers: str) -> Rules:
        entries = tuple({"kind": name} for name in levers)
        policy = Policy(format=1, name="test", title=Text("Test", "测试"), base="P0", levers=entries)
        return rules_of("P0", **policy.resolve())

    for kind in ("cloud_community", "open_service"):
        assert slowing(values(kind), TICKET) > slowing(values(), TICKET)
