"""The chain of command against its formulas: losses, times, queues, and where flat command chokes."""

from __future__ import annotations

import heapq
from math import sqrt

import numpy as np
import pytest

from models.lines.command_chain import LEVEL_SHARES, NODES, _way
from models.parameters import preset_values
from models.policy import Policy
from scenarios.language import Scenario
from scenarios.running import simulate
from sim.text import Text

MINUTE = 60.0
FLAT = {"command.levels": 2.0, "command.level_min": 2.0, "command.p_loss": 0.01, "chain.delegated": 0.0}
#: Nothing but the way down: no queue, no broken link, no delegation.
ALONE = {"service_min": 1e-6, "city_desks": 100, "every_min": 3.0}
BARE = {"chain.link_loss": 0.0, "chain.delegated": 0.0, "chain.broadcast": 0.0}


@pytest.fixture(scope="module")
def played(tiny, tiny_city, tiny_people):
    """Return the columns of the line for its fields and parameters, of several seeds one after the other."""

    def of(fields: dict, values: dict, seeds: int = 1, base: str = "P0", hours: float = 24.0) -> dict[str, np.ndarray]:
        changes = {"incidents": {}, "lines": {"command_chain": fields}, "hours": hours, "beat_s": 3600.0}
        scenario = Scenario.model_validate({**tiny.model_dump(), **changes})
        parameters = {**preset_values(base), **values}
        tables = [simulate(tiny_city, tiny_people, scenario, parameters, s).tables() for s in range(seeds)]
        names = tables[0]["command_chain"].column_names
        return {name: np.concatenate([t["command_chain"][name].to_numpy(zero_copy_only=False) for t in tables])
                for name in names}  # fmt: skip

    return of


def levers(*kinds: str, **fixed: float) -> dict[str, float]:
    entries = tuple({"kind": kind} for kind in kinds)
    return {**Policy(format=1, name="x", title=Text("x", "某"), base="P0", levers=entries).resolve(), **fixed}


def minutes(columns: dict[str, np.ndarray]) -> float:
    return float(np.nanmean(columns["t_grid"] - columns["t_ask"]) / MINUTE)


def erlang_c_wait(servers: int, load: float, mean: float) -> float:
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = load * blocking / (k + load * blocking)
    waits = servers * blocking / (servers - load * (1 - blocking))
    return waits * mean / (servers - load)


@pytest.mark.parametrize(
    ("decider", "hops", "way"),
    [(0, 4, (1, 2, 3, 4)), (0, 3, (2, 3, 4)), (0, 2, (2, 4)), (0, 1, (4,)),
     (1, 3, (2, 3, 4)), (1, 2, (2, 4)), (1, 1, (4,)), (2, 2, (3, 4)), (2, 1, (4,))],
)  # fmt: skip
def test_an_order_skips_the_district_first(decider: int, hops: int, way: tuple[int, ...]):
    assert _way(decider, hops) == way


@pytest.mark.parametrize("hops", [1, 2, 3, 4])
@pytest.mark.parametrize("p", [0.05, 0.1])
def test_the_loss_is_that_of_all_relays(played, hops: int, p: float):
    values = {**BARE, "command.levels": float(hops), "command.p_loss": p}
    found = played({**ALONE, "concurrent": 20, "lasts_min": 300.0}, values)
    expected, n = 1.0 - (1.0 - p) ** hops, len(found["lost"])
    assert n > 1500
    assert abs(found["lost"].mean() - expected) < 3.5 * sqrt(expected * (1 - expected) / n)
    back = np.isfinite(found["t_ack"]).mean()
    assert back == pytest.approx((1.0 - expected) ** 2, abs=0.04)


def test_losses_of_the_presets_are_those_of_the_domain():
    loss = {name: 1.0 - (1.0 - preset_values(name)["command.p_loss"]) ** 4 for name in ("P0", "P1", "P2")}
    assert loss["P0"] == pytest.approx(0.19, abs=0.01)
    assert loss["P1"] == pytest.approx(0.11, abs=0.01)
    assert 0.02 < loss["P2"] < 0.04


@pytest.mark.parametrize(("levels", "level_min"), [(4.0, 6.0), (3.0, 5.0), (2.0, 2.0)])
def test_without_queues_the_time_is_a_decision_and_the_hops(played, levels: float, level_min: float):
    values = {**BARE, "command.levels": levels, "command.level_min": level_min, "command.p_loss": 0.01}
    found = played({**ALONE, "concurrent": 20, "lasts_min": 300.0, "decision_min": 1.0}, values)
    through = found["t_grid"] - found["t_decide"]
    assert np.nanmean(through) / MINUTE == pytest.approx(levels * level_min, rel=0.03)
    if levels < 4.0:
        assert np.mean(found["t_decide"] - found["t_ask"]) / MINUTE == pytest.approx(1.0, rel=0.08)


def test_a_broadcast_takes_as_long_as_the_slowest_level(played):
    values = {**BARE, "command.levels": 4.0, "command.level_min": 5.0, "chain.broadcast": 1.0}
    found = played({**ALONE, "concurrent": 20, "lasts_min": 300.0}, values)
    draws = np.random.default_rng(0).lognormal(-0.125, 0.5, (200_000, 4)).max(axis=1).mean() * 5.0
    assert np.nanmean(found["t_grid"] - found["t_decide"]) / MINUTE == pytest.approx(draws, rel=0.03)
    assert set(found["hops"].tolist()) == {1}


@pytest.mark.parametrize(("incidents", "lasts"), [(6, 4000.0), (10, 6000.0)])
def test_the_wait_at_the_city_is_that_of_erlang(played, incidents: int, lasts: float):
    found = played({"concurrent": incidents, "lasts_min": lasts}, {**FLAT, **BARE})
    load = incidents / 6.0 * 2.0
    assert found["wait_city"].mean() / MINUTE == pytest.approx(erlang_c_wait(4, load, 2.0), rel=0.15)


