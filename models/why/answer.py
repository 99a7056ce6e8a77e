"""The answer to "why did it take so long?": the time of an order in parts that add up, each with its causes."""

from __future__ import annotations

from math import isfinite, isnan
from typing import Any, NamedTuple

import numpy as np

from models.orders import STAGES as STAGE_NAMES
from models.why.drive import ahead, driven, nearer
from models.why.log import Cause, Log
from models.why.words import EVENTS, STAGES, span
from sim.text import Text

_MOST = 3  #: nearer crews that are told of
_SHORT = 1.0  #: s, below which a part is not told
_NOTED = (
    "returned",
    "dispatched_again",
    "reopen",
    "extended",
    "supervised",
    "merged",
    "asks_reinforcement",
    "hub_down",
)


class Part(NamedTuple):
    """A stretch of time: what it was for, and what lay behind it, the nearest cause first."""

    seconds: float
    text: Text
    causes: tuple[Cause, ...] = ()


class Why(NamedTuple):
    """Why an order took as long as it did; the parts add up to the time from its onset."""

    order: int
    kind: Text
    late_s: float  #: beyond its target or limit; below 0 in time, NaN where there is none, or nobody has come
    headline: Text
    summary: Text
    led: tuple[Cause, ...]  #: what led to it at all
    parts: tuple[Part, ...]


def why(log: Log, number: int) -> Why:
    """Return the answer for an order of the table `orders`."""
    order, kind = log.order(number), log.kind_of(number)
    if kind.line == "emergency":
        parts = _emergency(log, order, number)
        late, headline = _came(log, order, kind.title, kind.target_s)
    else:
        parts = _routine(log, order, number)
        late, headline = _closed(order, kind.title)
    begins = log.of_order(number, "onset")
    led = log.chain(log.cause(begins[0])) if begins else ()
    told = tuple(part for part in parts if part.seconds >= _SHORT)
    return Why(number, kind.title, late, headline, _most(told), led, told)


def _most(parts: tuple[Part, ...]) -> Text:
    if not parts:
        return Text("It took no time.", "未耗时。")
    longest = max(parts, key=lambda part: part.seconds)
    share = longest.seconds / sum(part.seconds for part in parts)
    return Text(f"Most of the time, {span(longest.seconds).en} ({share:.0%}), went into: {longest.text.en}.",
                f"耗时最多的是：{longest.text.zh}，{span(longest.seconds).zh}（占 {share:.0%}）。")  # fmt: skip


def _came(log: Log, order: dict[str, Any], title: Text, target: float) -> tuple[float, Text]:
    """Return how late the first crew was after the call, and a sentence on it."""
    took = order["t_arrive"] - order["t_report"]
    crew = log.words.crews.get(log.kind_of(order["order"]).crew or "", Text("crew", "力量"))
    name = Text(f"Order {order['order']}, {title.en}", f"工单 {order['order']}，{title.zh}")
    if isnan(took) and isfinite(order["t_control"]):
        return np.nan, Text(
            f"{name.en}: it was under control before a crew came.", f"{name.zh}：力量到场前已得到控制。"
        )
    if isnan(took):
        return np.nan, Text(f"{name.en}: nobody has come.", f"{name.zh}：尚无人到场。")
    late = took - target
    judged = (Text(f"{span(late).en} late", f"迟到 {span(late).zh}") if late > 0
              else Text(f"{span(-late).en} before its target", f"比目标早 {span(-late).zh}"))  # fmt: skip
    return late, Text(
        f"{name.en}: the first crew ({crew.en}) came {span(took).en} after the call; the target is {span(target).en}: {judged.en}.",
        f"{name.zh}：首批力量（{crew.zh}）在报警后 {span(took).zh} 到场，目标 {span(target).zh}：{judged.zh}。",
    )


def _closed(order: dict[str, Any], title: Text) -> tuple[float, Text]:
    name = Text(f"Order {order['order']}, {title.en}", f"工单 {order['order']}，{title.zh}")
    took = order["t_close"] - order["t_onset"]
    if isnan(took):
        return np.nan, Text(f"{name.en}: it is not closed.", f"{name.zh}：尚未结案。")
    limit = order["limit"]
    within = "" if limit is None or isnan(limit) else f"; its limit is {span(limit).en} of working time"
    within_zh = "" if limit is None or isnan(limit) else f"；时限为 {span(limit).zh}（工作时间）"
    return np.nan, Text(f"{name.en}: closed {span(took).en} after its onset{within}.",
                        f"{name.zh}：发生后 {span(took).zh} 结案{within_zh}。")  # fmt: skip


