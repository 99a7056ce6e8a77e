"""The service hall: a queue that formulas and an exact recursion describe, offices that add up, and nobody lost."""

from __future__ import annotations

import heapq
from math import exp, log
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from queue_twins import many
from scipy import stats
from test_queues import agrees, erlang_c, fcfs_waits, is_poisson

from models.calendar import WorkingHours
from models.hall import MOST_VISITS
from models.parameters import parameters
from scenarios.language import Scenario
from scenarios.library import load_policy
from scenarios.running import resolved, simulate

Columns = dict[str, NDArray[Any]]
DAY, HOUR, MINUTE = 86_400.0, 3600.0, 60.0
#: One visit for each matter, and nobody leaves: a plain queue.
PLAIN = {"documents": 0, "patience_min": 1e9}
#: A hall that never closes, evenly visited: a queue in steady state.
ALWAYS = WorkingHours(opens=0.0, closes=24.0, days_a_week=7)
SHARED = parameters()["hall.shared_documents"].values
AT_COUNTER = {"hall.online": 0.0, "hall.appraisal": 0.0}


@pytest.fixture(scope="module")
def hall(tiny, tiny_city, tiny_people):
    """Return what plays the hall and gives its rows as columns, and the stream of its luck."""

    def play(line: dict, parameters: dict, days: int = 1, seed: int = 0, base: str = "P0", **more: Any):
        changes = {"incidents": {}, "lines": {"service_hall": line}, "hours": 24.0 * days, "beat_s": 3600.0,
                   "parameters": parameters, **more}  # fmt: skip
        scenario = Scenario.model_validate({**tiny.model_dump(), **changes})
        simulation = simulate(tiny_city, tiny_people, scenario, resolved(scenario, load_policy(base)), seed)
        table = simulation.tables()["service_hall"]
        columns = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
        return columns, simulation.world.rules.stream

    return play


def steady(windows: int, departments: int, load: float, residents: int = 20_000) -> dict:
    """Return the fields of a plain hall at a load at windows by department, which never closes."""
    a_day = load * windows * 24 * HOUR / (12 * MINUTE)
    return {**PLAIN, "peaks": 0.0, "departments": departments, "windows_per_100k": windows * 100_000 / residents,
            "matters_per_100k": a_day * 100_000 / residents}  # fmt: skip


def of_days(columns: Columns, first: float, last: float) -> float:
    """Return the mean wait (min) of those who came between two days."""
    day = columns["t_apply"] / DAY
    return float(columns["wait_first"][(day >= first) & (day < last)].mean() / MINUTE)


# The queue


@pytest.mark.parametrize("pooled", [0.0, 0.5, 1.0])
def test_every_group_of_windows_is_its_twin_call_by_call(hall, pooled: float):
    line = {**PLAIN, "windows_per_100k": 120.0, "departments": 6, "matters_per_100k": 4600.0}
    columns, _ = hall(line, {**AT_COUNTER, "hall.pooled": pooled}, days=3)
    group = np.where(columns["pooled"], -1, columns["department"])
    assert len(np.unique(group)) == {0.0: 6, 0.5: 4, 1.0: 1}[pooled]
    for one in np.unique(group):
        mine = np.flatnonzero(group == one)
        mine = mine[np.argsort(columns["t_apply"][mine])]
        came, takes, servers = columns["t_apply"][mine], columns["clerk"][mine], int(24 * pooled) if one < 0 else 4
        waits = fcfs_waits(came, takes, servers)
        assert waits.max() > 60.0
        assert np.allclose(columns["wait_first"][mine], waits, atol=1e-6)
        assert np.allclose(columns["t_accept"][mine], came + waits + takes, atol=1e-6)
        assert not np.allclose(columns["wait_first"][mine], fcfs_waits(came, takes, servers + 1), atol=1.0)


def test_who_leaves_is_who_would_wait_longer_than_patience(hall):
    line = {
        "documents": 0,
        "patience_min": 15.0,
        "windows_per_100k": 40.0,
        "departments": 1,
        "matters_per_100k": 3000.0,
    }
    columns, stream = hall(line, {**AT_COUNTER, "hall.pooled": 0.0})
    assert 0.05 < columns["left"].mean() < 0.6
    free = [0.0] * 8
    for row in np.argsort(columns["t_apply"]):
        matter, came = int(columns["matter"][row]), columns["t_apply"][row]
        patience = stream.exponential(15.0 * MINUTE, "hall.patience", matter, 0)
        wait = max(came, free[0]) - came
        assert columns["left"][row] == (wait > patience)
        assert columns["wait_first"][row] == pytest.approx(min(wait, patience), abs=1e-6)
        if wait <= patience:
            takes = stream.lognormal(12 * MINUTE * exp(-0.18), 0.6, "hall.service", matter, 0)
            heapq.heapreplace(free, came + wait + takes)


