"""The room of those who decide: Mesa agents, one a place and kind, asked about what they are shown.

Actors look at what they are shown and return edicts; they own no time and draw no luck of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import mesa

from models import actors as actor_package
from models.actors.base import Actor, ActorKind, Edict, Sight
from sim.city.model import Areas
from sim.kinds import kinds_in
from sim.streams import Stream


def actor_kinds() -> dict[str, type[ActorKind]]:
    """Return all actor kinds by name."""
    return kinds_in(ActorKind, actor_package)


class Command(mesa.Model):
    """All actors of a run; `shown` is what they are shown at a beat, by place."""

    def __init__(self, areas: Areas, parameters: Mapping[str, float], stream: Stream) -> None:
        super().__init__(seed=0)
        self.parameters, self.stream = parameters, stream
        self.shown: dict[int, list[Sight]] = {}
        self.edicts: list[Edict] = []
        self._watching: dict[tuple[str, int], list[Actor]] = {}
        for cls in actor_kinds().values():
            places = areas.of_level(cls.level).tolist()
            for actor in Actor.create_agents(self, len(places), cls(), places):  # type: ignore[call-arg]  # a Kind's fields have defaults
                self._watching.setdefault((cls.watches, actor.place), []).append(actor)

    def decide(self, what: str, sights: Iterable[Sight]) -> list[Edict]:
        """Show the sights of one kind to the actors of their places who watch for them; return their edicts."""
        self.shown, self.edicts = {}, []
        for sight in sights:
            self.shown.setdefault(sight.place, []).append(sight)
        asked = [actor for place in sorted(self.shown) for actor in self._watching.get((what, place), ())]
        mesa.agent.AgentSet(asked, random=self.random).do("decide")
        return self.edicts
