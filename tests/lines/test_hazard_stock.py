"""The hazard stock against its closed forms, its conservation laws and its limits."""

from __future__ import annotations

from math import exp, prod, sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from models.calendar import WorkingHours
from models.lines.hazard_stock import HazardStock
from models.lines.safety_literacy import habit_factor
from models.parameters import preset_values
from models.prevention.inspection import WorkingClock
from models.prevention.premises import _SIGHT, KINDS, LAYERS, place_premises, spread
from models.prevention.register import Luck, _rectified, when
from models.prevention.register import Rules as RegisterRules
from models.prevention.stock import DECISIONS, Stock
from models.stages import Rules
from sim.city.model import BUILDING_USES
from sim.streams import Stream

ROUND_THE_CLOCK = WorkingHours(opens=0.0, closes=24.0, days_a_week=7)
#: One inspector, no licences, no layers beside the inspectors, all premises alike: domain 0.2 and nothing else.
PLAIN = {"grid_sigma": 0.0, "own_sigma": 0.0, "across": 0.0, "permits_per_1000_y": 0.0, "gone_per_y": 1.0,
         "inspector_h_per_1000": 5700.0, "inspection_elasticity": 1.0, "most_covers": 365.0, "serious": 0.0,
         "premises_per_1000": 100.0}  # fmt: skip
SILOED = {"inflow_factor": 1.0, "prevention_share": 0.2, "joint": 0.0, "p_find": 0.5, "duplicate": 0.0, "record_h": 0.4,
          "gamma": 0.0, "auc": 0.6, "rectify_d": 30.0, "compliance": 1.0, "relapse": 0.3, "gap_wd": 7.0, "p_lost": 0.0,
          "gate": 0.1, "engineered": 0.0, "covered_patrol": 0.0, "covered_inspectors": 1.0, "covered_owner": 0.0,
          "covered_residents": 0.0, "correlation": 0.0}  # fmt: skip
SEEDS = range(10)


@pytest.fixture(scope="module")
def played(tiny_city):
    """Return the rows of a line that is governed one way before the window and another in it."""

    def of(
        before: dict, after: dict, seed: int = 1, *, days: float = 365.0, working: WorkingHours | None = None, **fields
    ):
        rules = Rules(preset_values("P1"), {}, {}, working or WorkingHours(), Stream(seed, DECISIONS))
        world = SimpleNamespace(city=tiny_city, rules=rules, window=(0.0, days * 86400.0))
        stock = Stock(HazardStock(**fields), world)  # type: ignore[arg-type]
        stock.p = {**stock.p[0], **before}, {**stock.p[1], **after}
        return stock.rows()

    return of


def measured(rows, name: str) -> float:
    kinds = {kind.name: kind for kind in HazardStock.indicators}
    return kinds[f"{name}.stock"].fold(rows)


def holds(found: list[float], expected: float, within: float = 0.03) -> None:
    """Hold replications to an expectation: within their standard error, which itself must be small."""
    half = student.ppf(0.9995, len(found) - 1) * np.std(found, ddof=1) / sqrt(len(found))
    assert half <= within * abs(expected), (half, expected)
    assert abs(np.mean(found) - expected) <= half, (np.mean(found), half, expected)


def closed_form(p: dict, f: float = 1.0, a_year: float = 0.96) -> float:
    """η/(f·p·g + r_self), with what comes back and what waits to be rectified: open hazards per 1,000 premises."""
    removal = f * p["p_find"] + 1.0
    through = f * p["p_find"] / removal
    arises = 1000.0 * a_year * p["inflow_factor"] / (1.0 - p["relapse"] * through)
    waits = p["rectify_d"] / 365.0 * exp(0.5 * 0.6**2) / p["compliance"]
    return arises / removal + arises * through * waits


REFORM = {**SILOED, "inflow_factor": 0.85, "prevention_share": 0.5, "rectify_d": 7.0, "relapse": 0.12}


@pytest.mark.parametrize(("p", "f"), [
    (SILOED, 1.0), ({**SILOED, "relapse": 0.0, "rectify_d": 0.01}, 1.0), ({**SILOED, "compliance": 0.5}, 1.0),
    (REFORM, 2.5), ({**SILOED, "covered_inspectors": 0.0}, 0.0),
])  # fmt: skip
def test_the_steady_state_is_the_closed_form(played, p: dict, f: float):
    rows = [played(p, p, seed, days=2190.0, **{**PLAIN, "premises_per_1000": 150.0}) for seed in SEEDS]
    found = [1000.0 * run["hazard_d"].sum() / run["days"].sum() for run in rows]
    holds(found, closed_form(p, f))
    assert 1000.0 * 80.0 * 12 / 1000.0 == 960.0  # η of the closed form is that of the line's default


