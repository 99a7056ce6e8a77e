"""The warning call against the products of its rungs, its limits, and what it must never do."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log

import numpy as np
import pytest
from scipy.stats import norm

from models.lines.warning_call import DEPUTY, KNOCK, SIGMA
from models.parameters import preset_values
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.language import CityChoice, Scenario
from scenarios.running import people_of, simulate
from sim.text import Text

DAY, NIGHT = {"issue_hour": 14.0}, {"issue_hour": 1.0}
#: The whole ladder, and callers who are never all busy; records of 90 days, no broken links.
LADDER = {"warning.two_way": 1.0, "warning.robot": 1.0, "warning.human": 1.0, "warning.deputy": 1.0,
          "warning.knock": 1.0, "records.staleness_d": 90.0, "chain.link_loss": 0.0}  # fmt: skip
MANY = {"callers_per_100": 100.0, "callers_at_night": 1.0}
ALL = ("warning_call_response", "work_order_loop")


@pytest.fixture(scope="module")
def town(home):
    """Return a city of 100,000: enough contacts for a share."""
    generated = {"name": "Town (synthetic) 中城（合成）", "residents": 100_000, "columns": 16, "rows": 16}
    return city_of(CityChoice.model_validate({"generated": generated}), home / "cities")


@pytest.fixture(scope="module")
def played(tiny, tiny_city, town):
    """Return the columns of the line for its fields and parameters, of several seeds one after the other."""

    def of(fields: dict, values: dict, seeds: int = 1, where: str = "tiny") -> dict[str, np.ndarray]:
        changes = {"incidents": {}, "lines": {"warning_call": fields}, "beat_s": 3600.0}
        scenario = Scenario.model_validate({**tiny.model_dump(), **changes})
        city = tiny_city if where == "tiny" else town
        parameters = {**preset_values("P0"), **values}
        tables = [simulate(city, people_of(city), scenario, parameters, s).tables() for s in range(seeds)]
        names = tables[0]["warning_call"].column_names
        return {name: np.concatenate([t["warning_call"][name].to_numpy(zero_copy_only=False) for t in tables])
                for name in names}  # fmt: skip

    return of


def levers(*kinds: str) -> dict[str, float]:
    entries = tuple({"kind": kind} for kind in kinds)
    return Policy(format=1, name="x", title=Text("x", "某"), base="P0", levers=entries).resolve()


def answered(columns: dict[str, np.ndarray], minutes: float) -> float:
    return float((columns["ack_min"] <= minutes).mean())


def share(columns: dict[str, np.ndarray], above: str, below: str) -> float:
    return float(columns[above].sum() / columns[below].sum())


def ladder(push: float, robot: float, human: float, unreachable: float, late: float) -> tuple[float, float]:
    """Return the shares answered within 5 and 15 min as products of the rungs."""
    right = exp(-0.25 * 90 / 365)
    in_time = norm.cdf(log(3.0) / SIGMA)  # a robot's call at +2 answered by +5
    five = (1 - unreachable) * right * (1 - (1 - push) * (1 - robot * in_time))
    knock = 0.95 * norm.cdf(log(3.0 / 1.5) / SIGMA)  # from +12 to +15
    missed = (1 - push) * exp(-10.0 / late) * (1 - robot) * (1 - human)
    missed = (right * missed + 1 - right) * (1 - right * human)
    return five, 1 - ((1 - unreachable) * missed + unreachable) * (1 - knock)


@pytest.mark.parametrize(
    ("hour", "rungs", "checked"),
    [(DAY, (0.35, 0.60, 0.75, 0.03, 60.0), (0.66, 0.99)), (NIGHT, (0.10, 0.45, 0.65, 0.06, 240.0), (0.44, 0.98))],
)
def test_the_whole_ladder_brings_the_answers_that_its_rungs_promise(played, hour, rungs, checked):
    product = ladder(*rungs)
    assert product == pytest.approx(checked, abs=0.016)
    found = played({**hour, **MANY}, LADDER, seeds=24, where="town")
    assert len(found["area"]) > 3000
    assert (answered(found, 5.0), answered(found, 15.0)) == pytest.approx(product, abs=0.02)


@pytest.mark.parametrize(
    ("preset", "day", "night"), [("P0", 0.45, 0.20), ("P1", 0.75, 0.60), ("P2", 0.97, 0.93)]
)  # fmt: skip
def test_presets_reach_their_share_of_answers(played, preset: str, day: float, night: float):
    found = {name: answered(played(hour, preset_values(preset), 8, "town"), 15.0)
             for name, hour in (("day", DAY), ("night", NIGHT))}  # fmt: skip
    assert found == pytest.approx({"day": day, "night": night}, abs=0.05)


def test_a_directory_of_ninety_days_is_wrong_in_six_of_a_hundred():
    assert 1 - exp(-0.25 * 90 / 365) == pytest.approx(0.06, abs=0.001)


def test_nobody_answers_where_no_rung_is_there(played):
    none = {name: 0.0 for name in LADDER if name.startswith("warning.")}
    found = played(DAY, none, 3)
    assert np.isnan(found["ack_min"]).all()
    assert set(found["rung"].tolist()) == {-1}
    assert found["caller_min"].sum() == 0.0
    assert found["done"].sum() > 0  # who reads the message later still acts


def test_rungs_are_taken_in_their_turn(played):
    found = played(NIGHT, preset_values("P2"), 10)
    for rung, start in enumerate((0.0, 2.0, 5.0, 8.0, 12.0)):
        assert (found["ack_min"][found["rung"] == rung] > start).all()
    assert found["knocked"][found["rung"] == KNOCK].all()
    assert not (found["knocked"] & (found["ack_min"] <= 12.0)).any()
    assert (found["caller_min"][found["rung"] == DEPUTY] > 0.0).all()


def test_callers_who_are_busy_let_people_wait(played):
    few, many = (
        played({**NIGHT, "callers_per_100": n}, {**LADDER, "warning.knock": 0.0}, 8, "town") for n in (1.0, 60.0)
    )
    assert answered(few, 15.0) < answered(many, 15.0) - 0.1


def test_counts_stay_within_their_bounds(played):
    found = played(NIGHT, preset_values("P1"), 20)
    assert (found["done"] <= found["actions"]).all()
    assert (found["exposed"] <= found["at_risk"]).all()
    assert (found["elders_exposed"] <= found["elders"]).all()
    assert set(found["actions"].tolist()) == {2, 3}
    assert found["at_risk"].sum() / 20 == pytest.approx(24 * (4.0 + 2.0 / 3.0), rel=0.1)


def test_who_is_at_risk_is_the_same_under_every_policy(played):
    first, second = played(DAY, {}, 3), played(DAY, preset_values("P2"), 3)
    for name in ("area", "actions", "at_risk", "elders"):
        assert np.array_equal(first[name], second[name])


@pytest.mark.parametrize("preset", ["P0", "P2"])
def test_more_lead_is_never_worse_for_anybody(played, preset: str):
    found = [played({**DAY, "lead_h": hours}, preset_values(preset), 3) for hours in (0.02, 0.5, 1.0, 2.0, 4.0, 7.5)]
    assert found[0]["done"].sum() == 0
    assert np.array_equal(found[0]["exposed"], found[0]["at_risk"])
    for less, more in pairwise(found):
        assert (more["done"] >= less["done"]).all()
        assert (more["exposed"] <= less["exposed"]).all()
    assert found[-1]["done"].sum() > found[1]["done"].sum()


@pytest.mark.parametrize(
    ("name", "values"),
    [("warning.omission", (0.5, 0.25, 0.01)), ("warning.followed", (0.3, 0.8, 1.0)),
     ("records.completeness", (0.3, 0.6, 0.99)), ("warning.elder_contact", (0.0, 0.5, 1.0))],
)  # fmt: skip
def test_a_better_parameter_exposes_fewer_of_the_same_people(played, name: str, values: tuple[float, ...]):
    found = [played({**DAY, "lead_h": 7.5}, {name: value}, 6) for value in values]
    for worse, better in pairwise(found):
        assert (better["exposed"] <= worse["exposed"]).all() or name == "warning.omission"  # one more action takes time
        assert better["exposed"].sum() < worse["exposed"].sum()


def test_false_alarms_tire_those_who_act(played):
    """Compliance is 1 − 0.4 · FAR: of those who must act, and by them, once, of those who are told to go."""
    fields = {**DAY, "lead_h": 12.0, "underpass_per_grid": 0.0, "elders_alone": 0.0}
    never, half, always = (played({**fields, "false_alarm_ratio": far}, {}, 25) for far in (0.0, 0.5, 1.0))
    assert share(half, "done", "actions") / share(never, "done", "actions") == pytest.approx(0.8, abs=0.04)
    assert share(always, "done", "actions") / share(never, "done", "actions") == pytest.approx(0.6, abs=0.04)
    saved = [1 - share(found, "exposed", "at_risk") for found in (never, half, always)]
    assert saved[1] / saved[0] == pytest.approx(0.8, abs=0.06)
    assert saved[2] / saved[0] == pytest.approx(0.6, abs=0.06)


def test_upkeep_is_households_looked_at_again(played, tiny_city):
    values = {"records.completeness": 0.95, "records.staleness_d": 14.0}
    found = played({**DAY, "record_min": 2.0}, values, 5)
    grids = found["level"] == 4
    homes = tiny_city.areas.households[tiny_city.areas.of_level("grid")].mean()
    assert found["upkeep_min"][grids].mean() == pytest.approx(homes * 0.95 / 14.0 * 2.0, rel=0.05)
    assert found["upkeep_min"][~grids].sum() == 0.0


def test_calling_helps_as_much_as_expected_and_less_after_many_false_alarms(played):
    gains = {}
    for far in (0.2, 0.7):
        fields = {**NIGHT, "false_alarm_ratio": far}
        off, on = played(fields, {}, 8, "town"), played(fields, levers(*ALL), 8, "town")
        assert answered(on, 15.0) - answered(off, 15.0) == pytest.approx(0.70, abs=0.08)
        gains[far] = share(on, "exposed", "at_risk") / share(off, "exposed", "at_risk") - 1
    assert -0.38 < gains[0.2] < -0.15
    assert 0.4 < gains[0.7] / gains[0.2] < 0.8


def test_broken_links_are_silent_unless_another_stands_in(played):
    values = {**LADDER, "warning.knock": 0.0, "chain.link_loss": 0.3}
    bare, held = (played({**DAY, **MANY}, {**values, "chain.fallback": share}, 20) for share in (0.0, 1.0))
    assert answered(bare, 15.0) / answered(held, 15.0) == pytest.approx(0.7, abs=0.06)


def test_by_night_nobody_drives(played):
    fields = {"basement_per_grid": 0.0, "underpass_per_grid": 9.0, "lead_h": 1.0}
    day, night = (played({**fields, **hour}, {}, 10)["at_risk"].sum() for hour in (DAY, NIGHT))
    assert night / day == pytest.approx(1 / 3, abs=0.05)