def test_the_desks_serve_in_order_of_arrival_exactly(played):
    """Kiefer and Wolfowitz (1955): the waits follow from arrivals and services alone."""
    found = played({"concurrent": 11, "lasts_min": 600.0, "city_desks": 4}, {**FLAT, **BARE})
    row = np.argsort(found["t_ask"])
    asked, service = found["t_ask"][row], (found["t_decide"] - found["t_ask"] - found["wait_city"])[row]
    free, waits = [0.0] * 4, []
    for came, takes in zip(asked.tolist(), service.tolist(), strict=True):
        begins = max(came, heapq.heappop(free))
        waits.append(begins - came)
        heapq.heappush(free, begins + takes)
    assert np.allclose(found["wait_city"][row], waits, atol=1e-6)
    assert max(waits) > MINUTE


def test_one_incident_takes_half_an_hour_in_a_row_and_minutes_when_levels_are_skipped(played):
    one = {"concurrent": 1, "lasts_min": 240.0}
    assert 25.0 < minutes(played(one, {}, 15)) < 30.0
    flat = played(one, levers("five_level_command", **{"chain.delegated": 0.1}), 15)
    assert 5.5 < minutes(flat) < 8.0
    assert 5.5 < minutes(played(one, levers("five_level_command", "base_powers"), 15)) < 8.0
    assert flat["lost"].mean() < 0.04


def test_delegated_authority_wins_from_ten_to_twelve_incidents_on(played):
    flat, delegated = (
        levers("five_level_command", **{"chain.delegated": 0.1}),
        levers("five_level_command", "base_powers"),
    )
    gap = [minutes(played({"concurrent": n}, flat, 4)) - minutes(played({"concurrent": n}, delegated, 4))
           for n in (5, 9, 13)]  # fmt: skip
    assert gap[0] < gap[1] < 0.0 < gap[2]


def test_the_top_chokes_when_flat_and_not_in_a_row(played):
    thirty = {"concurrent": 30}
    serial, flat = played(thirty, {}, 2), played(thirty, levers("five_level_command", **{"chain.delegated": 0.0}), 2)
    assert np.nanmean(serial["wait_city"]) < 10 * MINUTE < 40 * MINUTE < np.nanmean(flat["wait_city"])
    assert minutes(flat) > minutes(serial)


def test_districts_that_compile_bound_the_questions_of_the_city(played):
    """Twelve districts with one question each: at four desks nobody waits for more than the eight others of them."""
    found = played({"concurrent": 200, "lasts_min": 60.0}, {"chain.delegated": 0.0, "command.levels": 5.0})
    assert np.nanmean(found["wait_city"]) < 12 * MINUTE


def test_an_outage_and_broken_links_cost_time_that_a_second_link_saves(played):
    six, values = {"concurrent": 6}, preset_values("P2")
    assert minutes(played({**six, "outage_min": 40.0}, values, 4)) > minutes(played(six, values, 4)) + 1.0
    times = {(link, fallback): minutes(played(six, {**values, "chain.link_loss": link, "chain.fallback": fallback}, 3))
             for link in (0.01, 0.1, 0.3) for fallback in (0.0, 0.5, 1.0)}  # fmt: skip
    for link in (0.01, 0.1, 0.3):
        assert times[link, 0.0] > times[link, 0.5] > times[link, 1.0]
    for fallback in (0.0, 0.5, 1.0):
        assert times[0.01, fallback] < times[0.1, fallback] < times[0.3, fallback]


def test_an_order_goes_one_way(played):
    found = played({"concurrent": 20}, {}, 2, base="P1")
    assert np.isfinite(found["t_decide"]).all()
    assert (found["t_decide"] >= found["t_ask"]).all()
    kept = ~found["lost"]
    assert np.array_equal(np.isfinite(found["t_grid"]), kept)
    assert (found["t_grid"][kept] >= found["t_decide"][kept]).all()
    acked = np.isfinite(found["t_ack"])
    assert not (acked & ~kept).any()
    assert (found["t_ack"][acked] > found["t_grid"][acked]).all()
    assert np.nanmin(found["wait_city"]) >= 0.0
    assert (np.isfinite(found["wait_city"]) == (found["decider"] == 0)).all()
    assert (found["decider"][found["level"] >= 2] == 0).all()
    assert (found["decider"][found["wrong"]] == 0).all()


def test_what_is_asked_is_the_same_under_every_policy(played):
    first, second = played({"concurrent": 20}, {}), played({"concurrent": 20}, preset_values("P2"))
    for name in ("order", "area", "level", "t_ask"):
        assert np.array_equal(first[name], second[name])
    assert first["stand_in"].all()  # the small city lacks districts


def test_response_levels_come_as_often_as_they_should(played):
    found = played({"concurrent": 400, "lasts_min": 1.0}, {})
    incidents = np.unique(np.stack([found["order"] // 100_000, found["level"]]), axis=1)
    shares = np.bincount(incidents[1], minlength=4) / 400
    assert np.abs(shares - LEVEL_SHARES).max() < 0.08
    assert sum(LEVEL_SHARES) == pytest.approx(1.0)
    assert NODES == (1, 12, 101, 1200, 12_000)


def test_two_seats_at_a_node_let_orders_wait_less(played):
    """A seat looks after `span` nodes: half the span, twice the seats."""
    narrow, wide = (played({"concurrent": 30, "span": span}, {}, 2) for span in (6, 12))
    assert minutes(narrow) < minutes(wide) - 1.0
