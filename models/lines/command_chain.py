"""Five-level command (五级应急指挥调度): orders go from a decision down to the grid, and acknowledgements come back.

City, district, street, community, grid: in a row each level passes an order on and may lose it, P(lost) = 1 − (1 − p)^hops;
skipping levels leaves hops out; a broadcast reaches all levels at once and is understood when the slowest has opened
it. Each node is a server with few seats. In a row the districts compile what comes to them: one question at a time
lies with the city, and its answer serves all who asked meanwhile. Who skips the district asks the city by himself:
fast, until the city's desks are full (4 desks of 2 min, one question per 6 min and incident: 12 incidents).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil, exp
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import simpy
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY, HOUR, MINUTE
from models.indicator import Columns, IndicatorKind, mean, quantile
from models.lines.base import Line, Rows
from models.missions import Process
from models.parameter import Parameter, share_of
from models.world import World
from sim.city.model import AREA_LEVELS
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

CITY, DISTRICT, STREET, COMMUNITY, GRID = range(5)
#: Nodes of the whole tree (Nanjing: 1–12–101–1,200–12,000). A smaller city stands for a part of it: where it has fewer
#: areas of a level, stand-in nodes share each area, so that incidents meet as often as they would in the whole.
NODES = (1, 12, 101, 1200, 12_000)
#: Shares of incidents of the response levels IV, III, II and I (assumption), and who may decide on IV and III.
LEVEL_SHARES, DELEGATES = (0.60, 0.25, 0.10, 0.05), (STREET, DISTRICT)
SIGMA = 0.5  #: of the logarithm of the time at a level (assumption)


def _of_city(columns: Columns) -> float:
    """Return the mean minutes that a question waits for a desk of the city."""
    return mean(columns["wait_city"] / MINUTE)


class CommandChain(Line):
    """Orders in an emergency: in a row, skipping levels or to all at once, by the city's desks or delegated ones."""

    title: ClassVar[Text] = Text(en="Chain of command", zh="五级应急指挥链")
    decisions: ClassVar[tuple[str, ...]] = (
        "chain.place", "chain.gap", "chain.level", "chain.delegated", "chain.wrong", "chain.decides", "chain.levels",
        "chain.broadcast", "chain.hop", "chain.loss", "chain.link", "chain.fallback", "chain.ack",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "chain.broadcast": share_of("Orders of the city that go to all levels at once", "市级指令同步直达各级的比例", (0.0, 0.2, 0.5)),
        "chain.delegated": share_of("Level III and IV decisions left to district and street", "三、四级响应授权区与街镇决策的比例",
                                  (0.1, 0.4, 0.9)),
        "chain.link_loss": Parameter(title=Text("Link that is down when it is needed", "通信链路失效概率"), unit="share",
                                     values=(0.01, 0.006, 0.002), range=(0.0005, 0.3), mix="logit", assumption=True),
        "chain.fallback": share_of("Links that a satellite or a radio stands in for", "卫星、电台等备用链路覆盖率", (0.0, 0.3, 0.9)),
    }  # fmt: skip
    reads: ClassVar[tuple[str, ...]] = ("command.levels", "command.level_min", "command.p_loss")
    table: ClassVar[pa.Schema] = pa.schema([
        ("order", pa.int64()), ("area", pa.int32()), ("stand_in", pa.bool_()), ("level", pa.int8()),
        ("decider", pa.int8()), ("hops", pa.int8()), ("wrong", pa.bool_()), ("lost", pa.bool_()),
        ("wait_city", pa.float64()), ("t_ask", pa.float64()), ("t_decide", pa.float64()), ("t_grid", pa.float64()),
        ("t_ack", pa.float64()),
    ])  # fmt: skip

    kind: Literal["command_chain"] = "command_chain"
    concurrent: Annotated[int, Field(ge=1, le=400), Unit("count")] = 12  #: incidents at once
    begin_hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 9.0  #: of the day
    lasts_min: Annotated[float, Field(gt=0), Unit("min")] = 120.0
    every_min: Annotated[float, Field(gt=0), Unit("min")] = 6.0  #: mean, between decisions that one incident needs
    city_desks: Annotated[int, Field(ge=1, le=100), Unit("count")] = 4
    decision_min: Annotated[float, Field(gt=0), Unit("min")] = 2.0  #: mean, exponential
    service_min: Annotated[float, Field(gt=0), Unit("min")] = 2.0  #: of the time at a level in which its seat is busy
    span: Annotated[int, Field(ge=1, le=100), Unit("count")] = 12  #: nodes that one seat looks after
    misjudged: Annotated[float, Field(ge=0, le=1), Unit("share")] = (
        0.1  #: delegated decisions that a higher level must take
    )
    ack_min: Annotated[float, Field(ge=0), Unit("min")] = 1.0  #: of an acknowledgement at each level
    fallback_min: Annotated[float, Field(ge=0), Unit("min")] = 3.0  #: to change to the satellite or the radio
    runner_min: Annotated[float, Field(ge=0), Unit("min")] = 20.0  #: of a messenger where there is neither
    outage_min: Annotated[float, Field(ge=0), Unit("min")] = 0.0  #: of the platform, from the middle of the event on
    phone_min: Annotated[float, Field(gt=0), Unit("min")] = 6.0  #: at each level then: all in a row, by telephone

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("T_order.command", Text("Order: asked for to known at the grid", "指令：请示至网格接令"),
                      unit_text("min"), "lower", lambda columns: mean(_minutes(columns))),
        IndicatorKind("T_order_p90.command", Text("Order: 90th percentile", "指令：第 90 百分位"), unit_text("min"), "lower",
                      lambda columns: quantile(_minutes(columns), 0.9)),
        IndicatorKind("lost.command", Text("Orders lost on the way", "指令转报丢失率"), unit_text("share"), "lower",
                      lambda columns: mean(columns["lost"].astype(np.float64))),
        IndicatorKind("acked.command", Text("Orders acknowledged within 30 min", "指令 30 分钟内回执率"), unit_text("share"),
                      "higher", lambda columns: mean((columns["t_ack"] - columns["t_ask"] <= 30 * MINUTE).astype(np.float64))),
        IndicatorKind("wait.command", Text("Wait for a desk of the city", "市级决策席位等待"), unit_text("min"), "lower", _of_city),
        IndicatorKind("wrong_level.command", Text("Decisions at the wrong level", "决策层级错误率"), unit_text("share"), "lower",
                      lambda columns: mean(columns["wrong"].astype(np.float64))),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Let all incidents begin at the hour, each asking for decisions while it lasts."""
        chain = _Chain(self, world)
        for row, time in enumerate(chain.t_ask.tolist()):
            world.engine.at(time, partial(chain.ask, row))
        return chain.rows


def _minutes(columns: Columns) -> NDArray[np.float64]:
    """Return the minutes until each order is known at the grid, NaN for those lost."""
    return np.asarray((columns["t_grid"] - columns["t_ask"]) / MINUTE)


class _Place(NamedTuple):
    """Where an incident is: its grid, and for each level above it the node that commands it."""

    grid: int
    nodes: tuple[tuple[int, ...], ...]  #: of city, district, street, community
    stand_in: bool


@dataclass
class _Desk:
    """A district that compiles: those who wait for its next question to the city, and whether one lies there."""

    waiting: list[tuple[int, simpy.Event]]
    asking: bool = False


@dataclass
class _Chain:
    """The command of one run: its nodes, and its orders as columns."""

    line: CommandChain
    world: World

    def __post_init__(self) -> None:
        line, world = self.line, self.world
        self.rules, self.env = world.rules, world.engine.env
        start = world.window[0]
        self._start = start + (line.begin_hour * HOUR - start) % DAY
        asked = [self._questions(incident) for incident in range(line.concurrent)]
        self._places = [self._place(incident) for incident in range(line.concurrent)]
        self.incident = np.repeat(np.arange(line.concurrent), [len(times) for times in asked])
        self.order = np.concatenate([i * 100_000 + np.arange(len(times)) for i, times in enumerate(asked)])
        self.t_ask = np.concatenate([np.array(times) for times in asked])
        n = len(self.order)
        self.t_decide, self.t_grid, self.t_ack = (np.full(n, np.nan) for _ in range(3))
        self.wait_city = np.full(n, np.nan)
        self.wrong, self.lost = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        self.decider, self.hops = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int8)
        severe = np.searchsorted(
            np.cumsum(LEVEL_SHARES)[:-1], self._uniforms("chain.level", np.arange(line.concurrent))
        )
        self.level = severe[self.incident].astype(np.int8)
        self._city = simpy.Resource(self.env, line.city_desks)
        self._seats: dict[tuple[int, ...], simpy.Resource] = {}
        self._compiling: dict[tuple[int, ...], _Desk] = {}

    def _uniforms(self, decision: str, entities: NDArray[Any]) -> NDArray[np.float64]:
        return self.rules.stream.uniforms(decision, entities)

    def _questions(self, incident: int) -> list[float]:
        """Return when an incident needs a decision: a Poisson process, at least one."""
        times: list[float] = []
        time, end = self._start, self._start + self.line.lasts_min * MINUTE
        while time < end:
            gap = self.rules.stream.exponential(self.line.every_min * MINUTE, "chain.gap", incident, len(times))
            time += gap
            if time < end or not times:
                times.append(time)
        return times

    def _place(self, incident: int) -> _Place:
        """Return the place of an incident: a grid of the city, and its nodes, real ones and stand-ins."""
        areas, draw = self.world.city.areas, partial(self.rules.stream.uniform, "chain.place", incident)
        grids = areas.of_level("grid")
        grid = int(grids[int(draw(0) * len(grids))])
        nodes: list[tuple[int, ...]] = [(0,)]
        share, stand_in = 1, False
        for level in (DISTRICT, STREET, COMMUNITY):
            there_are = len(areas.of_level(AREA_LEVELS[level])) * share
            split = ceil(NODES[level] / there_are)
            share, stand_in = share * split, stand_in or split > 1
            area = int(areas.ancestor(AREA_LEVELS[level])[grid])
            nodes.append((*nodes[-1], area, int(draw(level) * split)))
        return _Place(grid, tuple(nodes), stand_in)

    def ask(self, row: int) -> None:
        """Begin what an order is: asked for, decided, passed on, acknowledged."""
        self.world.engine.process(self._order(row))

    def _order(self, row: int) -> Process:
        order, now = int(self.order[row]), self.env.now
        down = 0.5 * self.line.lasts_min * MINUTE
        out = down <= now - self._start < down + self.line.outage_min * MINUTE
        levels = float(GRID) if out else min(self.rules["command.levels"], float(GRID))
        levels = int(levels) + self.rules.stream.chance(levels % 1.0, "chain.levels", order)
        yield from self._decide(row, levels)
        self.t_decide[row] = self.env.now
        decider = int(self.decider[row])
        at_once = not out and decider == CITY
        if at_once and self.rules.stream.chance(self.rules["chain.broadcast"], "chain.broadcast", order):
            yield from self._broadcast(row)
        else:
            level_min = self.line.phone_min if out else self.rules["command.level_min"]
            yield from self._pass_on(row, decider, min(levels, GRID - decider), level_min * MINUTE)
        if not self.lost[row]:
            self.t_grid[row] = self.env.now
            self._acknowledge(row)

    def _decide(self, row: int, levels: int) -> Process:
        """Have the order decided: where it is delegated, else by the city, which also takes what was misjudged."""
        stream, order, level = self.rules.stream, int(self.order[row]), int(self.level[row])
        place = self._places[int(self.incident[row])]
        delegated = level < len(DELEGATES)
        if delegated and stream.chance(self.rules["chain.delegated"], "chain.delegated", order):
            self.decider[row] = DELEGATES[level]
            with self._seat(place.nodes[DELEGATES[level]], DELEGATES[level]).request() as seat:
                yield seat
                yield self._takes(order, 0)
            self.wrong[row] = stream.chance(self.line.misjudged, "chain.wrong", order)
            if not self.wrong[row]:
                return
            self.decider[row] = CITY
        asked = self.env.now
        if levels >= GRID:
            yield from self._compiled(row, place.nodes[DISTRICT])
        else:
            yield from self._at_city(row)
        self.wait_city[row] -= asked

    def _takes(self, order: int, moment: int) -> simpy.Event:
        """Return the end of a decision."""
        mean_s = self.line.decision_min * MINUTE
        return self.env.timeout(self.rules.stream.exponential(mean_s, "chain.decides", order, moment))

    def _at_city(self, row: int) -> Process:
        """Wait for a desk of the city, and for its decision."""
        with self._city.request() as desk:
            yield desk
            self.wait_city[row] = self.env.now
            yield self._takes(int(self.order[row]), 1)

    def _compiled(self, row: int, district: tuple[int, ...]) -> Process:
        """Wait until the district's last question is answered, then for the answer to the next, which is all who wait."""
        desk = self._compiling.setdefault(district, _Desk([]))
        answered = self.env.event()
        desk.waiting.append((row, answered))
        if not desk.asking:
            desk.asking = True
            self.world.engine.process(self._compile(desk))
        yield answered

    def _compile(self, desk: _Desk) -> Process:
        while desk.waiting:
            together, desk.waiting = desk.waiting, []
            first = together[0][0]
            yield from self._at_city(first)
            for row, answered in together:
                self.wait_city[row] = self.wait_city[first]
                answered.succeed()
        desk.asking = False

    def _seat(self, node: tuple[int, ...], level: int) -> simpy.Resource:
        """Return the seats of a node: one for each span of the nodes below it."""
        if node not in self._seats:
            below = NODES[level + 1] / NODES[level]
            self._seats[node] = simpy.Resource(self.env, ceil(below / self.line.span))
        return self._seats[node]

    def _time(self, order: int, hop: int, mean_s: float) -> float:
        """Return the time of an order at a level, lognormal."""
        return self.rules.stream.lognormal(mean_s * exp(-0.5 * SIGMA**2), SIGMA, "chain.hop", order, hop)

    def _broadcast(self, row: int) -> Process:
        """Send an order to all levels at once; it holds when the slowest of them has opened it."""
        order = int(self.order[row])
        level_s = self.rules["command.level_min"] * MINUTE
        self.hops[row] = 1
        yield self.env.timeout(max(self._time(order, level, level_s) for level in range(DISTRICT, GRID + 1)))
        yield from self._link(order, GRID)
        self.lost[row] = self._lost(order, GRID)

    def _pass_on(self, row: int, decider: int, hops: int, level_s: float) -> Process:
        """Pass an order down, hop by hop; the nodes that it passes have few seats."""
        order, place = int(self.order[row]), self._places[int(self.incident[row])]
        busy = min(1.0, self.line.service_min * MINUTE / level_s)
        self.hops[row] = hops
        for level in _way(decider, hops):
            yield from self._link(order, level)
            takes = self._time(order, level, level_s)
            if level < GRID:
                with self._seat(place.nodes[level], level).request() as seat:
                    yield seat
                    yield self.env.timeout(busy * takes)
                takes *= 1.0 - busy
            yield self.env.timeout(takes)
            if self._lost(order, level):
                self.lost[row] = True
                return

    def _lost(self, order: int, level: int) -> bool:
        return self.rules.stream.chance(self.rules["command.p_loss"], "chain.loss", order, level)

    def _link(self, order: int, level: int) -> Process:
        """Lose time where the link is down: until another stands in for it, or a messenger is there."""
        stream, rules = self.rules.stream, self.rules
        if stream.chance(rules["chain.link_loss"], "chain.link", order, level):
            held = stream.chance(rules["chain.fallback"], "chain.fallback", order, level)
            yield self.env.timeout((self.line.fallback_min if held else self.line.runner_min) * MINUTE)

    def _acknowledge(self, row: int) -> None:
        """Let the acknowledgement go back the way that the order came; it may be lost as well."""
        hops, order = int(self.hops[row]), int(self.order[row])
        back = (1.0 - self.rules["command.p_loss"]) ** hops
        if self.rules.stream.chance(back, "chain.ack", order):
            self.t_ack[row] = self.env.now + hops * self.line.ack_min * MINUTE

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the orders as columns."""
        grid = np.array([place.grid for place in self._places], dtype=np.int32)
        stand_in = np.array([place.stand_in for place in self._places], dtype=np.bool_)
        derived = {"area": grid[self.incident], "stand_in": stand_in[self.incident]}
        return derived | {
            field.name: getattr(self, field.name) for field in CommandChain.table if field.name not in derived
        }


def _way(decider: int, hops: int) -> tuple[int, ...]:
    """Return the levels that an order reaches one after the other: where levels are skipped, the district goes first."""
    between = list(range(decider + 1, GRID))
    skipped = len(between) - (hops - 1)
    if skipped > 0 and between[0] == DISTRICT:
        between, skipped = between[1:], skipped - 1
    return (*between[: len(between) - skipped], GRID)
