"""A gas main struck in the small city: crews end it, a spark may come first, and the log says why."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events

from models.constants import ATMOSPHERE
from models.gas.passport import PRESSURE_RANGE
from models.gas.source import METHANE, Main, Orifice, circle
from models.hazards.gas_leak import GasLeak
from models.population import occupants
from sim.errors import InputError
from sim.validation import validated

CALM = {"gas_leak": {"hour": 9.0, "sparks": 0.0, "where": {"near": "school"}}}
SPARKS = {"gas_leak": {"hour": 9.0, "sparks": 500.0, "where": {"near": "school"}, "seeps": 0.05}}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def of_kind(simulation, kind: str):
    orders = simulation.tables()["orders"].to_pandas()
    return orders[orders["kind"] == kind]


def test_without_sparks_the_crew_shuts_it_off_and_the_streets_open(runs):
    simulation = runs.run(CALM)
    told = events(simulation)
    kinds = [kind for kind in told["kind"] if kind.startswith("gas_")]
    order = [kinds.index(name) for name in ("gas_strike", "gas_cordon", "gas_shut_off", "gas_cleared")]
    assert order == sorted(order)
    assert not {"gas_explosion"} & set(kinds)
    assert (simulation.world.roads.factor == 1.0).all()
    assert (simulation.world.fields["gas.level"] == 0.0).all()
    assert of_kind(simulation, "gas_leak")["t_close"].notna().all()


def test_the_gas_that_escapes_is_what_the_hole_passes(runs):
    simulation = runs.run(CALM)
    kind = GasLeak(**CALM["gas_leak"])
    main = Main(METHANE, kind.feed_m, kind.diameter_mm / 1e3, ATMOSPHERE + kind.pressure_kpa * 1e3)
    flow, _ = main.strike(Orifice(circle(kind.hole_mm / 1e3)))
    row = of_kind(simulation, "gas_leak").iloc[0]
    open_s = row["t_control"] - row["t_onset"]
    section = Main(METHANE, kind.section_m, kind.diameter_mm / 1e3, main.pressure).vessel()
    assert flow * (open_s - 120) < row["outcome"] < flow * (open_s + 120) + section.mass(main.pressure)


def test_a_spark_makes_an_explosion_with_its_cause(runs):
    simulation = runs.run(SPARKS)
    told = events(simulation)
    blasts = told[told["kind"] == "gas_explosion"]
    assert len(blasts) >= 1
    for event in blasts.index:
        assert causes(told, int(event)) == ["gas_explosion", "gas_strike"]
    pressure = simulation.world.fields["gas.blast"]
    assert pressure.max() > 5.0
    assert np.isfinite(pressure).all()
    row = of_kind(simulation, "gas_leak").iloc[0]
    inside = occupants(simulation.world.population, len(runs.city.buildings), 9)
    assert 0.0 < row["deaths"] < inside.sum()


def test_the_injured_and_the_fire_become_orders_because_of_the_explosion(runs):
    simulation = runs.run(SPARKS)
    told = events(simulation)
    onsets = told[told["kind"] == "onset"].set_index("order")
    fires = [o for o in of_kind(simulation, "building_fire")["order"] if int(onsets.loc[o, "cause"]) >= 0]
    assert fires
    for order in fires:
        assert causes(told, int(onsets.loc[order, "cause"]))[-1] == "gas_strike"


def test_no_crew_enters_the_cordon_but_by_the_way_that_is_kept(runs):
    for hazards in (CALM, SPARKS):
        assert entered_closed(runs.run(hazards)) == 0


def test_the_same_seed_tells_the_same(runs, tiny, tiny_city, tiny_people):
    again = InCity(tiny, tiny_city, tiny_people).run(SPARKS)
    for name, table in runs.run(SPARKS).tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name


def test_the_leak_leaves_all_other_luck_alone(runs):
    calm, hit = runs.run({}), runs.run(CALM)
    n = len(calm.demand)
    assert np.array_equal(hit.demand.onset, calm.demand.onset)
    a, b = (s.tables()["orders"].to_pandas().set_index("order").head(n) for s in (calm, hit))
    assert (a["t_report"].dropna() == b.loc[a["t_report"].dropna().index, "t_report"]).all()


def test_the_valves_cost_customers_their_gas_and_the_leak_is_among_them(runs):
    simulation = runs.run(CALM)
    cut = simulation.world.fields["gas.cut"]
    course = simulation.courses["gas_leak"]
    assert cut[course._building] == 1.0
    assert 0 < cut.sum() < len(cut)


def test_a_beat_of_half_the_length_changes_little(runs):
    whole, half = runs.run(CALM), runs.run(CALM, beat_s=30.0)
    lost = [float(of_kind(s, "gas_leak")["outcome"].iloc[0]) for s in (whole, half)]
    assert lost[0] == pytest.approx(lost[1], rel=0.05)
    peak = [float(s.tables()["field.gas.level"].to_pandas()["value"].max()) for s in (whole, half)]
    assert peak[0] == pytest.approx(peak[1], rel=0.1)


def test_a_larger_hole_loses_more_gas(runs):
    small = runs.run({"gas_leak": {**CALM["gas_leak"], "hole_mm": 20.0}})
    large = runs.run({"gas_leak": {**CALM["gas_leak"], "hole_mm": 100.0}})
    lost = [float(of_kind(s, "gas_leak")["outcome"].iloc[0]) for s in (small, large)]
    assert lost[1] > 5 * lost[0]


def test_bad_figures_are_refused():
    for wrong in ({"seeps": 2.0}, {"hole_mm": -1.0}, {"pressure_kpa": float("nan")}, {"hour": 25.0}):
        with pytest.raises(ValueError, match="Input should be"):
            GasLeak(**wrong)


def test_no_cellar_explodes_twice(runs):
    simulation = runs.run({"gas_leak": {**SPARKS["gas_leak"], "seeps": 0.5, "valve_min": 60.0}})
    blasts = (events(simulation)["kind"] == "gas_explosion").sum()
    assert blasts == simulation.courses["gas_leak"]._exploded.sum() >= 1


def test_where_fires_spread_the_explosion_sets_one_alight_and_calls_no_other(runs):
    simulation = runs.run({**SPARKS, "fire": {}})
    told = events(simulation)
    burnt = simulation.tables()["fire"].to_pandas()
    assert len(burnt) >= 1
    onsets = told[told["kind"] == "onset"].set_index("order")
    spreading = onsets.loc[of_kind(simulation, "spreading_fire")["order"]]
    assert len(spreading) >= 1
    for event in spreading.index.map(onsets["cause"]):
        assert causes(told, int(event))[-2:] == ["gas_explosion", "gas_strike"]
    for kind in ("fire_set", "fire_flashover"):
        for event in told[told["kind"] == kind].index:
            assert causes(told, int(event))[-2:] == ["gas_explosion", "gas_strike"], kind
    called = of_kind(simulation, "building_fire")["order"]
    assert (onsets.loc[called, "cause"] < 0).all()
    alight = np.flatnonzero(simulation.world.fields["gas.alight"])
    assert set(burnt[burnt["way"] == "fire_set"]["building"]) == set(alight)
    exploded = told[told["kind"] == "gas_explosion"]
    assert sum(told["kind"] == "fire_set") == len(exploded) == len(alight)
    assert entered_closed(simulation) == 0


def test_a_hole_is_no_wider_than_its_pipe():
    GasLeak(hole_mm=100.0, diameter_mm=100.0)
    with pytest.raises(InputError, match="500 mm is wider than its pipe of 100 mm"):
        validated(GasLeak, {"hole_mm": 500.0, "diameter_mm": 100.0})


@pytest.mark.parametrize(("pressure_kpa", "warns"), [(1.0, True), (300.0, False)])
def test_a_pressure_that_was_not_checked_warns(runs, pressure_kpa, warns):
    simulation = runs.run({"gas_leak": {**CALM["gas_leak"], "pressure_kpa": pressure_kpa}})
    assert (("gas_leak", PRESSURE_RANGE.quantity.en) in simulation.world.warnings) == warns
