"""People in a burning tower, one by one: who leaves, who meets smoke on the stairs and turns back, whom crews fetch.

Each wakes and leaves at a moment of their own (lognormal about the median of `models.fire.harm`), goes down a storey
every 15 s, and turns back where one sees less than 5 m. Who waits in the flat breathes what leaks through the door.
Doses add up to incapacitation at 1; what kills is a dose of one's own (lognormal, median 2).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.fire import harm
from models.fire.stairs import CO_YIELD, SOOT_YIELD, TENABLE_M, dose, visibility
from sim.streams import Stream

Floats = NDArray[np.float64]

IN_FLAT, ON_STAIRS, CAUGHT, OUT_OF_DANGER, DEAD = range(5)
LEAVING_SIGMA = 0.6  #: of the logarithm of the time to leave (assumption)
DOOR_LEAK = 0.05  #: of the stair's concentration behind a closed door (assumption)
DECISIONS = ("fire.home", "fire.asleep", "fire.leaves", "fire.tolerance", "fire.storey")


class Evacuees(NamedTuple):
    """People of one building; arrays [people] change in place."""

    key: NDArray[np.uint64]  #: resident
    storey: NDArray[np.int32]  #: where each lives, 0 is the ground
    leaves: Floats  #: s after the alarm
    tolerance: Floats  #: the dose that kills
    state: NDArray[np.int8]
    height: Floats  #: storey on the stairs now, a fraction while between two
    dose: Floats


def people_at_home(stream: Stream, key: NDArray[np.integer], storeys: int, hour: float, moment: int = 0) -> Evacuees:
    """Return those of the residents `key` who are in at `hour`, spread over the storeys by their own luck."""
    keys = np.asarray(key).astype(np.uint64)
    at_home = stream.uniforms("fire.home", keys, moment) < harm.share_at_home(hour)
    keys = keys[at_home]
    asleep = stream.uniforms("fire.asleep", keys, moment) < harm.share_asleep(hour)
    median = 60.0 * np.where(asleep, harm.ASLEEP_MIN, harm.AWAKE_MIN)
    leaves = median * np.exp(LEAVING_SIGMA * ndtri(stream.uniforms("fire.leaves", keys, moment)))
    tolerance = 2.0 * np.exp(harm.DOSE_SIGMA * ndtri(stream.uniforms("fire.tolerance", keys)))
    storey = (stream.uniforms("fire.storey", keys) * storeys).astype(np.int32)
    return Evacuees(keys, storey, leaves, tolerance, np.zeros(len(keys), dtype=np.int8), storey.astype(np.float64),
                    np.zeros(len(keys)))  # fmt: skip


def go_on(people: Evacuees, soot: Floats, since_alarm: float, dt: float, fetched: int = 0) -> None:
    """Let the people act for `dt` s, `since_alarm` s after the alarm.

    `soot` is the concentration on the stairs by storey, g/m³; crews bring out `fetched` of those who are caught.
    """
    clear = visibility(soot) >= TENABLE_M
    start = (people.state == IN_FLAT) & (people.leaves <= since_alarm)
    seen = clear[people.storey]
    people.state[start & seen] = ON_STAIRS
    people.state[start & ~seen] = CAUGHT
    _walk(people, clear, dt)
    monoxide = soot * CO_YIELD / SOOT_YIELD
    at = np.clip(people.height, 0, len(soot) - 1).astype(np.int64)
    breathes = np.where(people.state == ON_STAIRS, 1.0, DOOR_LEAK) * (people.state <= CAUGHT)
    people.dose[:] += dose(monoxide[at] * breathes, dt)
    people.state[(people.state <= CAUGHT) & (people.dose >= people.tolerance)] = DEAD
    caught = np.flatnonzero(people.state == CAUGHT)
    people.state[caught[np.argsort(-people.dose[caught], kind="stable")][:fetched]] = OUT_OF_DANGER


def _walk(people: Evacuees, clear: NDArray[np.bool_], dt: float) -> None:
    """Take those on the stairs down; who would enter smoke goes back to the flat, and is caught."""
    walking = np.flatnonzero(people.state == ON_STAIRS)
    below = np.maximum(people.height[walking] - dt / harm.STAIR_S, 0.0)
    free = np.array([clear[int(low) : int(high) + 1].all() for low, high in
                     zip(below, people.height[walking], strict=True)], dtype=np.bool_)  # fmt: skip
    people.height[walking[free]] -= dt / harm.STAIR_S
    back = walking[~free]
    people.state[back], people.height[back] = CAUGHT, people.storey[back]
    people.state[(people.state == ON_STAIRS) & (people.height <= 0.0)] = OUT_OF_DANGER


def injured(people: Evacuees) -> NDArray[np.bool_]:
    """Return who lives with a dose of a third or more, which needs a hospital (assumption)."""
    return (people.state != DEAD) & (people.dose >= 1.0 / 3.0)
