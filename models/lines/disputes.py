"""Disputes among households (枫桥经验、仙林经验): known early or late, mediated at grid, community and street, or a petition.

A dispute simmers and then breaks open. A visit to the household while it simmers makes it known early: with v visits a
quarter and T quarters of simmering, P(known) = 1 − exp(−vT). Mediation begins when it is known, at the latest when it
breaks open. An open dispute becomes a petition (信访) with a hazard that is lower where it was known early; one that is
settled while it simmers never opens. The grid's mediator is one worker whose hours are finite: visits take of them,
and a dispute waits for those before it (a single server, Lindley's recursion, 1952, doi:10.1017/S0305004100027638).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.demand import occurrences
from models.indicator import IndicatorKind, mean
from models.lines.base import Line, Rows
from models.parameter import Parameter
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Floats = NDArray[np.float64]
QUARTER_D, WEEK_D, YEAR_D = 90.0, 7.0, 365.0
BEFORE_D = 180  #: days before the window from which disputes still keep the mediators busy
KEPT = 0.25  #: of a worker's hours, which visits leave to disputes (assumption)
SIGMA = 0.6  #: of the logarithm of a mediation's days (assumption)
LEVELS = ("grid", "community", "street", "petition")
#: More in the evening, when households are at home (assumption).
_HOURS = (1, 1, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 8, 9, 9, 7, 4, 2)


class Disputes(Line):
    """Disputes among households: visits learn of them, three levels mediate, and what stays open becomes a petition."""

    title: ClassVar[Text] = Text(en="Disputes and their mediation", zh="矛盾纠纷与调解")
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.disputes.count", "demand.disputes.time", "disputes.visit", "disputes.petition", "disputes.grid_settles",
        "disputes.community_settles", "disputes.street_tries", "disputes.grid_d", "disputes.community_d",
        "disputes.street_d",
    )  # fmt: skip
    least_d: ClassVar[float] = YEAR_D
    own: ClassVar[Mapping[str, Parameter]] = {
        "disputes.visits": Parameter(
            title=Text("Visits to a household in a quarter", "每户每季度走访次数"), unit="per household and quarter",
            values=(0.3, 0.5, 1.0), range=(0.05, 3.0), mix="linear", assumption=True),
        "disputes.grid_settles": Parameter(
            title=Text("Mediations that succeed at the grid", "网格调解成功率"), unit="share", values=(0.45, 0.55, 0.7),
            range=(0.1, 0.95), mix="logit", assumption=True),
        "disputes.visit_h": Parameter(
            title=Text("Length of a visit", "每次走访时长"), unit="h", values=(0.5, 0.5, 0.5), range=(0.1, 2.0),
            mix="geo", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("dispute", pa.int64()), ("area", pa.int32()), ("known", pa.bool_()), ("level", pa.string()),
        ("t_onset", pa.float64()), ("t_open", pa.float64()), ("t_begin", pa.float64()), ("t_end", pa.float64()),
        ("wait_d", pa.float64()), ("age_d", pa.float64()), ("grid_h", pa.float64()),
    ])  # fmt: skip

    kind: Literal["disputes"] = "disputes"
    disputes_per_100k: Annotated[float, Field(ge=0, le=100_000), Unit("per year and 100,000 residents")] = (
        918.0  #: 240 a day in a city of 9.547 million (assumption)
    )
    simmer_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 90.0  #: before it breaks open (assumption)
    escalation: Annotated[float, Field(ge=0, le=1), Unit("per day")] = 0.004  #: hazard of an open one (assumption)
    calmed: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.6  #: of the hazard, where it was known early
    grid_h: Annotated[float, Field(ge=0, le=200), Unit("h")] = 3.0  #: that a dispute ties up at the grid
    worker_h: Annotated[float, Field(gt=0, le=24), Unit("h")] = 4.0  #: a day for visits and disputes (assumption)
    grid_d: Annotated[float, Field(gt=0, le=365), Unit("d")] = 7.0  #: median: three visits within a week
    community_d: Annotated[float, Field(gt=0, le=365), Unit("d")] = 14.0  #: median (assumption)
    street_d: Annotated[float, Field(gt=0, le=365), Unit("d")] = 21.0  #: median (assumption)
    again_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 90.0  #: until the street tries once more (assumption)
    community_settles: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.6
    street_settles: Annotated[float, Field(gt=0, lt=1), Unit("share")] = 0.7

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("known.disputes", Text("Disputes known before they break open", "矛盾纠纷激化前掌握率"),
                      unit_text("share"), "higher", lambda columns: mean(columns["known"])),
        IndicatorKind("settled_at_grid.disputes", Text("Disputes settled at the grid", "矛盾纠纷网格内化解率"),
                      unit_text("share"), "higher", lambda columns: mean(columns["level"] == "grid")),
        IndicatorKind("petitions.disputes", Text("Disputes that become a petition", "矛盾纠纷转信访比例"), unit_text("share"),
                      "lower", lambda columns: mean(columns["level"] == "petition")),
        IndicatorKind("age.disputes", Text("Dispute: onset to its end", "矛盾纠纷：发生至了结"), unit_text("d"), "lower",
                      lambda columns: mean(columns["age_d"])),
        IndicatorKind("wait.disputes", Text("Dispute: wait for the grid's mediator", "矛盾纠纷：等候网格调解"), unit_text("d"),
                      "lower", lambda columns: mean(columns["wait_d"])),
        IndicatorKind("grid_h.disputes", Text("Grid hours a week on visits and disputes", "网格员每周走访与调解工时"),
                      unit_text("h"), "lower", lambda columns: mean(columns["grid_h"])),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play every dispute at once: nothing else of the city touches them."""
        rows = _Mediation(self, world).rows()
        return lambda: rows