def test_full_reform_leaves_46_percent_less_hazard_and_28_percent_fewer_incidents(played):
    changes = []
    for seed in range(5):
        today, reform = (played(SILOED, p, seed, days=6 * 365.0, **PLAIN) for p in (SILOED, REFORM))
        changes.append([measured(reform, name) / measured(today, name) - 1.0 for name in ("hazards", "incidents")])
    hazards, incidents = np.mean(changes, axis=0)
    assert hazards == pytest.approx(-0.46, abs=0.03)
    assert incidents == pytest.approx(-0.28, abs=0.02)
    # A gain of 2.5 by targeting is about what the risk model of full reform gives at the same hours.
    spread_out = {"grid_sigma": 0.6, "own_sigma": 1.1, "most_covers": 12.0}
    aimed = {**REFORM, "prevention_share": 0.2, "gamma": 1.0, "auc": 0.8}
    runs = [[measured(played(SILOED, p, seed, days=6 * 365.0, **{**PLAIN, **spread_out}), "hazards")
             for p in (SILOED, aimed)] for seed in range(5)]  # fmt: skip
    assert np.mean([aim / off for off, aim in runs]) - 1.0 == pytest.approx(-0.43, abs=0.05)


def test_today_is_steady_and_reform_takes_time(played):
    drift, ramp = [], []
    for seed in SEEDS:
        run, better = (played({}, p, seed, days=1460.0, premises_per_1000=100.0) for p in ({}, {"inflow_factor": 0.7}))
        by_year = np.bincount(run["year"], run["hazard_d"])
        drift.append(by_year[3] / by_year[0] - 1.0)
        ramp.append(np.bincount(better["year"], better["hazard_d"]) / by_year)
    assert abs(np.mean(drift)) < student.ppf(0.9995, len(drift) - 1) * np.std(drift, ddof=1) / sqrt(len(drift)) < 0.04
    first, second, _, last = np.mean(ramp, axis=0)
    assert 0.9 > first > second + 0.03 > last + 0.03
    assert last == pytest.approx(0.7, abs=0.03)


def test_no_hazard_is_lost(played):
    rows = played({}, dict.fromkeys(("joint", "relapse"), 0.5), days=1000.0)
    came = rows["open_start"] + rows["opened"] + rows["relapsed"]
    left = rows["rectified"] + rows["gone"] + rows["open_end"]
    np.testing.assert_array_equal(came, left)
    start, end = (rows[name].reshape(-1, 2) for name in ("open_start", "open_end"))
    np.testing.assert_array_equal(start[:, 1:], end[:, :-1])
    assert rows["relapsed"].sum() > 100
    found = sum(rows[f"found_{layer}"].sum() for layer in LAYERS)
    assert found == pytest.approx(rows["rectified"].sum(), rel=0.05)
    assert rows["relapsed"].sum() == pytest.approx(0.5 * rows["rectified"].sum(), rel=0.1)
    assert (rows["hazard_d"] >= 0).all()
    assert rows["days"].reshape(-1, 2)[0].tolist() == [365.0, 635.0]


def test_a_day_more_than_a_year_belongs_to_it(played):
    year, more = (played({}, {"inflow_factor": 0.7, "joint": 0.5}, days=days) for days in (365.0, 366.0))
    assert len(more["days"]) == len(year["days"])
    assert set(more["days"]) == {366.0}
    for name in ("hazards", "incidents", "visits", "burden"):
        assert measured(more, name) == pytest.approx(measured(year, name), rel=0.01), name
    for name in ("permits", "visits", "opened", "found_patrol"):
        assert year[name].sum() <= more[name].sum() <= year[name].sum() * 1.02 + 2.0, name
    short = played({}, {}, days=90.0)
    assert set(short["days"]) == {90.0}


