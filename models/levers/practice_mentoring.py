"""A20 Mentors from the model street (结对帮带): they stay with those who copy it, so that copies are truer and come more slowly."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class PracticeMentoring(Lever):
    """A20 Mentors from the model street: a copy made with a mentor is nearer to the original, and takes its time."""

    title: ClassVar[Text] = Text(en="Mentors from the model street", zh="示范街道结对帮带")
    mechanism: ClassVar[str] = "A20"
    moves: ClassVar[tuple[str, ...]] = ("fidelity.diffusion",)
    pays: ClassVar[tuple[str, ...]] = ("mentor_h.diffusion", "without.diffusion")
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="diffusion.mentored", on=0.8),)
    #: A street waits for its mentor (assumption).
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="diffusion.imitation", factor=0.85),)
    cost: ClassVar[Cost] = Cost(capex_yuan=0, opex_yuan_per_year=2_000_000, staff_h_per_case=0.0)

    kind: Literal["practice_mentoring"] = "practice_mentoring"
