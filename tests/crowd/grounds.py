"""Grounds of the tests of IMO, RiMEA and NIST, and people on them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.crowd.crowd import Crowd, Walkers, to_goal
from models.crowd.ground import Ground, Sketch
from models.crowd.people import free_speeds


def crowd(ground: Ground, goals, *, cell=None, entry=None, start=0.0, speed=1.34, first=None, to=None, keys=None):
    n = len(cell if cell is not None else entry)
    plan, stay = to_goal(np.zeros(n, dtype=np.int32) if to is None else to)
    walkers = Walkers(
        key=np.arange(n, dtype=np.uint64) if keys is None else keys,
        start=np.broadcast_to(np.asarray(start, dtype=float), n).copy(),
        speed=np.broadcast_to(np.asarray(speed, dtype=float), n).copy(),
        plan=plan, stay=stay,
        entry=None if entry is None else np.asarray(entry, dtype=np.int32),
        cell=None if cell is None else np.asarray(cell, dtype=np.int32),
        first=None if first is None else np.asarray(first, dtype=float),
    )  # fmt: skip
    return Crowd(ground, walkers, np.asarray(goals, dtype=np.int32))


def arrived(people_of: Crowd, goal: int = 0) -> np.ndarray:
    """When each came to a goal, sorted."""
    people = people_of.people
    return np.sort(people_of.arrived()[people.cell == people_of.goals[goal]])


def spread(n: int, length: float, width: float, doors, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return places in a room for n people, and their distances to each of the doors."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, length, n), rng.uniform(0, width, n)
    return np.stack([np.hypot(x - dx, y - dy) for dx, dy in doors], axis=1), np.stack([x, y], axis=1)


def corridor(length: float, width: float, piece: float, *, both: bool = False):
    """Return a corridor with an outside at its end: ground, entry passages and outsides by way."""
    sketch = Sketch()
    n = round(length / piece)
    ends = [sketch.place(), sketch.place()] if both else [sketch.place()]
    there, back = [], []
    for _ in range(n):
        if both:
            a, b = sketch.street(piece, width)
            there.append(a)
            back.append(b)
        else:
            there.append(sketch.piece(piece, width))
    marks = [sketch.way_in(there[0])]
    for a, b in zip(there, [*there[1:], ends[0]], strict=True):
        sketch.join(a, b)
    if both:
        marks.append(sketch.way_in(back[-1]))
        for a, b in zip(back[::-1], [*back[::-1][1:], ends[1]], strict=True):
            sketch.join(a, b)
    ground, at = sketch.ground()
    return ground, at[marks], ends, (there, back)


def imo_room(n: int = 100, door: float = 1.0, speed=None):
    """IMO test 4: 100 people in a room of 8 × 5 m with a door in the middle of the short wall."""
    sketch = Sketch()
    outside, room = sketch.place(), sketch.room(8.0, 5.0)
    sketch.door(room, outside, door)
    away, _ = spread(n, 8.0, 5.0, [(8.0, 2.5)])
    ground, _ = sketch.ground()
    if speed is None:
        speed = free_speeds("30_to_50", np.random.default_rng(2).uniform(size=n))
    return crowd(ground, [outside], cell=np.full(n, room), first=away[:, 0], speed=speed)


def hall(doors) -> Crowd:
    """IMO 9: 1000 people in a hall of 30 × 20 m, each on the way to the nearest of its doors of 1 m."""
    sketch = Sketch()
    outside, room = sketch.place(), sketch.room(30.0, 20.0)
    for _ in doors:
        sketch.door(room, outside, 1.0)
    away, _ = spread(1000, 30.0, 20.0, doors)
    ground, _ = sketch.ground()
    return crowd(ground, [outside], cell=np.full(1000, room), first=away.min(axis=1))


FOUR_DOORS, TWO_DOORS = [(0, 5), (0, 15), (30, 5), (30, 15)], [(0, 5), (0, 15)]


def before_a_gate(packed: float = 5.4, speed: float = 1.34):
    """A stream of .8 persons a second and metre towards a gate of .4, on 300 m of 10 m: people, and the pieces in order."""
    sketch = Sketch(packed=packed)
    outside = sketch.place()
    pieces = [sketch.piece(5.0, 10.0) for _ in range(60)]
    way = sketch.way_in(pieces[0], 8.0)
    for a, b in pairwise(pieces):
        sketch.join(a, b)
    sketch.gate(pieces[-1], outside, 4.0)
    ground, at = sketch.ground()
    return crowd(ground, [outside], entry=np.full(9000, at[way]), speed=speed), pieces
