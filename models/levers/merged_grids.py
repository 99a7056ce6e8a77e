"""A18 Several networks, one grid (多网合一): social, fire and urban grids become one, and their workers are freed for grid duties; a generalist finds fewer hazards unless trained."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class MergedGrids(Lever):
    """A18 Several networks, one grid: social, fire and urban grids become one, and their workers are freed for grid duties; a generalist finds fewer hazards unless trained.

    Merging departments' networks of grids restructures their functions at the street (理顺体制机制, 主责主业): that
    is A18. None of the six grid reforms of A29 does: they give one network better tools.
    """

    title: ClassVar[Text] = Text(en="Several networks, one grid", zh="多网合一")
    mechanism: ClassVar[str] = "A18"
    moves: ClassVar[tuple[str, ...]] = ("duplicates.grid_work", "T_detect.grid_work", "known.grid_work")
    pays: ClassVar[tuple[str, ...]] = ("hit.grid_work",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="grid_work.merged", on=1.0),
        Effect(parameter="grid_work.core_time", on=0.75),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="grid.report_min", factor=1.2),)
    cost: ClassVar[Cost] = Cost(capex_yuan=3_000_000, opex_yuan_per_year=1_500_000, staff_h_per_case=0.0)

    kind: Literal["merged_grids"] = "merged_grids"
