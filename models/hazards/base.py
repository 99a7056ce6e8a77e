"""What a hazard is: frozen parameters, what it reads and writes, and how responders change it."""

from __future__ import annotations

from typing import ClassVar

from models.world import World
from sim.kinds import Kind


class Hazard(Kind):
    """Something that harms people until it is under control; subclasses live in `models/hazards/`."""

    reads: ClassVar[tuple[str, ...]]  #: fields of the world that it reads
    writes: ClassVar[tuple[str, ...]]  #: fields that it alone writes

    lasts_s: ClassVar[float] = 0.0  #: after the last arrival it ends by itself

    def begin(self, world: World, order: int) -> None:
        """Let people at the place act, before any crew comes; called when the call is made."""

    def arrival(self, world: World, order: int, rank: int, expected: int) -> bool:
        """Return whether the arrival of the crew number `rank` (from 1) of `expected` controls it now."""
        return True

    def end(self, world: World, order: int) -> None:
        """Write outcome and expected deaths; called when the order is under control."""

    def step(self, world: World, now: float, beat: float) -> None:
        """Write the hazard's fields for the beat that begins `now`."""
