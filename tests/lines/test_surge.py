"""The shock day: nothing is lost, its limits, who may help whom, and the laws of mustering, stations and dropout."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from trials import TRIALS

from models.calendar import DAY, HOUR, WorkingHours
from models.lines.surge import FORCE, NEED, PLACE, PREVENTED, Surge, _rows
from models.parameters import preset_values
from models.stages import Rules
from models.surge.desk import Desk
from models.surge.forces import FORCES, gather, muster_waits, organiser_capacity, station_distance, stays, unit_numbers
from models.surge.needs import ALLIANCE, CORE, HORIZON_H, KINDS, LINKS, NEIGHBOURS, draw_needs, start_of
from sim.engine import Engine
from sim.streams import Stream

SEEDS = range(4)
#: A blow that even today's forces of the small city feel.
HARD = {**TRIALS["surge"], "rain_mm": 600.0, "blackout": 0.6, "members": 200.0, "alliance": 40.0, "urban": 10.0}


def values(preset: str = "P1", **changed: float) -> dict[str, float]:
    return {**preset_values(preset), **{f"surge.{name}": value for name, value in changed.items()}}


def rules_of(seed: int = 1, parameters: dict[str, float] | None = None) -> Rules:
    return Rules(parameters or values(), {}, {}, WorkingHours(), Stream(seed))


@pytest.fixture(scope="module")
def play(tiny_city, tiny_people):
    """Return a shock day in the small city, played to its end: its desk, and its rows with the street beside them."""

    def of(seed: int = 1, preset: str = "P1", line: dict | None = None, **changed: float):
        class Bare:
            city, population, window = tiny_city, tiny_people, (0.0, DAY)
            rules, engine = rules_of(seed, values(preset, **changed)), Engine(HOUR)

        surge = Surge(**{**HARD, **(line or {})})
        needs = draw_needs(surge, Bare, unit_numbers(surge, tiny_city.residents))
        start = start_of(surge, Bare)
        desk = Desk(surge, Bare, needs, gather(surge, Bare, start))
        desk.open()
        Bare.engine.run(DAY)
        Bare.engine.drain(100 * DAY)
        rows = _rows(desk, start, surge.lent_h)
        return desk, {**rows, "street": tiny_city.areas.ancestor("street")[rows["area"]]}

    return of


@pytest.fixture(scope="module")
def measured(play):
    """Return the indicators of a day, mean of a few seeds, played once."""

    @cache
    def of(preset: str = "P1", line: tuple[tuple[str, float], ...] = (), **changed: float) -> dict[str, float]:
        found = [play(seed, preset, dict(line), **changed)[1] for seed in SEEDS]
        return {kind.name: float(np.mean([kind.fold(rows) for rows in found])) for kind in Surge.indicators}

    return of


# Conservation


@pytest.mark.parametrize("preset", ["P0", "P1", "P2"])
def test_every_need_comes_or_is_met_before_or_never_follows(play, preset: str):
    desk, rows = play(2, preset)
    needs = desk.needs
    came, roots = ~np.isnan(desk.onset), needs.parent < 0
    assert np.all(came[roots])
    child = np.flatnonzero(~roots)
    parent = needs.parent[child]
    due = desk.onset[parent] + needs.after[child]
    broken = desk.help[parent] <= due
    could = came[parent] & needs.happens[child] & ~broken
    assert np.array_equal(came[child], could & ~desk.prevented[child])
    assert desk.onset[child][came[child]] == pytest.approx(due[came[child]])
    assert not np.any(came & desk.prevented)
    assert (rows["what"] == NEED).sum() == came.sum()
    assert (rows["what"] == PREVENTED).sum() == desk.prevented.sum()


@pytest.mark.parametrize("preset", ["P0", "P2"])
def test_every_need_that_came_is_helped_once_and_done(play, preset: str):
    desk, rows = play(3, preset)
    need = rows["what"] == NEED
    assert np.all(rows["t_onset"][need] <= rows["t_help"][need])
    assert np.all(rows["t_help"][need] <= rows["t_done"][need])
    assert len(np.unique(rows["entity"][need])) == need.sum()
    for force in np.unique(rows["helper"][need]):
        own = need & (rows["helper"] == force)
        order = np.argsort(rows["t_help"][own])
        start, end = rows["t_help"][own][order], rows["t_done"][own][order]
        assert np.all(start[1:] >= end[:-1] - 1e-6), "one force at two places"
        assert desk.busy[int(force)] >= (end - start).sum() - 1e-6
    assert not np.any(desk._dark[desk._place])


def test_what_the_storm_brings_by_itself_is_the_same_under_every_policy(play):
    roots = []
    for preset in ("P0", "P2"):
        _, rows = play(4, preset)
        own = (rows["what"] == NEED) & (rows["depth"] == 0)
        order = np.argsort(rows["entity"][own])
        roots.append((rows["entity"][own][order], rows["t_onset"][own][order]))
    assert np.array_equal(roots[0][0], roots[1][0])
    assert np.array_equal(roots[0][1], roots[1][1])


def test_the_roots_are_as_many_as_the_rain_says(tiny_city, tiny_people, play):
    wet = [(play(seed, line={"links": 0.0, "blackout": 0.0})[1]) for seed in range(10)]
    grids = len(np.unique(tiny_city.buildings.grid))
    mean = np.mean([((rows["what"] == NEED) & (rows["kind"] != CORE)).sum() for rows in wet])
    expected = grids * sum(n * -np.expm1(-rate * 6.0) for rate, n in ((0.2, 1), (0.15, 1), (0.05, 1), (0.15, 3)))
    assert mean == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize("hour", [0.0, 14.0, 22.0])
def test_core_duties_go_on_until_the_horizon_ends(play, hour: float):
    onsets, units = [], 0
    for seed in range(10):
        desk, rows = play(seed, line={"hour": hour, "core_load": 0.2})
        core = (rows["what"] == NEED) & (rows["kind"] == CORE)
        onsets.append(rows["t_onset"][core] / HOUR)
        units += len(unit_numbers(Surge(**HARD), desk.world.city.residents))
    onset = np.concatenate(onsets)
    assert onset.max() < hour + HORIZON_H
    for first, last in ((0.0, hour), (hour, hour + 12.0), (hour + 12.0, hour + HORIZON_H)):
        expected = units * 0.2 * (last - first) * 60.0 / KINDS[CORE].work_min
        assert ((onset >= first) & (onset < last)).sum() == pytest.approx(expected, abs=4.0 * np.sqrt(expected))


def test_what_core_duties_wait_is_told_of_the_shock_not_of_the_hours_before(play):
    _, rows = play(2, "P2", {"hour": 14.0})
    folds = {kind.name: kind.fold for kind in Surge.indicators}
    core = (rows["what"] == NEED) & (rows["kind"] == CORE)
    during = core & (rows["t_onset"] >= 14.0 * HOUR)
    assert 0 < during.sum() < core.sum()
    assert folds["core_wait.surge"](rows) == pytest.approx(rows["wait_min"][during].mean())
    assert folds["uncovered.surge"](rows) == pytest.approx(rows["uncovered"][during].mean())


# Limits


def test_without_links_there_is_no_cascade(measured):
    found = measured(line=(("links", 0.0),))
    assert found["cascade.surge"] == 1.0
    assert measured()["cascade.surge"] > 1.1


def test_without_rain_and_blackout_nothing_is_lost(play):
    _, rows = play(line={"rain_mm": 0.0, "blackout": 0.0})
    assert np.all(rows["kind"][rows["what"] == NEED] == CORE)
    assert np.all(rows["lost_h"][rows["what"] == PLACE] == 0.0)
    folds = {kind.name: kind.fold(rows) for kind in Surge.indicators}
    assert folds["resilience.surge"] == 1.0
    assert np.isnan(folds["unmet.surge"])


def test_forces_without_end_leave_no_need_unmet(measured):
    plenty = dict.fromkeys(("fire", "ems", "gas", "water", "power", "urban"), 400.0)
    plenty |= {
        "core_load": 0.0,
        "speed_kmh": 10_000.0,
        "phone_min": 0.0,
        "duty": 1.0,
        "walking_kmh": 10.0,
        "members": 5_000.0,
    }
    found = measured("P0", tuple(plenty.items()), lookup_min=0.5, p_muster=0.8)
    assert found["unmet.surge"] == 0.0
    assert found["fill_1h.surge"] == 1.0


def test_separate_units_help_nobody_else_and_pooled_ones_do(play):
    for pooled in (0.0, 1.0):
        desk, rows = play(5, "P0", pooled=pooled)
        assert np.any(rows["foreign"]) == bool(pooled)
        owner = desk.forces.owner[np.maximum(desk.helper, 0)]
        core = (desk.needs.kind == CORE) & (desk.helper >= 0)
        assert np.array_equal(owner[core], desk.needs.owner[core]), "core duties are for their own units"


def test_pooled_is_no_worse_than_separate(measured):
    separate, pooled = (measured("P0", pooled=x, substitution=0.9) for x in (0.0, 1.0))
    assert pooled["unmet.surge"] < separate["unmet.surge"]
    assert pooled["T_help_p90.surge"] < separate["T_help_p90.surge"]
    assert separate["uncovered.surge"] == 0.0 < pooled["uncovered.surge"]


def test_only_a_shared_graph_meets_what_has_not_come(play):
    assert not np.any(play(6, "P1", shared_graph=0.0)[0].prevented)
    desk, _ = play(6, "P1", shared_graph=1.0)
    assert np.any(desk.prevented & desk.needs.happens)
    assert np.any(desk.prevented & ~desk.needs.happens), "some of it is in vain"


def test_neighbours_stay_in_their_community(play, tiny_city):
    desk, _ = play(7, "P2")
    near = desk.helper >= 0
    near &= desk.forces.owner[np.maximum(desk.helper, 0)] == NEIGHBOURS
    assert near.sum() > 20
    community = tiny_city.areas.ancestor("community")
    assert np.array_equal(community[desk.forces.area[desk.helper[near]]], community[desk.needs.grid[near]])


def test_nobody_works_before_being_there(play):
    desk, rows = play(8, "P2")
    helped = desk.helper >= 0
    start = desk.help[helped]
    ready = desk.forces.ready[desk.helper[helped]]
    assert np.all((start >= ready - 1e-6) | np.isnan(start))
    assert np.all(rows["busy_h"][(rows["what"] == FORCE)] >= 0.0)


# Laws


@pytest.mark.parametrize("density", [0.5, 2.0, 5.6, 25.0])
def test_the_mean_walk_to_a_station_is_half_over_the_root_of_the_density(density: float):
    luck = (np.arange(200_000) + 0.5) / 200_000
    assert station_distance(density, luck).mean() == pytest.approx(500.0 / np.sqrt(density), rel=2e-3)


def test_stations_strewn_at_random_are_as_far_away_as_the_law_says():
    generator = np.random.default_rng(7)
    side, density = 40_000.0, 5.6
    stations = generator.uniform(0.0, side, (round(density * (side / 1000.0) ** 2), 2))
    people = generator.uniform(5_000.0, side - 5_000.0, (20_000, 2))
    away = cKDTree(stations).query(people)[0]
    drawn = station_distance(density, generator.uniform(size=20_000))
    assert drawn.mean() == pytest.approx(away.mean(), rel=0.03)
    assert np.quantile(drawn, 0.9) == pytest.approx(np.quantile(away, 0.9), rel=0.03)


@settings(max_examples=40, deadline=None)
@given(p=st.floats(0.05, 0.8), capacity=st.floats(0.02, 0.98))
def test_members_set_out_within_the_hour_as_capacity_says(p: float, capacity: float):
    luck = (np.arange(20_000) + 0.5) / 20_000
    within = (muster_waits(p, np.full(len(luck), capacity), luck) <= HOUR).mean()
    assert within == pytest.approx(1.0 - (1.0 - p) ** (capacity / 0.5), abs=1e-3)


@pytest.mark.parametrize(("receives", "months"), [(0.3, 12), (0.5, 24), (0.0, 6), (1.0, 60), (0.7, 0)])
def test_members_who_never_receive_drop_out_at_five_per_cent_a_month(receives: float, months: int):
    luck = (np.arange(100_000) + 0.5) / 100_000
    got = np.arange(100_000) % 1000 < receives * 1000
    left = stays(got, months, luck).mean()
    assert left == pytest.approx(receives + (1.0 - receives) * 0.95**months, abs=2e-3)


def test_what_an_alliance_lends_is_share_times_stock(play):
    lent = {}
    for share in (0.1, 0.3):
        count = [(play(seed, "P1", {"alliance": 200.0}, lent=share, reciprocity=1.0)[0].forces.owner == ALLIANCE).sum()
                 for seed in range(4)]  # fmt: skip
        lent[share] = np.mean(count)
    assert lent[0.3] / lent[0.1] == pytest.approx(3.0, rel=0.35)
    assert lent[0.3] == pytest.approx(0.3 * 40 * 5, rel=0.3)  # 40 members of 200 per 100,000, 5 teams each


@pytest.mark.parametrize("force", FORCES)
def test_each_of_the_five_forces_raises_what_organisers_can_do(force: str):
    streets = np.arange(200)
    before = organiser_capacity(rules_of(1, values("P0")), streets)
    after = organiser_capacity(rules_of(1, values("P0", **{force: 0.85})), streets)
    assert np.all(after > before)
    assert np.median(before) == pytest.approx(0.3, abs=0.03)
    alike = organiser_capacity(rules_of(1, values("P0", **dict.fromkeys(FORCES, 0.6))), streets)
    assert np.median(alike) == pytest.approx(0.6, abs=0.03)


def test_the_service_level_is_the_integral_of_one_over_one_and_the_open_needs(play):
    """The slow twin: each grid minute by minute."""
    desk, rows = play(9, "P0", {"rain_mm": 200.0})
    place = rows["what"] == PLACE
    start = start_of(Surge(), desk.world)
    minutes = start + (np.arange(24 * 60) + 0.5) * 60.0
    shock = ~np.isnan(desk.onset) & (desk.needs.kind != CORE)
    for grid, lost in zip(rows["area"][place], rows["lost_h"][place], strict=True):
        own = shock & (desk.needs.grid == grid)
        began, ended = desk.onset[own, None], desk.done[own, None]
        still = ((began <= minutes) & (minutes < ended)).sum(axis=0)
        assert lost == pytest.approx((still / (1.0 + still)).sum() / 60.0, abs=0.1)


def test_the_rain_begins_at_its_hour_within_the_window(tiny_city):
    class Bare:
        window = (0.0, DAY)

    assert start_of(Surge(hour=14.0), Bare) == 14 * HOUR
    Bare.window = (18 * HOUR, 42 * HOUR)
    assert start_of(Surge(hour=14.0), Bare) == 38 * HOUR
    assert start_of(Surge(hour=20.0), Bare) == 20 * HOUR


# Monotonicity


@pytest.mark.parametrize(
    ("parameter", "worse", "better", "indicator", "sign"),
    [
        ("pooled", 0.0, 1.0, "unmet", -1), ("substitution", 0.5, 0.9, "recovery", -1),
        ("lookup_min", 15.0, 0.5, "fill_1h", 1), ("shared_graph", 0.0, 1.0, "cascade", -1),
        ("leadership", 0.05, 0.95, "fill_1h", 1), ("technology", 0.05, 0.95, "unmet", -1),
        ("organising_min", 60.0, 3.0, "organising", -1), ("p_muster", 0.05, 0.8, "unmet", -1),
        ("stations_per_km2", 0.5, 25.0, "fill_1h", 1), ("recognised", 0.0, 1.0, "fill_1h", 1),
        ("fatigue", 0.4, 0.02, "resilience", 1), ("lent", 0.0, 1.0, "unmet", -1),
        ("access_min", 240.0, 5.0, "unmet", -1), ("reciprocity", 0.0, 1.0, "unmet", -1),
        ("brief_min", 30.0, 1.0, "T_help_p90", -1),
    ],
)  # fmt: skip
def test_a_better_parameter_does_better(measured, parameter, worse, better, indicator, sign):
    before, after = (measured("P1", **{parameter: value})[f"{indicator}.surge"] for value in (worse, better))
    assert sign * (after - before) > 0.0, (before, after)


@pytest.mark.parametrize(
    ("field", "less", "more"), [("rain_mm", 60.0, 900.0), ("blackout", 0.0, 0.9), ("links", 0.5, 1.5)]
)
def test_a_harder_blow_leaves_less(measured, field: str, less: float, more: float):
    mild, hard = (measured("P0", ((field, value),)) for value in (less, more))
    assert hard["resilience.surge"] < mild["resilience.surge"]


def test_reform_does_better_than_silos_on_all_that_help_is_about(measured):
    silos, today, reform = (measured(preset) for preset in ("P0", "P1", "P2"))
    for name in ("unmet", "T_help_p90", "cascade", "recovery"):
        assert silos[f"{name}.surge"] > today[f"{name}.surge"] > reform[f"{name}.surge"], name
    for name in ("fill_1h", "resilience"):
        assert silos[f"{name}.surge"] < today[f"{name}.surge"] < reform[f"{name}.surge"], name


def test_the_tables_of_kinds_and_links_hang_together():
    assert all(0 < link.chance <= 1 and link.parent != link.child for link in LINKS)
    order = [link.parent for link in LINKS]
    assert all(LINKS[i].child not in order[: order.index(LINKS[i].parent)] for i in range(len(LINKS))), "no way back"
    assert all(kind.work_min > 0 and kind.limit_min > 0 for kind in KINDS)
