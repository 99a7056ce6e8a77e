"""Why somebody came late: the parts add up to the time it took, and each names what lay behind it."""

from __future__ import annotations

import numpy as np
import pytest
from test_roads import close_at_random, played

from models.why.answer import why
from models.why.drive import ahead, driven
from models.why.log import Log
from scenarios.explaining import words_of
from scenarios.library import load_policy
from scenarios.running import resolved
from sim.city.speeds import drive_speeds
from sim.routing.router import Router, travel_times


@pytest.fixture(scope="module")
def log_of(tiny, tiny_city, tiny_people):
    def make(disturb, **other) -> Log:
        simulation = played(tiny, tiny_city, tiny_people, disturb, **other)
        words = words_of(tiny, resolved(tiny, load_policy("P1")))
        seconds = travel_times(tiny_city.drive, drive_speeds(tiny_city.drive))
        return Log(simulation.tables(), words, tiny_city.drive, seconds)

    return make


@pytest.fixture(scope="module")
def disturbed(log_of) -> Log:
    return log_of(close_at_random)


def emergencies(log: Log) -> list[int]:
    return [number for number in range(len(log)) if log.kind_of(number).line == "emergency"]


def test_the_parts_add_up_to_the_time_it_took(disturbed: Log):
    asked = [number for number in emergencies(disturbed) if np.isfinite(disturbed.order(number)["t_arrive"])]
    assert len(asked) > 50
    for number in asked:
        order, told = disturbed.order(number), why(disturbed, number)
        took = order["t_arrive"] - order["t_onset"]
        assert sum(part.seconds for part in told.parts) == pytest.approx(
            took, abs=6.0
        )  # parts below a second are left out
        assert all(part.seconds >= 0.0 for part in told.parts)
        assert told.late_s == pytest.approx(order["t_arrive"] - order["t_report"] - 720.0)


def test_who_turned_back_names_the_street_and_who_closed_it(disturbed: Log):
    turns = [event for event in range(disturbed.events) if disturbed.kind(event) == "turned_back"]
    causes = [
        [cause.text.en for part in why(disturbed, number).parts for cause in part.causes]
        for number in sorted({disturbed.order_of(event) for event in turns})[:40]
    ]
    turned = [own for own in causes if any("turned back" in text for text in own)]
    assert len(turned) > 10
    for own in turned:
        assert any("ahead was closed" in text for text in own)
        assert "closed" in own  # the event that closed it


def test_who_turns_back_drives_elsewhere_at_once_and_who_takes_another_way_later(disturbed: Log):
    seen = {"turned_back": 0, "another_way": 0}
    for event in range(disturbed.events):
        kind, number = disturbed.kind(event), disturbed.order_of(event)
        if kind not in seen:
            continue
        legs = [leg for leg in disturbed.tracks if leg["order"] == number and leg["crew"] == disturbed.crew(event)]
        before = next(leg for leg in legs if leg["t_end"] == disturbed.time(event) and len(leg["edges"]))
        after = next(leg for leg in legs if leg["t_start"] == disturbed.time(event))
        if before["purpose"] == "to_scene":
            planned = ahead(disturbed, before, int(disturbed.order(number)["node"]))
            assert (planned[0] != after["edges"][0]) == (kind == "turned_back")
            seen[kind] += 1
    assert min(seen.values()) > 5


def test_the_drive_is_taken_apart_exactly(log_of, tiny_city):
    """On streets of half the speed the way is the usual one, and half of its time is theirs."""

    def halve(world) -> None:
        world.roads.set("test", np.full(world.city.drive.edges, 0.5))

    log = log_of(halve)
    legs = [leg for leg in log.tracks if leg["purpose"] == "to_scene" and len(leg["edges"]) > 3]
    assert len(legs) > 50
    for leg in legs[:60]:
        took, node = leg["t_end"] - leg["t_start"], int(tiny_city.drive.head[leg["edges"][-1]])
        drive = driven(log, [leg], node, 1e9)
        assert drive.slow == pytest.approx(took / 2.0)
        assert drive.usual + drive.traffic + drive.detour == pytest.approx(took / 2.0)
        assert drive.detour == pytest.approx(0.0, abs=1e-6 * took)
        assert drive.slowed.tolist() == leg["edges"]


def test_a_longer_way_is_a_detour(tiny_city, log_of):
    log = log_of(None)
    usual = Router(log.streets, log.seconds)
    edges, seconds = usual.path(0, tiny_city.drive.nodes - 1, 8)
    around = Router(log.streets, log.seconds)
    around.close([int(edges[len(edges) // 2])])
    longer, more = around.path(0, tiny_city.drive.nodes - 1, 8)
    leg = {"edges": longer.tolist(), "t_start": 8 * 3600.0, "t_end": 8 * 3600.0 + 0.7 * more}
    drive = driven(log, [leg], tiny_city.drive.nodes - 1, 0.6)
    assert drive.usual == pytest.approx(0.6 * seconds)
    assert drive.traffic == pytest.approx(0.1 * seconds)
    assert drive.detour == pytest.approx(0.7 * (more - seconds))
    assert more > seconds


def test_whoever_waited_for_a_crew_learns_what_it_was_busy_with(disturbed: Log):
    waits = [event for event in range(disturbed.events) if disturbed.kind(event) == "granted"]
    assert waits
    found = 0
    for event in waits:
        number = disturbed.order_of(event)
        order = disturbed.order(number)
        parts = [
            part
            for part in why(disturbed, number).parts
            if "wait for a free crew" in part.text.en or "crews were free" in part.text.en
        ]
        assert sum(part.seconds for part in parts) == pytest.approx(disturbed.time(event) - order["t_route"], abs=2.0)
        freed = disturbed.cause(event)
        if freed >= 0 and "wait" in parts[0].text.en:
            assert disturbed.kind(freed) == "released"
            assert f"order {disturbed.order_of(freed)}" in parts[0].causes[0].text.en
            found += 1
    assert found


def test_who_is_cut_off_for_good_is_told_so(log_of):
    def close_all(world) -> None:
        cause = world.recorder.event(world.engine.now, "closed")
        world.roads.set("test", np.zeros(world.city.drive.edges), cause)

    log = log_of(close_all)
    alone = [number for number in emergencies(log) if not np.isfinite(log.order(number)["t_arrive"])]
    assert alone
    told = why(log, alone[0])
    assert "nobody has come" in told.headline.en
    assert told.parts[-1].text.en in {"no open street leads there", "no crew is free"}
    assert told.parts[-1].causes[-1].text.en == "closed"


def test_every_order_has_an_answer_in_both_languages(disturbed: Log):
    for number in range(0, len(disturbed), max(1, len(disturbed) // 150)):
        told = why(disturbed, number)
        texts = [
            told.headline,
            told.summary,
            *(part.text for part in told.parts),
            *(c.text for p in told.parts for c in p.causes),
        ]
        assert all(text.en and text.zh for text in texts)
        assert "nan" not in told.headline.en + told.summary.en


def test_the_road_conditions_are_what_their_log_says(disturbed: Log):
    """The plain twin goes through the log row by row."""
    roads = disturbed.roads
    for time in np.quantile(roads._time, [0.1, 0.5, 0.9]):
        factors = dict[int, float]()
        for at, edge, factor in zip(roads._time.tolist(), roads._edge.tolist(), roads._factor.tolist(), strict=True):
            if at <= time:
                factors[edge] = factor
        plain = np.ones(disturbed.streets.edges)
        plain[list(factors)] = list(factors.values())
        assert np.array_equal(roads.at(float(time)), plain)
