"""A comparison made by hand, for tests of what is told of one."""

from __future__ import annotations

from sim.comparison import (
    Bar,
    CityInfo,
    Comparison,
    CostInfo,
    Described,
    ParameterRow,
    PolicyInfo,
    Tornado,
    area_rows,
    compared_rows,
    index_of,
)
from sim.index import weights_of
from sim.text import Text

TIME = Described(name="time", title=Text("Time to arrival", "到场时间"), unit=Text("min", "分钟"), better="lower")
WAVES = (0.3, -0.2, 0.1, -0.1, 0.2, -0.3, 0.25, -0.25, 0.15, -0.15, 0.05, -0.05)  #: of no mean


def comparison(changes: dict[str, float], runs: int = 12, arms: int = 2) -> Comparison:
    """Return policies `arm0`, … of which each changes an area's time by `changes` times its number, over `runs` runs."""
    seeds = list(range(runs))
    policies = [f"arm{number}" for number in range(arms)]
    areas = {
        policy: {seed: {str(i): {"time": 10.0 + WAVES[seed % len(WAVES)] + number * (change + WAVES[(seed + i) % len(WAVES)])}
                        for i, change in enumerate(changes.values())} for seed in seeds}
        for number, policy in enumerate(policies)
    }  # fmt: skip
    mean = {policy: {seed: {"time": sum(area["time"] for area in own.values()) / len(own)} for seed, own in by.items()}
            for policy, by in areas.items()}  # fmt: skip
    by_area, worst = area_rows([TIME], areas, seeds, {str(i): name for i, name in enumerate(changes)})
    title = Text("A long name of a policy", "一项名称较长的政策")
    basis = Text(
        "what stands in a long report of many words, of which each one counts " * 2, "一份很长的报告中的说明文字" * 8
    )
    bar = Bar(name="b", title=title, unit=TIME.unit, low=0.0, high=1.0, at_low=-3.0, at_high=1.0, changed=False)
    return Comparison(
        id="0" * 32, created="2026-01-01T00:00:00+00:00", scenario="day", title=title, question=title, hours=24.0,
        city=CityInfo(name="City", hash="0", synthetic=True, residents=1000, streets_km=1.0, junctions=9, buildings=9,
                      facilities=[], source={"attribution": "none", "file": "none", "sha256": "0"}),
        policies=[PolicyInfo(name=name, title=title, base="P1", levers=[], side_effects=[],
                             cost=CostInfo(capex_yuan=0, opex_yuan_per_year=0, staff_h_per_case=0)) for name in policies],
        parameters=[ParameterRow(name="p", title=title, unit=TIME.unit, values=dict.fromkeys(policies, 1234.5),
                                 basis=basis, assumption=True)],
        seeds=seeds, rows=compared_rows([TIME], mean, seeds), area_level="street", areas=by_area, worst=worst,
        runs={}, log_hashes={name: ["0" * 64] for name in policies}, versions={}, command="jinling", wall_s=0.0,
        index=index_of([TIME], mean, seeds, weights_of("")),
        tornado=Tornado(policy="arm1", indicator="time", answer=-2.0, seeds=runs, bars=[bar]),
    )  # fmt: skip
