"""One clock: what comes first within a beat, and what happens between beats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import Engine


def told(engine: Engine, *names: str) -> list[tuple[str, float]]:
    """Add a phase for each name, and return the list that they write to."""
    heard: list[tuple[str, float]] = []
    for name in names:
        engine.add_phase(lambda now, _, name=name: heard.append((name, now)))
    return heard


def test_phases_are_called_at_every_beat_in_the_order_in_which_they_were_added():
    engine = Engine(60.0)
    heard = told(engine, "hazards", "patrol", "command")
    engine.run(180.0)
    assert heard == [(name, now) for now in (0.0, 60.0, 120.0) for name in ("hazards", "patrol", "command")]
    assert engine.now == 180.0


def test_a_phase_hears_how_long_a_beat_is():
    engine, heard = Engine(7.5), []
    engine.add_phase(lambda now, beat: heard.append((now, beat)))
    engine.run(15.0)
    assert heard == [(0.0, 7.5), (7.5, 7.5)]


def test_a_second_run_goes_on_where_the_first_ended():
    once, twice = Engine(60.0), Engine(60.0)
    whole, parts = told(once, "beat"), told(twice, "beat")
    once.run(600.0)
    twice.run(240.0)
    twice.run(600.0)
    assert parts == whole
    assert len(whole) == 10


def test_changes_are_applied_before_the_phases_in_order_of_time_and_then_entity():
    engine = Engine(60.0)
    heard = told(engine, "phase")

    def queue(entity: int) -> None:
        queued = engine.now
        engine.queue(entity, lambda: heard.append((f"{entity} of {queued:g}", engine.now)))

    for time, entity in ((50.0, 1), (10.0, 9), (10.0, 2), (50.0, 0), (30.0, 5)):
        engine.at(time, lambda entity=entity: queue(entity))
    engine.run(120.0)
    names = ["2 of 10", "9 of 10", "5 of 30", "0 of 50", "1 of 50"]
    assert heard == [("phase", 0.0), *[(name, 60.0) for name in names], ("phase", 60.0)]


def test_changes_of_one_entity_at_one_time_keep_their_order():
    engine, heard = Engine(1.0), []
    for number in range(20):
        engine.queue(3, lambda number=number: heard.append(number))
    engine.run(1.0)
    assert heard == list(range(20))


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-5, 5)), max_size=30))
def test_every_change_waits_for_the_first_beat_at_or_after_it_in_order_of_time_and_entity(
    changes: list[tuple[int, int]],
):
    engine, applied = Engine(60.0), []
    for time, entity in changes:
        engine.at(time, lambda time=time, entity=entity: engine.queue(
            entity, lambda: applied.append((engine.now, time, entity))))  # fmt: skip
    engine.run(420.0)
    # What is queued at the start comes after the beat of the start.
    expected = [(max(60.0, -(-time // 60) * 60.0), time, entity) for time, entity in changes]
    assert applied == sorted(expected)


def test_what_a_phase_queues_is_applied_at_the_next_beat():
    engine, heard = Engine(60.0), []
    engine.add_phase(lambda now, _: engine.queue(0, lambda: heard.append((now, engine.now))))
    engine.run(180.0)
    assert heard == [(0.0, 60.0), (60.0, 120.0)]


def test_what_a_change_queues_is_applied_at_the_next_beat():
    engine, heard = Engine(60.0), []
    engine.queue(0, lambda: engine.queue(0, lambda: heard.append(engine.now)))
    engine.run(60.0)
    assert heard == []
    engine.run(120.0)
    assert heard == [60.0]


def test_a_change_is_applied_once():
    engine, heard = Engine(60.0), []
    engine.queue(0, lambda: heard.append(engine.now))
    engine.run(300.0)
    assert heard == [0.0]


def test_what_happens_at_the_moment_of_a_beat_comes_before_it():
    engine = Engine(60.0)
    heard = told(engine, "phase")
    engine.at(60.0, lambda: engine.at(60.0, lambda: heard.append(("event of an event", engine.now))))
    engine.at(60.0, lambda: heard.append(("event", engine.now)))
    engine.run(120.0)
    assert heard == [("phase", 0.0), ("event", 60.0), ("event of an event", 60.0), ("phase", 60.0)]


def test_a_process_runs_between_the_beats():
    engine = Engine(60.0)
    heard = told(engine, "phase")

    def mission():
        for _ in range(3):
            yield engine.env.timeout(50.0)
            heard.append(("mission", engine.now))

    engine.process(mission())
    engine.run(180.0)
    assert heard == [("phase", 0.0), ("mission", 50.0), ("phase", 60.0), ("mission", 100.0), ("phase", 120.0),
                     ("mission", 150.0)]  # fmt: skip


@given(st.lists(st.floats(0.0, 600.0), max_size=30))
def test_everything_happens_once_at_its_time_in_order_of_time(times: list[float]):
    engine, heard = Engine(60.0), []
    for time in times:
        engine.at(time, lambda time=time: heard.append((time, engine.now)))
    engine.run(600.0)
    assert heard == [(time, time) for time in sorted(times)]


def test_what_should_have_happened_before_happens_now():
    engine, heard = Engine(60.0), []
    engine.run(120.0)
    engine.at(30.0, lambda: heard.append(engine.now))
    engine.run(180.0)
    assert heard == [120.0]


def test_what_lies_after_the_window_waits_for_the_drain():
    engine, heard = Engine(60.0), []
    engine.at(121.0, lambda: heard.append(engine.now))
    engine.run(120.0)
    assert heard == []
    engine.drain(1000.0)
    assert heard == [121.0]


def test_the_drain_has_no_beats_and_ends_at_its_time():
    engine = Engine(60.0)
    heard = told(engine, "phase")
    for time in (10.0, 500.0, 500.5):
        engine.at(time, lambda: heard.append(("event", engine.now)))
    engine.drain(500.0)
    assert heard == [("event", 10.0), ("event", 500.0)]
    assert engine.now == 500.0


def test_the_drain_ends_when_nothing_is_left():
    engine = Engine(60.0)
    engine.at(30.0, lambda: None)
    engine.drain(1e12)
    assert engine.now == 30.0


def test_in_the_drain_a_change_is_applied_at_once():
    engine, heard = Engine(60.0), []
    engine.queue(1, lambda: heard.append(("left over", engine.now)))
    engine.at(10.0, lambda: engine.queue(1, lambda: heard.append(("new", engine.now))))
    engine.drain(100.0)
    assert heard == [("left over", 0.0), ("new", 10.0)]


@pytest.mark.parametrize("beats", [1, 7, 100, 1000, 1440])
def test_progress_rises_to_nearly_one_in_about_a_hundred_steps(beats: int):
    shares: list[float] = []
    Engine(60.0).run(60.0 * beats, shares.append)
    assert shares == sorted(shares)
    assert 0.98 < shares[-1] <= 1.0
    assert min(beats, 50) <= len(shares) <= 200


@pytest.mark.parametrize("beat", [0.0, -1.0, float("nan")])
def test_a_beat_that_is_not_positive_is_refused(beat: float):
    with pytest.raises(ValueError, match="positive"):
        Engine(beat)


def test_a_fault_in_a_process_is_not_swallowed():
    engine = Engine(60.0)

    def broken():
        yield engine.env.timeout(10.0)
        raise LookupError("no way")

    engine.process(broken())
    with pytest.raises(LookupError, match="no way"):
        engine.run(60.0)