@pytest.mark.parametrize(
    ("windows", "load", "sigma", "loss"), [(3, 1.5, 0.6, 0.134328), (10, 8.0, 0.6, 0.121661), (10, 8.0, log(5) ** 0.5, 0.121661)],
    ids=["c=3", "c=10", "c=10, lognormal of cs2=4"],
)  # fmt: skip
def test_without_patience_a_hall_loses_as_erlang_says_whatever_the_service(hall, windows, load, sigma, loss):
    """Erlang B is insensitive to the law of the service; cs² = exp(σ²) − 1."""
    line = {**steady(windows, 1, 10 * load / windows), "patience_min": 1e-9, "service_min": 1.2, "service_sigma": sigma}
    columns, _ = hall(line, AT_COUNTER, working=ALWAYS)  # one day: who was lost comes again on the next
    ends, lost = np.zeros(windows), []
    for row in np.argsort(columns["t_apply"]):
        came, first = columns["t_apply"][row], int(np.argmin(ends))
        lost.append(ends[first] > came)
        assert columns["left"][row] == lost[-1]
        if not lost[-1]:
            ends[first] = came + columns["clerk"][row]
    assert 0.5 * loss < np.mean(lost) < 1.5 * loss
    luck = np.random.default_rng(1)
    agrees(many(windows, load, lambda n: luck.lognormal(-(sigma**2) / 2, sigma, n), 2, loses=True, calls=4000)[1], loss)


def test_arrivals_are_poisson_and_services_lognormal_with_their_mean(hall):
    columns, _ = hall(steady(48, 1, 0.5), AT_COUNTER, days=2, working=ALWAYS)
    is_poisson(columns["t_apply"], 12 * MINUTE / (48 * 0.5))
    median = 12 * MINUTE / exp(0.18)
    assert stats.kstest(columns["clerk"], "lognorm", args=(0.6, 0, median)).pvalue > 1e-4
    assert columns["clerk"].mean() / MINUTE == pytest.approx(12.0, rel=0.03)


def test_single_windows_are_pollaczek_and_khinchine(hall):
    columns, _ = hall(steady(24, 24, 0.6), AT_COUNTER, days=5, working=ALWAYS)
    exact = 12.0 * 0.6 / (1 - 0.6) * exp(0.36) / 2  # ρ s (1 + cs²) / 2(1 − ρ), with 1 + cs² = exp(σ²)
    assert of_days(columns, 0.25, 5) == pytest.approx(exact, rel=0.1)


def allen_cunneen(servers: int, load: float, mean: float) -> float:
    """Wait in M/G/c, about: that of M/M/c times (1 + cs²)/2."""
    return erlang_c(servers, load * servers) * mean / (servers * (1 - load)) * exp(0.36) / 2


def pooled_and_apart(load: float, longer: float, n: int, seed: int = 1) -> tuple[float, float]:
    """Return the mean waits (min) of the twin of 48 windows: as 12 departments of 4, and as one pool."""
    rng = np.random.default_rng(seed)
    came = np.cumsum(rng.exponential(12.0 / (48 * load), n))
    takes, department = rng.lognormal(log(12.0) - 0.18, 0.6, n), rng.integers(12, size=n)
    apart = np.concatenate([fcfs_waits(came[department == d], takes[department == d], 4) for d in range(12)])
    return float(apart.mean()), float(fcfs_waits(came, takes * (1.0 + longer), 48).mean())


def test_the_twin_pools_as_queueing_theory_says():
    apart, pooled = pooled_and_apart(0.8, 0.12, 200_000)
    assert apart == pytest.approx(allen_cunneen(4, 0.8, 12.0), rel=0.06)
    assert pooled == pytest.approx(allen_cunneen(48, 0.896, 13.44), rel=0.15)
    assert -0.95 <= pooled / apart - 1 <= -0.80
    apart, pooled = pooled_and_apart(0.9, 0.12, 200_000)
    assert pooled > 2 * apart


def test_pooling_does_in_the_hall_what_it_does_in_theory(hall):
    line, waits = steady(48, 12, 0.8), {}
    for pooled in (0.0, 0.75, 1.0):
        columns, _ = hall(line, {**AT_COUNTER, "hall.pooled": pooled, "hall.pool_factor": 1.12}, 2, working=ALWAYS)
        waits[pooled] = of_days(columns, 0.25, 2)
    assert waits[0.0] == pytest.approx(allen_cunneen(4, 0.8, 12.0), rel=0.25)
    assert -0.95 <= waits[1.0] / waits[0.0] - 1 <= -0.80
    assert -0.75 <= waits[0.75] / waits[0.0] - 1 <= -0.55


