"""Indicators: folds over the log of a run, named as people in the field name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import RootModel

from models.calendar import WorkingHours
from models.hazards.base import Hazard, hazard_kinds
from models.indicator import Columns, IndicatorKind
from models.indicator import mean as _mean
from models.indicator import quantile as _quantile
from models.lines.base import Line, line_kinds
from sim.city.model import Areas
from sim.text import Text
from sim.themes import Theme
from sim.units import unit_text
from sim.validation import load_model

Log = Mapping[str, Columns]
MINUTE, HOUR = 60.0, 3600.0
DEVELOPED_MW = 2.0  #: heat above which a fire is developed


def _span(columns: Columns, kind: str, start: str, stop: str, unit: float) -> NDArray[np.float64]:
    rows = columns["kind"] == kind
    return np.asarray((columns[f"t_{stop}"] - columns[f"t_{start}"])[rows] / unit)


def _mean_span(kind: str, start: str, stop: str, unit: float) -> Callable[[Columns], float]:
    return lambda columns: _mean(_span(columns, kind, start, stop, unit))


def _p90_span(kind: str, start: str, stop: str, unit: float) -> Callable[[Columns], float]:
    return lambda columns: _quantile(_span(columns, kind, start, stop, unit), 0.9)


def _mean_of(kind: str, column: str) -> Callable[[Columns], float]:
    return lambda columns: _mean(columns[column][columns["kind"] == kind])


def _share(kind: str, test: Callable[[Columns], NDArray[Any]]) -> Callable[[Columns], float]:
    return lambda columns: _mean(test(columns)[columns["kind"] == kind].astype(np.float64))


def _routed(columns: Columns) -> NDArray[np.float64]:
    """Return 1 for a right and 0 for a wrong first dispatch, NaN for what was not dispatched or solved by its finder."""
    right = (columns["bounces"] == 0).astype(np.float64)
    dispatched = np.isfinite(columns["t_route"]) & (columns["limit"] > 0) & (columns["t_file"] < columns["t_route"])
    return np.where(dispatched, right, np.nan)


def _found(columns: Columns) -> NDArray[np.float64]:
    return (columns["t_detect"] <= columns["window"]).astype(np.float64)


def _at_grid(columns: Columns) -> NDArray[np.float64]:
    """Return 1 for what its finder on patrol solved and 0 for what was reported, NaN for what no patrol found."""
    return np.where(columns["channel"] == "patrol", columns["t_file"] == columns["t_route"], np.nan)


def _early(columns: Columns) -> NDArray[np.bool_]:
    """Return whether a fire was under control before any engine came."""
    return np.asarray(columns["t_control"] < columns["t_arrive"])


def _clerical(columns: Columns, kind: str) -> NDArray[np.float64]:
    """Return the minutes of paper work of what was closed."""
    return np.asarray(columns["clerical"][(columns["kind"] == kind) & np.isfinite(columns["t_close"])] / MINUTE)


def _lying(columns: Columns) -> float:
    """Return the mean hours that a public event lay unseen within the window."""
    rows = columns["kind"] == "patrol_event"
    seen = np.fmin(columns["t_detect"], columns["window"])
    return _mean((seen - columns["t_onset"])[rows] / HOUR)


_S, _MIN, _H, _D, _SHARE, _COUNT = map(unit_text, ("s", "min", "h", "working days", "share", "count"))


def _of_emergencies() -> tuple[IndicatorKind, ...]:
    """Return the indicators of the emergency lines."""
    kind = IndicatorKind
    return (
        kind("T_arrive.medical", Text("Ambulance: call to arrival", "救护车：呼叫至到场"), _MIN, "lower",
             _mean_span("medical", "report", "arrive", MINUTE)),
        kind("T_arrive_p90.medical", Text("Ambulance: 90th percentile", "救护车：第 90 百分位"), _MIN, "lower",
             _p90_span("medical", "report", "arrive", MINUTE)),
        kind("empty.ambulance", Text("Ambulance: minutes driven empty, a crew", "救护车：每车组空驶时长"), _MIN, "lower",
             lambda columns: _mean(columns["empty"][columns["kind"] == "ambulance"] / MINUTE), table="crews"),
        kind("drill.crews", Text("Minutes of drill, a crew", "每车组训练时长"), _MIN, "lower",
             lambda columns: _mean(columns["drill"] / MINUTE), table="crews"),
        kind("lent.crews", Text("Emergencies whose own crews were out for other streets", "本街道力量外出支援时发生的紧急事件"), _SHARE,
             "lower", lambda columns: _mean(columns["lent"][columns["channel"] == "call"])),
        kind("survival.cardiac_arrest", Text("Cardiac arrest: survival", "心脏骤停：存活率"), _SHARE, "higher",
             _mean_of("cardiac_arrest", "outcome")),
        kind("T_arrive.building_fire", Text("Fire: call to first engine", "火灾：报警至首车到场"), _MIN, "lower",
             _mean_span("building_fire", "report", "arrive", MINUTE)),
        kind("T_control.building_fire", Text("Fire: call to control", "火灾：报警至控制"), _MIN, "lower",
             _mean_span("building_fire", "report", "control", MINUTE)),
        kind("early.building_fire", Text("Fires controlled before the first engine", "首车到场前已控制的火灾"), _SHARE,
             "higher", _share("building_fire", _early)),
        kind("developed.building_fire", Text("Fires developed (> 2 MW) at the first engine", "首车到场时已发展火灾"), _SHARE,
             "lower", _share("building_fire", lambda columns: columns["outcome"] > DEVELOPED_MW)),
        kind("T_reinforce.building_fire", Text("Fire: reinforcement asked to sent", "火灾：请求增援至派出"), _MIN, "lower",
             lambda columns: _mean(columns["relay"] / MINUTE)),
        kind("T_arrive.lift_entrapment", Text("Lift: call to arrival", "电梯困人：报警至到场"), _MIN, "lower",
             _mean_span("lift_entrapment", "report", "arrive", MINUTE)),
    )  # fmt: skip


def _of_tickets() -> tuple[IndicatorKind, ...]:
    """Return the indicators of the hotline."""
    kind = IndicatorKind
    return (
        kind("T_answer.hotline_ticket", Text("Hotline: call to answer", "热线：呼叫至接听"), _S, "lower",
             _mean_span("hotline_ticket", "report", "accept", 1.0)),
        kind("T_dispatch.hotline_ticket", Text("Ticket: acceptance to dispatch", "热线工单：受理至派遣"), _H, "lower",
             _mean_span("hotline_ticket", "accept", "route", HOUR)),
        kind("T_owner.hotline_ticket", Text("Ticket: first dispatch to signed by its owner", "热线工单：首次派遣至责任单位签收"), _H,
             "lower", _mean_span("hotline_ticket", "route", "ack", HOUR)),
        kind("first_dispatch_accuracy", Text("First dispatch right", "首派准确率"), _SHARE, "higher",
             lambda columns: _mean(_routed(columns))),
        kind("duplicates.hotline_ticket", Text("Tickets that say what is known", "重复工单比例"), _SHARE, "lower",
             _mean_of("hotline_ticket", "duplicate")),
        kind("bounces.hotline_ticket", Text("Returns per ticket", "每单退回次数"), _COUNT, "lower",
             _mean_of("hotline_ticket", "bounces")),
        kind("on_time.hotline_ticket", Text("Tickets on time", "热线工单按期结案率"), _SHARE, "higher",
             _share("hotline_ticket", lambda columns: columns["on_time"])),
        kind("T_handle.hotline_ticket", Text("Ticket: filing to feedback", "热线工单：立案至反馈"), _D, "lower",
             _mean_of("hotline_ticket", "working_days")),
        kind("visits.hotline_ticket", Text("Visits per ticket", "每单上门次数"), _COUNT, "lower",
             _mean_of("hotline_ticket", "visits")),
        kind("extended.hotline_ticket", Text("Tickets whose limit was extended", "延期工单比例"), _SHARE, "lower",
             _mean_of("hotline_ticket", "extended")),
        kind("clerical.hotline_ticket", Text("Paper work a ticket", "每单文书用时"), _MIN, "lower",
             lambda columns: _mean(_clerical(columns, "hotline_ticket"))),
        kind("satisfaction.hotline_ticket", Text("Satisfied with a ticket", "满意率"), _SHARE, "higher",
             _share("hotline_ticket", lambda columns: columns["satisfied"])),
    )  # fmt: skip


def _of_events() -> tuple[IndicatorKind, ...]:
    """Return the indicators of public events, and of all routine orders."""
    kind = IndicatorKind
    return (
        kind("found.patrol_event", Text("Public events found in the window", "公共事件窗口内发现率"), _SHARE, "higher",
             _share("patrol_event", _found)),
        kind("solved_at_grid", Text("Found events solved at the grid", "网格自行解决率"), _SHARE, "higher",
             _share("patrol_event", _at_grid)),
        kind("on_time.patrol_event", Text("Public events dealt with on time", "公共事件按期处置率"), _SHARE, "higher",
             _share("patrol_event", lambda columns: columns["on_time"])),
        kind("T_detect.patrol_event", Text("Public event lies unseen", "公共事件未被发现时长"), _H, "lower", _lying),
        kind("clerical.patrol_event", Text("Paper work a public event", "每件公共事件文书用时"), _MIN, "lower",
             lambda columns: _mean(_clerical(columns, "patrol_event"))),
        kind("false_reports", Text("False reports", "误报数"), _COUNT, "lower",
             lambda columns: float((columns["kind"] == "false_report").sum())),
        kind("reopen", Text("Reopenings per order", "每单重开次数"), _COUNT, "lower",
             lambda columns: _mean(columns["reopens"][columns["limit"] > 0])),
    )  # fmt: skip


def _of_lives() -> tuple[IndicatorKind, ...]:
    """Return what stands last: who was not reached, and who dies."""
    kind = IndicatorKind
    return (
        kind("unserved", Text("Emergencies that nobody came to", "无人到场的紧急事件"), _COUNT, "lower",
             lambda columns: float(((columns["channel"] == "call") & np.isnan(columns["t_arrive"])).sum())),
        kind("deaths", Text("Expected deaths", "预期死亡"), unit_text("deaths"), "lower",
             lambda columns: float(columns["deaths"].sum())),
    )  # fmt: skip


@cache
def indicator_kinds() -> tuple[IndicatorKind, ...]:
    """Return all indicators in the order in which people read them: those of orders, then those of each line of work and hazard."""
    sources: dict[str, type[Line | Hazard]] = {**line_kinds(), **hazard_kinds()}
    of_tables = (replace(kind, table=name) for name, source in sources.items() for kind in source.indicators)
    kinds = (*_of_emergencies(), *_of_tickets(), *_of_events(), *_of_lives(), *of_tables)
    themes = {name: theme for theme, names in themes_of().items() for name in names}
    return tuple(replace(kind, theme=themes.get(kind.name, kind.theme)) for kind in kinds)


class _Themes(RootModel[dict[Theme, tuple[str, ...]]]):
    pass


@cache
def themes_of() -> Mapping[Theme, tuple[str, ...]]:
    """Return the names of the indicators of each theme."""
    return load_model(_Themes, Path(__file__).with_name("themes.yaml")).root


def order_columns(orders: pa.Table, working: WorkingHours, window: float) -> dict[str, NDArray[Any]]:
    """Return the orders as columns, with what several indicators need beside them."""
    columns: dict[str, NDArray[Any]] = {
        name: orders[name].to_numpy(zero_copy_only=False) for name in orders.column_names
    }
    day = (working.closes - working.opens) * HOUR
    spent = np.array([
        working.between(start, stop) if np.isfinite(start) and np.isfinite(stop) else np.nan
        for start, stop in zip(columns["t_file"], columns["t_feedback"], strict=True)
    ])  # fmt: skip
    columns["working_days"] = spent / day
    known = np.isfinite(spent)
    columns["on_time"] = np.where(columns["limit"] > 0, known & (spent <= columns["limit"]), np.nan)
    rated = np.isfinite(columns["rating"])
    columns["satisfied"] = np.where(rated, columns["rating"] >= 4.0, np.nan)
    columns["window"] = np.full(len(spent), window)
    return columns


def log_columns(tables: Mapping[str, pa.Table], areas: Areas, working: WorkingHours, window: float) -> Log:
    """Return the tables that indicators are folded from as columns, each row with its street and its district."""
    log: dict[str, Columns] = {"orders": order_columns(tables["orders"], working, window)}
    street, district = areas.ancestor("street"), areas.ancestor("district")
    for name in ("crews", *sorted((line_kinds().keys() | hazard_kinds().keys()) & tables.keys())):
        table = tables[name]
        columns = {field: table[field].to_numpy(zero_copy_only=False) for field in table.column_names}
        log[name] = {**columns, "street": street[columns["area"]], "district": district[columns["area"]]}
    return log


def measure(log: Log) -> dict[str, float]:
    """Return every indicator of the log; NaN where there is nothing to measure."""
    return {kind.name: kind.fold(log[kind.table]) if _rows(log, kind.table) else np.nan for kind in indicator_kinds()}


def _rows(log: Log, table: str) -> int:
    if table == "crews" and not _rows(log, "orders"):
        return 0  # nobody called them
    return len(next(iter(log[table].values()))) if table in log else 0


def measure_by_area(log: Log, level: str) -> dict[int, dict[str, float]]:
    """Return the indicators of each area of `level` ("street" or "district") that has a row in the log."""
    areas = {int(area) for columns in log.values() for area in np.unique(columns[level])}
    return {
        area: measure({
            table: {name: column[columns[level] == area] for name, column in columns.items()}
            for table, columns in log.items()
        })
        for area in sorted(areas)
        if area >= 0  # those of a wider level lie in none
    }  # fmt: skip
