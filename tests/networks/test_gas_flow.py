"""Steady isothermal gas: the closed form of one pipe, an ODE as a twin, balance, customers and shut valves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from models.constants import ATMOSPHERE
from models.networks.gas import METHANE, flow_gas, gas_network, rough_friction
from models.networks.topology import balance
from sim.errors import InputError

HIGH = 5e5


def pipe(demand: float, length: float = 5000.0, diameter: float = 0.2, source: float = HIGH, **other):
    return gas_network(
        [0.0, demand],
        [source, np.nan],
        ([0], [1]),
        {"length": length, "diameter": diameter, "roughness": 1e-4},
        **other,
    )


def friction(m: float, diameter: float, roughness: float = 1e-4) -> float:
    reynolds = 4.0 * m / (np.pi * diameter * METHANE.viscosity)
    return 64.0 / reynolds + float(rough_friction(diameter, roughness))


def test_friction_of_a_rough_pipe():
    assert rough_friction(0.2, 1e-4) == pytest.approx(0.0166889, rel=1e-4)
    assert rough_friction(0.2, 1e-4) == pytest.approx(1.0 / (1.14 + 2.0 * np.log10(0.2 / 1e-4)) ** 2, rel=1e-3)


def test_one_pipe_loses_pressure_as_momentum_says():
    """dp/dx = -λ/D·ρv²/2 with ρ = p/bulk, integrated step by step, is the closed form's plain twin."""
    area, bulk = np.pi / 4.0 * 0.2**2, METHANE.bulk(288.15)
    for m in (0.05, 0.5, 1.5):
        steep = friction(m, 0.2) / 0.2 * (m / area) ** 2 * bulk / 2.0
        way = solve_ivp(lambda _, p, steep=steep: [-steep / p[0]], (0.0, 5000.0), [HIGH], rtol=1e-10)
        found = flow_gas(pipe(m), by_pressure=False)
        assert found.pressure[1] == pytest.approx(way.y[0, -1], rel=1e-7)
        wrong = np.sqrt(HIGH**2 - (HIGH**2 - way.y[0, -1] ** 2) / 4.0)  # Fanning's factor for Darcy's, as a bug
        assert m < 0.1 or found.pressure[1] != pytest.approx(wrong, rel=1e-4)


def test_slow_gas_flows_as_hagen_and_poiseuille_say():
    m, d, length = 1e-6, 0.02, 10.0
    found = flow_gas(pipe(m, length, d, ATMOSPHERE + 2000.0), by_pressure=False)
    density = (ATMOSPHERE + 2000.0) / METHANE.bulk(288.15)
    drop = 128.0 * METHANE.viscosity * length * (m / density) / (np.pi * d**4)
    assert ATMOSPHERE + 2000.0 - found.pressure[1] == pytest.approx(drop, rel=0.02)


def mesh(seed: int, demand: float):
    luck = np.random.default_rng(seed)
    number = np.arange(25).reshape(5, 5)
    pairs = np.r_[np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()], np.c_[number[:-1].ravel(), number[1:].ravel()]]
    source = np.full(25, np.nan)
    source[[0, 24]] = HIGH
    return gas_network(luck.uniform(0.0, demand, 25), source, (pairs[:, 0], pairs[:, 1]),
                       {"length": luck.uniform(50.0, 500.0, len(pairs)), "diameter": luck.choice([0.05, 0.1, 0.2], len(pairs)), "roughness": 1e-4})  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-4, 1.0), st.sets(st.integers(0, 39), max_size=12))
def test_what_comes_in_is_taken_and_no_pressure_is_impossible(seed, demand, shut):
    network = mesh(seed, demand)
    closed = np.zeros(40, dtype=np.bool_)
    closed[list(shut)] = True
    found = flow_gas(network, closed=closed)
    inner = np.isnan(network.source)
    off = (balance(25, network.pipes, found.flow) - found.taken)[inner]
    assert np.abs(off).max() <= 1e-8 * max(1e-3, float(np.abs(found.flow).max()))
    assert (found.flow[closed] == 0.0).all()
    assert (found.pressure >= ATMOSPHERE * (1 - 1e-9)).all()
    assert (found.pressure <= HIGH * (1 + 1e-9)).all()
    assert (found.taken <= network.demand * (1.0 + 1e-6) + 1e-12).all()
    assert (found.taken[~found.fed] == 0.0).all()


def test_customers_get_what_the_pressure_allows():
    all_of_it, some = flow_gas(pipe(0.2)), flow_gas(pipe(20.0))
    assert all_of_it.taken[1] == pytest.approx(0.2)
    assert 0.0 < some.taken[1] < 20.0
    assert ATMOSPHERE < some.pressure[1] < ATMOSPHERE + 1e4
    with pytest.raises(InputError, match="does not carry"):
        flow_gas(pipe(20.0), by_pressure=False)


def test_longer_and_thinner_pipes_carry_less():
    base = flow_gas(pipe(5.0)).taken[1]
    assert flow_gas(pipe(5.0, length=20000.0)).taken[1] < base
    assert flow_gas(pipe(5.0, diameter=0.1)).taken[1] < base


@pytest.mark.parametrize(
    ("change", "words"),
    [({"source": [np.nan, np.nan]}, "needs? a source"), ({"source": [5e4, np.nan]}, "absolute"),
     ({"demand": [0.0, -1.0]}, "demand"), ({"regulator": (2e5, 1.5e5)}, "regulator"), ({"temperature": -3.0}, "temperature")],
)  # fmt: skip
def test_bad_networks_are_refused(change, words):
    whole = {"demand": [0.0, 0.1], "source": [HIGH, np.nan], "pipes": ([0], [1]),
             "shape": {"length": 1.0, "diameter": 0.1, "roughness": 1e-4}, **change}  # fmt: skip
    with pytest.raises(InputError, match=words):
        gas_network(**whole)
