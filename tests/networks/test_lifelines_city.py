"""Lifelines that fail in the small city: heat, trips, pumps, lifts, signals and hydrants, each with its cause."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events

from models.hazards.power_failure import PowerFailure
from models.hazards.water_failure import WaterFailure
from models.networks.lifts import IN_USE, RESCUES_ITSELF, lifts_in, stuck
from models.networks.signals import signals
from models.networks.street_power import FEEDER, LINE, TIE, TRANSFORMER, street_grid
from models.networks.street_water import fire_flow, storeys_with_water, street_water
from models.networks.topology import reached

DARK = {"power_failure": {"hour": 9.0, "transformers": 2, "moving_min": 1440.0, "hottest_c": 36.0, "mend_min": 40.0}}
HOT = {
    "power_failure": {"hour": 9.0, "transformer_share": 0.55, "dial": 5.0, "operator_min": 1440.0, "moving_min": 1440.0}
}
SHED = {"power_failure": {"hour": 9.0, "transformer_share": 0.55, "dial": 100.0, "operator_min": 5.0}}
BREAK = {"water_failure": {"hour": 9.0, "main": {"near": "school"}, "mend_h": 0.5, "valve_min": 2.0}}
FIRE = {"ignitions": [{"where": {"use": "residential"}, "at_h": 9.2, "growth": "medium"}]}
ALL = {
    "power_failure": {"hour": 9.0, "transformer_share": 0.3, "dial": 2.0, "operator_min": 1440.0, "moving_min": 1440.0}
}
BOTH = {**ALL, "water_failure": {"generator_starts": 0.0}, "fire": FIRE}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def of_kind(simulation, kind: str):
    orders = simulation.tables()["orders"].to_pandas()
    return orders[orders["kind"] == kind]


def changes(simulation, field: str):
    return simulation.tables()[f"field.{field}"].to_pandas()


# The plans


def test_the_grid_reaches_every_building_and_no_tie_is_closed_in_calm(tiny_city):
    plan = street_grid(tiny_city)
    sources = np.zeros(plan.grid.buses, dtype=np.bool_)
    sources[0] = True
    assert reached(plan.grid.buses, plan.grid.branches, plan.usual, sources).all()
    assert (plan.usual == (plan.kind != TIE)).all()
    assert (np.bincount(plan.station[plan.kind == TRANSFORMER]) == 2).all()
    assert (plan.kind == FEEDER).sum() == len(plan.feeder_station)
    assert (plan.kind == LINE).sum() >= plan.stations
    load = plan.load(plan.feeder[tiny_city.buildings.drive_node], 20, 1.0)
    home = plan.home
    assert load.sum() == pytest.approx(plan.peak[home].sum() + 0.62 * plan.peak[~home].sum())


def test_the_mains_reach_every_building_at_a_good_pressure(tiny_city):
    from models.networks.water import usual
    from models.networks.water_flow import flow_water

    water = street_water(tiny_city, np.full(len(tiny_city.buildings), 20_000 / len(tiny_city.buildings)))
    found = flow_water(water.network, usual(water.network))
    assert found.fed[: len(water.node)].all()
    assert found.pressure[: len(water.node)].min() > 20.0
    assert found.taken.sum() == pytest.approx(water.network.demand.sum(), rel=1e-6)
    assert (water.edges >= 0).all()
    tails = tiny_city.drive.tails()
    ends = np.sort(np.column_stack([water.network.pipes.tail, water.network.pipes.head])[water.edges], axis=1)
    assert (ends == np.sort(np.column_stack([tails, tiny_city.drive.head]), axis=1)).all()


def test_lifts_stop_as_often_as_the_binomial_law_says():
    lifts = lifts_in(np.array([6, 7, 30]), np.array([50_000.0, 100.0, 18_000.0]))
    assert lifts.tolist() == [0, 1, 3]
    luck = (np.arange(100_000) + 0.5) / 100_000
    p = IN_USE[8] * (1.0 - RESCUES_ITSELF)
    found = stuck(np.full(100_000, 3), 8, luck)
    assert found.mean() == pytest.approx(3 * p, rel=1e-3)
    assert (found == 0).mean() == pytest.approx((1 - p) ** 3, abs=1e-4)
    assert stuck(np.zeros(5, dtype=np.int64), 8, np.full(5, 0.999)).sum() == 0


def test_hydrants_and_storeys_by_pressure():
    usual = np.full(4, 40.0)
    assert fire_flow(np.array([40.0, 25.0, 10.0, 0.0]), usual, 60.0) == pytest.approx(
        [60.0, 60.0 * 0.5**0.54, 0.0, 0.0]
    )
    levels = np.array([6.0, 6.0, 6.0, 20.0, 20.0, 20.0])
    pressure = np.array([28.0, 20.0, 9.0, 28.0, 28.0, 9.0])
    lifted = np.array([True, True, True, True, False, True])
    assert storeys_with_water(pressure, levels, lifted) == pytest.approx([1.0, 4 / 6, 0.0, 1.0, 6 / 20, 0.0])


# Power


def test_one_substation_goes_dark_and_comes_back(runs):
    simulation = runs.run(DARK)
    told = events(simulation)
    plan, course = street_grid(runs.city), simulation.courses["power_failure"]
    fails = told[told["kind"] == "power_fails"]
    assert len(fails) == 2
    out = changes(simulation, "power.out")
    dark = np.unique(out["index"][out["value"] > 0])
    station = plan.feeder_station[plan.feeder[runs.city.buildings.drive_node]]
    node = int(fails["node"].iloc[0])
    assert set(dark) == set(np.flatnonzero(plan.station_node[station] == node))
    assert 0 < len(dark) < len(runs.city.buildings)
    assert of_kind(simulation, "power_fault")["t_control"].notna().all()
    assert (simulation.world.fields["power.out"] == 0).all()
    assert course.resident_h.sum() > 0
    assert course.energy.sum() > 0
    assert course.energy[dark].sum() == pytest.approx(course.energy.sum())


def test_every_event_of_lifelines_walks_back_to_its_first_cause(runs):
    told = events(runs.run(BOTH))
    own = told[told["kind"].isin([*PowerFailure.tells, *WaterFailure.tells])]
    assert {"pumps_stop", "taps_dry", "hydrants_dry", "power_lost", "signals_dark"} <= set(own["kind"])
    for event in own.index:
        assert causes(told, int(event))[-1] in {"power_fails", "power_trips"}
    assert causes(told, int(own.index[own["kind"] == "pumps_stop"][0]))[:2] == ["pumps_stop", "power_lost"]


def test_people_in_lifts_become_orders_and_are_out_in_the_end(runs):
    simulation = runs.run(DARK)
    told = events(simulation)
    lifts = of_kind(simulation, "lift_stopped")
    assert len(lifts) >= 2
    assert lifts["t_control"].notna().all()
    onset = told[told["kind"] == "onset"].set_index("order")
    for order in lifts["order"]:
        assert causes(told, int(onset.loc[order, "cause"]))[:1] == ["power_lost"]
    table = simulation.tables()["power_failure"].to_pandas()
    assert table["trapped"].sum() >= len(lifts)


def test_an_overloaded_transformer_trips_and_with_shedding_it_does_not(runs):
    hot, shed = runs.run(HOT), runs.run(SHED)
    assert "power_trips" in set(events(hot)["kind"])
    kinds = set(events(shed)["kind"])
    assert "power_shed" in kinds
    assert "power_trips" not in kinds
    lost = [s.courses["power_failure"].energy.sum() for s in (hot, shed)]
    assert 0 < lost[1] < lost[0]


def test_the_cooler_day_sheds_less(runs):
    cool = {"power_failure": {**SHED["power_failure"], "hottest_c": 33.0, "coolest_c": 25.0}}
    assert runs.run(cool).courses["power_failure"].energy.sum() < runs.run(SHED).courses["power_failure"].energy.sum()


def test_feeders_that_are_tied_over_are_dark_for_less_time(runs):
    tied = {
        "power_failure": {**DARK["power_failure"], "moving_min": 5.0, "feeder_share": 5.0, "transformer_share": 2.0}
    }
    simulation, left = runs.run(tied), runs.run(DARK)
    assert "power_moved" in set(events(simulation)["kind"])
    assert simulation.courses["power_failure"].resident_h.sum() < left.courses["power_failure"].resident_h.sum()


def test_dark_signals_slow_streets_and_give_them_back(runs):
    simulation = runs.run(DARK)
    log = simulation.tables()["roads"].to_pandas()
    slow = log[(log["owner"] == "power_failure") & (log["factor"] < 1.0)]
    heads = runs.city.drive.head[slow["edge"].to_numpy()]
    assert len(slow) > 0
    assert signals(runs.city.drive)[heads].all()
    assert (simulation.world.roads.factor == 1.0).all()


# Water


def test_a_broken_main_is_shut_off_and_mended(runs):
    simulation = runs.run(BREAK)
    kinds = [kind for kind in events(simulation)["kind"] if kind in WaterFailure.tells]
    assert [kinds.index(name) for name in ("main_breaks", "main_shut_off", "main_mended")] == sorted(
        kinds.index(name) for name in ("main_breaks", "main_shut_off", "main_mended")
    )
    row = of_kind(simulation, "main_break").iloc[0]
    assert row["outcome"] > 100.0
    assert changes(simulation, "water.pressure")["value"].max() > 1.0
    course = simulation.courses["water_failure"]
    assert course._now.leak.sum() == 0.0
    assert course._now.open.all()
    assert (simulation.world.roads.factor == 1.0).all()
    assert entered_closed(simulation) == 0


def test_what_leaks_is_what_the_hole_passes(runs):
    simulation = runs.run(BREAK)
    row, course = of_kind(simulation, "main_break").iloc[0], simulation.courses["water_failure"]
    d = course._water.network.diameter[course._pipe]
    most = 0.75 * 0.5 * np.pi / 4 * d**2 * np.sqrt(2 * 9.81 * 60.0) * (row["t_control"] - row["t_onset"] + 60.0)
    assert 0.2 * most < row["outcome"] < most


def test_works_without_power_pump_no_more_and_hydrants_run_dry(runs):
    simulation = runs.run(BOTH)
    hydrants = changes(simulation, "water.hydrant")
    assert (hydrants["value"] < 1.0).any()
    backed = runs.run({**BOTH, "water_failure": {"generator_starts": 1.0, "generator_h": 100.0}})
    assert "pumps_stop" not in set(events(backed)["kind"])
    assert (changes(backed, "water.hydrant")["value"] > 1.0).all()


def test_engines_short_of_water_put_a_fire_out_later(runs):
    quick = {"fire": {**FIRE, "tank_l": 0.0}}
    calm, dry = (runs.run({**quick, "water_failure": {"hydrant_l_s": flow}}) for flow in (60.0, 0.0))
    told = events(dry)
    assert "fire_short_of_water" in set(told["kind"])
    assert "fire_short_of_water" not in set(events(calm)["kind"])
    burnt = [s.tables()["fire"].to_pandas()["burnt_share"].sum() for s in (calm, dry)]
    end = [float(of_kind(s, "spreading_fire")["t_control"].max()) for s in (calm, dry)]
    assert burnt[1] >= burnt[0]
    assert end[1] > end[0]


def test_engines_draw_from_the_mains_and_pressures_fall(tiny, tiny_city, tiny_people):
    simulation = InCity(tiny, tiny_city, tiny_people).run({"water_failure": {}, "fire": FIRE})
    assert changes(simulation, "fire.drawn")["value"].max() >= 6.0
    assert "fire_short_of_water" not in set(events(simulation)["kind"])
    fields, course = simulation.world.fields, simulation.courses["water_failure"]
    calm = fields["water.pressure"].copy()
    for drawn in (60.0, 300.0):
        fields["fire.drawn"][:] = 0.0
        fields["fire.drawn"][7] = drawn
        course.step(simulation.world.engine.now, 60.0)
        assert (fields["water.pressure"] > calm).all()
        assert fields["water.pressure"].argmax() == course._at[7]
        calm = fields["water.pressure"].copy()


# Contracts


def test_the_same_seed_tells_the_same(runs, tiny, tiny_city, tiny_people):
    again = InCity(tiny, tiny_city, tiny_people).run(BOTH)
    for name, table in runs.run(BOTH).tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name


def test_lifelines_leave_all_other_luck_alone(runs):
    calm, hit = runs.run({}), runs.run({**DARK, **BREAK})
    n = len(calm.demand)
    assert np.array_equal(hit.demand.onset, calm.demand.onset)
    a, b = (s.tables()["orders"].to_pandas().set_index("order").head(n) for s in (calm, hit))
    assert (a["t_report"].dropna() == b.loc[a["t_report"].dropna().index, "t_report"]).all()


def test_a_beat_of_half_the_length_changes_little(runs):
    whole, half = runs.run(DARK), runs.run(DARK, beat_s=30.0)
    lost = [s.courses["power_failure"].energy.sum() for s in (whole, half)]
    assert lost[0] == pytest.approx(lost[1], rel=0.05)


def test_the_models_say_where_they_do_not_hold(runs):
    warned = {who for who, _ in runs.run(BOTH).world.warnings}
    assert {"power_failure", "water_failure"} <= warned
    frost = {"power_failure": {**DARK["power_failure"], "coolest_c": -10.0}}
    assert any(
        text.startswith("Air temperature") for who, text in runs.run(frost).world.warnings if who == "power_failure"
    )


@pytest.mark.parametrize(
    ("hazard", "wrong"),
    [(PowerFailure, {"hottest_c": 200.0}), (PowerFailure, {"transformers": 3}), (PowerFailure, {"dial": 0.0}),
     (WaterFailure, {"hole_share": -1.0}), (WaterFailure, {"hour": 24.0}), (WaterFailure, {"hydrant_l_s": float("nan")})],
)  # fmt: skip
def test_bad_figures_are_refused(hazard, wrong):
    with pytest.raises(ValueError, match="Input should be"):
        hazard(**wrong)
