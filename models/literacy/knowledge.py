"""Knowledge and skill of safety: how residents gain them, how both fade, and how far that brings a city in the end.

Knowledge K and skill Z are shares of what there is to know and to be able to do. Both fade to a rest:
x(t) = x∞ + (x₀ − x∞)·e^(−t/τ). A gain is what somebody at rest learns; who knows more already learns less by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from models.population import AGE_SHARES, AWAY_SHARES, HOUSEHOLD_SIZE

if TYPE_CHECKING:
    from models.lines.safety_literacy import SafetyLiteracy

Floats = NDArray[np.float64]
YEAR_D, WEEK_D, MONTH_D = 365.0, 7.0, 30.0
CHILD, ADULT, ELDER = range(3)
#: Knowledge at rest of children, of adults and of those of 65 or more, and its spread from person to person (assumption).
REST, REST_SPREAD = np.array([0.25, 0.40, 0.30]), 0.15
#: What passing the theme station teaches: by one exhibit noticed, and at most.
EXHIBIT, EXHIBITS_MOST = 0.01, 0.15
#: Rides of children, adults and those of 65 or more, against the mean of those who ride (assumption).
RIDES = np.array([0.5, 1.2, 0.4])
NOTICED = 0.15  #: exhibits of a passage that are noticed in `NOTICED_S`
NOTICED_S = 40.0
SKILL_REST, SKILL_DRILLED = 0.2, 0.9  #: (assumption)
LESSON, VISIT, TALK, TOLD = 0.25, 0.2, 0.08, 0.04  #: gains of knowledge; of a lesson and of being told (assumption)
CARRIED_HOME = 0.3  #: of a pupil's gain, by the others at home
CONVERSION = (0.3, 0.2, 0.1)  #: awareness to lesson, lesson to drill, drill to volunteer
FOLLOW_UP_D = 90.0
HABIT = 0.35  #: hazardous habits that go with knowledge gained
TRAINED_BEFORE = 0.15 / (6 * YEAR_D)  #: a day: 600,000 of Nanjing's residents were taught first aid in six years


class Setting(NamedTuple):
    """One of the five settings: who is found there, what one hour costs, and how many listen (assumption)."""

    name: str
    hours: float  #: of a session
    listeners: float
    drilled: float  #: sessions that are drills


SETTINGS = (
    Setting("enterprise", 1.0, 30.0, 0.25),
    Setting("village", 1.0, 20.0, 0.0),
    Setting("community", 1.0, 20.0, 0.0),
    Setting("school", 0.75, 40.0, 0.25),
    Setting("family", 0.5, HOUSEHOLD_SIZE, 0.0),
)
VISIT_H, TALK_H, TALK_LISTENERS = 1 / 3, 1.0, 30.0  #: of a communicator (assumption)


class Parameters(Protocol):
    """Whatever gives a parameter by its name: the rules of a run, or a plain mapping."""

    def __getitem__(self, name: str, /) -> float:
        """Return the value of a parameter."""


def fade(value: Any, rest: Any, days: Any, tau_d: float) -> Any:
    """Return what is left of a knowledge or a skill after `days`."""
    return rest + (value - rest) * np.exp(-np.asarray(days) / tau_d)


def learn(knowledge: Any, gain: float, rest: Any) -> Any:
    """Return knowledge after a session that teaches `gain` to somebody at rest; never above 1."""
    return 1.0 - (1.0 - knowledge) * (1.0 - np.minimum(gain / (1.0 - rest), 1.0))


def exposed(taught: Any, noticed: Any) -> Any:
    """Return what the station has taught after `noticed` more exhibits: each teaches less, up to `EXHIBITS_MOST`."""
    return EXHIBITS_MOST - (EXHIBITS_MOST - taught) * (1.0 - EXHIBIT / EXHIBITS_MOST) ** noticed


def noticed_a_passage(dwell_s: float) -> float:
    """Return the exhibits that one passage makes noticed; attention is that of `NOTICED_S`."""
    return NOTICED * dwell_s / NOTICED_S


def daily(reach: float) -> float:
    """Return the rate a day at which a setting that reaches a share of its people in a year finds each of them."""
    return float(-np.log1p(-min(reach, 0.999)) / YEAR_D)


def visits_a_day(p: Parameters, residents: float) -> float:
    """Return the household visits of all communicators together."""
    hours = p["communicator.per_100k"] * residents / 1e5 * p["communicator.hours_week"] / WEEK_D
    return hours * p["communicator.visits"] / VISIT_H


def talks_a_day(p: Parameters, residents: float) -> float:
    """Return the listeners of all talks of communicators together."""
    hours = p["communicator.per_100k"] * residents / 1e5 * p["communicator.hours_week"] / WEEK_D
    return hours * (1.0 - p["communicator.visits"]) / TALK_H * TALK_LISTENERS


def told(spreading: Any, contacts: float, passes_on: float) -> Any:
    """Return the chance to be told by at least one of `contacts`, of whom a share spreads what it knows."""
    return 1.0 - (1.0 - passes_on) ** (contacts * spreading)


@dataclass(frozen=True)
class Types:
    """Residents by what decides who reaches them: arrays [types], with the weight of each in the city."""

    age: NDArray[np.int8]
    away: NDArray[np.bool_]  #: at work or at school by day
    village: NDArray[np.bool_]
    weight: Floats


def all_types(village_share: float) -> Types:
    """Return the twelve types of residents; the first index is age, then away, then village."""
    age, away, village = (grid.ravel() for grid in np.meshgrid([0, 1, 2], [0, 1], [0, 1], indexing="ij"))
    goes = np.asarray(AWAY_SHARES)[age]
    weight = np.asarray(AGE_SHARES)[age] * np.where(away, goes, 1 - goes)
    weight = weight * np.where(village, village_share, 1 - village_share)
    return Types(age.astype(np.int8), away.astype(np.bool_), village.astype(np.bool_), weight)


def type_of(age: NDArray[np.int8], away: NDArray[np.bool_], village: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the index of each resident's type in `all_types`."""
    return age.astype(np.int64) * 4 + away * 2 + village


