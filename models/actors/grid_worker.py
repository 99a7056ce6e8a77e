"""网格员: solves at the grid what can be solved there, and reports the rest."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.actors.base import Actor, ActorKind, Sight
from sim.text import Text


class GridWorker(ActorKind):
    """A grid worker on patrol, who solves or reports what was found; the share that can be solved is a parameter."""

    title: ClassVar[Text] = Text(en="Grid worker", zh="网格员")
    level: ClassVar[str] = "grid"
    watches: ClassVar[str] = "finding"
    decisions: ClassVar[tuple[str, ...]] = ("grid_worker.solves",)

    kind: Literal["grid_worker"] = "grid_worker"

    def decide(self, actor: Actor, sight: Sight) -> str | None:
        """Solve or report."""
        room = actor.model
        solves = room.stream.chance(room.parameters["grid.share_solved"], "grid_worker.solves", sight.incident)
        return "solve" if solves else "report"
