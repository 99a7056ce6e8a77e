"""The stages of a routine order: each a small function of columns that says what comes next and when.

A stage reads the order's row, the rules and the order's own luck; it writes nothing but its own row. So
the same functions serve SimPy, order by order, and any compiled loop that may take over a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb
from typing import NamedTuple

from models import departments, hub
from models.calendar import HOUR, MINUTE, WorkingHours
from models.catalogue import Duration, IncidentKind
from models.matters import Matter
from models.orders import ACCEPT, ACK, CLOSE, CONTROL, FEEDBACK, FILE, ROUTE, VERIFY, Orders
from sim.streams import Stream

DECISIONS = (
    "stage.filing", "stage.dispatching", "stage.listed", "stage.returned", "stage.orphan", "stage.orphan_wait", "stage.boundaries",
    "stage.signing", "stage.handling", "stage.visit", "stage.revisit", "stage.joint", "stage.joint_work",
    "stage.parallel", "stage.asset", "stage.survey", "stage.supervised", "stage.extended", "stage.feedback", "stage.verifying", "stage.verified",
    "stage.rating",
)  # fmt: skip
MOST_RETURNS = 20
GUESSED_WRONG = 0.3  #: dispatches of what stands on no list of matters that are wrong (assumption)
#: Pace of the work that is left beyond the first limit, once it was extended: there is time (assumption).
EXTENDED_PACE = 1.2
#: Share of the limit after which supervision looks, and the pace of what is left then (assumption).
SUPERVISED_AT, SUPERVISED_PACE = 0.8, 0.6
SURVEY_S = 2 * HOUR  #: median until it is known whose a thing is, where the ticket does not say (assumption)
JOINT_TALK_S = 20 * MINUTE  #: the talk of departments that work at once (assumption)


@dataclass(frozen=True)
class Rules:
    """What the stages may read beside the orders: parameters, catalogue, calendar and luck."""

    parameters: Mapping[str, float]
    kinds: Mapping[str, IncidentKind]
    matters: Mapping[str, Matter]
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
    """What comes next for an order: the stage, the moment at which it is reached (s), and what happens on the way."""

    stage: int
    time: float
    name: str = ""  #: of the event, by default that of the stage
    stamped: bool = True  #: False where the order goes back to a stage that it has been at
    meanwhile: tuple[tuple[float, str], ...] = ()  #: times and names of events before that


Transition = Callable[[Orders, int, float, Rules], Step]


def filing(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """受理 → 立案: the desk checks that the case is one, lognormal with a median of 3 min (assumption)."""
    incident = int(orders.incidents.id[order])
    return Step(FILE, now + rules.stream.lognormal(3 * MINUTE, 0.5, "stage.filing", incident))


def dispatching(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """立案 → 派遣: triage finds the unit; what came back was looked at already and goes on at once.

    While the hub is down its triage is done by telephone and paper.
    """
    if orders.bounces[order] > 0:
        return Step(ROUTE, now, "dispatched_again", stamped=False)
    incident = int(orders.incidents.id[order])
    triage = rules.stream.lognormal(rules["routing.dispatch_min"] * MINUTE, 0.7, "stage.dispatching", incident)
    if hub.fails(rules, incident, now):
        return Step(ROUTE, now + rules["hub.fallback"] * triage, meanwhile=((now, "hub_down"),))
    return Step(ROUTE, now + triage)


def signing(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """派遣 → 签收, or back to the desk: a wrong unit returns the order, a unit across a boundary may refuse it.

    The unit signs in working time. An order that nobody owns waits until its owner is found: lognormal with a
    median of two working days (assumption).
    """
    incident, tries = int(orders.incidents.id[order]), int(orders.bounces[order])
    if tries == 0:
        orders.boundaries[order] = _boundaries(rules.stream.uniform("stage.boundaries", incident))
    refusing = 1.0 - (1.0 - rules["boundary.p_refuse"]) ** int(orders.boundaries[order]) if tries == 0 else 0.0
    listed = rules.stream.chance(rules["matters.listed"], "stage.listed", incident)
    wrong = rules["routing.p_misroute"] if listed else GUESSED_WRONG
    returned = 1.0 - (1.0 - wrong) * (1.0 - refusing)
    if tries < MOST_RETURNS and rules.stream.chance(returned, "stage.returned", incident, tries):
        orders.bounces[order] = tries + 1
        return Step(FILE, rules.working.add(now, rules["routing.t_bounce_h"] * HOUR), "returned", stamped=False)
    wait = rules.stream.lognormal(rules["unit.ack_min"] * MINUTE, 0.7, "stage.signing", incident)
    if rules.stream.chance(rules["owner.p_orphan"], "stage.orphan", incident):
        wait += rules.stream.lognormal(2.0 * rules.working.day, 0.6, "stage.orphan_wait", incident)
    return Step(ACK, rules.working.add(now, wait))


def _boundaries(draw: float) -> int:
    """Return how many of the five kinds of boundary a case crosses: each with 6 % (assumption), binomial."""
    below = 0.0
    for count in range(5):
        below += comb(5, count) * 0.06**count * 0.94 ** (5 - count)
        if draw < below:
            return count
    return 5


def handling(orders: Orders, order: int, now: float, rules: Rules) -> Step:
    """签收 → 处置: the work of the departments in working time, watched by supervision, extended where it is late.

    Whether the order was on time is judged by its first limit, extended or not.
    """
    work = _work(orders, order, rules)
    limit, meanwhile = float(orders.limit[order]), []
    if limit > 0.0:
        incident = int(orders.incidents.id[order])
        spent = rules.working.between(float(orders.stamps[order, FILE]), now)
        unwatched = max(0.0, SUPERVISED_AT * limit - spent)
        if work > unwatched and rules.stream.chance(rules["supervision.share"], "stage.supervised", incident):
            work = unwatched + SUPERVISED_PACE * (work - unwatched)
            orders.supervised[order] = True
            meanwhile.append((rules.working.add(now, unwatched), "supervised"))
        asks = spent + work > limit and not orders.extended[order]
        if asks and rules.stream.chance(rules["extension.share"], "stage.extended", incident):
            orders.extended[order] = True
            late = min(work, spent + work - limit)
            work += (EXTENDED_PACE - 1.0) * late
            meanwhile.append((rules.working.add(now, max(0.0, limit - spent)), "extended"))
    return Step(CONTROL, rules.working.add(now, work), meanwhile=tuple(meanwhile))


def _work(orders: Orders, order: int, rules: Rules) -> float:
    """Return the working seconds until the case is dealt with, and note departments and visits.

    A department that has more to do takes longer. A ticket that does not carry its asset needs a survey first. Some cases take a second visit, of half the median; some take a second department, of half the median too
    (assumptions), one after the other or both at once. Each boundary that is crossed costs its delay. Work that was
    sent back takes half of the time before, by one department in one visit.
    """
    incident, kind = int(orders.incidents.id[order]), rules.kinds[orders.kind(order)]
    again, stream = int(orders.reopens[order]), rules.stream
    median, sigma = kind.handling.median_h * HOUR * rules["unit.handling_factor"], kind.handling.sigma
    median *= departments.slowing(rules, kind)
    work = stream.lognormal(median * 0.5**again, sigma, "stage.handling", incident, again)
    if again > 0:
        orders.visits[order] += 1
        return work
    if kind.line == "hotline" and not stream.chance(rules["asset.linked"], "stage.asset", incident):
        work += stream.lognormal(SURVEY_S, 0.6, "stage.survey", incident)
    if not stream.chance(rules["grid.first_visit"], "stage.visit", incident):
        orders.visits[order] = 2
        work += stream.lognormal(0.5 * median, sigma, "stage.revisit", incident)
    if stream.chance(kind.joint_share, "stage.joint", incident):
        orders.departments[order] = 2
        other = stream.lognormal(0.5 * median, sigma, "stage.joint_work", incident)
        at_once = stream.chance(rules["joint.parallel_share"], "stage.parallel", incident)
        work = min(max(work, other) + JOINT_TALK_S, work + other) if at_once else work + other
    return work + int(orders.boundaries[order]) * rules["boundary.delay_wd"] * rules.working.day * kind.boundary_weight


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
        orders.clerical[order] = _clerical(orders, order, rules)
        return Step(CLOSE, now)
    orders.reopens[order] = again + 1
    return Step(ACK, now, "reopen", stamped=False)


def _clerical(orders: Orders, order: int, rules: Rules) -> float:
    """Return the seconds of paper work: one step each for filing, a return, a reopening, a second department, supervision.

    A grid worker who reports a case to others needs time for that too.
    """
    steps = 1 + int(orders.bounces[order]) + int(orders.reopens[order]) + int(orders.departments[order]) - 1
    steps += bool(orders.supervised[order])
    reported = (
        orders.channels[orders.channel[order]] == "patrol" and orders.stamps[order, FILE] < orders.stamps[order, ROUTE]
    )
    return MINUTE * (steps * rules["order.clerical_min"] + (rules["grid.report_min"] if reported else 0.0))


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
