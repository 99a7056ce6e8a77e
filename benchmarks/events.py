"""Events per second: a bare SimPy clock, and the same processes under our beat."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.harness import Row, against, note
from sim.engine import Engine

PROCESSES, STEPS = 200, 500


def _walk(env: simpy.Environment, pace: float) -> Generator[simpy.Event, Any, None]:
    for _ in range(STEPS):
        yield env.timeout(pace)


def _bare() -> None:
    env = simpy.Environment()
    for i in range(PROCESSES):
        env.process(_walk(env, 30.0 + i % 7))
    env.run(STEPS * 37.0)


def _ours() -> None:
    engine = Engine(60.0)
    engine.add_phase(lambda _now, _beat: None)
    for i in range(PROCESSES):
        engine.process(_walk(engine.env, 30.0 + i % 7))
    engine.run(STEPS * 37.0)


def measure() -> list[Row]:
    """Return the row of events."""
    note("events")
    events = PROCESSES * STEPS
    ratio = against(_ours, _bare)
    return [
        Row(
            "SimPy events per second, with a beat of 60 s",
            f"{events / ratio.ours_s:,.0f}",
            f"{events / ratio.peer_s:,.0f} (bare SimPy)",
            ratio.told(),
        )
    ]
