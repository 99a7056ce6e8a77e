"""Lifeline monitoring: the queue against Erlang, sensors against the Lorenz curve of risk, and the figures of E7."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from alone import rows_alone
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from models.lines.lifeline_sensors import (
    ALARMS,
    LEAK,
    LONGEST_QUEUE,
    STRIKE,
    TARGET_MIN,
    LifelineSensors,
    read_alarms,
    under_sensors,
)
from models.parameters import preset_values

HOUR = 3600.0
SEEDS = range(8)
DAYS = 120


@pytest.fixture(scope="module")
def played(tiny_city, tiny_people):
    """Return the rows of a policy over DAYS with a thousand times the leaks, seed by seed, each played once.

    The small city has the alarms and the analysts of one of 500,000 residents.
    """
    centre = {"other_alarms": 15_000_000.0 / tiny_city.residents, "centre_residents": float(tiny_city.residents)}

    @cache
    def of(*changes: tuple[str, float], fields: tuple[tuple[str, float], ...] = ()) -> list[dict[str, np.ndarray]]:
        line = LifelineSensors(**{"rate_factor": 1000.0, **centre, **dict(fields)})
        values = {**preset_values("P1"), **{f"lifeline.{name}": x for name, x in changes}}
        return [rows_alone(line, tiny_city, tiny_people, values, seed, DAYS) for seed in SEEDS]

    def rows(fields: dict[str, float] | None = None, **changes: float) -> list[dict[str, np.ndarray]]:
        return of(*sorted(changes.items()), fields=tuple(sorted((fields or {}).items())))

    return rows


def only(rows: list[dict[str, np.ndarray]], what: int) -> dict[str, np.ndarray]:
    return {name: np.concatenate([run[name][run["what"] == what] for run in rows]) for name in rows[0]}


def explosions(rows: list[dict[str, np.ndarray]], what: int = LEAK) -> float:
    return float(only(rows, what)["p_explosion"].sum())


# The queue of analysts


def arrivals(n: int, gap: float, seed: int = 1) -> np.ndarray:
    return np.cumsum(np.random.default_rng(seed).exponential(gap, n))


def test_analysts_wait_as_erlang_says():
    n, servers, load = 400_000, 3, 0.7
    arrive, takes = arrivals(n, 1.0 / (servers * load)), np.random.default_rng(2).exponential(1.0, n)
    read = read_alarms(arrive, takes, servers, n)
    offered = servers * load
    terms = [offered**k / np.prod(np.arange(1, k + 1)) for k in range(servers + 1)]
    delayed = terms[-1] / (1 - load) / (sum(terms[:-1]) + terms[-1] / (1 - load))
    assert np.mean(read - takes - arrive) == pytest.approx(delayed / (servers * (1 - load)), rel=0.04)


@pytest.mark.parametrize(("load", "longest"), [(0.9, 5), (2.0, 3), (0.5, 0)])
def test_alarms_are_lost_as_the_bounded_queue_says(load: float, longest: int):
    n, room = 200_000, longest + 1
    read = read_alarms(arrivals(n, 1.0 / load), np.random.default_rng(3).exponential(1.0, n), 1, longest)
    lost = (1 - load) * load**room / (1 - load ** (room + 1))
    assert np.mean(np.isnan(read)) == pytest.approx(lost, rel=0.04)


def test_a_burst_fills_the_queue_and_the_rest_is_never_read():
    read = read_alarms(np.zeros(100), np.full(100, 240.0), 3, LONGEST_QUEUE)
    assert np.isfinite(read).sum() == 3 + LONGEST_QUEUE
    assert np.isnan(read[63:]).all()
    assert np.nanmax(read) == pytest.approx(63 / 3 * 240.0)


def test_few_alarms_are_all_read_and_each_is_accounted_for(played):
    told = only(played(coverage=0.4), ALARMS)
    assert told["unread"].sum() == 0
    assert 0 < told["read_share"].sum() / len(SEEDS) < 0.5
    leaks = only(played(coverage=0.4), LEAK)
    true_of_gas = np.isfinite(leaks["t_alarm"]).sum()
    assert true_of_gas <= (told["alarms"] - told["false_alarms"]).sum()
    assert np.isfinite(leaks["t_read"]).sum() == true_of_gas


def test_the_load_is_alarms_times_reading_over_analysts(played):
    told = only(played(coverage=0.4), ALARMS)
    minutes = told["alarms"].sum() * 4.0
    assert told["read_share"].sum() == pytest.approx(minutes / (3 * DAYS * 1440), rel=0.02)


@pytest.mark.parametrize("ppv", [0.1, 0.3, 0.6])
def test_as_many_alarms_are_true_as_is_said(played, ppv: float):
    told = only(played(coverage=0.3, ppv=ppv), ALARMS)
    assert 1 - told["false_alarms"].sum() / told["alarms"].sum() == pytest.approx(ppv, rel=0.06)


def test_alarms_and_analysts_are_of_the_size_of_the_city(tiny_city, tiny_people):
    line = LifelineSensors(rate_factor=0.0)
    for residents, analysts in ((tiny_city.residents, 1), (500_000, 3), (2_000_000, 12)):
        city = replace(tiny_city, residents=residents)
        values = {**preset_values("P1"), "lifeline.coverage": 1.0, "lifeline.ppv": 0.6}
        told = only([rows_alone(line, city, tiny_people, values, 1, DAYS)], ALARMS)
        a_day = told["alarms"].sum() / DAYS
        assert a_day == pytest.approx(residents / 100_000 * 30.0 / 0.6, rel=0.1)
        assert told["read_share"].sum() == pytest.approx(a_day * 4.0 / (analysts * 1440), rel=0.1)


# Where the sensors are


def test_sensors_by_risk_cover_the_share_of_risk_that_the_lognormal_says():
    rng = np.random.default_rng(4)
    z, length = rng.standard_normal(200_000), np.full(200_000, 100.0)
    risk = np.exp(1.3 * z)
    for coverage in (0.2, 0.4, 0.6, 0.9):
        ranked = under_sensors(length, z, rng.random(len(z)), coverage, 1.0)
        assert risk[ranked].sum() / risk.sum() == pytest.approx(norm.cdf(1.3 - norm.ppf(1 - coverage)), abs=0.01)
        random = under_sensors(length, z, rng.random(len(z)), coverage, 0.0)
        assert risk[random].sum() / risk.sum() == pytest.approx(coverage, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_coverage_takes_no_sensor_away(seed: int, first: float, second: float, ranked: float):
    rng = np.random.default_rng(seed)
    length, assessed, luck = np.full(60, 50.0), rng.standard_normal(60), rng.random(60)
    few, many = (under_sensors(length, assessed, luck, c, ranked) for c in sorted((first, second)))
    assert not (few & ~many).any()
    for coverage, chosen in zip(sorted((first, second)), (few, many), strict=True):
        assert abs(length[chosen].sum() - coverage * length.sum()) <= 50.0 + 1e-6


def test_all_or_nothing_is_all_or_nothing():
    length, x = np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 0.3])
    assert under_sensors(length, x, x, 1.0, 0.5).all()
    assert not under_sensors(length, x, x, 0.0, 0.5).any()


# What a leak does


def test_without_sensors_hours_above_the_limit_are_those_of_the_formula(played):
    leaks = only(played(coverage=0.0), LEAK)
    assert not leaks["sensor"].any()
    assert not np.isfinite(leaks["t_alarm"]).any()
    rng, n = np.random.default_rng(5), 400_000
    known = rng.exponential(12.0, n)
    isolated = known + (21 * rng.lognormal(0, 0.4, n) + 20 * rng.lognormal(0, 0.5, n)) / 60
    expected = np.maximum(isolated - 4 * rng.lognormal(0, 0.9, n), 0.0).mean()
    assert leaks["explosive_h"].mean() == pytest.approx(expected, rel=0.04)
    assert leaks["p_explosion"].sum() == pytest.approx(leaks["explosive_h"].sum() / 20_000, rel=0.01)


def test_explosions_that_happen_are_as_many_as_expected(played):
    leaks = only(played({"ignition_h": 100.0}, coverage=0.0), LEAK)
    expected = leaks["p_explosion"].sum()
    assert leaks["exploded"].sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))
    assert not (leaks["exploded"] & (leaks["t_isolate"] <= leaks["t_limit"])).any()


def test_stamps_of_a_leak_stand_in_order(played):
    for what in (LEAK, STRIKE):
        rows = only(played(coverage=0.4), what)
        assert (rows["t_onset"] <= rows["t_detect"]).all()
        assert (rows["t_detect"] <= rows["t_scene"]).all()
        assert (rows["t_scene"] <= rows["t_isolate"]).all()
    read = only(played(coverage=0.4), LEAK)
    rang = np.isfinite(read["t_read"])
    assert (read["t_alarm"][rang] <= read["t_read"][rang]).all()
    assert set(np.unique(read["level"])) == {1, 2, 3}
    within = (read["t_scene"] - read["t_detect"]) / 60 <= TARGET_MIN[read["level"]]
    assert within.mean() == pytest.approx(norm.cdf(np.log(1 / 0.7) / 0.4), abs=0.03)


# The figures of E7


def test_detection_falls_from_twelve_hours_to_a_quarter_of_one(played):
    none, full = (only(played(coverage=c), LEAK) for c in (0.0, 1.0))
    assert np.mean(none["t_detect"] - none["t_onset"]) / HOUR == pytest.approx(12.0, rel=0.04)
    sensed = full["sensed"]
    assert sensed.mean() == pytest.approx(0.9, abs=0.01)
    assert 9 < np.mean((full["t_detect"] - full["t_onset"])[sensed]) / 60 < 18
    assert np.median(full["t_detect"] - full["t_onset"]) / 60 < 18


def test_sensors_by_risk_prevent_more_than_sensors_by_chance_and_flatten_out(played):
    base = explosions(played(coverage=0.0))
    saved = {c: 1 - explosions(played(coverage=c, risk_ranked=1.0)) / base for c in (0.4, 0.6, 1.0)}
    by_chance = 1 - explosions(played(coverage=0.4, risk_ranked=0.0)) / base
    assert 0.50 < saved[0.4] < 0.71
    assert 0.27 < by_chance < 0.40
    assert saved[1.0] - saved[0.6] < 0.6 * saved[0.4] / 2  # less for the last 40 points than for half of the first
    assert 0.85 < saved[1.0] < 0.92


def test_an_hour_of_queue_costs_little_but_alarms_that_nobody_reads_do(played):
    base = explosions(played(coverage=0.0))
    prompt, queued = (
        played(coverage=0.4, risk_ranked=1.0),
        played(coverage=0.4, risk_ranked=1.0, analysts=1.0, read_min=5.2),
    )
    flooded = played(coverage=0.4, risk_ranked=1.0, ppv=0.05)
    waits = only(queued, LEAK)
    extra = np.nanmean(waits["t_read"] - waits["t_alarm"]) / HOUR
    assert 0.4 < extra < 3.0
    assert only(queued, ALARMS)["unread"].sum() < 0.02 * only(queued, ALARMS)["alarms"].sum()
    saved, saved_late, saved_flooded = (base - explosions(rows) for rows in (prompt, queued, flooded))
    assert saved_late > 0.93 * saved
    lost = only(flooded, ALARMS)
    assert lost["unread"].sum() > 0.1 * lost["alarms"].sum()
    assert saved_flooded < 0.9 * saved


def test_sensors_do_not_stop_diggers_but_permits_do(played):
    none, full, checked = (played(**{n: x}) for n, x in (("coverage", 0.0), ("coverage", 1.0), ("permit_check", 1.0)))
    for name in ("event", "t_isolate", "p_explosion", "exploded"):
        assert np.array_equal(only(none, STRIKE)[name], only(full, STRIKE)[name])
    before = len(only(none, STRIKE)["event"]) / (1 - 0.3 * 0.8)
    assert len(only(checked, STRIKE)["event"]) == pytest.approx(0.2 * before, abs=3.5 * np.sqrt(0.2 * before))
    assert set(only(checked, STRIKE)["event"]) < set(only(none, STRIKE)["event"])


def test_nine_of_ten_explosions_of_the_network_are_struck_mains(tiny_city, played):
    rows = played(coverage=0.05, permit_check=0.1, risk_ranked=0.2, ppv=0.1)
    # The small city has more street for a resident than a large one: 64 km for 20,000, 659 km for 500,000.
    km = np.sum(tiny_city.drive.length[tiny_city.drive.forward]) / 1000
    leaks = explosions(rows) * (659 / 25) / km
    assert explosions(rows, STRIKE) / (explosions(rows, STRIKE) + leaks) == pytest.approx(0.9, abs=0.06)