def test_below_half_load_pooling_gains_less_than_a_minute(hall):
    line = {"windows_per_100k": 190.0, "matters_per_100k": 2350.0, "peaks": 0.0}
    apart, pooled = (hall(line, {"hall.pooled": share}, days=2)[0] for share in (0.0, 1.0))
    assert apart["busy"].mean() < 0.5
    assert 0.0 <= (apart["wait"].sum() - pooled["wait"].sum()) / pooled["came"].sum() < MINUTE


@pytest.mark.parametrize(("load", "longer"), [(0.9, 0.12), (0.8, 0.25)])
def test_the_queue_explodes_where_the_longer_service_eats_the_pool(hall, load: float, longer: float):
    line = steady(12, 4, load)
    pool = {**AT_COUNTER, "hall.pooled": 1.0, "hall.pool_factor": 1.0 + longer}
    explodes, _ = hall(line, pool, days=4, working=ALWAYS)
    apart, _ = hall(line, {**AT_COUNTER, "hall.pooled": 0.0}, days=4, working=ALWAYS)
    bears, _ = hall(line, {**pool, "hall.pool_factor": 1.05}, days=4, working=ALWAYS)
    assert of_days(explodes, 3, 4) > 2 * of_days(explodes, 0, 1)
    assert of_days(explodes, 3, 4) > 2 * of_days(apart, 3, 4)
    assert of_days(bears, 3, 4) < of_days(apart, 3, 4)


@pytest.mark.parametrize("windows", [2, 3, 14, 24])
@pytest.mark.parametrize(("pooled", "specialised"), [(0.0, 0.0), (0.7, 0.0), (1.0, 0.25), (1.0, 0.0)])
def test_what_goes_to_the_pool_is_what_its_windows_are(hall, windows: int, pooled: float, specialised: float):
    line = {**PLAIN, "windows_per_100k": windows * 5.0, "specialised": specialised, "matters_per_100k": 2350.0}
    columns, _ = hall(line, {"hall.pooled": pooled, "hall.online": 0.0})
    departments = min(14, windows)
    owner = np.arange(windows) * departments // windows
    assert set(columns["department"]) <= set(owner)
    joined = round(min(pooled, 1 - specialised) * departments)
    share = (owner < joined).mean() if joined > 1 else 0.0
    n = len(columns["pooled"])
    assert columns["pooled"].mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n) + 1e-9)
    assert (share == 1.0) == (pooled == 1.0 and (specialised == 0.0 or round(departments * 0.75) == departments))


# Submissions, approvals, fairness


#: Under P0, P1 and P2, and with the lever of A11 by itself.
@pytest.mark.parametrize(("shared", "told"), [*zip(SHARED, (2.6, 1.4, 1.05), strict=True), (0.8, 1.26)])
def test_visits_are_those_of_the_formula(hall, shared: float, told: float):
    line = {"patience_min": 1e9, "matters_per_100k": 20_000.0, "windows_per_100k": 9_000.0}
    columns, _ = hall(line, {"hall.shared_documents": shared, "hall.online": 0.5})
    lacking = 1 - 0.92 ** (14 * (1 - shared))
    exact = (1 - lacking**MOST_VISITS) / (1 - lacking)  # geometric, cut where the applicant gives up
    n = len(columns["submissions"])
    assert columns["submissions"].mean() == pytest.approx(exact, abs=4 * columns["submissions"].std() / np.sqrt(n))
    assert exact == pytest.approx(told, abs=0.07)
    assert (columns["submissions"] == 1).mean() == pytest.approx(1 - lacking, abs=2 / np.sqrt(n))
    counter = ~columns["online"]
    assert (columns["visits"][counter] == columns["submissions"][counter]).all()
    assert not columns["visits"][columns["online"]].any()


