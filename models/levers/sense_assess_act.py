"""A09 Sense, assess, act (态势感知、趋势研判、协同处置): senses more, forecasts better, and posts ambulances where they will be needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter, share_of
from sim.text import Text


class SenseAssessAct(Lever):
    """A09 Sense, assess, act: senses more, forecasts better, and posts ambulances where they will be needed; the weakest link binds."""

    title: ClassVar[Text] = Text(en="Sense, assess, act", zh="态势感知、趋势研判、协同处置")
    mechanism: ClassVar[str] = "A09"
    moves: ClassVar[tuple[str, ...]] = ("T_arrive.medical",)
    pays: ClassVar[tuple[str, ...]] = ("empty.ambulance",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "sensing.coverage": share_of("Coming needs that are sensed", "态势感知覆盖率", (0.3, 0.5, 0.8), 0.95),
        "forecast.hit": share_of(
            "Sensed needs that the forecast places right", "趋势研判命中率", (0.4, 0.5, 0.7), 0.95
        ),
        "forecast.false": share_of("Forecasts that are false", "趋势研判虚警比例", (0.6, 0.6, 0.4), 0.95),
        "posting.budget": share_of("Ambulances that may be posted forward", "前置备勤救护车比例", (0.0, 0.0, 0.3), 0.5),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="sensing.coverage", on=0.8),
        Effect(parameter="forecast.hit", on=0.7),
        Effect(parameter="forecast.false", on=0.4),
        Effect(parameter="posting.budget", on=0.3),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="crew.turnout_s", factor=1.02),)
    cost: ClassVar[Cost] = Cost(capex_yuan=12_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.0)

    kind: Literal["sense_assess_act"] = "sense_assess_act"
