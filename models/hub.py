"""The hub (智慧治理中枢): which cases stand in its common picture, and the hours in which it is down.

While the hub is down its picture is gone: what stood in it passes the levels one after the other again, and each desk
works by telephone and paper, which takes `hub.fallback` times as long. A case that never stood in it loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.calendar import HOUR

if TYPE_CHECKING:
    from models.stages import Rules

DECISIONS = ("hub.picture", "hub.outage", "hub.outage_lasts")
LONGEST_H = 24  #: in which any outage has ended (assumption)
_HUB = 0  #: the entity: a city has one


def serves(rules: Rules, incident: int) -> bool:
    """Return whether a case stands in the hub's picture while the hub is up."""
    return rules.stream.chance(rules["hub.shared_picture"], "hub.picture", incident)


def is_down(rules: Rules, now: float) -> bool:
    """Return whether the hub is down at `now` (s): an outage begins with an hour by chance, and lasts an exponential time."""
    chance, mean, hour = rules["hub.outage_per_h"], rules["hub.outage_h"] * HOUR, int(now // HOUR)
    return any(
        rules.stream.chance(chance, "hub.outage", _HUB, begun)
        and now - begun * HOUR < rules.stream.exponential(mean, "hub.outage_lasts", _HUB, begun)
        for begun in range(max(0, hour - LONGEST_H + 1), hour + 1)
    )


def fails(rules: Rules, incident: int, now: float) -> bool:
    """Return whether a case is without the picture that it would stand in."""
    return serves(rules, incident) and is_down(rules, now)
