"""Small towns for the tests: squares in rows, and the luck and wind that they burn in."""

from __future__ import annotations

import numpy as np

from models.fire.spread import advance
from models.fire.state import SET, Fire, Luck, Wind, ignite, no_fire
from models.fire.structures import standard_classes
from models.fire.town import Town, build_town
from sim.city.model import Polylines
from sim.streams import Stream

CALM = Wind(0.0, 0.0, 1.0)
CLASSES = standard_classes()


def squares(x: np.ndarray, y: np.ndarray, side: float) -> Polylines:
    ring = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * side
    xy = (np.column_stack([x, y])[:, None, :] + ring).reshape(-1, 2).astype(np.float64)
    return Polylines(first=(np.arange(len(x) + 1) * 5).astype(np.int32), xy=xy)


def town_of(x, y, *, side=9.0, structure=0, storeys=2, use=0, key=None, reach=25.0) -> Town:
    count = len(x)
    full = [np.broadcast_to(np.asarray(value), count).astype(np.int64) for value in (storeys, use, structure)]
    return build_town(
        squares(np.asarray(x), np.asarray(y), side), *full, np.arange(count) + 1 if key is None else key, reach
    )


def row(count: int, gap: float = 3.0, side: float = 9.0, **other) -> Town:
    return town_of(np.arange(count) * (side + gap), np.zeros(count), side=side, **other)


def lattice(columns: int, rows: int, gap: float = 3.0, side: float = 9.0, **other) -> Town:
    x, y = np.meshgrid(np.arange(columns) * (side + gap), np.arange(rows) * (side + gap))
    return town_of(x.ravel(), y.ravel(), side=side, **other)


def luck(seed: int = 1) -> Luck:
    stream = Stream(seed)
    return Luck(*[stream.key(f"fire.{name}") for name in Luck._fields])


def burn(town: Town, hours: float, *, at=(0,), wind: Wind = CALM, seed=1, dt=10.0, classes=CLASSES) -> Fire:
    fire = no_fire(town)
    for building in at:
        ignite(town, fire, building, 0, 0.0, (SET, -1))
    for step in range(round(hours * 3600 / dt)):
        advance(town, classes, fire, wind, luck(seed), step * dt, dt)
    return fire
