"""What an actor is: one Mesa agent a place, with frozen parameters, who looks at a sight and answers with an edict."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Protocol

import mesa

from sim.kinds import Kind
from sim.streams import Stream
from sim.text import Text


class Sight(NamedTuple):
    """What an actor is shown of an order: the incident whose luck it has, and how much there is of it."""

    place: int  #: area of the actor who is shown it
    order: int
    incident: int
    amount: float = 0.0


class Edict(NamedTuple):
    """A decision on an order, by the actor of a place."""

    what: str
    order: int
    place: int


class Room(Protocol):
    """Where actors decide: what they may read, what they are shown, and where their edicts go."""

    parameters: Mapping[str, float]
    stream: Stream
    shown: Mapping[int, Sequence[Sight]]
    edicts: list[Edict]


class ActorKind(Kind, ABC):
    """Those who decide at one level of the governance tree; subclasses live in `models/actors/`."""

    family: ClassVar[Text] = Text("actor", "决策者")
    level: ClassVar[str]  #: of the areas that have one actor each
    watches: ClassVar[str]  #: what they are shown: "finding" or "fire"

    @abstractmethod
    def decide(self, actor: Actor, sight: Sight) -> str | None:
        """Return what `actor` orders on seeing `sight`, None for nothing."""


class Actor(mesa.Agent):
    """One who decides; remembers the orders that were decided on."""

    model: Room

    def __init__(self, model: mesa.Model, kind: ActorKind, place: int) -> None:
        super().__init__(model)
        self.kind, self.place = kind, place
        self.decided: set[int] = set()

    def decide(self) -> None:
        """Look at what is shown of the own place, and answer."""
        for sight in self.model.shown.get(self.place, ()):
            what = self.kind.decide(self, sight)
            if what is not None:
                self.decided.add(sight.order)
                self.model.edicts.append(Edict(what, sight.order, self.place))