def test_what_arises_does_not_depend_on_what_finds_it(played):
    # Without licences nothing that inspectors do changes what arises: the same hazards, premises by premises.
    off = played({}, {}, permits_per_1000_y=0.0)
    on = played({}, {"p_find": 0.9, "gamma": 1.0, "joint": 0.9, "correlation": 0.0}, permits_per_1000_y=0.0)
    np.testing.assert_array_equal(off["opened"], on["opened"])
    assert on["hazard_d"].sum() < 0.97 * off["hazard_d"].sum()
    fewer = played({}, {"inflow_factor": 0.7}, permits_per_1000_y=0.0)
    assert (fewer["opened"] <= off["opened"]).all()
    assert fewer["opened"].sum() == pytest.approx(0.7 * off["opened"].sum(), rel=0.1)


def test_habits_follow_knowledge_and_pass_no_full_reform(tiny_city):
    days = np.array([0.0, 90.0, 365.0, 3650.0])

    def inflow(preset: str, **own: float) -> np.ndarray:
        rules = Rules(preset_values(preset), {}, {}, WorkingHours(), Stream(1, DECISIONS))
        stock = Stock(HazardStock(), SimpleNamespace(city=tiny_city, rules=rules, window=(0.0, 365 * 86400.0)))  # type: ignore[arg-type]
        stock.p = stock.p[0], {**stock.p[1], **own}
        return stock._inflow(days)

    habit = float(habit_factor(preset_values("P2")))
    assert habit < 0.97
    assert inflow("P2", inflow_factor=1.0) == pytest.approx(1.0 + (habit - 1.0) * (1.0 - np.exp(-days / 365.0)))
    assert inflow("P2") == pytest.approx([0.85] * 4)  # the two together pass no full reform
    assert inflow("P2", inflow_factor=0.86)[[0, -1]] == pytest.approx([0.86, 0.85])
    assert inflow("P2", inflow_factor=0.7) == pytest.approx([0.7] * 4)  # what a user sets stands
    assert inflow("P1") == pytest.approx([1.0] * 4)
    siloed = inflow("P0")
    assert siloed[0] == pytest.approx(1.1)
    assert (np.diff(siloed) > 0.0).all()


def test_unsupervised_days_are_licences_times_the_gap(played):
    few = {"permits_per_1000_y": 30.0, "premises_per_1000": 200.0}
    for gap in (7.0, 0.1):
        rows = played({"p_lost": 0.0}, {"p_lost": 0.0, "gap_wd": gap}, working=ROUND_THE_CLOCK, **few)
        assert rows["permits"].sum() > 80
        assert rows["unsupervised_d"].sum() == pytest.approx(rows["permits"].sum() * (gap + 10.0), rel=0.02)
    weeks = played({"p_lost": 0.0}, {"p_lost": 0.0, "gap_wd": 5.0}, **few)  # fifteen working days are three weeks
    assert weeks["unsupervised_d"].sum() == pytest.approx(weeks["permits"].sum() * 21.0, rel=0.02)
    lost = played({}, {"p_lost": 0.3, "gap_wd": 5.0}, **few)
    assert lost["unsupervised_d"].sum() > 1.5 * weeks["unsupervised_d"].sum()


def test_licences_come_as_often_as_in_a_district(played):
    # 40 a working day and district of 27,000 premises are 0.375 a premises and year.
    rows = [played({}, {}, seed, premises_per_1000=200.0)["permits"].mean() for seed in SEEDS]
    holds(rows, 40 * 250 / 26_667, within=0.05)


def test_a_joint_visit_hits_as_three_would_and_one_replaces_three(played):
    mixed = {**SILOED, "joint": 0.1}
    runs = [played(mixed, mixed, seed, days=1095.0, **PLAIN) for seed in SEEDS]
    total = {name: sum(run[name].sum() for run in runs) for name in ("hits", "joint_hits", "routine", "joint_visits")}
    one = (total["hits"] - total["joint_hits"]) / (total["routine"] - total["joint_visits"])
    joint = total["joint_hits"] / total["joint_visits"]
    assert joint == pytest.approx(1.0 - (1.0 - one) ** 3, rel=0.06)
    for share in (0.0, 0.5, 1.0):
        p = {**SILOED, "joint": share}
        rates = [played(p, p, seed, **PLAIN)["routine"].mean() for seed in SEEDS]
        # Three visits by departments, or 0.8 of a joint one in the same hours.
        holds(rates, 3.0 * (1.0 - share) + 0.8 * share, within=0.06)


def test_joint_visits_alone_find_what_lies_between_departments(played):
    fields = {**PLAIN, "across": 1.0}
    alone, joint = (played(SILOED, {**SILOED, "joint": share}, **fields) for share in (0.0, 1.0))
    assert alone["found_inspectors"].sum() == alone["looked"].sum() == 0
    assert joint["found_inspectors"].sum() > 0
    assert joint["found_inspectors"].sum() / joint["looked"].sum() == pytest.approx(0.5, abs=0.05)


