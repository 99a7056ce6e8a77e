"""The desk that sends crews is the queue of the reference set: call by call its exact twin, and the twin the formula."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from queue_twins import by_preference, by_priority, many
from test_queues import agrees, erlang_c, fcfs_waits

from models.crews import Crews
from models.dispatch import Dispatcher
from sim.engine import Engine

CALLS = 4000


def dispatched(servers: int, arrivals, services, priority=None, seconds=None) -> tuple[np.ndarray, np.ndarray]:
    """The wait for a crew and the crew of each call, by the desk itself; `seconds` [calls, crews] is how far crews are."""
    n, zeros = len(arrivals), np.zeros(servers, dtype=np.int32)
    priority = np.zeros(n, dtype=np.int8) if priority is None else priority
    seconds = np.zeros((n, servers)) if seconds is None else seconds
    engine = Engine(1.0)
    crews = Crews(
        kind=zeros.astype(np.int16), station=zeros, home=zeros, node=np.arange(servers, dtype=np.int32), street=zeros,
        state=zeros.astype(np.int8), lent=zeros.astype(bool), by_night=zeros == 0, priority=zeros == 0,
        empty=np.zeros(servers), drill=np.zeros(servers), pace=np.ones(servers), kinds=("ambulance",),
    )  # fmt: skip
    world = SimpleNamespace(
        engine=engine, crews=crews, tell=lambda *_: None, incident=lambda order: order, hour=lambda _: 0,
        orders=SimpleNamespace(priority=priority, lent=np.zeros(n, dtype=bool)),
        incidents=SimpleNamespace(grid=np.zeros(n, dtype=int), node=np.arange(n)),
        city=SimpleNamespace(areas=SimpleNamespace(ancestor=lambda _: np.zeros(1, dtype=int))),
        rules=SimpleNamespace(stream=SimpleNamespace(chance=lambda *_: True)),
        rules_of=lambda _: {"routing.pooled_share": 1.0},
        router=SimpleNamespace(nearest=lambda node, _, where: seconds[node][where]),
    )  # fmt: skip
    desk = Dispatcher(world, SimpleNamespace(position=lambda crew: crew))
    waits, who = np.full(n, np.nan), np.full(n, -1)

    def call(i: int):
        yield engine.env.timeout(arrivals[i])
        who[i] = yield desk.request(i, "ambulance", 1)
        waits[i] = engine.now - arrivals[i]
        yield engine.env.timeout(services[i])
        desk.release(who[i])

    for i in range(n):
        engine.process(call(i))
    engine.drain(1e9)
    return waits, who


def drawn(rate: float, seed: int, takes=None) -> tuple[np.ndarray, np.ndarray]:
    luck = np.random.default_rng(seed)
    services = luck.exponential(size=CALLS) if takes is None else takes(CALLS)
    return np.cumsum(luck.exponential(1.0 / rate, CALLS)), services


@pytest.mark.parametrize(
    ("servers", "load", "busy", "wait"), [(3, 1.5, 0.236842, 0.157895), (10, 8.0, 0.409180, 0.204590)]
)
def test_crews_are_erlang_c(servers: int, load: float, busy: float, wait: float):
    assert erlang_c(servers, load) == pytest.approx(busy, abs=1e-6)
    assert erlang_c(servers, load) / (servers - load) == pytest.approx(wait, abs=1e-6)
    arrivals, services = drawn(load, servers)
    waits, _ = dispatched(servers, arrivals, services)
    assert waits == pytest.approx(fcfs_waits(arrivals, services, servers), abs=1e-6)
    luck = np.random.default_rng(1)
    found = many(servers, load, lambda n: luck.exponential(size=n), 2, calls=3000)
    agrees(found[0], wait)
    agrees(found[1], busy)


def test_two_crews_that_take_a_fixed_time_are_m_d_2():
    arrivals, services = drawn(1.6, 2, np.ones)
    waits, _ = dispatched(2, arrivals, services)
    assert waits == pytest.approx(fcfs_waits(arrivals, services, 2), abs=1e-6)
    agrees(many(2, 1.6, np.ones, 3, calls=3000)[0], 0.903284)


@pytest.mark.slow
def test_three_classes_are_served_as_cobham_says():
    rates, expected, luck = np.array([0.6, 0.9, 0.9]), (0.269663, 0.539326, 2.157303), np.random.default_rng(6)
    below = np.concatenate([[0.0], np.cumsum(rates) / 3])
    cobham = erlang_c(3, 2.4) / 3 / ((1 - below[:-1]) * (1 - below[1:]))
    assert cobham == pytest.approx(expected, abs=1e-6)

    def calls(n: int):
        when = np.cumsum(luck.exponential(1.0 / 2.4, n))
        return when, luck.exponential(size=n), luck.choice(3, n, p=rates / 2.4).astype(np.int8)

    arrivals, services, priority = calls(CALLS)
    waits, _ = dispatched(3, arrivals, services, priority)
    assert waits == pytest.approx(by_priority(arrivals, services, priority, 3), abs=1e-6)
    means = []
    for _ in range(40):
        arrivals, services, priority = calls(100_000)
        waits = by_priority(arrivals, services, priority, 3)
        means.append([waits[priority == one].mean() for one in range(3)])
    for one, theta in enumerate(expected):
        agrees([mean[one] for mean in means], theta)


#: Ten atoms of the city of Larson and Odoni 1981 (section 5.4.3) by the order in which its three units are asked: calls a
#: mean service.
HYPERCUBE = {(0, 1, 2): 0.5, (0, 2, 1): 0.25, (1, 0, 2): 0.35, (2, 0, 1): 0.4}
WORKLOADS = (0.5574, 0.4734, 0.4693)


def hypercube(rates: dict[tuple[int, ...], float]) -> np.ndarray:
    """The exact workloads of the hypercube model with an infinite line (Larson 1974, doi:10.1016/0305-0548(74)90076-8)."""
    units, states = 3, 8
    flow = np.zeros((states, states))
    for state in range(states - 1):
        for order, rate in rates.items():
            unit = next(unit for unit in order if not state >> unit & 1)
            flow[state, state | 1 << unit] += rate
    for state in range(states):
        for unit in range(units):
            if state >> unit & 1:
                flow[state, state ^ 1 << unit] += 1.0
    flow -= np.diag(flow.sum(axis=1))
    line = 1.0 / (1.0 - sum(rates.values()) / units)  # all busy, with 0, 1, 2, … in line
    system = np.vstack([flow.T[:-1], [1.0] * 7 + [line]])
    chance = np.linalg.solve(system, [0.0] * 7 + [1.0])
    chance[-1] *= line
    return np.array([sum(chance[s] for s in range(states) if s >> unit & 1) for unit in range(units)])


def test_units_are_as_busy_as_larson_and_odoni_say():
    assert hypercube(HYPERCUBE) == pytest.approx(WORKLOADS, abs=5e-5)
    luck, orders = np.random.default_rng(3), list(HYPERCUBE)
    chance = np.array(list(HYPERCUBE.values())) / 1.5

    def calls(n: int):
        asked = [orders[k] for k in luck.choice(len(orders), n, p=chance)]
        return np.cumsum(luck.exponential(1.0 / 1.5, n)), luck.exponential(size=n), asked

    arrivals, services, asked = calls(CALLS)
    _, who = dispatched(3, arrivals, services, seconds=np.argsort(asked, axis=1).astype(float))
    assert who.tolist() == by_preference(arrivals, services, asked, 3).tolist()
    busy = []
    for _ in range(20):
        arrivals, services, asked = calls(20_000)
        who = by_preference(arrivals, services, asked, 3)
        busy.append(np.bincount(who, services, 3) / arrivals[-1])
    for unit, theta in enumerate(WORKLOADS):
        agrees([one[unit] for one in busy], theta)
