"""A17 "Qiangli" programme (党建引领基层治理“强力工程”): five forces raise what the organisers of a street can do, so that its members set out sooner; it takes organisers' hours."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class QiangliProgramme(Lever):
    """A17 "Qiangli" programme: five forces raise what the organisers of a street can do, so that its members set out sooner; it takes organisers' hours."""

    title: ClassVar[Text] = Text(en="“Qiangli” programme of grassroots governance", zh="党建引领基层治理“强力工程”")
    mechanism: ClassVar[str] = "A17"
    moves: ClassVar[tuple[str, ...]] = ("unmet.surge", "fill_1h.surge", "T_help_p90.surge", "resilience.surge")
    pays: ClassVar[tuple[str, ...]] = ("organising.surge",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="surge.leadership", on=0.85),
        Effect(parameter="surge.support", on=0.85),
        Effect(parameter="surge.mobilisation", on=0.85),
        Effect(parameter="surge.cohesion", on=0.85),
        Effect(parameter="surge.technology", on=0.85),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="surge.organising_min", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=1_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.0)

    kind: Literal["qiangli_programme"] = "qiangli_programme"
