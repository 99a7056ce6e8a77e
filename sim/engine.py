"""The one clock: SimPy keeps the time, a heartbeat every `beat` seconds runs the phases in order."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import simpy

Phase = Callable[[float, float], None]
Change = Callable[[], None]


class Engine:
    """One clock for SimPy processes and beats; it begins at `start` seconds.

    At every beat the engine first applies the changes queued since the last one, in order of (time,
    entity), then calls the phases in the order in which they were added, as `phase(now, beat)`.
    """

    def __init__(self, beat: float, start: float = 0.0) -> None:
        if not beat > 0:
            raise ValueError("beat must be positive seconds")
        self.env = simpy.Environment(initial_time=start)
        self.beat = beat
        self._phases: list[Phase] = []
        self._changes: list[tuple[float, int, int, Change]] = []

    @property
    def now(self) -> float:
        """Seconds since midnight of the first day."""
        return float(self.env.now)

    def add_phase(self, phase: Phase) -> None:
        """Call `phase(now, beat)` at every beat, after the phases added before."""
        self._phases.append(phase)

    def queue(self, entity: int, change: Change) -> None:
        """Apply `change` at the next beat; ties of time are settled by `entity`."""
        self._changes.append((self.now, entity, len(self._changes), change))

    def process(self, generator: Generator[simpy.Event, Any, Any]) -> simpy.Process:
        """Start a SimPy process now."""
        return self.env.process(generator)

    def at(self, time: float, start: Callable[[], object]) -> None:
        """Call `start()` at `time`."""
        event = self.env.timeout(max(0.0, time - self.now))
        event.callbacks.append(lambda _: (start(), None)[1])

    def run(self, until: float, progress: Callable[[float], None] | None = None) -> None:
        """Run all beats in [now, until); `progress` hears the share done, about a hundred times."""
        beats = round((until - self.now) / self.beat)
        stride = max(1, beats // 100)
        for count in range(beats):
            self._beat()
            self._advance(self.now + self.beat)
            if progress is not None and count % stride == 0:
                progress((count + 1) / beats)

    def drain(self, until: float) -> None:
        """Let SimPy finish what is under way, without beats, until `until` or until nothing is left."""
        self._apply_changes()
        while self.env.peek() <= until:
            self.env.step()
            if self._changes:
                self._apply_changes()

    def _advance(self, until: float) -> None:
        stop = self.env.timeout(until - self.now)
        while not stop.processed or self.env.peek() <= until:
            self.env.step()

    def _beat(self) -> None:
        self._apply_changes()
        now = self.now
        for phase in self._phases:
            phase(now, self.beat)

    def _apply_changes(self) -> None:
        changes, self._changes = sorted(self._changes, key=lambda item: item[:3]), []
        for _, _, _, change in changes:
            change()