@pytest.mark.parametrize(("parallel", "days"), [(0.0, 5.0), (1.0, 1.0 + 0.5)])
def test_offices_add_up_in_a_row_and_the_longest_counts_at_once(hall, parallel: float, days: float):
    line = {**PLAIN, "item_sigma": 1e-9, "matters_per_100k": 2350.0, "windows_per_100k": 120.0}
    columns, _ = hall(line, {"hall.parallel": parallel, "hall.handover_d": 0.5, "hall.pooled": 0.5})
    working = WorkingHours()
    at_window = np.array([working.between(a, b) for a, b in zip(columns["t_apply"], columns["t_accept"], strict=True)])
    approvals = columns["elapsed_d"] - at_window / working.day
    handed_over = 0.5 * (columns["pooled"] & ~columns["online"])
    assert np.allclose(approvals, handed_over + days * (1 + columns["wrong"]), atol=1e-6)
    issued = [working.between(a, b) for a, b in zip(columns["t_accept"], columns["t_issue"], strict=True)]
    assert np.allclose(np.array(issued) / working.day, approvals, atol=1e-6)
    assert (columns["on_time"] == (approvals <= 7.0)).all()
    assert 0.0 < columns["wrong"].mean() < 0.08


def test_parallel_approval_saves_forty_to_sixty_two_percent(hall):
    line = {**PLAIN, "matters_per_100k": 20_000.0, "windows_per_100k": 5_000.0}
    taken = [hall(line, {"hall.parallel": share, "hall.handover_d": 0.25})[0]["elapsed_d"].mean() for share in (0, 1)]
    assert -0.62 <= taken[1] / taken[0] - 1 <= -0.40


def gap(columns: Columns) -> float:
    return columns["visits"][columns["elder"]].mean() / columns["visits"][~columns["elder"]].mean()


def test_help_keeps_the_gap_within_the_constraint(hall):
    line = {**PLAIN, "matters_per_100k": 20_000.0, "windows_per_100k": 9_000.0}
    left, helped = (hall(line, {"hall.online": 0.8, "hall.assisted": share, "hall.help_min": 20.0})[0]
                    for share in (0.0, 0.95))  # fmt: skip
    assert gap(left) == pytest.approx((1 - 0.45 * 0.8) / (1 - 0.8), rel=0.1)
    assert gap(helped) == pytest.approx((1 - 0.9725 * 0.8) / (1 - 0.8), rel=0.15)
    assert gap(helped) <= 1.2 < gap(left)
    by_clerk = helped["online"] & (helped["clerk"] > 0)
    assert helped["elder"][by_clerk].all()
    assert by_clerk[helped["elder"]].mean() == pytest.approx(0.8 * 0.55 * 0.95, abs=0.05)
    assert helped["clerk"][by_clerk].mean() / MINUTE == pytest.approx(20.0, rel=0.12)


def test_appraisal_makes_faster_and_more_often_wrong(hall):
    line = {**PLAIN, "matters_per_100k": 20_000.0, "windows_per_100k": 9_000.0}
    free, pressed = (hall(line, {"hall.appraisal": weight})[0] for weight in (0.0, 1.0))
    counter = ~free["online"]
    assert np.allclose(free["clerk"][counter] / pressed["clerk"][counter], 1.1)
    assert free["wrong"].mean() == pytest.approx(0.02, abs=0.006)
    assert pressed["wrong"].mean() == pytest.approx(0.05, abs=0.009)
    assert not (free["wrong"] & ~pressed["wrong"]).any()


# Nobody is lost, and the calendar holds


@pytest.mark.parametrize("patience_min", [3.0, 1e9])
def test_every_matter_is_issued_or_was_given_up(hall, patience_min: float):
    line = {"windows_per_100k": 60.0, "matters_per_100k": 2350.0, "patience_min": patience_min}
    columns, _ = hall(line, {"hall.pooled": 0.5}, days=3)
    issued, gave_up = np.isfinite(columns["t_issue"]), columns["visits"] == MOST_VISITS
    assert (issued | gave_up).all()
    assert (issued == np.isfinite(columns["t_accept"])).all()
    assert (columns["t_apply"] <= columns["t_accept"])[issued].all()
    assert (columns["t_accept"] < columns["t_issue"])[issued].all()
    assert (columns["left"] <= columns["came"]).all()
    assert (columns["came"] <= columns["visits"]).all()
    counter = ~columns["online"]
    assert (columns["visits"] >= columns["submissions"])[issued & counter].all()
    assert (columns["clerk"] > 0)[issued & counter].all()
    assert gave_up.any() or patience_min > 1e6
    assert columns["left"].any() == (patience_min < 1e6)


def test_who_left_comes_back_on_the_next_working_day(hall):
    line = {"documents": 0, "patience_min": 5.0, "windows_per_100k": 20.0, "matters_per_100k": 500.0}
    columns, _ = hall(line, AT_COUNTER, working=WorkingHours(holidays=(1, 2)))
    again = (columns["left"] == 1) & (columns["visits"] > 1)
    assert again.any()
    assert columns["t_accept"][again].min() >= 3 * DAY + 9 * HOUR
    assert (columns["wait_first"][again] > 0).all()


