"""What a hazard is: frozen parameters, what it reads and writes, and how responders change it."""

from __future__ import annotations

from typing import ClassVar

from models.world import World
from sim.kinds import Kind
from sim.text import Text


class Hazard(Kind):
    """Something that harms people until it is under control; subclasses live in `models/hazards/`."""

    family: ClassVar[Text] = Text("hazard", "灾害")
    reads: ClassVar[tuple[str, ...]]  #: fields of the world that it reads
    writes: ClassVar[tuple[str, ...]]  #: fields that it alone writes

    lasts_s: ClassVar[float] = 0.0  #: after the last arrival it ends by itself

    def begin(self, world: World, order: int) -> None:
        """Let people at the place act, before any crew comes; called when the call is made."""

    def arrival(self, world: World, order: int, present: int, expected: int) -> bool:
        """Return whether it is under control, now that `present` crews of the `expected` ones have arrived."""
        return True

    def end(self, world: World, order: int) -> None:
        """Write outcome and expected deaths; called when the order is under control, or never will be."""

    def step(self, world: World, now: float, beat: float) -> None:
        """Write the hazard's fields for the beat that begins `now`."""
