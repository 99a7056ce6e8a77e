"""One failure leads to the next: rain drowns substations, pumps stop, generators start or do not, drains hear the rain."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, events

from models.networks.generators import Generators
from models.travel import Travel
from sim.streams import Stream

STORM = {"hour": 8.5, "cell_m": 30.0, "minutes": 120.0, "garages": 0, "pumps_fail": 0.0, "drain_mm_per_h": 8.0}
POWER = {"hour": 9.0, "transformers": 2, "moving_min": 1440.0, "hottest_c": 36.0, "mend_min": 40.0}
WET = {"power_failure": {**POWER, "transformers": 0, "drowns_m": 0.1, "hottest_c": 26.0, "coolest_c": 20.0}}
CHAIN = {"flood": STORM, "drain_failure": {"rain_mm_h": 0.0}, **WET}
OUT = {"power_failure": {**POWER, "transformer_share": 0.3, "dial": 2.0, "operator_min": 1440.0}}  # all of the city


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def told_of(simulation, kind: str):
    told = events(simulation)
    return told[told["kind"] == kind]


# Rain, water, power


def test_drains_hear_the_rain_of_the_flood(runs):
    simulation = runs.run(CHAIN)
    drains, flood = (simulation.courses[name] for name in ("drain_failure", "flood"))
    fallen = flood._rain.total * drains._plan.area.sum() * 0.65
    assert drains.rained == pytest.approx(fallen, rel=1e-9)
    assert drains.left + drains.stored.sum() == pytest.approx(drains.rained, rel=1e-9)
    (event,) = told_of(simulation, "rain_begins").index
    assert causes(events(simulation), int(event)) == ["rain_begins", "flood_rain"]
    heard = simulation.tables()["field.flood.rain"].to_pandas()
    assert heard["value"].max() > 100.0
    assert heard["value"].iloc[-1] == 0.0


def test_a_substation_in_water_trips_and_the_whole_chain_is_told(runs):
    simulation = runs.run(CHAIN)
    told = events(simulation)
    drowned = told_of(simulation, "power_drowned")
    assert len(drowned) > 0
    for event in drowned.index:
        assert causes(told, int(event)) == ["power_drowned", "flood_rain"]
    stopped = told[told["kind"].isin(["flood_pump_stops", "drain_pumps_stop"])]
    assert len(stopped) > 0
    for event in stopped.index:
        chain = causes(told, int(event))
        assert chain[1] == "power_lost"
        assert chain[-2:] == ["power_drowned", "flood_rain"]
    dry = runs.run({**CHAIN, "power_failure": {**WET["power_failure"], "drowns_m": 10.0}})
    assert set(events(dry)["kind"]) & {"power_drowned", "power_lost", "flood_pump_stops"} == set()


def test_nobody_closes_a_transformer_that_stands_in_water(runs):
    simulation = runs.run(CHAIN)
    drive, raster = runs.city.drive, simulation.world.fields.geometry("flood.depth")
    log = simulation.tables()["field.flood.depth"].to_pandas()
    mended = told_of(simulation, "power_mended")
    assert len(mended) > 0
    for time, node in zip(mended["time"], mended["node"], strict=True):
        cell = int(raster.cell_of(drive.x[[node]], drive.y[[node]])[0])
        known = log[(log["index"] == cell) & (log["time"] <= time)]["value"]
        assert known.iloc[-1] <= 0.1 + 1e-6  # the log rounds to 5 cm
    first = told_of(simulation, "power_drowned")["time"].min()
    assert mended["time"].min() > first + 3600.0  # mending alone takes 40 min


# Generators


def test_a_generator_runs_from_its_start_until_its_fuel_is_used_up():
    keys = np.arange(4000)
    some = Generators(Stream(1, ("g",)), "g", keys, 2.0, 0.9)
    none = np.zeros(4000, dtype=np.bool_)
    assert some.powered(0.0, none).all()
    first = some.powered(60.0, ~none)
    assert first.mean() == pytest.approx(0.9, abs=0.02)
    assert np.array_equal(some.powered(60.0 + 7140.0, ~none), first)  # no second draw in one failure
    assert not some.powered(60.0 + 7200.0, ~none).any()
    assert some.powered(9000.0, none).all()
    again = some.powered(9060.0, ~none)  # with a full tank, and luck of its own
    assert again.mean() == pytest.approx(0.9, abs=0.02)
    assert not np.array_equal(again, first)


def test_a_hospital_runs_on_or_is_dark_and_is_passed_by(runs):
    lit, dark = (
        runs.run({"power_failure": {**OUT["power_failure"], "generator_starts": share}}) for share in (1.0, 0.0)
    )
    assert "hospital_generator" in set(events(lit)["kind"])
    assert "hospital_dark" not in set(events(lit)["kind"])
    told = events(dark)
    went = told[told["kind"] == "hospital_dark"]
    assert len(went) > 0
    for event in went.index:
        assert "power_lost" in causes(told, int(event))
    assert "hospital_back" in set(told["kind"])
    assert not lit.world.dark_hospitals.any()


def test_a_tank_that_is_empty_leaves_a_hospital_dark(runs):
    short = {**OUT["power_failure"], "generator_starts": 1.0, "generator_h": 0.25, "mend_min": 90.0}
    simulation = runs.run({"power_failure": short})
    began, ended = (told_of(simulation, f"hospital_{what}")["time"].min() for what in ("generator", "dark"))
    assert ended - began == pytest.approx(900.0, abs=300.0)


def test_crews_pass_a_dark_hospital_by(tiny, tiny_city, tiny_people):
    world = InCity(tiny, tiny_city, tiny_people).run({}).world
    ways = Travel(world)
    hospitals = tiny_city.facilities.drive_node[tiny_city.facilities.of_kind("hospital")]
    assert len(hospitals) >= 2
    near = ways.nearest_hospital(int(hospitals[0]))
    assert near == hospitals[0]
    world.dark_hospitals = hospitals == hospitals[0]
    assert ways.nearest_hospital(int(hospitals[0])) in set(hospitals[1:].tolist())
    world.dark_hospitals = np.ones(len(hospitals), dtype=np.bool_)  # then one is as good as another
    assert ways.nearest_hospital(int(hospitals[0])) == hospitals[0]


def test_works_pump_on_while_their_generators_have_fuel(runs):
    def stopped(**own) -> list[float]:
        simulation = runs.run({**OUT, "water_failure": own})
        lost = told_of(simulation, "power_lost")["time"].min()
        return (told_of(simulation, "pumps_stop")["time"] - lost).tolist()

    at_once = stopped(generator_starts=0.0)
    later = stopped(generator_starts=1.0, generator_h=0.5)
    assert at_once
    assert min(at_once) == pytest.approx(0.0, abs=60.0)
    assert all(wait >= 1800.0 for wait in later)
    assert stopped(generator_starts=1.0) == []


def test_generators_leave_all_other_luck_alone(runs):
    calm, chain = runs.run({}), runs.run(CHAIN)
    n = len(calm.demand)
    assert np.array_equal(chain.demand.onset, calm.demand.onset)
    a, b = (s.tables()["orders"].to_pandas().set_index("order").head(n) for s in (calm, chain))
    assert (a["t_report"].dropna() == b.loc[a["t_report"].dropna().index, "t_report"]).all()
