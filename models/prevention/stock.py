"""The hazard stock of one run: premises, licences, visits and hazards put together, and told by premises and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY
from models.lines.safety_literacy import habit_factor
from models.prevention import inspection, premises
from models.prevention.inspection import (
    DEPARTMENTS,
    Inspections,
    Licences,
    Rounds,
    WorkingClock,
    first_visits,
    new_licences,
    rounds,
    routine_visits,
)
from models.prevention.premises import LAYERS, place_premises
from models.prevention.register import CALIBRATED_D, COUNTS, YEAR, Facts, Hazards, Luck, Rules, Visits, arrivals, live
from models.world import World
from sim.streams import draw_bits

if TYPE_CHECKING:
    from models.lines.hazard_stock import HazardStock

DECISIONS = (
    *premises.DECISIONS, *inspection.DECISIONS, "stock.candidate", "stock.arises", "stock.brought", "stock.domain",
    "stock.see", "stock.wait", "stock.rectify", "stock.relapse", "stock.serious",
)  # fmt: skip
MOST_INFLOW = 1.4  #: the end of the range of `stock.inflow_factor`: hazards are drawn for it and then thinned
SETTLED = 5.0  #: mean times after which a stock is as good as steady
LATER_D = 120.0  #: after the window, in which a licence may first be seen


@dataclass
class Stock:
    """The premises of a city under today's governance before the window and that of the policy in it."""

    line: HazardStock
    world: World

    def __post_init__(self) -> None:
        line, world = self.line, self.world
        start, end = world.window
        self.before, self.after = YEAR * SETTLED / line.gone_per_y, (end - start) / DAY
        own = {name.removeprefix("stock."): parameter for name, parameter in line.own.items()}
        today = {name: parameter.values[1] for name, parameter in own.items()}
        self.p = today, {name: world.rules[f"stock.{name}"] for name in own}
        self.stream = world.rules.stream
        shares = 1.0 - line.estate_share - line.firm_share, line.estate_share, line.firm_share
        sigmas = line.grid_sigma, line.own_sigma
        self.premises = place_premises(world.city, self.stream, line.premises_per_1000, shares, sigmas)

    def _seen(self, p: Mapping[str, float]) -> NDArray[np.bool_]:
        covered = np.array([p[f"covered_{layer}"] for layer in LAYERS])
        return self.premises.seen(covered, p["correlation"])

    def rows(self) -> dict[str, NDArray[Any]]:
        """Play the years before the window and those in it, and return a row for every premises and year of the window."""
        span, many = (self.before, self.after), len(self.premises)
        self.seen = [self._seen(p) for p in self.p]
        rates = self._rounds(0), self._rounds(1)
        duplicate = self.p[0]["duplicate"], self.p[1]["duplicate"]
        clock = WorkingClock(self.world.rules.working, self.world.window[0], (self.before, self.after + LATER_D))
        drawn = self.stream, clock
        routine, _ = routine_visits(drawn, self.premises, rates, span, duplicate).ordered(many)
        licences = new_licences(self.line, drawn, self.premises, span, self.p, routine)
        visited, visits = Inspections.joined([routine, first_visits(licences)]).ordered(many)
        hazards = self._hazards(licences)
        years = max(1, int(self.after / YEAR))  # the days after the last whole year belong to it
        counts = np.zeros((many, years, len(COUNTS)))
        today = live(hazards, visits, self._rules(), self._facts(), self._luck(), counts)
        told = {name: counts[:, :, column].ravel() for column, name in enumerate(COUNTS)}
        told |= self._told_of_visits(visited, visits, years) | self._told_of_licences(licences, years)
        return self._told(told, today, years)

    def _rounds(self, regime: int) -> Rounds:
        return rounds(self.line, self.p[regime], self.premises, self.seen[regime][:, 0])

    def _hazards(self, licences: Licences) -> Hazards:
        """Return the hazards that arise: candidates at the largest rate, thinned, and those that operators bring along."""
        line, own = self.line, self.premises
        most = MOST_INFLOW * line.licence_factor
        a_day = own.risk * (line.inflow_per_1000_month * 12.0 / 1000.0 / YEAR) * most
        spans = np.full(len(own), self.before + self.after)
        index, number, time = arrivals(self.stream.key("stock.candidate"), own.key, a_day, spans)
        time -= self.before
        unseen = licences.unseen(index, time, 4.0 * (self.before + self.after))
        factor = np.where(time < 0.0, self.p[0]["inflow_factor"], self._inflow(np.maximum(time, 0.0)))
        factor *= np.where(unseen, line.licence_factor, 1.0)
        kept = self.stream.uniforms("stock.arises", own.key[index], number) < factor / most
        brought = licences.carried
        return Hazards(
            premises=np.concatenate([index[kept], licences.premises[brought]]),
            born=np.concatenate([time[kept], licences.granted[brought]]),
            id=np.concatenate([self._ids("stock.candidate", index[kept], number[kept]),
                               self._ids("stock.brought", licences.premises[brought], licences.number[brought])]),
            early=np.concatenate([unseen[kept], np.ones(int(brought.sum()), dtype=np.bool_)]),
        )  # fmt: skip

    def _inflow(self, days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the new hazards against today, `days` into the window: habits too bring no fewer than full reform does."""
        own, reform = self.p[1]["inflow_factor"], self.line.own["stock.inflow_factor"].values[2]
        return np.clip(own * habit_factor(self.world.rules, days), min(own, reform), MOST_INFLOW)

    def _ids(self, decision: str, index: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.uint64]:
        return _bits(self.stream.key(decision), self.premises.key[index], number.astype(np.uint64))

    def _rules(self) -> Rules:
        line = self.line
        per_day = np.array([line.patrol_finds_y, line.residents_find_y, line.owner_finds_y]) / YEAR
        engineered = [self.premises.engineered < p["engineered"] for p in self.p]
        weight = [np.where(protected, line.engineered_factor, 1.0) for protected in engineered]
        both = {name: np.array([p[name] for p in self.p]) for name in ("p_find", "rectify_d", "compliance", "relapse")}
        return Rules(np.stack([seen[:, 1:] * per_day for seen in self.seen]), np.stack(weight), **both)

    def _facts(self) -> Facts:
        line = self.line
        return Facts(line.gone_per_y / YEAR, line.rectify_sigma, line.relapse_d, line.across, line.serious, self.after)

    def _luck(self) -> Luck:
        return Luck(*(self.stream.key(f"stock.{name}") for name in Luck._fields))

    def _by_year(
        self, index: NDArray[np.int64], time: NDArray[np.float64], weights: NDArray[Any], years: int
    ) -> NDArray[np.float64]:
        """Return the sum of `weights` by premises and year of the window, float64 [premises × years]."""
        kept = (time >= 0.0) & (time < self.after)
        cell = index[kept] * years + np.minimum((time[kept] / YEAR).astype(np.int64), years - 1)
        return np.bincount(cell, weights[kept].astype(np.float64), len(self.premises) * years).astype(np.float64)

    def _told_of_visits(self, visited: Inspections, visits: Visits, years: int) -> dict[str, NDArray[np.float64]]:
        line = self.line
        joint, routine = visited.group == DEPARTMENTS, visited.group <= DEPARTMENTS
        record, there = self.p[1]["record_h"], np.where(joint, line.joint_h, line.visit_h)
        # A joint team has an inspector of each department, and needs more of their time.
        team = np.where(joint, DEPARTMENTS / line.joint_pace, 1.0)
        told = {
            "visits": np.ones(len(joint)), "routine": routine, "joint_visits": joint, "hits": visits.hit & routine,
            "joint_hits": visits.hit & joint,
            "duplicates": visited.looks == 0, "there_h": there, "staff_h": team * (line.visit_h + line.travel_h + record),
        }  # fmt: skip
        return {name: self._by_year(visited.premises, visited.time, weights, years) for name, weights in told.items()}

    def _told_of_licences(self, licences: Licences, years: int) -> dict[str, NDArray[np.float64]]:
        """Return licences, the days until each was seen, and the openings that the gate held up, by the year granted."""
        unseen_d = licences.seen - licences.granted
        held_d = licences.blocked * self.p[1]["rectify_d"] * exp(0.5 * self.line.rectify_sigma**2)
        granted = (licences.premises, licences.granted)
        return {
            "permits": self._by_year(*granted, np.ones(len(unseen_d)), years),
            "unsupervised_d": self._by_year(*granted, unseen_d, years),
            "held_d": self._by_year(*granted, held_d, years),
        }

    def _told(self, told: dict[str, NDArray[np.float64]], today: float, years: int) -> dict[str, NDArray[Any]]:
        """Return the rows of the table: premises by premises, year by year."""
        line, many = self.line, len(self.premises)
        year = np.tile(np.arange(years), many)
        days = np.where(year < years - 1, YEAR, self.after - year * YEAR)
        share = days / YEAR
        seen = np.repeat(self.seen[1], years, axis=0)
        firm_h = share * (seen[:, 1] * line.patrol_h_y + seen[:, 3] * line.owner_h_y) + told.pop("there_h")
        a_day = line.incidents_per_1000_y / 1000.0 / YEAR
        per_hazard = line.attributable * a_day * many * CALIBRATED_D / today if today > 0.0 else 0.0
        base = (1.0 - line.attributable) * a_day * days * np.repeat(self.premises.risk, years)
        incidents = base + per_hazard * told["exposed_d"]
        before, p = self.p
        left = (1.0 - p["prevention_share"]) / (1.0 - before["prevention_share"])  # of the budget for response
        response = p["response_min"] / sqrt(left)
        deaths = incidents * line.deaths_per_incident * exp(line.death_per_min * (response - before["response_min"]))
        told["closure_d"] += told.pop("held_d")
        return {
            "premises": np.repeat(self.premises.key.astype(np.int64), years),
            "area": np.repeat(self.premises.area, years), "kind": np.repeat(self.premises.kind, years),
            "year": year, "days": days, "risk": np.repeat(self.premises.risk, years),
            **{f"seen_{layer}": seen[:, column] for column, layer in enumerate(LAYERS)},
            **told, "firm_h": firm_h, "incidents": incidents,
            "deaths": deaths, "response_min": np.full(len(year), response),
        }  # fmt: skip


@numba.njit(cache=True)
def _bits(key: np.uint64, entities: NDArray[np.uint64], moments: NDArray[np.uint64]) -> NDArray[np.uint64]:
    ids = np.empty(len(entities), dtype=np.uint64)
    for i in range(len(entities)):
        ids[i] = draw_bits(key, entities[i], moments[i])
    return ids
