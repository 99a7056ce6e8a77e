"""What the passports of the crowd and of evacuation tell of cases whose answer is known."""

from __future__ import annotations

import numpy as np
from grounds import FOUR_DOORS, TWO_DOORS, arrived, corridor, crowd, hall, imo_room
from test_crowd_walk import fan

from models.crowd.buildings import House, leave
from models.crowd.diagram import LEVEL_K, best, sfpe_most, speed, stair_k
from models.crowd.ground import Sketch
from sim.text import Text


def both(benchmark, case: Text, got: float, expected: float, tolerance: float) -> None:
    for hazard in ("crowd", "evacuation"):
        benchmark(hazard, case, got, expected, tolerance)


def test_the_diagram(benchmark):
    both(benchmark, Text("Weidmann at 1 person/m² (m/s)", "Weidmann，1 人/m²（m/s）"), float(speed(1.0)), 1.0581, 5e-5)
    both(benchmark, Text("Weidmann at 3 persons/m² (m/s)", "Weidmann，3 人/m²（m/s）"), float(speed(3.0)), 0.3307, 1e-4)
    at, most = best()
    both(benchmark, Text("Weidmann: largest flow (1/m·s)", "Weidmann：最大流量（人/m·s）"), most, 1.2249, 5e-5)
    both(
        benchmark,
        Text("Weidmann: density of the largest flow (1/m²)", "Weidmann：最大流量对应密度（人/m²）"),
        at,
        1.751,
        5e-4,
    )


def test_of_imo(benchmark):
    ground, ways, ends, _ = corridor(40.0, 2.0, 5.0)
    alone = crowd(ground, ends, entry=[ways[0]], speed=1.0)
    alone.run(100.0)
    both(
        benchmark,
        Text("IMO 1: corridor of 40 m at 1 m/s (s)", "IMO 1：40 m 走廊、1 m/s（s）"),
        arrived(alone)[0],
        40.0,
        1e-5,
    )
    sketch = Sketch()
    outside, stairs = sketch.place(), sketch.stairs(10.0, 2.0, 0.18, 0.28)
    way = sketch.way_in(stairs)
    sketch.join(stairs, outside)
    ground, at = sketch.ground()
    alone = crowd(ground, [outside], entry=[at[way]], speed=1.0)
    alone.run(100.0)
    case = Text("IMO 3: stairs of 10 m, SFPE's k (s)", "IMO 3：10 m 楼梯，SFPE 系数（s）")
    both(benchmark, case, arrived(alone)[0], 10.0 * LEVEL_K / stair_k(0.18, 0.28), 1e-4)
    room = imo_room()
    room.run(300.0, 0.5)
    out = arrived(room)
    case = Text("IMO 4: flow through a door of 1 m (1/s)", "IMO 4：1 m 门流量（人/s）")
    both(benchmark, case, 99 / (out[-1] - out[0]), 1.33, 0.005)
    last = []
    for doors in (FOUR_DOORS, TWO_DOORS):
        full = hall(doors)
        full.run(1000.0)
        last.append(arrived(full)[-1])
    case = Text("IMO 9: two doors against four (ratio of times)", "IMO 9：两门与四门用时之比")
    both(benchmark, case, last[1] / last[0], 2.0, 0.03)


def test_waves_and_stairs(benchmark):
    ground, ways, ends, _ = corridor(100.0, 4.0, 5.0)
    wave = crowd(ground, ends, entry=np.full(3000, ways[0]))
    wave.run(601.0)
    case = Text("Rarefaction: passed 100 m after 600 s (1/m)", "稀疏波：600 s 通过 100 m 处人数（人/m）")
    both(benchmark, case, (arrived(wave) <= 600.0).sum() / 4.0, fan(100.0, 600.0), 0.02)
    down = np.sort(leave(House(2, 400.0), np.ones(200, dtype=int), np.zeros(200), np.full(200, 1.3), np.full(200, 1.0)))
    case = Text("Flow down a stair of 1.2 m, SFPE (1/s)", "1.2 m 楼梯下行流量，SFPE（人/s）")
    both(benchmark, case, 149 / (down[-1] - down[50]), sfpe_most(stair_k(0.175, 0.26)) * 0.9, 0.02)
