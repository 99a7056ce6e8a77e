"""A16 Cloud community of chat groups (掌上云社区): residents post what they see in the groups of their community, and the office answers there; the groups tell everybody at once, rumours too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class CloudCommunity(Lever):
    """A16 Cloud community of chat groups: residents post what they see in the groups of their community, and the office answers there; the groups tell everybody at once, rumours too."""

    title: ClassVar[Text] = Text(en="Cloud community of chat groups", zh="掌上云社区")
    mechanism: ClassVar[str] = "A16"
    moves: ClassVar[tuple[str, ...]] = ("found.patrol_event", "peak.rumour", "heard.rumour", "infected.contagion")
    pays: ClassVar[tuple[str, ...]] = ("false_reports", "T_handle.hotline_ticket", "before.rumour")
    own: ClassVar[Mapping[str, Parameter]] = {
        "channel.group_per_day": Parameter(
            title=Text("Rate at which a chat group tells of an open public event", "微信群上报公共事件的速率"),
            unit="per day",
            values=(0.0, 0.04, 0.4),
            range=(0.0, 2.0),
            mix="linear",
            basis=Text(
                "Qixia: 1,160 groups, 220,000 members, about 120,000 requests handled",
                "栖霞区：1160 个群、22 万成员，办理约 12 万件",
            ),
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="channel.group_per_day", on=0.4),
        Effect(parameter="rumour.group_reach", on=0.6),
        #: The office asks in the groups whoever coughs to go for a test (assumption).
        Effect(parameter="epidemic.seeks", on=0.5),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (
        SideEffect(parameter="intake.false_reports", factor=1.4),
        SideEffect(parameter="hotline.volume", factor=1.15),
        SideEffect(parameter="rumour.spread", factor=1.05),
    )
    cost: ClassVar[Cost] = Cost(capex_yuan=1_500_000, opex_yuan_per_year=5_000_000, staff_h_per_case=0.0)

    kind: Literal["cloud_community"] = "cloud_community"
