"""A10 Cameras that notice (视频智能巡查): cameras notice what lies in the street, and an operator looks at what they notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class CameraWatch(Lever):
    """A10 Cameras that notice: cameras notice what lies in the street, and an operator looks at what they notice."""

    title: ClassVar[Text] = Text(en="Cameras that notice", zh="视频智能巡查")
    mechanism: ClassVar[str] = "A10"
    moves: ClassVar[tuple[str, ...]] = ("found.patrol_event",)
    pays: ClassVar[tuple[str, ...]] = ("false_reports",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "channel.camera_per_day": Parameter(
            title=Text("Rate at which a camera notices an open public event", "视频发现公共事件的速率"),
            unit="per day",
            values=(0.0, 0.03, 0.3),
            range=(0.0, 2.0),
            mix="linear",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="channel.camera_per_day", on=0.3),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="intake.false_reports", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=25_000_000, opex_yuan_per_year=6_000_000, staff_h_per_case=0.01)

    kind: Literal["camera_watch"] = "camera_watch"
