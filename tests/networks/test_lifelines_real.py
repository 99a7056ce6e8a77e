"""Lifelines along the streets of real maps: plans that feed everybody, and failures that end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.networks.blackout import planned_grid
from models.networks.street_drains import street_drains
from models.networks.street_power import FEEDER, LINE, TRANSFORMER, street_grid
from models.networks.street_water import street_water
from models.networks.water import usual
from models.networks.water_flow import flow_water, inflow
from sim.city.build import CitySource, build_city

pytestmark = pytest.mark.slow
SHARES = {LINE: 1.2, TRANSFORMER: 0.75, FEEDER: 2.3}


@pytest.fixture(
    scope="module", params=["beijing_dongcheng.osm.pbf", "jinan_drive.osm.pbf", "shanghai_center_20250809.osm.pbf"]
)
def city(request, shared_data, tmp_path_factory):
    name = request.param
    return build_city(
        CitySource(shared_data / "osm" / name, name.split(".", maxsplit=1)[0]), tmp_path_factory.mktemp("real")
    )


def test_the_grid_serves_every_feeder_in_calm_and_after_a_loss(city):
    plan = street_grid(city)
    feeder = plan.feeder[city.buildings.drive_node]
    grid = planned_grid(plan, feeder, SHARES, 20.0)
    grid.weather(plan.load(feeder, 20, 1.36), 35.0)
    grid.flow()
    assert grid.alive.all()
    assert grid.served() == pytest.approx(np.ones(len(plan.feeder_station)))
    assert grid.loading.max() <= 1.0
    for branch in np.flatnonzero(plan.kind == LINE).tolist():
        grid.open(branch)
        grid.flow()
        assert grid.alive.all()
        assert grid.loading.max() <= 1.0
        grid.mend(branch)


def test_the_mains_feed_every_building_and_a_lost_works_is_felt(city):
    residents = city.buildings.floor_area / city.buildings.floor_area.sum() * city.residents
    water = street_water(city, residents)
    network, now = water.network, usual(water.network)
    calm = flow_water(network, now)
    count = len(water.node)
    assert calm.fed[:count].all()
    assert calm.pressure[:count].min() > 10.0
    assert np.abs(inflow(network, calm)[:count]).max() <= 1e-8 * network.demand.sum()
    stopped = replace(now, speed=np.where(water.pump_works == 0, 0.0, 1.0))
    lost = flow_water(network, stopped)
    assert (lost.pressure[:count] <= calm.pressure[:count] + 1e-6).all()


def test_the_drains_lead_somewhere(city):
    plan = street_drains(city, 50.0)
    assert len(plan.tree.order) == city.drive.nodes
    assert (plan.tree.capacity > 0.0).all()
