"""What is true of people on foot and of the ground under them, as columns for the kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Counts = NDArray[np.int64]

OUTSIDE, WALKS, WAITS, STAYS, GONE = range(5)


class Ways(NamedTuple):
    """What people know of the ways to their goals, as of the last time that they looked."""

    goals: Ints  #: [goals] pieces
    far: Floats  #: [goals, cells] s from the end of a piece to the goal, infinite where no way leads
    walk: Floats  #: [cells] s to walk through a piece
    rate: Floats  #: [passages] persons a second that pass at best


class People(NamedTuple):
    """Everybody, [people], in the order in which they set out."""

    start: Floats  #: s, when each comes to the passage by which they enter, or leaves where they are
    entry: Ints  #: that passage, -1 for who is inside from the beginning
    speed: Floats  #: m/s where nobody hinders
    first: Floats  #: m of the first piece that each has to walk, -1 for all of it
    plan: Ints  #: [people, stops] goals one after the other, -1 for none more
    stay: Floats  #: [people, stops] s at each of them
    state: NDArray[np.int8]
    stop: Ints  #: which of the goals is next
    cell: Ints  #: where each is, -1 outside
    way: Ints  #: passage that each wants
    left: Floats  #: m to the end of the piece
    ready: Floats  #: s, when each came to the passage; when the stay ends
    came: Floats  #: s, when each came to the last goal so far, NaN for none
    behind: Ints  #: who comes next in the queue, -1 for nobody


class Queues(NamedTuple):
    """What is true of pieces and passages now."""

    inside: Counts  #: [cells] persons, one way
    density: Floats  #: [cells] persons a m², both ways together, at the beginning of the step
    factor: Floats  #: [cells] share of the free speed
    entered: Floats  #: [cells] s, when the last one entered
    front: Ints  #: [passages] first in the queue, -1
    back: Ints  #: [passages] last in the queue
    length: Counts  #: [passages] persons
    passed: Floats  #: [passages] s, when the last one passed
    through: Counts  #: [passages] persons that have passed
