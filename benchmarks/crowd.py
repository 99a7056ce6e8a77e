"""People on foot: how many persons and steps a second, against the same kinematic wave in plain Python."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.harness import Row, against, cpu, note
from models.crowd.crowd import Crowd, Walkers, to_goal
from models.crowd.ground import Ground, Sketch

BLOCKS, PIECES = 12, 5  #: of a square of streets, and pieces of 20 m in each
WIDTH_M = 6.0
PERSONS, FEW, STEPS, WARM_S = 60_000, 2000, 60, 120.0


def measure() -> list[Row]:
    """Return the rows of people on foot."""
    note("people on foot")
    crowd = _crowd(PERSONS, _town(BLOCKS))
    crowd.step(1.0)  # compiles
    before = int((crowd.people.cell >= 0).sum())
    seconds = cpu(lambda: [crowd.step(1.0) for _ in range(STEPS)])
    after = int((crowd.people.cell >= 0).sum())
    rate = (before + after) / 2 * STEPS / seconds
    few, plain = _crowd(FEW, _town(3)), _twin()
    walking = int((few.people.cell >= 0).sum())
    ratio = against(lambda: few.step(1.0), lambda: plain.step(1.0))
    return [
        Row(f"persons on foot × steps a second ({before:,} in {crowd.ground.size:,} pieces)", f"{rate / 1e6:.1f} million"),
        Row(f"… a step of {walking:,}", f"{1000 * ratio.ours_s:.2f} ms",
            f"{1000 * ratio.peer_s:.0f} ms (plain Python, tests/crowd/crowd_twin.py)", ratio.told()),
    ]  # fmt: skip


def _town(blocks: int) -> tuple[Ground, np.ndarray, int]:
    """Return streets of both ways along a square, with a way in at every corner and one place to go."""
    sketch = Sketch()
    outside = sketch.place()
    ends: dict[tuple[int, int], list[int]] = {}
    starts: dict[tuple[int, int], list[int]] = {}
    for i in range(blocks):
        for j in range(blocks):
            for a, b in (((i, j), (i + 1, j)), ((i, j), (i, j + 1))):
                if max(b) < blocks:
                    _street(sketch, a, b, starts, ends)
    for corner, coming in ends.items():
        for piece in coming:
            for onward in starts[corner]:
                sketch.join(piece, onward)
    for piece in ends[blocks - 1, blocks - 1]:
        sketch.join(piece, outside)
    marks = [sketch.way_in(pieces[0]) for pieces in starts.values()]
    ground, at = sketch.ground()
    return ground, at[marks], outside


def _street(sketch: Sketch, a: tuple[int, int], b: tuple[int, int], starts: dict, ends: dict) -> None:
    pairs = [sketch.street(20.0, WIDTH_M) for _ in range(PIECES)]
    for one, other in pairwise(pairs):
        sketch.join(one[0], other[0])
        sketch.join(other[1], one[1])
    starts.setdefault(a, []).append(pairs[0][0])
    ends.setdefault(b, []).append(pairs[-1][0])
    starts.setdefault(b, []).append(pairs[-1][1])
    ends.setdefault(a, []).append(pairs[0][1])


def _crowd(persons: int, town: tuple[Ground, np.ndarray, int]) -> Crowd:
    """Return people who are let in at all corners at once."""
    ground, ways, outside = town
    rng = np.random.default_rng(1)
    plan, stay = to_goal(np.zeros(persons, dtype=np.int32))
    entry = ways[np.arange(persons) % len(ways)].astype(np.int32)
    walkers = Walkers(
        np.arange(persons, dtype=np.uint64), np.zeros(persons), rng.uniform(0.8, 1.5, persons), plan, stay, entry
    )
    crowd = Crowd(ground, walkers, np.array([outside]))
    for _ in range(10):
        crowd.step(1.0)
    return crowd


def _twin():
    """Return the same few people in plain Python."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "crowd"))
    from crowd_twin import Person, Twin

    fast = _crowd(FEW, _town(3))
    columns = (fast.people.start, fast.people.entry, fast.people.speed)
    people = [Person(float(t), int(e), float(s)) for t, e, s in zip(*columns, strict=True)]
    twin = Twin(fast.ground, int(fast.goals[0]), fast.ways.far[0].tolist(), fast.ways.walk.tolist(),
                fast.ways.rate.tolist(), people)  # fmt: skip
    while twin.now < WARM_S:
        twin.step(1.0)
    return twin