def test_a_hall_that_nobody_comes_to_has_no_rows(hall):
    assert len(hall({"matters_per_100k": 0.0}, {})[0]["matter"]) == 0
    assert len(hall({}, {}, working=WorkingHours(holidays=(0,)))[0]["matter"]) == 0


def test_clerks_time_is_all_within_the_hours_or_overtime(hall):
    line = {**PLAIN, "windows_per_100k": 120.0, "matters_per_100k": 4600.0}
    columns, _ = hall(line, {**AT_COUNTER, "hall.pooled": 0.4}, days=4)
    day = (columns["t_apply"] // DAY).astype(int)
    open_s = WorkingHours().day
    told = sum(24 * (columns["busy"][day == d][0] * open_s + columns["overtime"][day == d][0]) for d in range(4))
    assert told == pytest.approx(columns["clerk"].sum(), rel=1e-9)
    assert columns["busy"].max() <= 1.0
    assert columns["overtime"].min() > 0.0


@pytest.mark.parametrize(("opens", "closes"), [(9.0, 17.5), (10.0, 14.0), (0.0, 24.0)])
def test_as_many_come_whatever_the_hours_and_within_them(hall, opens: float, closes: float):
    working = WorkingHours(opens=opens, closes=closes, weekday=3, holidays=(1,), workdays=(3,))
    columns, _ = hall({"matters_per_100k": 3000.0, "windows_per_100k": 300.0}, {}, days=5, working=working)
    day, hour = columns["t_apply"] // DAY, columns["t_apply"] % DAY / HOUR
    assert set(day) == {0, 3, 4}  # Thursday, a worked Sunday, Monday; Friday is a holiday
    assert hour.min() >= opens
    assert hour.max() < closes
    assert len(day) == pytest.approx(3 * 600, abs=4 * np.sqrt(1800))
    accepted = columns["t_accept"][columns["online"] & (columns["clerk"] == 0.0)]
    assert not set(accepted[np.isfinite(accepted)] // DAY) & {1, 2}


def test_the_rush_is_in_the_morning_and_the_afternoon(hall):
    columns, _ = hall({**PLAIN, "matters_per_100k": 30_000.0, "windows_per_100k": 9_000.0}, {"hall.online": 1.0})
    counts = np.histogram(columns["t_apply"] / HOUR, np.linspace(9.0, 17.5, 9))[0]
    assert counts / counts.sum() == pytest.approx(np.array([5, 6, 4, 2, 3, 5, 4, 2]) / 31, abs=0.015)


def test_the_first_day_is_as_full_as_any_other(hall):
    line = {"windows_per_100k": 200.0, "matters_per_100k": 5_000.0, "patience_min": 1e9}
    columns, _ = hall(line, {}, days=5)
    busy = [columns["busy"][columns["t_apply"] // DAY == d][0] for d in range(5)]
    assert busy[0] == pytest.approx(np.mean(busy[1:]), rel=0.06)
    alone, _ = hall({**line, "documents": 0}, {})
    assert alone["busy"][0] < 0.5 * busy[0]  # without those who come back


def test_a_window_that_begins_at_noon_is_a_part_of_the_day(hall):
    line = {"matters_per_100k": 3000.0, "windows_per_100k": 2_000.0}
    whole, late = hall(line, {}, days=2), hall(line, {}, days=2, start_hour=12)
    at_noon = {m: t for m, t in zip(whole[0]["matter"], whole[0]["t_apply"], strict=True) if t >= 12 * HOUR}
    found = dict(zip(late[0]["matter"], late[0]["t_apply"], strict=True))
    assert at_noon.items() <= found.items()
    assert late[0]["t_apply"].min() >= 12 * HOUR
    first, last = (columns["busy"][(columns["t_apply"] // DAY == 1)][0] for columns, _ in (whole, late))
    assert last == pytest.approx(first, rel=1e-9)  # the same come back on the next day


def test_the_same_people_come_whatever_the_policy(hall):
    none, full = (hall({}, {}, base=base)[0] for base in ("P0", "P2"))
    for name in ("matter", "t_apply", "department", "elder", "area"):
        assert (none[name] == full[name]).all()
    assert not (none["online"] & ~full["online"]).any()
    assert (full["submissions"] <= none["submissions"]).all()


def test_the_figures_of_nanjing(hall):
    """31 visits a window and day where windows are apart and 41 % apply online (B2 of the calibration)."""
    columns, _ = hall({"patience_min": 1e9, "matters_per_100k": 7_050.0, "windows_per_100k": 360.0}, {})
    per_window = columns["visits"].sum() / 72
    assert per_window == pytest.approx(31.0, rel=0.05)