def _routine(log: Log, order: dict[str, Any], number: int) -> list[Part]:
    """Return the stages of an order that the desk handles, each with what was noted meanwhile."""
    noted = [Cause(log.time(event), EVENTS[log.kind(event)]) for event in log.of_order(number, *_NOTED)]
    stamps = [(name, order[f"t_{name}"]) for name in STAGE_NAMES[1:] if isfinite(order[f"t_{name}"])]
    parts, before = [], order["t_onset"]
    for name, time in stamps:
        if time > before:
            meanwhile = tuple(cause for cause in noted if before < cause.time <= time)
            parts.append(Part(time - before, STAGES[name], meanwhile))
            before = time
    return parts


def _emergency(log: Log, order: dict[str, Any], number: int) -> list[Part]:
    """Return the parts up to the first crew's arrival, or up to the end of the log where nobody came."""
    parts = [Part(order["t_report"] - order["t_onset"], Text("until somebody noticed and called", "发现并报警"))]
    if isfinite(order["t_route"]):
        parts.append(Part(order["t_route"] - order["t_report"], Text("the call: questions and the decision whom to send",
                                                                      "接警：询问与派遣决定")))  # fmt: skip
    arrivals = log.of_order(number, "arrive")
    if not arrivals:
        return parts + _unserved(log, order, number)
    crew = log.crew(arrivals[0])
    legs = [leg for leg in log.tracks if leg["crew"] == crew and leg["order"] == number
            and leg["purpose"] == "to_scene" and leg["t_start"] <= order["t_arrive"]]  # fmt: skip
    granted = _granted(log, order, number, crew)
    if granted > order["t_route"]:
        parts.append(_waited(log, order, number, crew))
    start = legs[0]["t_start"] if legs else order["t_arrive"]
    parts.append(
        Part(
            start - granted,
            Text("turnout: the crew got ready, or turned on its way home", "出动准备（或归队途中掉头）"),
        )
    )
    return parts + _way(log, order, legs, _busy(log, number, crew, granted))


def _granted(log: Log, order: dict[str, Any], number: int, crew: int) -> float:
    """Return when the crew was granted, s."""
    told = [event for event in log.of_order(number, "ack", "granted") if log.crew(event) == crew]
    return log.time(told[-1]) if told else float(order["t_route"])


def _busy(log: Log, number: int, crew: int, granted: float) -> tuple[Cause, ...]:
    """Return which crews with a nearer station were at work for other orders when `crew` was sent."""
    told: list[Cause] = []
    order = log.order(number)
    for other in nearer(log, log.kind_of(number).crew or "", int(order["node"]), crew, granted):
        since = [event for event in log.of_crew(other, granted) if log.order_of(event) >= 0]
        if since and log.kind(since[-1]) not in {"released", "control"}:
            event = since[-1]
            told.append(Cause(log.time(event), log.with_order(EVENTS["at_work"], log.order_of(event))))
    return tuple(told[:_MOST])


def _unserved(log: Log, order: dict[str, Any], number: int) -> list[Part]:
    waits = log.of_order(number, "no_crew", "no_way")
    if not waits or not isfinite(order["t_route"]):
        return []
    text = EVENTS[log.kind(waits[-1])]
    return [Part(log.last_time() - order["t_route"], text, _closures(log, log.time(waits[-1])))]


def _closures(log: Log, time: float) -> tuple[Cause, ...]:
    """Return what had closed streets at `time`."""
    shut = np.flatnonzero(log.roads.at(time) == 0.0)
    return _causes(log, shut.astype(np.int64), time) if len(shut) else ()


def _waited(log: Log, order: dict[str, Any], number: int, crew: int) -> Part:
    """Return the wait for a crew: what the one was busy with that came at last, or what had closed the way."""
    granted = [event for event in log.of_order(number, "granted") if log.crew(event) == crew]
    until = log.time(granted[-1])
    freed = log.cause(granted[-1])
    asked = log.of_order(number, "no_crew", "no_way")
    title = log.words.crews.get(log.kind_of(number).crew or "", Text("crew", "力量"))
    if asked and log.kind(asked[0]) == "no_way":
        return Part(until - order["t_route"], Text("crews were free, but no open street led there", "有空闲力量，但无路可达"),
                    _closures(log, log.time(asked[0])))  # fmt: skip
    text = Text(
        f"the wait for a free crew ({title.en}): all were busy or off duty",
        f"等待空闲力量（{title.zh}）：均在执行任务或不在班",
    )
    return Part(until - order["t_route"], text, log.chain(freed) if freed >= 0 else ())


