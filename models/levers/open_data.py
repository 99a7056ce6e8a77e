"""A05 Open public data (公共数据开放): who must open what by when is settled, so that more is opened, sooner and fresher."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class OpenData(Lever):
    """A05 Open public data: more data sets opened, sooner and fresher; graded in haste, each to be prepared and updated."""

    title: ClassVar[Text] = Text(en="Open public data", zh="公共数据开放")
    mechanism: ClassVar[str] = "A05"
    moves: ClassVar[tuple[str, ...]] = ("supply.data", "auc.data", "applications.data")
    pays: ClassVar[tuple[str, ...]] = ("effort.data", "leaks.data")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="data.open", on=0.8),
        Effect(parameter="data.release_d", on=20.0),
        Effect(parameter="data.latency_d", on=1.0),
    )
    #: What has to be opened soon is graded in haste.
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="data.misgrade", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=4_000_000, opex_yuan_per_year=2_500_000, staff_h_per_case=0.0)

    kind: Literal["open_data"] = "open_data"
