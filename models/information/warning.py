"""Warnings by channel: who hears of it when, through which channel, each by the law of Rogers and Sorensen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.information.laws import Diffusion
from sim.errors import InputError
from sim.streams import Stream
from sim.text import Text

Floats = NDArray[np.float64]
DECISIONS = ("alert.has", "alert.hears")


@dataclass(frozen=True)
class Channel:
    """A way in which a warning comes: whom it can reach, by age group, and how it diffuses among them, per minute."""

    name: str
    title: Text
    reach: tuple[float, float, float]  #: share of children, adults and elders who have it
    diffusion: Diffusion

    def __post_init__(self) -> None:
        for share in self.reach:
            require(Text("the reach of a channel", "渠道覆盖率"), share, 0.0, 1.0)
        self.diffusion.checked()


#: The rates and reaches are assumptions; word of mouth is that of Rogers and Sorensen's examples, .15 to .25 a minute.
CHANNELS = (
    Channel("message", Text("Message to all telephones", "手机全网短信"), (0.2, 0.9, 0.6), Diffusion(0.6, 0.10, 0.15)),
    Channel("groups", Text("Chat groups of the communities", "社区微信群"), (0.1, 0.75, 0.35), Diffusion(0.3, 0.05, 0.20)),
    Channel("television", Text("Radio and television", "广播电视"), (0.3, 0.3, 0.6), Diffusion(0.5, 0.03, 0.15)),
    Channel("loudspeaker", Text("Loudspeakers and knocks at doors", "大喇叭与入户敲门"), (0.5, 0.5, 0.5), Diffusion(0.8, 0.02, 0.15)),
)  # fmt: skip


class Warned(NamedTuple):
    """When each resident hears of a warning, minutes after it, inf for never, and by which channel first, -1 for none."""

    minutes: Floats  #: [residents]
    channel: NDArray[np.int8]  #: [residents]


def warned(
    channels: tuple[Channel, ...], key: NDArray[np.uint64], age: NDArray[np.int8], stream: Stream, issue: int = 0
) -> Warned:
    """Return when residents hear of the warning number `issue` by the first of the channels that they have.

    Within a channel the share who have heard by t is that of its diffusion: who draws u hears when the share passes u. Who
    has a channel has it for all warnings, and a channel more makes nobody later.
    """
    if not channels:
        raise InputError(en="a warning needs at least one channel", zh="预警至少需要一个渠道")
    best, by = np.full(len(key), np.inf), np.full(len(key), -1, dtype=np.int8)
    for number, channel in enumerate(channels):
        at = _place(channel.name)
        has = stream.uniforms("alert.has", key, at) < np.asarray(channel.reach)[age]
        minutes = channel.diffusion.time_of(stream.uniforms("alert.hears", key, at + 1000 * (issue + 1)))
        sooner = has & (minutes < best)
        best[sooner], by[sooner] = minutes[sooner], number
    return Warned(best, by)


def _place(name: str) -> int:
    """Return the number of a channel for its luck, whichever others there are; raise `InputError` for an unknown one."""
    names = [one.name for one in CHANNELS]
    if name not in names:
        raise InputError(en=f"channel {name!r} is unknown; there are: {', '.join(names)}",
                         zh=f"渠道 {name!r} 未知；可用：{'、'.join(names)}")  # fmt: skip
    return names.index(name)


def chosen(names: tuple[str, ...]) -> tuple[Channel, ...]:
    """Return the channels of these names."""
    return tuple(CHANNELS[_place(name)] for name in names)
