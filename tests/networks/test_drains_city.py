"""Drains in the small city: they carry the rain that they were made for, back up beyond it, and stop with the power."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events

from models.hazards.drain_failure import DrainFailure
from models.networks.street_drains import speed_in_water, street_drains

MILD = {"drain_failure": {"rain_mm_h": 40.0, "hour": 8.5, "lasts_h": 1.0}}
WILD = {"drain_failure": {"rain_mm_h": 140.0, "hour": 8.5, "lasts_h": 1.0}}
DARK = {**MILD, "power_failure": {"hour": 8.5, "transformers": 2, "mend_min": 60.0, "moving_min": 1440.0}}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def test_all_that_rained_left_or_stands(runs):
    for hazards in (MILD, WILD, DARK):
        course = runs.run(hazards).courses["drain_failure"]
        assert course.left + course.stored.sum() == pytest.approx(course.rained, rel=1e-9)
        kind, area = course._kind, course._plan.area.sum()
        whole = kind.rain_mm_h / 2.0 * kind.lasts_h / 1000.0 * area * 0.65  # a triangle
        assert course.rained == pytest.approx(whole, rel=0.01)


def test_the_rain_that_they_were_made_for_stays_off_the_streets(runs):
    assert runs.run(MILD).tables()["field.drain.depth"].num_rows == 0


def test_a_wilder_rain_closes_streets_and_they_open_again(runs):
    simulation = runs.run(WILD)
    told = events(simulation)
    assert "streets_under_water" in set(told["kind"])
    assert entered_closed(simulation) == 0
    orders = simulation.tables()["orders"].to_pandas()
    flooded = orders[orders["kind"] == "street_flooded"]
    assert len(flooded) > 0
    onset = told[told["kind"] == "onset"].set_index("order")
    assert causes(told, int(onset.loc[flooded["order"].iloc[0], "cause"]))[-1] == "rain_begins"
    depth = simulation.tables()["field.drain.depth"].to_pandas()["value"]
    assert 0.3 <= depth.max() < 1.5


def test_pumps_without_power_let_a_mild_rain_stand(runs):
    simulation = runs.run(DARK)
    told = events(simulation)
    stops = told.index[told["kind"] == "drain_pumps_stop"]
    assert causes(told, int(stops[0]))[-1] == "power_fails"
    assert simulation.tables()["field.drain.depth"].num_rows > 0


def test_cars_in_water_are_as_slow_as_observed():
    assert speed_in_water([0.0, 0.1, 0.299, 0.3, 2.0]) == pytest.approx(
        [1.0, (9.0 - 55.29 + 86.9448) / 86.9448, (80.4609 - 165.3171 + 86.9448) / 86.9448, 0.0, 0.0], abs=1e-6
    )


def test_every_inlet_drains_to_a_station(tiny_city):
    plan = street_drains(tiny_city, 50.0)
    assert (plan.tree.capacity > 0).all()
    assert set(np.flatnonzero(plan.tree.down < 0)) == set(plan.station)


@pytest.mark.parametrize("wrong", [{"rain_mm_h": -1.0}, {"rain_mm_h": 1000.0}, {"lasts_h": 0.0}, {"peak_share": 1.0}])
def test_impossible_rain_is_refused(wrong):
    with pytest.raises(ValueError, match="Input should be"):
        DrainFailure(**wrong)