def test_premises_are_covered_unless_every_layer_misses_them(tiny_city):
    premises = place_premises(tiny_city, Stream(3, DECISIONS), 5000.0, (0.6, 0.15, 0.25), (0.6, 1.1))
    covered = np.array([0.3, 0.6, 0.2, 0.1])
    for kind in range(len(KINDS)):
        miss = (1.0 - covered) ** np.asarray(_SIGHT[kind])
        mine = premises.kind == kind
        apart, alike = (~premises.seen(covered, k)[mine].any(axis=1) for k in (0.0, 1.0))
        assert apart.mean() == pytest.approx(prod(miss), abs=0.01)  # independent layers: Π(1 − c)
        assert alike.mean() == pytest.approx(min(miss), abs=0.01)  # the widest layer alone
        # Territory, sector and enterprise (抓管带) without the residents.
        three = premises.seen(covered, 0.0)[mine][:, [0, 1, 3]].any(axis=1).mean()
        assert three == pytest.approx(1.0 - prod(miss[[0, 1, 3]]), abs=0.01)
    hidden = [(~premises.seen(covered, k).any(axis=1)).mean() for k in (0.0, 0.3, 0.6, 1.0)]
    assert hidden == sorted(hidden)
    whole = premises.seen(np.ones(4), 0.5)
    assert whole.all()
    assert not premises.seen(np.zeros(4), 0.5).any()


@pytest.mark.parametrize("auc", [0.6, 0.7, 0.8])
def test_a_risk_model_has_the_auc_that_it_says(tiny_city, auc: float):
    premises = place_premises(tiny_city, Stream(4, DECISIONS), 2000.0, (0.6, 0.15, 0.25), (0.0, 1.25))
    order = np.argsort(premises.scores(auc))
    struck = premises.risk[order] / premises.risk.sum()  # an event strikes by risk, a rest that is not struck is all
    assert float((struck * (np.arange(len(order)) + 0.5) / len(order)).sum()) == pytest.approx(auc, abs=0.015)


def test_a_tenth_of_the_grids_has_a_third_of_the_risk():
    # As in the real city grids have as many homes each, and few of them have all else; domain: 35 % [25–50].
    grid = np.repeat(np.arange(600), 8)
    use = np.where((np.arange(len(grid)) % 8 < 2) & (grid < 60), BUILDING_USES.index("commercial"), 0)
    buildings = SimpleNamespace(use=use, floor_area=np.full(len(grid), 5000.0), osm_id=np.arange(len(grid)), grid=grid)
    city = SimpleNamespace(residents=500_000, buildings=buildings)
    line, shares = HazardStock(), []
    for seed in SEEDS:
        sigmas = line.grid_sigma, line.own_sigma
        premises = place_premises(city, Stream(seed, DECISIONS), line.premises_per_1000, (0.6, 0.15, 0.25), sigmas)  # type: ignore[arg-type]
        risk = np.sort(np.bincount(premises.area, premises.risk, 600))[::-1]
        shares.append(risk[:60].sum() / risk.sum())
    assert len(premises) == 16_750
    assert np.mean(shares) == pytest.approx(0.35, abs=0.05)


def test_response_has_what_prevention_leaves(played):
    rows = played({}, {"prevention_share": 0.5})
    assert rows["response_min"][0] == pytest.approx(10.0 * sqrt(0.75 / 0.5))
    each = rows["deaths"].sum() / rows["incidents"].sum()
    assert each == pytest.approx(0.0046 * exp(0.03 * (10.0 * sqrt(1.5) - 10.0)))


def test_the_siloed_city_is_the_slowest_to_respond(played):
    whole = {name: {own: preset_values(name)[f"stock.{own}"] for own in ("response_min", "prevention_share")}
             for name in ("P0", "P1", "P2")}  # fmt: skip
    rows = {name: played({}, values) for name, values in whole.items()}
    response = {name: measured(run, "response") for name, run in rows.items()}
    assert response["P1"] == pytest.approx(10.0)
    assert response["P0"] > response["P2"] > response["P1"]
    a_fire = {name: run["deaths"].sum() / run["incidents"].sum() for name, run in rows.items()}
    assert a_fire["P1"] == pytest.approx(0.0046)
    assert a_fire["P0"] > a_fire["P2"] > a_fire["P1"]
    faster = played({}, {"response_min": 8.5})
    assert measured(faster, "response") == pytest.approx(8.5)
    assert faster["deaths"].sum() / faster["incidents"].sum() == pytest.approx(0.0046 * exp(0.03 * -1.5))


