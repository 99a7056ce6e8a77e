"""A06 Licensed operation of public data (公共数据分类分级授权运营): data are graded, and qualified operators licensed to make something of them."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class LicensedData(Lever):
    """A06 Licensed operation of public data: data are graded and operators licensed; every holder may leak, and grading takes time."""

    title: ClassVar[Text] = Text(en="Licensed operation of public data", zh="公共数据分类分级授权运营")
    mechanism: ClassVar[str] = "A06"
    moves: ClassVar[tuple[str, ...]] = ("supply.data", "auc.data")
    pays: ClassVar[tuple[str, ...]] = ("leaks.data", "effort.data")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="data.licensed", on=0.7),
        Effect(parameter="data.operators", on=12.0),
        Effect(parameter="data.bar", on=0.5),
        Effect(parameter="data.misgrade", on=0.02),
        Effect(parameter="data.quality", on=0.9),
    )
    #: Every data set is assessed before it is released.
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="data.release_d", factor=1.25),)
    cost: ClassVar[Cost] = Cost(capex_yuan=12_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.0)

    kind: Literal["licensed_data"] = "licensed_data"
