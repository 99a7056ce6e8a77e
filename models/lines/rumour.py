"""A rumour (谣言传播与辟谣): who has not heard it, who spreads it and who has stopped, and what an official statement changes.

S-I-R with debunking in every community, and contacts between communities:
İ = β·S·I/N − (γ + δ·trust·told)·I, where `told` is 0 before the first official statement and then grows with the media
and the chat groups; where everybody is told at once it is δ·1[t > T]·trust. The numbers are whole persons, and
steps are Poisson (tau-leaping; Gillespie 2001, doi:10.1063/1.1378322). With `stifling` spreaders also stop when they meet
somebody who knows already (Daley and Kendall 1964, doi:10.1038/2041118a0; Maki and Thompson 1973): then 20.3 % never hear it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.information.statement import CALLS_PER_100K, PANIC, Statement, extra_calls, half_life
from models.information.talk import AT_ORIGIN, CITY, ELSEWHERE, FIRST_PER_100K
from models.lines.base import Line, Rows
from models.parameter import Parameter
from models.population import allocate
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

SAID = Statement()
_Share = Annotated[float, Field(ge=0, le=1), Unit("share")]
_PerHour = Annotated[float, Field(ge=0, le=10), Unit("per hour")]
Counts = NDArray[np.int64]


def _of_each(fold: Callable[[Columns], float]) -> Callable[[Columns], float]:
    """Return the mean of `fold` over the rumours; its columns are sums over the places, hour by hour."""

    def folded(columns: Columns) -> float:
        told = []
        for rumour in np.unique(columns["rumour"]):
            rows = columns["rumour"] == rumour
            hour = columns["hour"][rows]
            sums = {name: np.bincount(hour, weights=columns[name][rows]) for name in (
                "residents", "heard", "spreading", "calls", "before")}  # fmt: skip
            told.append(fold({**sums, "statement_h": columns["statement_h"][rows]}))
        return mean(np.array(told))

    return folded


class Rumour(Line):
    """A rumour among the residents of a city, and how soon and how widely the official statement answers it."""

    title: ClassVar[Text] = Text(en="Rumour", zh="谣言传播与辟谣")
    least_d: ClassVar[float] = 5.0
    decisions: ClassVar[tuple[str, ...]] = (
        "rumour.onset",
        "rumour.origin",
        "rumour.statement",
        "rumour.persons",
    )
    reads: ClassVar[tuple[str, ...]] = ("communicator.per_100k",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "rumour.first_statement_h": Parameter(
            title=Text("Rumour to the first official statement, median", "谣言出现至首次官方发布（中位）"), unit="h",
            values=(12.0, 5.0, 1.0), range=(0.5, 24.0), mix="geo", basis=Text(
                "rule: authoritative information within 5 h, a press conference within 24 h",
                "规定：5 小时内发布权威信息，24 小时内举行新闻发布会")),
        "rumour.group_reach": Parameter(
            title=Text("Residents whom chat groups tell of a statement within 30 min", "官方发布 30 分钟内经微信群触达的居民"),
            unit="share", values=(0.05, 0.3, 0.6), range=(0.0, 0.9), mix="linear", assumption=True),
        "rumour.trust": Parameter(
            title=Text("Residents who believe an official statement", "信任官方发布的居民"), unit="share",
            values=(0.4, 0.6, 0.75), range=(0.05, 0.95), mix="logit", assumption=True),
        "rumour.debunk_factor": Parameter(
            title=Text("Debunking in communicators' own groups, against elsewhere", "宣导员自建群内的辟谣力度（相对其他渠道）"),
            unit="factor", values=(1.0, 1.2, 1.5), range=(1.0, 2.0), mix="linear", assumption=True),
        "rumour.spread": Parameter(
            title=Text("Spreading of rumours, against that without chat groups", "谣言传播速率（相对无社区群）"), unit="factor",
            values=(1.0, 1.0, 1.0), range=(0.8, 1.5), mix="geo", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("rumour", pa.int16()), ("area", pa.int32()), ("hour", pa.int32()), ("t_start", pa.float64()),
        ("statement_h", pa.float64()), ("residents", pa.int64()), ("heard", pa.int64()), ("spreading", pa.int64()),
        ("before", pa.int64()), ("calls", pa.float64()),
    ])  # fmt: skip

    kind: Literal["rumour"] = "rumour"
    rumours: Annotated[int, Field(ge=1, le=100), Unit("count")] = 1  #: on the first day of the window
    lasts_h: Annotated[int, Field(ge=1, le=1000), Unit("h")] = 96  #: for which each is followed
    steps_an_hour: Annotated[int, Field(ge=1, le=1000), Unit("per hour")] = 10
    beta: _PerHour = CITY.contacts_h
    gamma: _PerHour = CITY.forgets_h
    delta: _PerHour = SAID.delta
    stifling: _Share = CITY.stifling  #: meetings with somebody who knows already that stop a spreader
    elsewhere: _Share = ELSEWHERE  #: contacts outside one's own community (assumption)
    first_per_100k: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = (
        FIRST_PER_100K  #: who spread it at first
    )
    at_origin: _Share = AT_ORIGIN  #: of them in one community; the rest saw a livestream (assumption)
    media_reach: _Share = SAID.media_reach  #: residents who follow official media (assumption)
    media_h: Annotated[float, Field(ge=0), Unit("h")] = (
        SAID.media_h
    )  #: mean until they have seen a statement (assumption)
    group_members: Annotated[float, Field(ge=0), Unit("count")] = (
        SAID.group_members
    )  #: of a communicator's own chat group
    panic: Annotated[float, Field(ge=0), Unit("factor")] = PANIC  #: emergency calls that spreading adds: ×1.3 at 15 %
    calls_per_100k: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = CALLS_PER_100K  #: a day, 110 and 120

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("peak.rumour", Text("Rumour: residents who spread it, at the peak", "谣言：峰值传播者占比"), unit_text("share"),
                      "lower", _of_each(lambda c: ratio(float(c["spreading"].max()), float(c["residents"][0])))),
        IndicatorKind("heard.rumour", Text("Rumour: residents who ever heard it", "谣言：听到过的居民占比"), unit_text("share"),
                      "lower", _of_each(lambda c: ratio(float(c["heard"][-1]), float(c["residents"][0])))),
        IndicatorKind("half_life.rumour", Text("Rumour: peak to half of it", "谣言：峰值后半衰期"), unit_text("h"), "none",
                      _of_each(lambda c: half_life(c["spreading"]))),  # a low, flat wave fades more slowly than a high one
        IndicatorKind("calls.rumour", Text("Rumour: extra emergency calls", "谣言：额外紧急呼叫"),
                      unit_text("per 100,000 residents"), "lower",
                      _of_each(lambda c: 1e5 * ratio(float(c["calls"].sum()), float(c["residents"][0])))),
        IndicatorKind("before.rumour", Text("Rumour: heard it before the first statement", "谣言：官方首次发布前已听到"),
                      unit_text("share"), "lower",
                      _of_each(lambda c: ratio(float(c["before"][0]), float(c["residents"][0])))),
        IndicatorKind("statement.rumour", Text("Rumour: time to the first official statement", "谣言：首次官方发布用时"),
                      unit_text("h"), "lower", _of_each(lambda c: mean(c["statement_h"]))),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play each rumour at once; the rest of the city does not hear of it."""
        areas, people = world.city.areas, world.population
        where = areas.ancestor("community")[world.city.buildings.grid[people.home]]
        communities, count = np.unique(where, return_counts=True)
        told = [self._one(world, rumour, communities, count.astype(np.int64)) for rumour in range(self.rumours)]
        rows = {name: np.concatenate([one[name] for one in told]) for name in told[0]}
        return lambda: rows

    def _one(self, world: World, rumour: int, communities: NDArray[Any], residents: Counts) -> dict[str, NDArray[Any]]:
        stream, p = world.rules.stream, world.rules
        start = world.window[0] + stream.uniform("rumour.onset", rumour) * DAY
        statement = stream.lognormal(p["rumour.first_statement_h"], 0.2, "rumour.statement", rumour)
        place = stream.uniform("rumour.origin", rumour) * residents.sum()
        weights = (1.0 - self.at_origin) * residents / residents.sum()
        weights[np.searchsorted(np.cumsum(residents), place, side="right")] += self.at_origin
        first = max(1, round(self.first_per_100k * residents.sum() / 1e5))
        spread = Spread(residents, np.minimum(allocate(weights, first), residents))
        hours, entity = [], np.concatenate([2 * communities, 2 * communities + 1]) + rumour * 10_000_000
        before, calls, dt = spread.heard, np.zeros(len(residents)), 1.0 / self.steps_an_hour
        for step in range(self.lasts_h * self.steps_an_hour):
            if step * dt <= statement:
                before = spread.heard
            calls += extra_calls(spread.spreading / residents, self.panic) * residents
            if spread.spreading.any():
                expected = self.expected(spread, p, step * dt - statement)
                spread = spread.after(*stream.poissons(expected, "rumour.persons", entity, step).reshape(2, -1))
            if (step + 1) % self.steps_an_hour == 0:
                hours.append((spread.heard, spread.spreading, calls * dt * self.calls_per_100k / 1e5 / 24.0))
                calls = np.zeros(len(residents))
        n = len(communities)
        heard, spreading, extra = (np.concatenate(column) for column in zip(*hours, strict=True))
        return {
            "rumour": np.full(len(heard), rumour, dtype=np.int16),
            "area": np.tile(communities, len(hours)).astype(np.int32),
            "hour": np.repeat(np.arange(len(hours), dtype=np.int32), n),
            "t_start": np.full(len(heard), start), "statement_h": np.full(len(heard), statement),
            "residents": np.tile(residents, len(hours)), "heard": heard, "spreading": spreading,
            "before": np.tile(before, len(hours)), "calls": extra,
        }  # fmt: skip

    def expected(self, spread: Spread, p: Any, since_h: float) -> NDArray[np.float64]:
        """Return how many hear of it in a step, then how many stop, [2 × communities]; `since_h` counts from the statement.

        Hearing is 1 − e^(−λ·dt) and stopping rate·dt, since so the final size is that of the equations with any dt.
        """
        dt, beta = 1.0 / self.steps_an_hour, self.beta * p["rumour.spread"]
        met, knows = (self._met(part, spread.residents) for part in (spread.spreading, spread.heard))
        hear = (spread.residents - spread.heard) * -np.expm1(-beta * dt * met)
        rate = self.gamma + self.stifling * beta * knows + self.debunking(p, since_h)
        return np.concatenate([hear, spread.spreading * np.minimum(rate * dt, 1.0)])

    def debunking(self, p: Any, since_h: float) -> float:
        """Return the rate (per hour) at which a statement stops spreaders `since_h` after it: δ·trust·told."""
        return Statement(self.delta, self.media_reach, self.media_h, self.group_members).debunking(p, since_h)

    def _met(self, part: Counts, residents: Counts) -> NDArray[np.float64]:
        """Return the share of `part` among those whom somebody meets, by community."""
        everywhere = part.sum() / max(int(residents.sum()), 1)
        return np.asarray((1.0 - self.elsewhere) * part / residents + self.elsewhere * everywhere)


class Spread(NamedTuple):
    """A rumour at one moment: persons, each [communities]; those who have stopped are heard − spreading."""

    residents: Counts
    spreading: Counts
    stopped: Counts | int = 0

    @property
    def heard(self) -> Counts:
        """Those who spread it or have stopped."""
        return self.spreading + self.stopped

    def after(self, hear: Counts, stop: Counts) -> Spread:
        """Return what it is when so many have heard of it and so many have stopped; nobody is lost or made up."""
        hear = np.minimum(hear, self.residents - self.heard)
        stop = np.minimum(stop, self.spreading)
        return Spread(self.residents, self.spreading + hear - stop, self.stopped + stop)