def test_incidents_of_today_are_those_of_the_city(played):
    found = [measured(played({}, {}, seed, premises_per_1000=150.0), "incidents") for seed in SEEDS]
    holds(found, 8.3, within=0.06)
    none = played({}, {}, attributable=0.0)
    assert none["incidents"].sum() == pytest.approx(8.3e-3 * len(none["area"]))
    empty = played({}, {}, inflow_per_1000_month=0.0, flagged=0.0)
    assert empty["incidents"].sum() == pytest.approx(0.4 * 8.3e-3 * len(empty["area"]))


@given(
    st.lists(st.just(0.0) | st.floats(0.01, 50.0), min_size=1, max_size=30), st.floats(0.0, 40.0), st.floats(0.1, 5.0)
)
@settings(max_examples=100, deadline=None)
def test_visits_are_spread_by_weight_up_to_the_most(weights: list[float], total: float, most: float):
    w = np.array(weights)
    given_ = spread(w, total, most)
    assert (given_ <= most * (1 + 1e-9)).all()
    assert (given_[w == 0.0] == 0.0).all()
    assert given_.sum() == pytest.approx(min(total, most * np.count_nonzero(w)), abs=1e-6)
    assert (np.diff(given_[np.argsort(w)]) >= -1e-9).all()


@pytest.mark.parametrize(("preset", "median"), [("P0", 30.0), ("P1", 14.0), ("P2", 7.0)])
def test_hazards_are_rectified_in_the_median_time_of_the_preset(preset: str, median: float):
    line, p, none = HazardStock(), preset_values(preset), np.zeros((2, 1))
    each = {name: np.full(2, p[f"stock.{name}"]) for name in ("p_find", "rectify_d", "compliance", "relapse")}
    how = RegisterRules(np.zeros((2, 1, 3)), none, **each)
    luck = Luck(*(Stream(1, DECISIONS).key(f"stock.{name}") for name in Luck._fields))
    took = [_rectified(np.uint64(hazard), 0, 0.0, how, (line.rectify_sigma, luck)) for hazard in range(20_000)]
    assert np.median(took) == pytest.approx(median, rel=0.03)


@given(st.floats(-50.0, 50.0), st.floats(0.01, 30.0), st.floats(0.0, 2.0), st.floats(0.01, 2.0))
@settings(max_examples=100, deadline=None)
def test_a_wait_ends_when_the_rates_have_added_up(start: float, wait: float, before: float, after: float):
    end = when(start, wait, before, after)
    passed = before * max(0.0, min(end, 0.0) - start) + after * max(0.0, end - max(start, 0.0))
    assert passed == pytest.approx(wait, rel=1e-9, abs=1e-9)
    assert end > start


def test_nobody_inspects_or_licenses_on_a_day_off():
    working = WorkingHours(weekday=2, holidays=tuple(range(40, 60)), workdays=(3, 4))
    clock = WorkingClock(working, 0.0, (365.0, 365.0))
    times = np.linspace(-365.0, 365.0, 20_001)[1:-1]
    moved = clock.within(times, (365.0, 365.0))
    assert (np.diff(moved) >= 0.0).all()
    assert ((moved < 0.0) == (times < 0.0)).mean() > 0.999  # what came under one policy still does
    days = moved[moved >= 0.0]
    assert all(working.works(int(day)) for day in days.tolist())
    assert np.abs(moved - times).max() < 30.0
    worked = clock.days(np.array([0.0, 7.0, 365.0]))
    assert worked[1] - worked[0] == 7.0  # with both days of a weekend that are worked
    assert worked[2] - worked[0] == sum(working.works(day) for day in range(365))


def test_fewer_licences_come_where_offices_are_closed_longer(played):
    usual, holidays = (
        [played({}, {}, seed, working=working, premises_per_1000=100.0)["permits"].sum() for seed in SEEDS]
        for working in (WorkingHours(), WorkingHours(holidays=tuple(range(20, 80))))
    )
    # 42 of 261 working days are gone, and what does not come on them comes on all others, before the window too.
    assert 1.0 - 42 / 261 - 0.03 < np.mean(holidays) / np.mean(usual) < 1.0 - 0.3 * 42 / 261
