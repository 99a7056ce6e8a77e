"""Intake: how what happens comes to be known. Channels compete, and several people may tell of one thing.

A channel is a parameter `channel.<name>_per_day`: the rate at which it finds an event that lies open. A lever
that brings such a parameter along opens the channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR
from models.demand import Incidents
from models.parameters import parameters
from models.stages import Rules

INTERVIEW_S = 75.0  #: median of a call-taker's interview in an emergency (assumption)
_CHANNEL = re.compile(r"channel\.([a-z_]+)_per_day")


def channels(names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the channels among the names of parameters, by default among all there are."""
    matches = (_CHANNEL.fullmatch(name) for name in (parameters() if names is None else names))
    return tuple(match[1] for match in matches if match is not None)


def decisions() -> list[str]:
    """Return the names of the draws that intake makes."""
    return [
        "call.interview",
        "intake.happens",
        "intake.resident",
        "intake.duplicate",
        "intake.merged",
        *(f"intake.{name}" for name in channels()),
    ]


def interview_s(rules: Rules, incident: int) -> float:
    """Return the seconds from an emergency call to its address: before it nobody can be sent."""
    return rules.stream.lognormal(INTERVIEW_S, 0.4, "call.interview", incident)


def first_report(rules: Rules, incident: int) -> tuple[float, str]:
    """Return the seconds until an open event is reported by somebody who is not on patrol, and the channel.

    Each channel finds it after an exponential time of its own; a channel of rate 0 never does.
    """
    resident = rules.stream.exponential(rules["citizen.report_h"] * HOUR, "intake.resident", incident)
    best = (resident, "resident")
    for name in channels(rules.parameters):
        rate = rules[f"channel.{name}_per_day"]
        if rate > 0.0:
            best = min(best, (rules.stream.exponential(DAY / rate, f"intake.{name}", incident), name))
    return best


def happening(rules: Rules, incidents: Incidents) -> NDArray[np.bool_]:
    """Return which incidents come under the policy, bool [incidents]: those with a volume are thinned by their luck."""
    share = np.ones(len(incidents.kinds))
    for number, name in enumerate(incidents.kinds):
        kind = rules.kinds[name]
        if kind.volume is not None:
            share[number] = rules[kind.volume.parameter] / kind.volume.most
    return rules.stream.uniforms("intake.happens", incidents.id) < share[incidents.kind]


def is_duplicate(rules: Rules, share: float, incident: int) -> bool:
    """Return whether a report tells of what is known already."""
    return rules.stream.chance(share, "intake.duplicate", incident)


def is_merged(rules: Rules, incident: int) -> bool:
    """Return whether a duplicate is recognised and joined to the order that is there."""
    return rules.stream.chance(rules["intake.dedup"], "intake.merged", incident)
