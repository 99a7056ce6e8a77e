"""Calibration: what today's city says against what is known of the real one, before any policy is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.indicators import order_columns
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.language import Scenario
from scenarios.pool import Progress, Task, run_all
from scenarios.running import run_id_of
from sim.city.model import City
from sim.runs import Run, RunStore
from sim.statistics import mean_interval
from sim.text import Text
from sim.units import unit_text

Columns = Mapping[str, NDArray[Any]]
MINUTE = 60.0
NANJING = 9.547e6  #: residents, 2024
_CASES = Text("two weekly bulletins of a city manager: 75.8 % on time", "某市城管两期周报：按期 75.8 %")


class Day(NamedTuple):
    """One day: its orders, its city, and how many days it is long."""

    orders: Columns
    city: City
    days: float


@dataclass(frozen=True)
class Target:
    """A figure of the real city, and how the same is measured in a simulated day."""

    name: str
    title: Text
    unit: Text
    low: float
    high: float
    source: Text
    measure: Callable[[Day], float]


@dataclass(frozen=True)
class Landing:
    """A target and what the days say: the mean, and its 95 % interval."""

    target: Target
    mean: float
    interval: tuple[float, float]

    @property
    def verdict(self) -> Literal["within", "open", "outside", "none"]:
        """Whether the mean lies within the band; open where it does not but its interval reaches it; none without data."""
        low, high = self.target.low, self.target.high
        if isnan(self.mean):
            return "none"
        if low <= self.mean <= high:
            return "within"
        return "open" if self.interval[0] <= high and self.interval[1] >= low else "outside"


def _span(day: Day, kind: str, start: str, stop: str) -> NDArray[np.float64]:
    rows = day.orders["kind"] == kind
    return np.asarray((day.orders[f"t_{stop}"] - day.orders[f"t_{start}"])[rows] / MINUTE, dtype=np.float64)


def _mean(values: NDArray[Any]) -> float:
    kept = values[np.isfinite(values.astype(np.float64))]
    return float(kept.mean()) if len(kept) else float("nan")


def _spread(values: NDArray[np.float64]) -> float:
    kept = values[np.isfinite(values)]
    return float(kept.std()) if len(kept) else float("nan")


def _of_tickets(column: str) -> Callable[[Day], float]:
    return lambda day: _mean(day.orders[column][day.orders["kind"] == "hotline_ticket"])


def _per_day(*kinds: str) -> Callable[[Day], float]:
    return lambda day: float(np.isin(day.orders["kind"], kinds).sum()) / day.days / day.city.residents * NANJING


def targets() -> tuple[Target, ...]:
    """Return the figures that today's city is held to (domain tables B2–B9)."""
    share, minutes, count, days = (unit_text(unit) for unit in ("share", "min", "count", "working days"))
    nanjing = Text("Nanjing's emergency centre, 2021–2023", "南京急救中心，2021–2023")
    return (
        Target("medical_calls", Text("Ambulance runs a day, at the size of Nanjing", "救护出车次数（折合南京，每日）"), count,
               540, 640, nanjing, _per_day("medical", "cardiac_arrest")),
        Target("building_fires", Text("Building fires a day, at the size of Nanjing", "建筑火灾（折合南京，每日）"), count,
               5.6, 9.0, Text("43 % of 17 fires a day", "每日 17 起火灾的 43 %"), _per_day("building_fire")),
        Target("T_arrive.medical", Text("Ambulance: call to arrival", "救护车：呼叫至到场"), minutes,
               10.5, 13.5, Text("large cities 12 min, Shanghai 12.4", "大城市 12 分钟，上海 12.4"),
               lambda day: _mean(_span(day, "medical", "report", "arrive"))),
        Target("SD_arrive.medical", Text("… and its standard deviation", "……及其标准差"), minutes,
               4.5, 7.5, Text("Jiading: 13.4 ± 6.5 min", "嘉定：13.4 ± 6.5 分钟"),
               lambda day: _spread(_span(day, "medical", "report", "arrive"))),
        Target("T_travel.building_fire", Text("Fire: turnout and travel of the first engine", "火灾：首车出动与行驶"), minutes,
               9.0, 11.0, Text("Nanjing core, 2020: 10 min", "南京核心区 2020 年：10 分钟"),
               lambda day: _mean(_span(day, "building_fire", "ack", "arrive"))),
        Target("T_arrive.lift_entrapment", Text("Lift: call to arrival", "电梯困人：报警至到场"), minutes,
               8.8, 10.8, Text("Nanjing 96333, September 2023: 9.8 min", "南京 96333，2023 年 9 月：9.8 分钟"),
               lambda day: _mean(_span(day, "lift_entrapment", "report", "arrive"))),
        Target("T_release.lift_entrapment", Text("Lift: arrival to release", "电梯困人：到场至解救"), minutes,
               3.9, 4.9, Text("Nanjing 96333, September 2023: 4.4 min", "南京 96333，2023 年 9 月：4.4 分钟"),
               lambda day: _mean(_span(day, "lift_entrapment", "arrive", "control"))),
        Target("survival.cardiac_arrest", Text("Cardiac arrest: survival", "心脏骤停：存活率"), share,
               0.009, 0.015, Text("registry: 1.2 % of the treated", "登记研究：接受救治者 1.2 %"),
               lambda day: _mean(day.orders["outcome"][day.orders["kind"] == "cardiac_arrest"])),
        Target("T_answer.hotline_ticket", Text("Hotline: call to answer", "热线：呼叫至接听"), unit_text("s"), 8.0, 20.0,
               Text("Jiangsu 12345 in 2024: 13.4 s", "江苏 12345（2024 年）：13.4 秒"),
               lambda day: 60.0 * _mean(_span(day, "hotline_ticket", "report", "accept"))),
        Target("T_handle.hotline_ticket", Text("Ticket: filing to feedback", "热线工单：立案至反馈"), days,
               4.1, 5.1, Text("Jiangsu 12345, 2024: 4.6 working days", "江苏 12345，2024 年：4.6 个工作日"),
               _of_tickets("working_days")),
        Target("on_time.hotline_ticket", Text("Tickets on time", "热线工单按期结案率"), share, 0.71, 0.81, _CASES,
               _of_tickets("on_time")),
        Target("satisfaction.hotline_ticket", Text("Satisfied with a ticket", "满意率"), share,
               0.69, 0.77, Text("Jiangsu 12345, 2024: 73.26 %", "江苏 12345，2024 年：73.26 %"),
               _of_tickets("satisfied")),
        Target("households_a_grid", Text("Households a grid", "每网格户数"), Text("households", "户"),
               280, 360, Text("12,000 grids for 3.8 million households", "380 万户、1.2 万个网格"),
               lambda day: float(day.city.areas.households[day.city.areas.of_level("grid")].mean())),
    )  # fmt: skip


def calibrate(
    scenario: Scenario, policy: Policy, seeds: list[int], home: Path, workers: int = 2, progress: Progress | None = None
) -> list[Landing]:
    """Run a policy with every seed and return where each target's measure lands; stored runs are not computed again."""
    city = city_of(scenario.city, home / "cities")
    run_all([Task(scenario, policy, seed) for seed in seeds], city, home, workers, progress)
    store = RunStore(home / "runs")
    return landings_of(scenario, city, [store.open(run_id_of(scenario, policy, seed, city)) for seed in seeds])


def landings_of(scenario: Scenario, city: City, runs: Sequence[Run]) -> list[Landing]:
    """Return where each target's measure lands over stored runs of one policy."""
    days = [
        Day(order_columns(run.table("orders"), scenario.working, scenario.window[1]), city, scenario.hours / 24.0)
        for run in runs
    ]
    landings = []
    for target in targets():
        mean, low, high = mean_interval([target.measure(day) for day in days])
        landings.append(Landing(target, mean, (low, high)))
    return landings
