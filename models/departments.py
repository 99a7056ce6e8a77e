"""The load of departments: the more orders come, and the longer each takes, the longer every order waits for its turn.

A department works like ten desks with one queue: M/M/10 after Sakasegawa (1977, doi:10.1007/BF02532785). Its load is
that of an expected day under the policy, not of the day's luck, so that it is known for every order by itself.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from models.catalogue import IncidentKind

if TYPE_CHECKING:
    from models.stages import Rules

DESKS = 10  #: of a department in a district (assumption)
MOST_LOAD = 0.99  #: a department that has more to do lets some of it lie


def load(rules: Rules, kind: IncidentKind) -> float:
    """Return the work that comes to a department for orders like these, against what it can do.

    `unit.load` is the load if all came to it that may come today; requests grow with their volume and shrink by what is
    merged, public events shrink by what the grid solves by itself.
    """
    if kind.line == "hotline":
        coming = rules["hotline.volume"] * (1.0 - kind.duplicate_share * rules["intake.dedup"])
    else:
        coming = 1.0 - _found_on_patrol(rules) * rules["grid.share_solved"]
    return min(rules["unit.load"] * rules["unit.handling_factor"] * coming, MOST_LOAD)


def slowing(rules: Rules, kind: IncidentKind) -> float:
    """Return how many times as long an order takes as at an idle department."""
    busy = load(rules, kind)
    return float(1.0 + busy ** (sqrt(2.0 * (DESKS + 1.0)) - 1.0) / (DESKS * (1.0 - busy)))


def _found_on_patrol(rules: Rules) -> float:
    """Return the share of public events that a patrol finds first: its rate against that of residents and all channels."""
    patrol = rules["patrol.rounds_per_day"] * rules["patrol.p_see"]
    others = sum(rate for name, rate in rules.parameters.items() if name.startswith("channel."))
    return patrol / (patrol + 24.0 / rules["citizen.report_h"] + others)
