"""The working day of a grid: what its workers must do, how far they walk for it, and what is left for visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.stages import Rules
from sim.city.model import Areas, City

if TYPE_CHECKING:
    from models.lines.grid_work import GridWork

Floats = NDArray[np.float64]
QUARTER_D, YEAR_D = 90.0, 365.0
#: Mean distance of two random points, and length of a round of k stops over √(k·area), in a square (the constant of
#: Beardwood, Halton and Hammersley 1959, doi:10.1017/S0305004100034095); streets are longer than the crow flies.
PAIR, ROUND, DETOUR = 0.5214, 0.7124, 1.3


@dataclass(frozen=True)
class Day:
    """A working day of a grid, all arrays [communities]; times in minutes a grid and day."""

    households: Floats  #: of a grid
    posts: Floats  #: of a grid
    rounds: Floats  #: of patrol that there was time for
    visits: Floats  #: per household and calendar day, of the social network
    wait: Floats  #: mean time until a worker is free for an event
    load: Floats  #: work to do against time: more than 1 is too much
    travel: Floats  #: share of the time
    idle: Floats  #: share of the time


def day_of(line: GridWork, rules: Rules, city: City, pace: Floats, worked: float) -> Day:
    """Return how a working day passes in the grids of each community; `pace` multiplies what takes time at a place.

    `worked` is the share of days that are worked: what comes on the others is met on these.
    Waiting is that of M/M/s after Sakasegawa (1977, doi:10.1007/BF02532785), at 99 % load at most.
    """
    total, ground, street = _communities(city)
    grids = np.maximum(np.round(total / rules["grid.households"]), 1.0)
    households, ground, street = total / grids, ground / grids, street / grids
    by_household = line.posts_by_household
    posts = by_household * households / line.households_per_post + (1.0 - by_household)
    time = line.shift_h * 60.0 * rules["grid_work.core_time"] * posts
    week = 1.0 / worked
    speed = line.walking_kmh * 1000.0 / 60.0
    territory = ground * np.maximum(1.0, 1.0 / posts)  # who has several grids walks through them all
    fixed = line.overhead_min + line.handover_min * posts * np.maximum(posts - 1.0, 0.0)
    events = line.events / 1000.0 * households * week
    leg = PAIR * DETOUR * np.sqrt(territory) / speed
    one_event = line.event_min * pace + rules["grid.report_min"] + leg
    patrol_full = rules["patrol.rounds_per_day"] * street / (line.patrol_kmh * 1000.0 / 60.0)
    left = np.maximum(time - fixed - events * one_event, 0.0)
    patrol = np.minimum(patrol_full, left)
    each = line.visit_min * pace + rules["grid.report_min"]
    root = ROUND * DETOUR * np.sqrt(ground * np.maximum(posts, 1.0)) / speed
    saved = _saved(line, rules, households, line.door_min + leg) * week
    most = households * week / QUARTER_D * line.most_visits
    stops = np.minimum(((np.sqrt(root**2 + 4.0 * each * (left - patrol + saved)) - root) / (2.0 * each)) ** 2, most)
    wanted = households * week / QUARTER_D
    busy = np.clip(events * one_event / np.maximum(time - fixed, 1e-9), 0.0, 0.99)
    done = fixed + events * one_event + patrol - saved + stops * each + root * np.sqrt(stops)
    return Day(
        households=households, posts=posts,
        rounds=rules["patrol.rounds_per_day"] * np.divide(patrol, patrol_full, out=np.ones_like(patrol), where=patrol_full > 0),
        visits=stops / households / week,
        wait=one_event * busy ** (np.sqrt(2.0 * (posts + 1.0)) - 1.0) / (np.maximum(posts, 1.0) * (1.0 - busy)),
        load=(fixed + events * one_event + patrol_full + wanted * each + root * np.sqrt(wanted)) / time,
        travel=np.minimum((events * leg + root * np.sqrt(stops)) / time, 1.0),
        idle=np.clip(1.0 - done / time, 0.0, 1.0),
    )  # fmt: skip


def _saved(line: GridWork, rules: Rules, households: Floats, each: Floats) -> Floats:
    """Return minutes a grid and day that visits of other networks cost less where they join one of the grid worker."""
    checks = 2.0 * line.checks_per_year / YEAR_D
    joined = 1.0 - np.exp(-(checks / 2.0 + 1.0 / QUARTER_D) * line.combine_d)
    return rules["grid_work.merged"] * households * checks * joined * each


def _communities(city: City) -> tuple[Floats, Floats, Floats]:
    """Return households, ground (m²) and streets to patrol (m) of each community of the city, [communities]."""
    areas, walk = city.areas, city.walk
    own = areas.of_level("community")
    number = community_of(areas)
    ground = np.array([_ring_area(areas.outlines[area]) for area in own.tolist()])
    ground = np.maximum(ground, 1e4)
    tails = number[areas.grid_of_walk_node[walk.tails()]]
    street = np.bincount(tails, weights=walk.length, minlength=len(own)) / 2.0
    return np.maximum(areas.households[own], 1.0), ground, street


def community_of(areas: Areas) -> NDArray[np.int64]:
    """Return the number of each area's community among the communities, int64 [areas]; 0 above them."""
    return np.maximum(np.searchsorted(areas.of_level("community"), areas.ancestor("community")), 0)


def _ring_area(ring: Floats) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2.0)
