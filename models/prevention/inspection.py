"""Inspections and licences: how many visits the inspectors' hours give, to whom, and when a new licence is first seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, WorkingHours
from models.prevention.premises import Premises, spread
from models.prevention.register import YEAR, Visits, arrivals
from sim.streams import Stream

if TYPE_CHECKING:
    from models.lines.hazard_stock import HazardStock

Values = Mapping[str, float]
DEPARTMENTS = 3
BASE_SHARE = 0.2  #: of the budget for prevention, at which the inspectors' hours are given
DECISIONS = ("stock.department_0", "stock.department_1", "stock.department_2", "stock.joint", "stock.duplicate",
             "stock.licence", "stock.lost", "stock.flagged", "stock.gate")  # fmt: skip
_JOINT, _FIRST = 3, 4
_LOOKS = (1, 2, 4, 15, 7)  #: of a visit of each department, of a joint one, and of the first of a new licence


@dataclass(frozen=True)
class Rounds:
    """Visits a day to each premises, float64 [premises]."""

    departmental: NDArray[np.float64]  #: of each of the DEPARTMENTS
    joint: NDArray[np.float64]

    def of(self, group: int) -> NDArray[np.float64]:
        """Return the rate of a department's visits, or of joint ones."""
        return self.joint if group == _JOINT else self.departmental


def visit_hours(line: HazardStock, p: Values) -> float:
    """Return an inspector's hours for one visit: there, on the way, and in the office."""
    return line.visit_h + line.travel_h + p["record_h"]


def inspector_hours(line: HazardStock, p: Values) -> float:
    """Return the inspectors' hours a premises and year: more budget gives more of them, but ever less for a yuan."""
    return line.inspector_h_per_1000 / 1000.0 * (p["prevention_share"] / BASE_SHARE) ** line.inspection_elasticity


def rounds(line: HazardStock, p: Values, premises: Premises, registered: NDArray[np.bool_]) -> Rounds:
    """Return how the hours that first inspections leave are spread over the registered premises by (score of risk)^γ.

    A premises is covered once when each department has been there, or one joint team with as many inspectors, which
    takes longer by its need to meet.
    """
    hours = visit_hours(line, p)
    first = line.permits_per_1000_y / 1000.0 * (1.0 - p["p_lost"])
    rest = max(0.0, inspector_hours(line, p) - first * hours) * len(premises) / YEAR
    weights = np.where(registered, np.exp(p["gamma"] * premises.scores(p["auc"])), 0.0)
    covers = (1.0 - p["joint"] + p["joint"] * line.joint_pace) * rest / (DEPARTMENTS * hours)
    given = spread(weights, covers, line.most_covers / YEAR)
    joint = p["joint"] * line.joint_pace / (1.0 - p["joint"] + p["joint"] * line.joint_pace)
    return Rounds(departmental=(1.0 - joint) * given, joint=joint * given)


