"""Public data: the formulas of skill, lead and leaks, and what is there against what is expected to be."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from alone import rows_alone
from hypothesis import given, settings
from hypothesis import strategies as st

from models.indicator import Columns
from models.lines.public_data import (
    APPLICATION,
    APPROVED,
    CLASS_SHARES,
    CLOSED,
    DISTRICT,
    LEAK_WEIGHTS,
    LICENSED,
    OPEN,
    SET,
    PublicData,
    auc_of,
    lead_days,
    leak_hazard,
)
from models.parameters import preset_values

INDICATORS = {kind.name: kind for kind in PublicData.indicators}
MANY = {"datasets": 2000, "applications": 10_000}
AT_ONCE = {"release_d": 1.0, "latency_d": 0.1}


@pytest.fixture(scope="module")
def played(tiny_city):
    @cache
    def of(preset: str, seed: int, *changes: tuple[str, float], fields: tuple[tuple[str, float], ...] = ()) -> Columns:
        values = {**preset_values(preset), **{f"data.{name}": value for name, value in changes}}
        return rows_alone(PublicData(**dict(fields)), tiny_city, None, values, seed, 365.0)

    def rows(preset: str = "P2", seed: int = 1, fields: dict[str, float] | None = None, **changes: float) -> Columns:
        return of(preset, seed, *sorted(changes.items()), fields=tuple(sorted((fields or MANY).items())))

    return rows


def only(rows: Columns, what: int) -> Columns:
    return {name: column[rows["what"] == what] for name, column in rows.items()}


# The formulas


def test_skill_lead_and_leaks_are_those_of_the_formulas():
    assert auc_of(np.array([0.0, 8.0, 1e9])) == pytest.approx([0.60, 0.60 + 0.22 * (1 - np.exp(-1)), 0.82])
    assert [lead_days(n) for n in (0, 3, 15)] == pytest.approx([120.0, 120.0 / 1.9, 120.0 / 5.5])
    one = leak_hazard(np.array([1, 2, 3, 4]), np.full(4, 2.0), np.full(4, 0.5))
    assert one == pytest.approx([0.001, 0.01, 0.03, 0.2])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.floats(0, 100), st.floats(0, 100), st.floats(0, 1), st.floats(0, 1))
def test_leaks_rise_with_exposures_and_fall_with_control(true, few, many, low, high):
    few, many = sorted((few, many))
    low, high = sorted((low, high))
    at = lambda e, c: leak_hazard(np.array([true]), np.array([e]), np.array([c]))[0]  # noqa: E731 - said twice below
    assert at(few, low) <= at(many, low)
    assert at(few, high) <= at(few, low)
    assert at(many, 1.0) == 0.0


# What is there


def test_classes_are_as_they_are_shared_out(played):
    sets = only(played(misgrade=0.0), SET)
    assert np.bincount(sets["true_class"], minlength=5)[1:] / 2000 == pytest.approx(CLASS_SHARES, abs=0.04)
    assert np.array_equal(sets["true_class"], sets["graded"])


def test_each_class_is_released_as_its_road_says(played):
    sets = only(played(misgrade=0.0, **AT_ONCE), SET)
    released = np.isfinite(sets["t_release"])
    for graded, share in ((OPEN, 0.8), (2, 0.8 * APPROVED), (LICENSED, 0.7), (CLOSED, 0.0)):
        assert released[sets["graded"] == graded].mean() == pytest.approx(share, abs=0.06)
    assert sets["usable"].mean() == pytest.approx(0.9, abs=0.03)


def test_an_application_works_if_all_that_it_needs_is_there(played):
    rows = played(misgrade=0.0, **AT_ONCE)
    there = only(rows, SET)["available"].mean()
    apps = only(rows, APPLICATION)
    whole = apps["met"] == apps["needs"]
    assert np.array_equal(whole, np.isfinite(apps["t_works"]))
    for needs in (1, 2, 3, 4):
        assert whole[apps["needs"] == needs].mean() == pytest.approx(there**needs, abs=0.03)
    assert not (apps["works"] & ~whole).any()


def test_applications_take_as_long_as_the_operators_say(played):
    for operators, bar in ((3.0, 0.0), (12.0, 0.0), (12.0, 1.0)):
        lead = only(played(operators=operators, bar=bar, **AT_ONCE), APPLICATION)["lead_d"]
        assert np.nanmedian(lead) == pytest.approx(lead_days(operators * (1 - bar / 2)), rel=0.03)


def test_skill_is_that_of_what_is_there(played):
    rows = played(fields={"datasets": 40}, **AT_ONCE)
    district = only(rows, DISTRICT)
    assert district["available"][0] == only(rows, SET)["available"].sum()
    assert district["auc"][0] == pytest.approx(auc_of(district["available"])[0], abs=0.003)
    none = played(fields={"datasets": 40}, open=0.0, licensed=0.0)
    assert only(none, DISTRICT)["auc"] == pytest.approx([0.60])


def test_skill_by_preset_is_about_what_the_domain_says(played):
    found = {p: np.mean([only(played(p, seed, {"datasets": 40}), DISTRICT)["auc"] for seed in range(12)]) for p in
             ("P0", "P1", "P2")}  # fmt: skip
    assert found["P0"] == pytest.approx(0.60, abs=0.02)
    assert found["P0"] < found["P1"] < found["P2"]
    assert found["P2"] == pytest.approx(0.80, abs=0.02)


def test_the_window_opens_on_what_is_released_today(played):
    today, reform, siloed = (only(played(p, misgrade=0.0, operators=3.0), SET) for p in ("P1", "P2", "P0"))
    out = {name: sets["t_release"] < 0.0 for name, sets in (("today", today), ("reform", reform), ("siloed", siloed))}
    for graded, share in ((OPEN, 0.35), (2, 0.35 * APPROVED), (LICENSED, 0.25), (CLOSED, 0.0)):
        assert out["today"][today["graded"] == graded].mean() == pytest.approx(share, abs=0.06)
    assert np.array_equal(out["today"], np.isfinite(today["t_release"]))  # today's governance adds nothing to its own
    assert np.array_equal(out["reform"], out["today"])  # reform opens on the same, and adds to it
    assert (reform["t_release"] > 0.0).sum() > 0.5 * out["today"].sum()
    assert not (out["siloed"] & ~out["today"]).any()
    assert 0 < out["siloed"].sum() < 0.5 * out["today"].sum()
    # What was there is held for the whole year and needs no preparing.
    assert today["leaks_expected"] == pytest.approx(today["hazard"] * out["today"])
    assert today["effort_h"] == pytest.approx(0.1 * 365.0 / 7.0 * out["today"])


# What leaks


def test_leaks_are_the_sum_of_weight_exposure_and_lack_of_control(played):
    sets = only(played(misgrade=0.0, release_d=1.0, control=0.9, bar=0.5, operators=10.0), SET)
    out = np.isfinite(sets["t_release"])
    for graded, holders, lax in ((1, 20.0, 0.1), (2, 5.0, 0.1), (3, 7.5, 0.1 * 0.7)):
        rows = out & (sets["graded"] == graded)
        each = LEAK_WEIGHTS[graded - 1] * holders * lax
        assert sets["hazard"][rows] == pytest.approx(each)
        assert sets["leaks_expected"][rows].sum() == pytest.approx(each * rows.sum(), rel=0.02)
    expected = sets["leaks_expected"].sum()
    assert sets["leaks"].sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))
    assert sets["leaks_expected"][~out].sum() == 0.0


def test_what_is_graded_too_low_leaks_most(played):
    sets = only(played(misgrade=0.3, release_d=1.0), SET)
    low = sets["graded"] < sets["true_class"]
    assert low[sets["true_class"] > OPEN].mean() == pytest.approx(0.3, abs=0.04)
    assert not low[sets["true_class"] == OPEN].any()
    closed = np.isfinite(sets["t_release"]) & (sets["true_class"] == CLOSED)
    assert closed.any()
    right = np.isfinite(sets["t_release"]) & ~low & (sets["graded"] == LICENSED)
    assert sets["hazard"][closed].mean() == pytest.approx(sets["hazard"][right].mean() * 0.2 / 0.03)


def test_breadth_costs_leaks_and_a_bar_holds_them_down(played):
    def leaks(**changes: float) -> float:
        return INDICATORS["leaks.data"].fold(played("P1", 1, None, **changes))

    narrow, broad = leaks(operators=3.0, licensed=0.25), leaks(operators=12.0, licensed=0.7)
    assert narrow < broad
    assert leaks(operators=12.0, licensed=0.7, bar=0.9) < 0.7 * broad
    assert leaks(operators=12.0, licensed=0.7, control=1.0) == 0.0
    assert INDICATORS["effort.data"].fold(played("P1", 1)) > 0


def test_without_operators_nothing_is_licensed(played):
    sets = only(played(operators=0.0), SET)
    assert not np.isfinite(sets["t_release"][sets["graded"] == LICENSED]).any()