@dataclass
class _Mediation:
    """The disputes of one run as columns [disputes], those before the window among them; times in days from its start."""

    line: Disputes
    world: World

    def __post_init__(self) -> None:
        line, world = self.line, self.world
        areas, people = world.city.areas, world.population
        grids = areas.of_level("grid")
        grid_of = world.city.buildings.grid[people.home]
        residents = np.bincount(grid_of, minlength=len(areas))[grids].astype(np.float64)
        first = np.unique(people.household, return_index=True)[1]
        households = np.bincount(grid_of[first], minlength=len(areas))[grids].astype(np.float64)
        per_day = residents * (line.disputes_per_100k / 100_000 / YEAR_D)
        start, end = world.window
        place, self.id, onset = occurrences(world.rules.stream, "disputes", grids.astype(np.uint64), per_day, _HOURS,
                                            (start, end + BEFORE_D * DAY))  # fmt: skip
        self.area = grids[place].astype(np.int32)
        self.onset = (onset - start) / DAY - BEFORE_D
        self.length_d = (end - start) / DAY
        self.visits, visit_h = self._visits(households)
        self.visits, self.visit_h = self.visits[place], visit_h[place]

    def _p(self, name: str) -> float:
        return self.world.rules[f"disputes.{name}"]

    def _visits(self, households: Floats) -> tuple[Floats, Floats]:
        """Return visits a household and quarter, and hours a day that they take, [grids]: no more than the hours allow."""
        hours = households * self._p("visit_h") / QUARTER_D  # a day, for one visit a quarter
        most = (1.0 - KEPT) * self.line.worker_h / np.maximum(hours, 1e-9)
        visits = np.minimum(self._p("visits"), most)
        return visits, visits * hours

    def _days(self, name: str, median: float) -> Floats:
        return self.world.rules.stream.lognormals(median, SIGMA, f"disputes.{name}", self.id)

    def _draws(self, name: str) -> Floats:
        return self.world.rules.stream.uniforms(f"disputes.{name}", self.id)

    def _at_the_grid(self, ready: Floats, petition: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return when each mediation at the grid begins, and whether it does before the petition, first come first served."""
        service = self.line.grid_h / np.maximum(self.line.worker_h - self.visit_h, 1e-9)
        begin, heard = ready.copy(), np.ones(len(ready), dtype=np.bool_)
        order = np.lexsort((self.id, ready, self.area))
        grid, free = -1, -np.inf
        for i in order.tolist():
            if self.area[i] != grid:
                grid, free = int(self.area[i]), -np.inf
            begin[i] = max(ready[i], free)
            heard[i] = petition[i] > begin[i]
            if heard[i]:
                free = begin[i] + service[i]
        return begin, heard

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the disputes that arise within the window, each followed to its end."""
        line = self.line
        opens = self.onset + line.simmer_d
        visited = self.onset - np.log(self._draws("visit")) * QUARTER_D / np.maximum(self.visits, 1e-9)
        known = visited < opens
        hazard = line.escalation * np.where(known, 1.0 - line.calmed, 1.0)
        with np.errstate(divide="ignore"):
            petition = opens - np.log(self._draws("petition")) / hazard
        ready = np.minimum(visited, opens)
        begin, heard = self._at_the_grid(ready, petition)
        settled, at = self._settled(begin)
        level: NDArray[np.int64] = np.where(heard & (settled <= petition), at, LEVELS.index("petition"))
        ended = np.where(level < LEVELS.index("petition"), settled, petition)
        inside = (self.onset >= 0.0) & (self.onset < self.length_d)
        taken = np.bincount(self.area[inside & heard], minlength=len(self.world.city.areas)) * line.grid_h
        grid_h = self.visit_h * WEEK_D + taken[self.area] * WEEK_D / self.length_d
        begun = np.where(heard, begin, np.nan)
        columns: dict[str, NDArray[Any]] = {
            "dispute": self.id, "area": self.area, "known": known, "level": np.array(LEVELS)[level],
            **{f"t_{name}": self._clock(days) for name, days in
               (("onset", self.onset), ("open", opens), ("begin", begun), ("end", ended))},
            "wait_d": np.minimum(begin, petition) - ready, "age_d": ended - self.onset, "grid_h": grid_h,
        }  # fmt: skip
        return {name: column[inside] for name, column in columns.items()}

    def _settled(self, begin: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Return when mediation from `begin` would settle each dispute, and at which level."""
        line = self.line
        low = self._draws("grid_settles") < self._p("grid_settles")
        middle = self._draws("community_settles") < line.community_settles
        tries = np.ceil(np.log(self._draws("street_tries")) / np.log(1.0 - line.street_settles))
        at_grid = begin + self._days("grid_d", line.grid_d)
        at_community = at_grid + self._days("community_d", line.community_d)
        at_street = at_community + self._days("street_d", line.street_d) + (tries - 1.0) * line.again_d
        settled = np.where(low, at_grid, np.where(middle, at_community, at_street))
        return settled, np.where(low, 0, np.where(middle, 1, 2))

    def _clock(self, days: Floats) -> Floats:
        return self.world.window[0] + days * DAY
