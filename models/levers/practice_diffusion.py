"""A20 Campaign to learn from a model street (学仙林、见行动、优治理): streets take its practice up sooner, and copy it in haste."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class PracticeDiffusion(Lever):
    """A20 Campaign to learn from a model street: visits, meetings and targets spread its practice, with weaker copies."""

    title: ClassVar[Text] = Text(en="Campaign to learn from a model street", zh="“学仙林、见行动、优治理”推广行动")
    mechanism: ClassVar[str] = "A20"
    moves: ClassVar[tuple[str, ...]] = (
        "adopted.diffusion",
        "without.diffusion",
        "effect.diffusion",
        "inequality.diffusion",
    )
    pays: ClassVar[tuple[str, ...]] = ("fidelity.diffusion",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="diffusion.pull", on=0.03),
        Effect(parameter="diffusion.imitation", on=0.4),
    )
    #: A copy that is due by a date copies the form rather than the substance (assumption).
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="diffusion.fidelity", factor=0.85),)
    cost: ClassVar[Cost] = Cost(capex_yuan=500_000, opex_yuan_per_year=1_500_000, staff_h_per_case=0.0)

    kind: Literal["practice_diffusion"] = "practice_diffusion"
