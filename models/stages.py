"""The stages of a routine order: each a small function of columns that says what comes next and when.

A stage reads the order's row, the rules and the order's own luck; it writes nothing but its own row. So
the same functions serve SimPy, order by order, and any compiled loop that may take over a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor, log
from typing import NamedTuple

from models.calendar import HOUR, WorkingHours
from models.catalogue import Duration, IncidentKind
from models.orders import ACCEPT, ACK, CLOSE, CONTROL, FEEDBACK, FILE, ROUTE, VERIFY, Orders
from sim.streams import Stream

DECISIONS = (
    "stage.filing", "stage.bounces", "stage.dispatching", "stage.signing", "stage.handling",
    "stage.feedback", "stage.verifying", "stage.verified", "stage.rating",
)  # fmt: skip
MINUTE = 60.0


@dataclass(frozen=True)
class Rules:
    """What the stages may read beside the orders: parameters, catalogue, calendar and luck."""

    parameters: Mapping[str, float]
    kinds: Mapping[str, IncidentKind]
    working: WorkingHours
    stream: Stream

    def __getitem__(self, parameter: str) -> float:
        return self.parameters[parameter]

    def draw(self, duration: Duration, decision: str, entity: int, moment: int = 0) -> float:
        """Return a duration (s) drawn for `entity`."""
        if duration.exponential:
            return self.stream.exponential(duration.median_s, decision, entity, moment)
        return self.stream.lognormal(duration.median_s, duration.sigma, decision, entity, moment)


class Step(NamedTuple):
    """The next stage of an order and the moment at which it is reached (s)."""

    stage: int
    time: float


Transition = Callable[[Orders, int, float, Rules], Step]


def filing(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """受理 → 立案: the desk checks that the case is one, lognormal with a median of 3 min (assumption)."""
    incident = int(orders.incidents.id[order])
    return Step(FILE, now + rules.stream.lognormal(3 * MINUTE, 0.5, "stage.filing", incident))


def dispatching(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """立案 → 派遣: triage, then a geometric number of returns, each costing working hours."""
    incident = int(orders.incidents.id[order])
    triage = rules.stream.lognormal(rules["routing.dispatch_min"] * MINUTE, 0.7, "stage.dispatching", incident)
    p = rules["routing.p_misroute"]
    draw = rules.stream.uniform("stage.bounces", incident)
    bounces = floor(log(draw) / log(p)) if 0.0 < p < 1.0 else 0
    orders.bounces[order] = bounces
    returned = rules.working.add(now + triage, bounces * rules["routing.t_bounce_h"] * HOUR)
    return Step(ROUTE, returned)


def signing(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """派遣 → 签收: the unit takes the order, in working time."""
    incident = int(orders.incidents.id[order])
    wait = rules.stream.lognormal(rules["unit.ack_min"] * MINUTE, 0.7, "stage.signing", incident)
    return Step(ACK, rules.working.add(now, wait))


def handling(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """签收 → 处置: the department's work, lognormal in working hours."""
    incident, kind = int(orders.incidents.id[order]), rules.kinds[orders.kind(order)]
    again = int(orders.reopens[order])
    median = kind.handling.median_h * HOUR * rules["unit.handling_factor"] * 0.5**again
    work = rules.stream.lognormal(median, kind.handling.sigma, "stage.handling", incident, again)
    return Step(CONTROL, rules.working.add(now, work))


def reporting_back(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """处置 → 反馈: the unit reports what it did, median 20 min of working time (assumption)."""
    incident, again = int(orders.incidents.id[order]), int(orders.reopens[order])
    wait = rules.stream.lognormal(20 * MINUTE, 0.6, "stage.feedback", incident, again)
    return Step(FEEDBACK, rules.working.add(now, wait))


def verifying(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """反馈 → 核查: somebody looks, median 1 working hour (assumption)."""
    incident, again = int(orders.incidents.id[order]), int(orders.reopens[order])
    wait = rules.stream.lognormal(HOUR, 0.6, "stage.verifying", incident, again)
    return Step(VERIFY, rules.working.add(now, wait))


def closing(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """核查 → 结案, or back to the unit where the work does not hold."""
    incident, again = int(orders.incidents.id[order]), int(orders.reopens[order])
    if rules.stream.chance(rules["unit.p_verified"], "stage.verified", incident, again) or again >= 5:
        orders.rating[order] = _rating(orders, order, rules)
        return Step(CLOSE, now)
    orders.reopens[order] = again + 1
    return Step(ACK, now)


def _rating(orders: Orders, order: int, rules: Rules) -> float:
    """回访: 5 where satisfied, else 2; a late or reopened order satisfies less often (assumption)."""
    incident = int(orders.incidents.id[order])
    satisfied = rules["rating.base"] * (1.0 if is_on_time(orders, order, rules.working) else 0.7)
    satisfied *= 0.9 ** int(orders.reopens[order])
    return 5.0 if rules.stream.chance(satisfied, "stage.rating", incident) else 2.0


def is_on_time(orders: Orders, order: int, working: WorkingHours) -> bool:
    """Return whether the feedback came within the limit, counted in working time from filing."""
    limit = orders.limit[order]
    if not limit > 0:
        return True
    spent = working.between(orders.stamps[order, FILE], orders.stamps[order, FEEDBACK])
    return bool(spent <= limit)


TRANSITIONS: Mapping[int, Transition] = {
    ACCEPT: filing,
    FILE: dispatching,
    ROUTE: signing,
    ACK: handling,
    CONTROL: reporting_back,
    FEEDBACK: verifying,
    VERIFY: closing,
}
