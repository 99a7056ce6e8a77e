"""街道值班指挥员: asks for reinforcement, once for each fire that has outgrown the first alarm."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.actors.base import Actor, ActorKind, Sight
from sim.kinds import Unit
from sim.text import Text


class DutyCommander(ActorKind):
    """A street's commander on duty, who asks for more engines where a fire is developed."""

    title: ClassVar[Text] = Text(en="Duty commander of a street", zh="街道值班指挥员")
    level: ClassVar[str] = "street"
    watches: ClassVar[str] = "fire"

    kind: Literal["duty_commander"] = "duty_commander"
    developed_mw: Annotated[float, Field(gt=0), Unit("MW")] = 2.0  #: heat above which a fire is developed

    def decide(self, actor: Actor, sight: Sight) -> str | None:
        """Ask once."""
        asks = sight.amount > self.developed_mw and sight.order not in actor.decided
        return "reinforce" if asks else None