def _way(log: Log, order: dict[str, Any], legs: list[dict[str, Any]], busy: tuple[Cause, ...]) -> list[Part]:
    """Return the drive by what it was for, and the waits on it for a street to open."""
    node = int(order["node"])
    drive = driven(log, legs, node, log.words.paces.get(log.kind_of(order["order"]).crew or "", 1.0))
    start = legs[0]["t_start"] if legs else order["t_arrive"]
    causes = _turns(log, order["order"], legs, node)
    parts = [
        Part(drive.usual, Text("the drive by the usual way", "按常规路线行驶"), busy),
        Part(drive.traffic, Text("heavier traffic than on a usual day", "当日路况差于往常")),
        Part(drive.detour, Text("the detour around closed or slow streets", "绕行封闭或拥堵道路"),
             causes or _causes(log, drive.avoided, start)),
        Part(drive.slow, Text("slow streets on the way", "途中道路通行缓慢"), _causes(log, drive.slowed, start)),
    ]  # fmt: skip
    ends = [leg["t_end"] for leg in legs]
    stood = sum(later["t_start"] - end for later, end in zip(legs[1:], ends, strict=False))
    if stood > _SHORT:
        parts.append(Part(stood, EVENTS["no_way"], _closures(log, ends[0])))
    return parts


def _turns(log: Log, number: int, legs: list[dict[str, Any]], node: int) -> tuple[Cause, ...]:
    """Return where a crew left the way that it had planned, and why; it may have kept to one over several legs."""
    turned = {log.time(event): event for event in log.of_order(number, "turned_back", "another_way")
              if legs and log.crew(event) == legs[0]["crew"]}  # fmt: skip
    told: list[Cause] = []
    kept: dict[str, Any] | None = None
    for leg in legs[:-1]:
        follows = kept is not None and kept["t_end"] == leg["t_start"]
        kept = {**kept, "t_end": leg["t_end"], "edges": [*kept["edges"], *leg["edges"]]} if kept and follows else leg
        if leg["t_end"] in turned:
            told += _turned(log, turned[leg["t_end"]], kept, node)
            kept = None
    return tuple(told)


def _turned(log: Log, event: int, leg: dict[str, Any], node: int) -> tuple[Cause, ...]:
    """Return that a crew turned back or took another way, because of which streets, and what lay behind."""
    behind = log.cause(event)
    time = log.time(behind if behind >= 0 else event)  # it turns at the next junction, after the streets have changed
    lay = ahead(log, leg, node) if len(leg["edges"]) else np.empty(0, dtype=np.int64)
    hit = lay[log.roads.at(time)[lay] < log.roads.at(leg["t_start"])[lay]]
    streets, shut = log.named(hit), bool((log.roads.at(time)[hit] == 0.0).any())
    state = Text("closed", "封闭") if shut else Text("slow", "缓行")
    did = Text("turned back", "折返") if log.kind(event) == "turned_back" else Text("took another way", "改道")
    text = Text(f"the crew {did.en}: {streets.en} ahead was {state.en}", f"力量{did.zh}：前方{streets.zh}{state.zh}")
    return (Cause(log.time(event), text), *(log.chain(behind) if behind >= 0 else ()))


def _causes(log: Log, edges: np.ndarray, time: float) -> tuple[Cause, ...]:
    """Return who had closed or slowed streets, and what lay behind."""
    told: list[Cause] = []
    for owner, event, own in log.roads.behind(edges, time):
        title, streets = log.words.hazards.get(owner, Text(owner, owner)), log.named(own)
        shut = bool((log.roads.at(time)[own] == 0.0).any())
        state = Text("closed", "封闭") if shut else Text("slow", "缓行")
        text = Text(f"{streets.en} was {state.en} ({title.en})", f"{streets.zh}{state.zh}（{title.zh}）")
        since = log.time(event) if event >= 0 else time
        told.append(Cause(since, text))
        told += log.chain(event) if event >= 0 else ()
    return tuple(dict.fromkeys(told))
