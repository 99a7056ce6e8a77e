"""Grid work: the day of a grid by hand, knowledge, duplicates, and the size that comes out of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import WorkingHours
from models.grid_day import day_of
from models.lines.grid_work import FIRE, HOUSEHOLD, ISSUE, SOCIAL, GridWork, _Work
from models.parameters import preset_values
from models.stages import Rules
from scenarios.experiment import Experiment
from scenarios.language import Scenario
from scenarios.library import load_experiment
from scenarios.running import simulate
from sim.city.model import AREA_LEVELS, City
from sim.streams import Stream

SIZES = (100, 200, 250, 320, 450, 700, 1000)


def rules_of(**changed: float) -> Rules:
    values = {**preset_values("P1"), **{name.replace("__", "."): value for name, value in changed.items()}}
    return Rules(values, {}, {}, WorkingHours(), Stream(1))


def passes(city: City, households: float = 320.0, line: GridWork | None = None, **changed: float):
    """The day of the grids of the city, each community with as many minutes a task."""
    own = len(city.areas.of_level("community"))
    said = rules_of(grid__households=households, grid_work__merged=0.0, **changed)
    return day_of(line or GridWork(), said, city, np.ones(own), 5.0 / 7.0)


@pytest.fixture(scope="module")
def world_of(tiny_city, tiny_people):
    """Return what the line reads of a world: nothing in it waits for the clock."""

    def of(seed: int = 1, **changed: float):
        class Bare:
            city, population, window = tiny_city, tiny_people, (0.0, 90 * 86400.0)
            rules = replace(rules_of(**changed), stream=Stream(seed))

        return Bare

    return of


@pytest.fixture(scope="module")
def played(world_of):
    """Return the indicators of a quarter in the small city, mean of two seeds, played once."""

    @cache
    def of(**changed: float) -> dict[str, float]:
        changed = {"grid_work__merged": 0.0, "grid_work__trained": 0.0, **changed}
        found = [_Work(GridWork(panel=0.4), world_of(seed, **changed)).rows() for seed in range(2)]
        return {kind.name: float(np.mean([kind.fold(rows) for rows in found])) for kind in GridWork.indicators}

    return of


def test_the_day_of_a_grid_by_hand(tiny_city):
    """One community with square grids: every minute of the day accounted for."""
    line = GridWork()
    day = passes(tiny_city, patrol__rounds_per_day=0.25)
    own = tiny_city.areas.of_level("community")
    ring = [tiny_city.areas.outlines[area] for area in own]
    ground = np.array([abs(np.sum(r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1])) / 2 for r in ring])
    ground /= np.round(tiny_city.areas.households[own] / 320.0)
    time = line.shift_h * 60 * 0.65 * day.posts
    side = np.sqrt(ground * np.maximum(1.0, 1.0 / day.posts)) * 1.3 / 75.0  # min to walk it
    events = 5.0 / 1000.0 * day.households * 7 / 5
    stops = day.visits * day.households * 7 / 5
    inner = 0.7124 * 1.3 * np.sqrt(stops * ground * np.maximum(day.posts, 1.0)) / 75.0
    overhead = 40.0 + 8.0 * day.posts * np.maximum(day.posts - 1.0, 0.0)
    spent = overhead + events * (20 + 3 + 0.5214 * side) + stops * (15 + 3) + inner
    tails = tiny_city.areas.ancestor("community")[tiny_city.areas.grid_of_walk_node[tiny_city.walk.tails()]]
    street = np.array([tiny_city.walk.length[tails == area].sum() / 2 for area in own])
    spent += 0.25 * street / np.round(tiny_city.areas.households[own] / 320.0) / 50.0
    assert day.idle == pytest.approx(0.0, abs=1e-9)
    assert spent == pytest.approx(time)
    assert day.travel == pytest.approx((events * 0.5214 * side + inner) / time)


def test_the_walk_grows_with_the_root_of_the_ground(tiny_city):
    """Four times the ground, twice the legs; with no legs at all size matters through fixed work and memory only."""
    still = GridWork(walking_kmh=30.0, most_visits=0.5)
    slow = GridWork(walking_kmh=7.5, most_visits=0.5)
    quick, late = (passes(tiny_city, line=line) for line in (still, slow))
    assert late.travel == pytest.approx(4 * quick.travel)
    wide = replace(tiny_city, areas=replace(tiny_city.areas, outlines=replace(
        tiny_city.areas.outlines, xy=tiny_city.areas.outlines.xy * 2.0)))  # fmt: skip
    assert passes(wide, line=still).travel == pytest.approx(2 * quick.travel)


def test_posts_follow_households_or_stand_one_a_grid(tiny_city):
    for share, small, large in ((1.0, 100 / 320, 1000 / 320), (0.0, 1.0, 1.0), (0.5, 0.65625, 2.0625)):
        for size, posts in ((100, small), (1000, large)):
            day = passes(tiny_city, size, GridWork(posts_by_household=share))
            assert day.posts == pytest.approx(posts, rel=0.07), (share, size)


def test_a_post_with_too_much_to_do_says_so_and_drops_patrol_after_visits(tiny_city):
    loads = [passes(tiny_city, size, GridWork(posts_by_household=0.0)).load.mean() for size in SIZES]
    assert loads == sorted(loads)
    assert loads[0] < 0.6
    assert loads[-1] > 1.5
    small, full, over = (passes(tiny_city, size, GridWork(posts_by_household=0.0)) for size in (100, 450, 1000))
    assert small.idle.min() > 0.0
    assert np.all(over.visits < full.visits)
    assert np.all(over.rounds < 1.0)
    assert small.rounds == pytest.approx(1.0)
    assert np.all(over.wait > 10 * small.wait)


def test_waiting_is_that_of_one_server_where_there_is_one(tiny_city):
    """M/M/1: W = S·ρ/(1 − ρ)."""
    line = GridWork(posts_by_household=0.0, event_min=60.0, walking_kmh=30.0)
    day = passes(tiny_city, 320, line)
    time = line.shift_h * 60 * 0.65 - line.overhead_min
    busy = 5.0 / 1000.0 * day.households * 7 / 5 * 63.0 / time  # legs are short
    assert day.wait == pytest.approx(63.0 * busy / (1 - busy), rel=0.07)


@settings(max_examples=25, deadline=None)
@given(size=st.floats(100, 1000), more=st.floats(1.05, 2.0), share=st.floats(0, 1))
def test_more_to_do_leaves_fewer_visits(tiny_city, size: float, more: float, share: float):
    line = GridWork(posts_by_household=share)
    before = passes(tiny_city, size, line)
    for field in ("overhead_min", "handover_min", "events", "event_min", "visit_min"):
        after = passes(tiny_city, size, line.model_copy(update={field: getattr(line, field) * more}))
        assert np.all(after.visits <= before.visits + 1e-12), field
        assert np.all(after.load >= before.load - 1e-12), field
    after = passes(tiny_city, size, line, grid_work__core_time=0.65 * min(more, 1.4))
    assert np.all(after.visits >= before.visits - 1e-12)


def test_visits_are_most_frequent_at_the_span_of_a_post_with_work_of_a_grid_only(tiny_city):
    """Without fixed work a small grid is as good as any, without sharing a large one: the U needs both arms."""
    visits = {size: passes(tiny_city, size).visits.mean() for size in SIZES}
    assert visits[100] < visits[200] < visits[320]
    free = GridWork(overhead_min=0.0)
    flat = [passes(tiny_city, size, free).visits.mean() for size in (100, 200, 320)]
    assert max(flat) / min(flat) < 1.1


def work_of(world_of, line: GridWork, **changed: float) -> _Work:
    return _Work(line, world_of(**changed))


def test_knowledge_is_what_is_left_of_the_last_visit(world_of):
    """With one post or less: K = e^(−age/τ); mean 1/(1 + gap/τ) where visits come at random."""
    work = work_of(world_of, GridWork(panel=1.0, visit_min=5.0, most_visits=3.0), grid_work__merged=0.0)
    n = len(work.key)
    known = work._knowledge(np.arange(n), np.full(n, 90.0))
    past = np.where(work.visits[:, SOCIAL] <= 90.0, work.visits[:, SOCIAL], -np.inf).max(axis=1)
    one = work.day.posts[work.community] <= 1.0
    assert known[one] == pytest.approx(np.exp(-(90.0 - past[one]) / 180.0))
    gap = 1.0 / work.day.visits[work.community]
    assert known[one].mean() == pytest.approx((1.0 / (1.0 + gap[one] / 180.0)).mean(), abs=0.02)


def test_who_shares_a_grid_knows_less_unless_the_ledger_tells_all(world_of):
    known = {}
    for ledger in (0.0, 0.5, 1.0):
        work = work_of(world_of, GridWork(panel=1.0, ledger=ledger), grid__households=1000.0, grid_work__merged=0.0)
        n = len(work.key)
        known[ledger] = work._knowledge(np.arange(n), np.full(n, 90.0))
    assert np.all(known[0.0] <= known[0.5])
    assert np.all(known[0.5] <= known[1.0])
    assert known[0.0].mean() < 0.75 * known[1.0].mean()


def test_in_a_merged_grid_every_networks_visit_teaches_the_worker(world_of):
    line = GridWork(panel=0.5, combine_d=0.0)  # nothing joins, so that as many visits are made
    apart, merged = (work_of(world_of, line, grid_work__merged=share) for share in (0.0, 1.0))
    assert np.array_equal(apart.visits, merged.visits)
    everyone = np.arange(len(apart.key))
    known = [work._knowledge(everyone, np.full(len(everyone), 90.0)) for work in (apart, merged)]
    assert np.all(known[1] >= known[0])
    assert known[1].mean() > known[0].mean() + 0.05


def test_unmerged_networks_meet_at_a_door_as_chance_has_it(world_of):
    """P(another network came within 14 days) = 1 − e^(−14·rate of the others)."""
    line = GridWork(panel=1.0, visit_min=60.0, most_visits=1e-9)  # no social visits: fire and urban alone
    work = work_of(world_of, line, grid_work__merged=0.0)
    share = work.duplicates.sum() / work.made.sum()
    assert share == pytest.approx(1.0 - np.exp(-14.0 * 2.0 / 365.0), rel=0.08)
    assert work.made.mean() == pytest.approx(2 * 2.0 * 90 / 365, rel=0.03)


@pytest.mark.parametrize(
    "fields", [{"checks_per_year": 52.0}, {"most_visits": 100.0, "visit_min": 0.1, "events": 0.0, "shift_h": 24.0}]
)
def test_frequent_visits_go_on_to_the_end_of_the_window(world_of, fields: dict[str, float]):
    """A visit that is cut off would be one that the last weeks lack."""
    work = work_of(world_of, GridWork(panel=0.3, walking_kmh=30.0, **fields), grid_work__merged=0.0)
    network = FIRE if "checks_per_year" in fields else SOCIAL
    rate = np.full(len(work.key), 52.0 / 365.0) if network == FIRE else work.day.visits[work.community]
    assert rate.max() * 455.0 > 60.0
    for first, last in ((0.0, 90.0), (60.0, 90.0), (90.0, 180.0)):
        made = ((work.visits[:, network] >= first) & (work.visits[:, network] < last)).sum()
        assert made == pytest.approx(rate.sum() * (last - first), rel=0.03)


def test_the_luck_of_a_visit_is_the_same_however_many_there_may_be(world_of):
    few, many = (work_of(world_of, GridWork(panel=0.3, checks_per_year=c), grid_work__merged=0.0) for c in (2.0, 52.0))
    assert few.visits.shape[2] < many.visits.shape[2]
    since = [work.visits[:, FIRE, :5] + 365.0 for work in (few, many)]
    assert since[0] * 2.0 == pytest.approx(since[1] * 52.0)


def test_a_joined_visit_is_no_visit_and_checks_are_as_many(world_of):
    apart = work_of(world_of, GridWork(panel=1.0), grid_work__merged=0.0)
    joined = work_of(world_of, GridWork(panel=1.0, combine_d=14.0), grid_work__merged=1.0)
    assert joined.duplicates.sum() == 0  # whatever came within 14 days joined
    assert joined.made.sum() < apart.made.sum()
    checks = [((work.visits[:, FIRE] >= 0) & (work.visits[:, FIRE] < 90)).sum() for work in (apart, joined)]
    assert checks[0] == checks[1]


@pytest.mark.parametrize("changed", [{}, {"grid_work__core_time": 0.55}, {"patrol__rounds_per_day": 0.5}])
def test_the_best_size_lies_between_250_and_450_households(played, changed: dict[str, float]):
    took = {size: played(grid__households=float(size), **changed)["T_detect.grid_work"] for size in SIZES}
    best = min(took, key=took.get)
    assert 250 <= best <= 450, took
    left, right = [took[s] for s in SIZES if s <= best], [took[s] for s in SIZES if s >= best]
    assert left == sorted(left, reverse=True), took
    assert right == sorted(right), took
    assert took[100] > 1.1 * took[best]
    assert took[1000] > 1.05 * took[best]


def test_merging_brings_a_quarter_fewer_duplicates_and_a_tenth_fewer_hits(played):
    apart, merged, trained = (played(grid__households=320.0, grid_work__merged=m, grid_work__trained=t)
                              for m, t in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))  # fmt: skip
    assert -0.3 <= merged["duplicates.grid_work"] / apart["duplicates.grid_work"] - 1 <= -0.2
    assert -0.13 <= merged["hit.grid_work"] / apart["hit.grid_work"] - 1 <= -0.07
    assert trained["hit.grid_work"] == apart["hit.grid_work"]
    assert merged["known.grid_work"] > apart["known.grid_work"]


def test_better_parameters_do_better(played):
    now = played()
    for name, value in {"patrol__p_see": 0.6, "citizen__report_h": 150.0, "grid_work__core_time": 0.75}.items():
        assert played(**{name: value})["T_detect.grid_work"] < now["T_detect.grid_work"], name


def test_rows_say_whose_they_are(tiny, tiny_city, tiny_people):
    scenario = Scenario.model_validate({**tiny.model_dump(), "incidents": {}, "hours": 2160.0, "beat_s": 3600.0,
                                        "lines": {"grid_work": {"panel": 0.3}}})  # fmt: skip
    table = simulate(tiny_city, tiny_people, scenario, preset_values("P1"), 5).tables()["grid_work"].to_pandas()
    issues, households = table[table["what"] == ISSUE], table[table["what"] == HOUSEHOLD]
    assert len(issues) == pytest.approx(len(households) * 0.005 * 90, rel=0.1)
    assert (issues["t_detect"] > issues["t_onset"]).all()
    assert issues["entity"].is_unique
    assert households["entity"].is_unique
    assert issues["at_home"].mean() == pytest.approx(0.4, abs=0.05)
    assert tiny_city.areas.level[table["area"]].min() >= AREA_LEVELS.index("community")


def test_e6_asks_for_the_sizes_of_the_question_and_expects_a_u():
    asked: Experiment = load_experiment("E6")
    sizes = {arm.name: arm.resolve()["grid.households"] for arm in asked.arms}
    assert set(sizes.values()) == {100.0, 200.0, 320.0, 450.0, 700.0, 1000.0}
    slower = {one.arm for one in asked.expected if one.indicator == "T_detect.grid_work" and one.case == "by_household"}
    assert slower == {"h100", "h200", "h700", "h1000"}


def test_holidays_leave_fewer_days_for_the_same_work(world_of):
    def work(working: WorkingHours):
        world = world_of(grid__households=320.0)
        world.rules = replace(world.rules, working=working)
        return _Work(GridWork(panel=0.3), world)

    usual, holidays, weekends = (
        work(WorkingHours(**changed))
        for changed in ({}, {"holidays": tuple(range(14, 35))}, {"workdays": (5, 6, 12, 13, 19, 20)})
    )
    assert usual.worked == 5.0 / 7.0
    assert holidays.worked == pytest.approx(5.0 / 7.0 - 15.0 / 90.0)
    assert (holidays.day.load > usual.day.load).all()
    assert (weekends.day.load < usual.day.load).all()
    assert (holidays.day.visits < usual.day.visits).all()