@dataclass(frozen=True)
class Inspections:
    """Visits as they come, arrays [visits], before they are put in order."""

    premises: NDArray[np.int64]
    time: NDArray[np.float64]  #: d
    group: NDArray[np.int64]  #: department, joint or first
    looks: NDArray[np.int64]
    uid: NDArray[np.uint64]

    def ordered(self, premises: int) -> tuple[Inspections, Visits]:
        """Return the visits in order of premises and time, and as the kernel takes them."""
        order = np.lexsort((self.time, self.premises))
        own = Inspections(self.premises[order], self.time[order], self.group[order], self.looks[order], self.uid[order])
        first = np.searchsorted(own.premises, np.arange(premises + 1))
        return own, Visits(first, own.time, own.looks, own.uid, np.zeros(len(order), dtype=np.bool_))

    @staticmethod
    def joined(parts: list[Inspections]) -> Inspections:
        """Return all visits of `parts`."""
        names = ("premises", "time", "group", "looks", "uid")
        return Inspections(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def routine_visits(
    world: tuple[Stream, WorkingClock],
    premises: Premises,
    rates: tuple[Rounds, Rounds],
    span: tuple[float, float],
    duplicate: tuple[float, float],
) -> Inspections:
    """Return the visits of the departments and the joint ones from -span[0] to span[1] d, at `rates` before and after 0.

    The n-th visit has its luck in the time of its own rate: where there are more, each comes sooner. All fall on working
    days. A visit that repeats what another office of the same department has just looked at finds nothing.
    """
    (stream, clock), (before, after) = world, span
    parts = []
    for group in range(DEPARTMENTS + 1):
        slow, fast = rates[0].of(group), rates[1].of(group)
        name = "stock.joint" if group == _JOINT else f"stock.department_{group}"
        index, number, passed = arrivals(
            stream.key(name), premises.key, np.ones(len(premises)), slow * before + fast * after
        )
        early = passed < slow[index] * before
        with np.errstate(divide="ignore", invalid="ignore"):
            time = np.where(
                early, passed / slow[index] - before, (passed - slow[index] * before) / np.maximum(fast[index], 1e-300)
            )
        time = clock.within(time, span)
        looks = np.full(len(index), _LOOKS[group])
        if group != _JOINT:
            share = np.where(time < 0.0, *duplicate)
            moment = number * DEPARTMENTS + group
            looks[stream.uniforms("stock.duplicate", premises.key[index], moment) < share] = 0
        uid = (number.astype(np.uint64) << np.uint64(3)) + np.uint64(group)
        parts.append(Inspections(index, time, np.full(len(index), group), looks, uid))
    return Inspections.joined(parts)


class WorkingClock:
    """From working days to days and back, over a span of days that may begin before the first."""

    def __init__(self, working: WorkingHours, start: float, span: tuple[float, float]) -> None:
        days = range(int(start / DAY - span[0]) - 1, int(start / DAY + span[1]) + 2)
        spans = np.array([working.span(day) for day in days])
        worked = np.concatenate([[0.0], np.cumsum(np.diff(spans, axis=1)[:, 0])]) / working.day
        self._time = (spans.ravel() - start) / DAY
        self._worked = np.repeat(worked, 2)[1:-1]
        self._zero = np.interp(-span[0], self._time, self._worked)

    def day_of(self, worked: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when so many working days have passed since the span began, d."""
        return np.interp(worked + self._zero, self._worked, self._time)

    def days(self, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many working days have passed since the span began at `time`, d."""
        return np.interp(time, self._time, self._worked) - self._zero

    def within(self, time: NDArray[np.float64], span: tuple[float, float]) -> NDArray[np.float64]:
        """Return times of `span` moved into working time: as far into what lies before, or after, 0 as they were, d."""
        knots = np.array([-span[0], 0.0, span[1]])
        return self.day_of(np.interp(time, knots, self.days(knots)))


@dataclass(frozen=True)
class Licences:
    """New licences in order of premises and time, arrays [licences]."""

    premises: NDArray[np.int64]
    number: NDArray[np.int64]
    granted: NDArray[np.float64]  #: d
    seen: NDArray[np.float64]  #: d, when an inspector has first been there
    inspected: NDArray[np.bool_]  #: whether that was the inspection that the licence called for
    carried: NDArray[np.bool_]  #: whether an operator who was flagged brought along what he was flagged for
    blocked: NDArray[np.bool_]  #: whether such a one had to put it right first

    def unseen(self, premises: NDArray[np.int64], time: NDArray[np.float64], scale: float) -> NDArray[np.bool_]:
        """Return whether a premises has a licence that nobody has seen yet, bool [premises]; `scale` is above any time."""
        if not len(self.granted):
            return np.zeros(len(time), dtype=np.bool_)
        last = np.searchsorted(self.premises * scale + self.granted, premises * scale + time, side="right") - 1
        there = (last >= 0) & (self.premises[last] == premises)
        return there & (time < self.seen[last])


def new_licences(
    line: HazardStock,
    world: tuple[Stream, WorkingClock],
    premises: Premises,
    span: tuple[float, float],
    p: tuple[Values, Values],
    routine: Inspections,
) -> Licences:
    """Return the licences granted within `span`, each unsupervised until its first inspection.

    That comes when the notice has reached the supervisor (the gap) and an inspector has the time; where the notice is lost,
    a routine visit, the next licence or the yearly report of the firm ends it. routine : in order of premises and time.
    """
    stream, clock = world
    before, after = span
    most = max(float(clock.days(np.array([after]))[0]), 1.0)  # working days
    a_day = line.permits_per_1000_y / 1000.0 * (before + after) / YEAR / most
    each = np.ones(len(premises))
    index, number, worked = arrivals(stream.key("stock.licence"), premises.key, a_day * each, most * each)
    granted = clock.day_of(worked)

    def drawn(name: str) -> NDArray[np.float64]:
        return stream.uniforms(f"stock.{name}", premises.key[index], number)

    def by(name: str) -> NDArray[np.float64]:
        return np.where(granted < 0.0, p[0][name], p[1][name])

    scale = 4.0 * (before + after)
    lost = drawn("lost") < by("p_lost")
    seen = clock.day_of(worked + by("gap_wd") + line.schedule_wd)
    reached = np.append(routine.time, np.inf)[
        np.searchsorted(routine.premises * scale + routine.time, index * scale + granted)
    ]
    own = np.append(routine.premises, -1)[
        np.searchsorted(routine.premises * scale + routine.time, index * scale + granted)
    ]
    seen[lost] = np.minimum(np.where(own == index, reached, np.inf), granted + line.report_d)[lost]
    following = np.append(granted[1:], np.inf)
    following[np.append(index[1:], -1) != index] = np.inf
    flagged, blocks = drawn("flagged") < line.flagged, drawn("gate") < by("gate")
    inspected = ~lost & (seen < following)
    return Licences(index, number, granted, np.minimum(seen, following), inspected, flagged & ~blocks, flagged & blocks)


def first_visits(licences: Licences) -> Inspections:
    """Return the inspections that new licences call for."""
    kept = licences.inspected
    many = int(kept.sum())
    uid = (licences.number[kept].astype(np.uint64) << np.uint64(3)) + np.uint64(_FIRST)
    return Inspections(
        licences.premises[kept], licences.seen[kept], np.full(many, _FIRST), np.full(many, _LOOKS[_FIRST]), uid
    )
