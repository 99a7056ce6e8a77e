"""Gas that grows short in the small city: by hour, by gate, and behind valves that a leak has shut."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, events

from models.hazards.gas_shortage import GasShortage
from models.networks.gas import flow_gas
from models.networks.street_gas import GATE, street_gas

GONE = {"gas_shortage": {"hour": 9.0, "gates": 2, "mend_h": 1.0}}
HALF = {"gas_shortage": {"hour": 9.0, "gates": 1, "mend_h": 1.0}}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def test_the_mains_hold_their_pressure_on_a_usual_day(tiny_city):
    gas = street_gas(tiny_city, np.full(len(tiny_city.buildings), 50.0))
    found = flow_gas(gas.network)
    assert found.fed.all()
    inner = np.isnan(gas.network.source)
    assert found.taken[inner].sum() == pytest.approx(gas.network.demand[inner].sum(), rel=1e-6)
    assert found.pressure.max() == pytest.approx(GATE)
    assert found.pressure.min() > GATE - 2e5


def test_without_gates_nobody_has_gas_until_they_are_mended(runs):
    simulation = runs.run(GONE)
    told = events(simulation)
    short = told.index[told["kind"] == "gas_short"]
    assert causes(told, int(short[0])) == ["gas_short", "gas_gate_fails"]
    assert causes(told, int(told.index[told["kind"] == "gas_enough"][-1]))[1] == "gas_gate_mended"
    field = simulation.tables()["field.gas.short"].to_pandas()
    assert field["value"].max() == 1.0
    assert (simulation.world.fields["gas.short"] == 0.0).all()
    assert simulation.tables()["gas_shortage"].to_pandas()["resident_h"].sum() > 0


def test_the_other_gate_carries_what_it_can(runs):
    one, two = (runs.run(h).courses["gas_shortage"].resident_h.sum() for h in (HALF, GONE))
    assert one < two
    cold = runs.run({"gas_shortage": {**HALF["gas_shortage"], "demand": 8.0}})
    assert cold.tables()["field.gas.lost"].to_pandas()["value"].max() >= 5.0
    assert cold.courses["gas_shortage"].resident_h.sum() >= one


def test_the_shortage_leaves_all_other_luck_alone(runs):
    assert np.array_equal(runs.run(GONE).demand.onset, runs.run({}).demand.onset)


@pytest.mark.parametrize("wrong", [{"gates": 3}, {"demand": -1.0}, {"mend_h": 0.0}])
def test_bad_figures_are_refused(wrong):
    with pytest.raises(ValueError, match="Input should be"):
        GasShortage(**wrong)
