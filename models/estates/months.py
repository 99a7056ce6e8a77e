"""The months of the estates: a Mesa model whose agents are the five parties of each estate; it draws no luck of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isnan
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from models.estates.bargaining import Party, Role, Terms, evened, settle
from sim.streams import Stream

MONTH_D = 365.0 / 12.0
SIGMA = 0.6  #: of the logarithm of the days to a decision (assumption)
ISSUES = ("charging_shed", "fire_lane", "parking", "light_well")
#: What the effort of each party weighs (assumption); together 1.
ROLES = (
    Role("party_branch", 0.2), Role("owners_committee", 0.25), Role("property_firm", 0.25),
    Role("social_organisations", 0.1), Role("residents", 0.2),
)  # fmt: skip
RESIDENTS = 4
#: What each party has of each problem's solution, in the order of ISSUES and ROLES (assumption).
BENEFITS = (
    (1.2, 0.9, 0.6, 0.8, 1.0),
    (1.2, 0.8, 0.7, 0.7, 0.7),
    (0.8, 1.0, 0.9, 0.5, 1.1),
    (0.9, 0.7, 0.6, 0.7, 0.7),
)
WON, LOST, RELAPSED = 0.05, -0.05, -0.05  #: what a success, a failure and a relapse do to trust (assumption)


@dataclass(frozen=True)
class Rates:
    """What the months read of their line: rates a year, days, shares, and what holds at a table."""

    raised: float
    petition: float
    alone_d: float
    before_d: int
    solved_first: float
    side_payments: float
    benefit_sigma: float
    trust: float
    alone: Terms
    convened: Terms


@dataclass
class Turn:
    """One turn of a problem of an estate: open, raised, decided and, if solved, solved until it relapses; days."""

    area: int
    issue: int
    convened: bool
    since: float
    raised: float = float("nan")
    decided: float = float("nan")
    until: float = float("nan")
    solved: float = float("nan")
    effort: float = float("nan")
    participation: float = float("nan")
    relapsed: bool = False
    petitions: int = 0


class EstateMonths(mesa.Model):
    """All estates, stepped month by month; days count from the start of the window."""

    def __init__(self, rates: Rates, parameters: Mapping[str, float], stream: Stream, areas: NDArray[Any]) -> None:
        super().__init__(seed=0)
        self.rates, self.parameters, self.stream = rates, parameters, stream
        self.key = (areas[:, None].astype(np.uint64) * np.uint64(len(ISSUES)) + np.arange(4, dtype=np.uint64)).ravel()
        for area in areas.tolist():
            for role in ROLES:
                Party(self, area, role, rates.trust)
        self.tables = dict(iter(self.agents.groupby("table")))
        convened = stream.uniforms("estates.convener", areas) < self._p("convener")
        first = stream.uniforms("estates.solved", self.key) < rates.solved_first
        self.month, self.now = 0, -float(rates.before_d)
        self.turns = [Turn(int(key) // 4, int(key) % 4, bool(convened[slot // 4]), self.now)
                      for slot, key in enumerate(self.key)]  # fmt: skip
        for slot in np.flatnonzero(first).tolist():
            self.turns[slot].decided, self.turns[slot].solved = self.now, 1.0
        self.done: list[Turn] = []
        self.raised: list[int] = []  #: problems on which a decision is to come
        self.attempts = np.zeros(len(self.key), dtype=np.int64)  #: decisions there were on each problem
        self.petitions: defaultdict[int, list[float]] = defaultdict(list)  #: days of them, by problem, open or not

    def _p(self, name: str) -> float:
        return self.parameters[f"estates.{name}"]

    def _happens(self, what: str, per_year: float) -> NDArray[np.intp]:
        """Return the problems to which something of a rate happens this month, open or solved."""
        draws = self.stream.uniforms(f"estates.{what}", self.key, self.month)
        return np.flatnonzero(draws < 1.0 - exp(-per_year / 12.0))

    def _day(self, what: str, slot: int) -> float:
        return self.now + MONTH_D * self.stream.uniform(f"estates.{what}_day", int(self.key[slot]), self.month)

    def play(self, length_d: float) -> list[Turn]:
        """Return all turns that reach into the window of `length_d` days, the last of each problem cut at its end."""
        while self.now < length_d:
            self.step()
        for turn in self.turns:
            turn.until = length_d
        turns = [turn for turn in (*self.done, *self.turns) if turn.until > 0.0 and turn.since < length_d]
        for turn in turns:
            shut = min(turn.decided if turn.solved == 1.0 else turn.until, length_d)
            days = self.petitions[turn.area * len(ISSUES) + turn.issue]
            turn.petitions = sum(max(turn.since, 0.0) <= day < shut for day in days)
        return turns

    def step(self) -> None:
        """Play one month: petitions, relapses, what is raised, and the decisions that are due."""
        for slot in self._happens("petition", self.rates.petition).tolist():
            self.petitions[int(self.key[slot])].append(self._day("petition", slot))
        for slot in self._happens("relapse", self._p("relapse")).tolist():
            if self.turns[slot].solved == 1.0:
                self._relapse(slot, self._day("relapse", slot))
        for slot in self._happens("raised", self.rates.raised * self._p("reporting")).tolist():
            day = self._day("raised", slot)
            if isnan(self.turns[slot].raised) and self.turns[slot].solved != 1.0 and day >= self.turns[slot].since:
                self._raise(slot, day)
        end = self.now + MONTH_D
        self.raised.sort(key=lambda slot: self.turns[slot].decided)
        while self.raised and self.turns[self.raised[0]].decided < end:
            self._decide(self.raised.pop(0))
        self.month, self.now = self.month + 1, end

    def _next(self, slot: int, day: float) -> Turn:
        """End the turn of a problem and begin the next, open; return the one that ended."""
        turn = self.turns[slot]
        turn.until = day
        self.done.append(turn)
        self.turns[slot] = Turn(turn.area, turn.issue, turn.convened, day)
        return turn

    def _relapse(self, slot: int, day: float) -> None:
        turn = self._next(slot, max(day, self.turns[slot].decided))
        turn.relapsed = True
        self.tables[turn.area].do("learn", RELAPSED)

    def _raise(self, slot: int, day: float) -> None:
        turn = self.turns[slot]
        median = self._p("deliberation_d") if turn.convened else self.rates.alone_d
        turn.raised = day
        takes = self.stream.lognormal(median, SIGMA, "estates.decision", int(self.key[slot]), self.month)
        turn.decided = turn.raised + takes
        self.raised.append(slot)

    def _decide(self, slot: int) -> None:
        """Let the five parties settle a problem; where they fail, it lies open until it is raised again."""
        turn, rates = self.turns[slot], self.rates
        self.attempts[slot] += 1  # the luck of an attempt is the same whenever it comes
        parties = self.tables[turn.area]
        keys = np.uint64(self.key[slot]) * np.uint64(8) + np.arange(len(ROLES), dtype=np.uint64)
        draws = self.stream.lognormals(1.0, rates.benefit_sigma, "estates.benefit", keys, self.attempts[slot])
        benefits = (draws * BENEFITS[turn.issue]).tolist()
        terms = rates.convened if turn.convened else rates.alone
        solved = settle(parties, evened(benefits, ROLES, rates.side_payments), terms)
        efforts = [party.effort for party in parties]
        turn.solved, turn.participation = float(solved), efforts[RESIDENTS]
        turn.effort = sum(role.weight * effort for role, effort in zip(ROLES, efforts, strict=True))
        parties.do("learn", WON if solved else LOST)
        if not solved:
            self._next(slot, turn.decided)