def found_in(setting: str, who: Types) -> NDArray[np.bool_]:
    """Return whether a setting finds people of each type."""
    grown = who.age > CHILD
    return {
        "enterprise": (who.age == ADULT) & who.away,
        "village": grown & who.village,
        "community": grown & ~who.village,
        "school": (who.age == CHILD) & who.away,
        "family": np.ones(len(who.age), dtype=np.bool_),
    }[setting]


class Steady(NamedTuple):
    """Where a programme leads if it goes on for years, by type of resident."""

    knowledge: Floats  #: without what the station taught
    station: float  #: what the station has taught those who pass it
    sessions: Floats  #: of the five settings, a day and person
    drills: Floats  #: a day and person

    def mean(self, who: Types, riders: float) -> float:
        """Return the mean knowledge of the city."""
        passing = np.minimum(riders * RIDES[who.age], 1.0)
        return float(np.average(self.knowledge + passing * self.station, weights=who.weight))


def steady(line: SafetyLiteracy, p: Parameters) -> Steady:
    """Return the steady state of a programme: dK/dt = −(K − K∞)/τ + Σ rate·gain·(1 − K)/(1 − K∞) = 0.

    Word of mouth needs those who know, so that it is the fixed point of a few rounds.
    """
    who = all_types(line.village_share)
    rest = REST[who.age]
    found = {s.name: found_in(s.name, who) * daily(p[f"education.{s.name}"]) for s in SETTINGS}
    aware = 1.0 - np.exp(-YEAR_D * sum(found.values()))
    found = {name: rates * _share_of_places(rates > 0, aware, p["education.duplicated"], who.weight)
             for name, rates in found.items()}  # fmt: skip
    gains = line.gains()
    rate = sum(found[name] * gains[name] for name in found)
    rate = rate + _at_home(line, p, who)
    f = p["education.conversion"]
    rate = rate + aware / YEAR_D * CONVERSION[0] * f * LESSON * (1.0 + p["education.followup"])
    drills = sum(found[s.name] * s.drilled for s in SETTINGS) + TRAINED_BEFORE
    drills = drills + aware / YEAR_D * CONVERSION[0] * CONVERSION[1] * f**2
    nu = line.ride_days * noticed_a_passage(line.dwell_s) * EXHIBIT / EXHIBITS_MOST
    station = EXHIBITS_MOST * nu / (nu + 1.0 / line.tau_knowledge_d)
    riders = np.minimum(p["station.ridership"] / line.ride_days * RIDES[who.age], 1.0)
    spreading, knowledge = 0.0, rest
    for _ in range(60):
        heard = told(spreading, line.contacts_month, line.passes_on) / MONTH_D * TOLD
        learnt = (rate + heard) / (1.0 - rest)
        knowledge = (rest / line.tau_knowledge_d + learnt) / (1.0 / line.tau_knowledge_d + learnt)
        above = ndtr((knowledge + riders * station - line.spreads_above) / REST_SPREAD)
        spreading = float(np.average(above, weights=who.weight))
    return Steady(knowledge, float(station), np.asarray(sum(found.values())), np.asarray(drills))


def _share_of_places(pool: NDArray[np.bool_], taught: Floats, duplicated: float, weight: Floats) -> Floats:
    """Return the places of each type in a setting, against those it would have if nobody knew who was taught.

    Of the share `taught` within a year all but `duplicated` leave their place to those of the pool who were not, so
    that as many are taught as before.
    """
    mean = float((weight * taught)[pool].sum() / max(float(weight[pool].sum()), 1e-12))
    return np.asarray(1.0 - (1.0 - duplicated) * (taught - mean) / max(1.0 - mean, 1e-12))


def _at_home(line: SafetyLiteracy, p: Parameters, who: Types) -> Floats:
    """Return what visits, talks and pupils bring to each type: rate times gain, a day and person."""
    child, _, elder = AGE_SHARES
    others = HOUSEHOLD_SIZE - 1.0
    pupils = 1.0 - (1.0 - child * AWAY_SHARES[CHILD]) ** others
    home = pupils * daily(p["education.school"]) * CARRIED_HOME * line.gain_school
    old = 1.0 - (1.0 - elder) ** HOUSEHOLD_SIZE  # households with somebody of 65 or more
    visits, first = visits_a_day(p, 1.0) * HOUSEHOLD_SIZE, p["communicator.elders_first"]
    lives_with = np.where(who.age == ELDER, 1.0, 1.0 - (1.0 - elder) ** others)
    visited = visits * (lives_with * first / old + (1 - lives_with) * (1 - first) / (1 - old))
    talked = np.where(who.age > CHILD, talks_a_day(p, 1.0) / (1.0 - child), 0.0)
    return home + visited * VISIT + talked * TALK


def presets(own: Mapping[str, Any], column: int) -> dict[str, float]:
    """Return the values of parameters under one preset."""
    return {name: parameter.values[column] for name, parameter in own.items()}
