"""A27 Joint team of party and grid (党建加网格): grid worker, police, enforcement and party team come together, so that the first visit settles more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class PartyGridTeam(Lever):
    """A27 Joint team of party and grid: grid worker, police, enforcement and party team come together, so that the first visit settles more."""

    title: ClassVar[Text] = Text(en="Joint team of party and grid", zh="党建加网格")
    mechanism: ClassVar[str] = "A27"
    moves: ClassVar[tuple[str, ...]] = ("visits.hotline_ticket", "infected.contagion")
    pays: ClassVar[tuple[str, ...]] = ("clerical.patrol_event",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "grid.first_visit": Parameter(
            title=Text("Cases settled at the first visit", "首次上门解决比例"),
            unit="share",
            values=(0.45, 0.55, 0.7),
            range=(0.3, 0.9),
            mix="logit",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="grid.first_visit", on=0.7),
        #: The team brings food and medicine to who is ill and calls every day, so that they can stay apart (assumption).
        Effect(parameter="epidemic.isolates", on=0.9),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="order.clerical_min", factor=1.15),)
    cost: ClassVar[Cost] = Cost(capex_yuan=1_000_000, opex_yuan_per_year=8_000_000, staff_h_per_case=0.1)

    kind: Literal["party_grid_team"] = "party_grid_team"
