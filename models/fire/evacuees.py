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
DOOR_LEAK = 0.05  #: of the stair's concentration in a flat behind a closed door (assumption)
DECISIONS = ("fire.home", "fire.asleep", "fire.leaves", "fire.tolerance", "fire.storey", "fire.well")


class Evacuees(NamedTuple):
    """People of one building; arrays [people] change in place."""

    key: NDArray[np.uint64]  #: resident
    storey: NDArray[np.int32]  #: where each lives, 0 is the ground
    leak: Floats  #: share of the stair's concentration in the flat
    leaves: Floats  #: s after the alarm
    tolerance: Floats  #: the dose that kills
    state: NDArray[np.int8]
    height: Floats  #: storey on the stairs now, a fraction while between two
    dose: Floats


class Well(NamedTuple):
    """A light well up which smoke rises: the share of flats with windows on it, and what of the smoke enters these."""

    share: float
    leak: float


def people_at_home(
    stream: Stream, residents: tuple[NDArray[np.integer], NDArray[np.integer]], storeys: int, hour: float, well: Well
) -> Evacuees:
    """Return those of the `residents` (their keys, and those of their flats) who are in at `hour`.

    Flats lie on the storeys, and on the light well or not, by their own luck, people wake and leave by theirs.
    """
    keys, flats = (np.asarray(part).astype(np.uint64) for part in residents)
    at_home = stream.uniforms("fire.home", keys) < harm.share_at_home(hour)
    keys, flats = keys[at_home], flats[at_home]
    asleep = stream.uniforms("fire.asleep", keys) < harm.share_asleep(hour)
    median = 60.0 * np.where(asleep, harm.ASLEEP_MIN, harm.AWAKE_MIN)
    storey = (stream.uniforms("fire.storey", flats) * storeys).astype(np.int32)
    return Evacuees(
        key=keys,
        storey=storey,
        leak=np.where(stream.uniforms("fire.well", flats) < well.share, well.leak, DOOR_LEAK),
        leaves=median * np.exp(LEAVING_SIGMA * ndtri(stream.uniforms("fire.leaves", keys))),
        tolerance=2.0 * np.exp(harm.DOSE_SIGMA * ndtri(stream.uniforms("fire.tolerance", keys))),
        state=np.zeros(len(keys), dtype=np.int8),
        height=storey.astype(np.float64),
        dose=np.zeros(len(keys)),
    )


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
    breathes = np.where(people.state == ON_STAIRS, 1.0, people.leak) * (people.state <= CAUGHT)
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
