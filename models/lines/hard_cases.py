"""Hard cases (疑难复杂问题) of an area: chronic, across owners; parties agree by themselves, or a committee (片区“大党委”) sits.

Without sessions a case ends when its parties agree, with a small hazard. With them it waits in a bulk-service queue:
every so many days a session hears the oldest and settles a few (Bailey, 1954, doi:10.1111/j.2517-6161.1954.tb00149.x).
What is settled may relapse. Consultation in common (四共) shortens the agreement, participation grows with what was
won together, and the district's lead ends the deadlock of a case that was heard and not settled. An area is a street.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import exp, log
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.demand import occurrences
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter, share_of
from models.world import World
from sim.kinds import Unit
from sim.streams import Stream
from sim.text import Text
from sim.units import unit_text

MONTH_D, YEAR_D = 365.0 / 12.0, 365.0
HOURS = (1,) * 24
SHORTER = 0.15  #: of the time to agree, for each of the four that the parties have in common
JOINT_WINS = 10.0  #: of the last year that raise participation half of the way (assumption)


def _backlog(columns: Columns) -> float:
    """Return the mean number of cases that lie open in an area."""
    return ratio(float(columns["open_share"].sum()), float(len(np.unique(columns["area"]))))


class HardCases(Line):
    """Hard cases: consultation of their parties, sessions of an area's committee, relapse; played area by area."""

    title: ClassVar[Text] = Text(en="Hard cases of an area", zh="片区疑难复杂问题")
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.hard_cases.count", "demand.hard_cases.time", "hard_cases.agrees", "hard_cases.relapses",
        "hard_cases.relapse_d", "hard_cases.convened", "hard_cases.settles", "hard_cases.lead",
    )  # fmt: skip
    least_d: ClassVar[float] = YEAR_D
    own: ClassVar[Mapping[str, Parameter]] = {
        "hard_cases.convened": share_of("Sessions of an area's committee that are held", "片区“大党委”例会召开率", (0.0, 0.4, 1.0)),
        # The calendar is the same under every preset: levers move what is held of it, and a policy may set another.
        "hard_cases.session_d": Parameter(
            title=Text("Time between the sessions of an area", "片区例会间隔"), unit="d", values=(30.0, 30.0, 30.0),
            range=(7.0, 90.0), mix="geo", assumption=True),
        "hard_cases.capacity": Parameter(
            title=Text("Hard cases that a session settles at most", "每次例会最多解决的难题"), unit="count",
            values=(1.7, 1.7, 1.7), range=(1.0, 4.0), mix="linear", basis=Text(
                "Jiangning: about 170 hard issues solved in about 100 sessions", "江宁区：约 100 次会议解决约 170 个难题")),
        "hard_cases.relapse": Parameter(
            title=Text("Settled hard cases that relapse", "疑难问题反弹率"), unit="share", values=(0.25, 0.18, 0.1),
            range=(0.01, 0.6), mix="logit", assumption=True),
        "hard_cases.hearing_h": Parameter(
            title=Text("Officials' hours for a case at one meeting of all its parties", "每件每次全员会商所耗工时"), unit="h",
            values=(8.0, 8.0, 8.0), range=(1.0, 60.0), mix="geo", assumption=True),
        "hard_cases.in_common": Parameter(
            title=Text("What the parties have in common, of four", "“四共”机制落实项数"), unit="count", values=(0.0, 1.0, 4.0),
            range=(0.0, 4.0), mix="linear", basis=Text("Jiangning: four in common", "江宁区“四共”机制"), assumption=True),
        "hard_cases.learning": share_of("Participation that joint wins bring", "共同解决带动参与的程度", (0.0, 0.2, 0.6)),
        "hard_cases.lead": share_of("Deadlocks that the district's lead ends", "区级统筹破解僵局的比例", (0.0, 0.1, 0.5)),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("case", pa.int64()), ("area", pa.int32()), ("spell", pa.int16()), ("by", pa.string()),
        ("hearings", pa.int16()), ("hours", pa.float64()), ("participation", pa.float64()), ("relapsed", pa.float64()),
        ("t_open", pa.float64()), ("t_end", pa.float64()), ("age_d", pa.float64()), ("open_share", pa.float64()),
    ])  # fmt: skip

    kind: Literal["hard_cases"] = "hard_cases"
    inflow: Annotated[float, Field(ge=0, le=1000), Unit("per area and month")] = 2.0  #: of new cases (assumption)
    agreement: Annotated[float, Field(gt=0, le=1), Unit("per day")] = 0.003  #: of a case, by its parties (assumption)
    heard: Annotated[int, Field(ge=1, le=50), Unit("count")] = 3  #: cases at a session, at most (assumption)
    deadlock_d: Annotated[float, Field(ge=0, le=365), Unit("d")] = 14.0  #: after which the district's lead decides
    relapse_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 180.0  #: mean time to a relapse (assumption)
    participation: Annotated[float, Field(gt=0, le=1), Unit("share")] = 0.5  #: without joint wins (assumption)
    before_d: Annotated[int, Field(ge=0, le=3650), Unit("d")] = 1825  #: for which the policy has been in force
    inherited: Annotated[int, Field(ge=0, le=10_000), Unit("count")] = 20  #: in an area when the policy began

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("backlog.hard_cases", Text("Hard cases open in an area", "每片区在办疑难问题"), unit_text("count"), "lower",
                      _backlog),
        IndicatorKind("age.hard_cases", Text("Hard case: opened to settled", "疑难问题：发生至解决"), unit_text("d"), "lower",
                      lambda columns: mean(columns["age_d"])),
        IndicatorKind("relapse.hard_cases", Text("Settled hard cases that relapse", "疑难问题解决后反弹率"),
                      unit_text("share"), "lower", lambda columns: mean(columns["relapsed"])),
        IndicatorKind("participation.hard_cases", Text("Parties who take part in the consultation", "共商参与率"),
                      unit_text("share"), "higher", lambda columns: mean(columns["participation"])),
        IndicatorKind("hours.hard_cases", Text("Officials' hours in meetings, per hard case", "每件疑难问题所耗会商工时"),
                      unit_text("h"), "lower", lambda columns: mean(columns["hours"])),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play every area at once: nothing else of the city touches its hard cases."""
        start, end = world.window
        areas = world.city.areas.of_level("street")
        stream = world.rules.stream
        per_day = np.full(len(areas), self.inflow / MONTH_D)
        around = (0.0, end - start + self.before_d * DAY)
        place, case, onset = occurrences(stream, "hard_cases", areas.astype(np.uint64), per_day, HOURS, around)
        days = onset / DAY - self.before_d
        inherited = np.arange(self.inherited, dtype=np.int64)
        spells: list[_Spell] = []
        for number, area in enumerate(areas.tolist()):
            own = place == number
            cases = [*((-float(self.before_d), int(one)) for one in inherited + (area + 1) * 10_000),
                     *zip(days[own].tolist(), case[own].tolist(), strict=True)]  # fmt: skip
            spells += _Area(self, world.rules.parameters, stream, area, (end - start) / DAY).play(cases)
        rows = self._columns(spells, start, (end - start) / DAY, world.rules["hard_cases.hearing_h"])
        return lambda: rows

    def _columns(
        self, spells: list[_Spell], start: float, length_d: float, hearing_h: float
    ) -> dict[str, NDArray[Any]]:
        """Return the spells that lie open within the window as columns."""
        found = [spell for spell in spells if spell.end > 0.0 and spell.open < length_d]
        opened = np.array([spell.open for spell in found], dtype=np.float64)
        ended = np.array([spell.end for spell in found], dtype=np.float64)
        inside = (opened >= 0.0) & np.isfinite(ended)
        hearings = np.array([spell.hearings for spell in found], dtype=np.int16)
        joined = np.array([spell.participation for spell in found], dtype=np.float64)
        met = hearings + np.where([spell.by == "consultation" for spell in found], joined, 0.0)
        relapsed = np.array([spell.relapsed for spell in found], dtype=np.float64)
        return {
            "case": np.array([spell.case for spell in found], dtype=np.int64),
            "area": np.array([spell.area for spell in found], dtype=np.int32),
            "spell": np.array([spell.number for spell in found], dtype=np.int16),
            "by": np.array([spell.by for spell in found], dtype=object),
            "hearings": hearings, "hours": met * hearing_h, "participation": joined, "relapsed": np.where(ended <= length_d, relapsed, np.nan),
            "t_open": start + opened * DAY, "t_end": np.where(np.isfinite(ended), start + ended * DAY, np.nan),
            "age_d": np.where(inside, ended - opened, np.nan),
            "open_share": (np.minimum(ended, length_d) - np.maximum(opened, 0.0)) / length_d,
        }  # fmt: skip


@dataclass
class _Spell:
    """A case from its opening, or its relapse, to its end; times in days from the start of the window."""

    case: int
    area: int
    number: int  #: 0 for the first, 1 for the first relapse
    open: float
    end: float = float("inf")
    by: str = "open"
    hearings: int = 0
    participation: float = float("nan")
    relapsed: bool = False


@dataclass
class _Area:
    """One area and its hard cases; the parties' agreement runs on a clock of its own, as fast as they consult."""

    line: HardCases
    parameters: Mapping[str, float]
    stream: Stream
    area: int
    length_d: float
    now: float = 0.0
    agreed: float = 0.0  #: the clock of agreement: the hazard integrated over time
    wins: float = 0.0  #: joint ones, those of a year ago at 1/e
    waiting: list[tuple[float, int, _Spell]] = field(default_factory=list)  #: heap by the clock of agreement
    queue: list[_Spell] = field(default_factory=list)  #: of sessions, in order of opening
    coming: list[tuple[float, int, str, Any]] = field(default_factory=list)  #: heap of (day, case, what, of what)
    done: list[_Spell] = field(default_factory=list)

    def _p(self, name: str) -> float:
        return self.parameters[f"hard_cases.{name}"]

    @property
    def participation(self) -> float:
        """Share of the parties who take part in the consultation."""
        rest = 1.0 - self.line.participation
        return self.line.participation + rest * self._p("learning") * self.wins / (self.wins + JOINT_WINS)

    @property
    def hazard(self) -> float:
        """Hazard a day with which the parties of a case agree."""
        shorter = 1.0 - SHORTER * self._p("in_common")
        return self.line.agreement / shorter * self.participation / self.line.participation

    def play(self, cases: list[tuple[float, int]]) -> list[_Spell]:
        """Return the spells of the cases (day, case), those before the window among them, until they end."""
        self.now = -float(self.line.before_d)
        self.coming = [(day, case, "opens", 0) for day, case in cases]
        heapify(self.coming)
        self._call_session(1)
        while self.coming or self.waiting:
            until = self.coming[0][0] if self.coming else float("inf")
            due = self._due()
            if due <= until:
                self._pass(due)
                self._end(heappop(self.waiting)[2], "consultation")
            else:
                self._pass(until)
                _, case, what, of = heappop(self.coming)
                self._happens(case, what, of)
        return self.done

    def _call_session(self, count: int) -> None:
        """Call the next session, as long as cases come or wait."""
        if self.now < self.length_d or self.waiting:
            day = count * self._p("session_d") - self.line.before_d
            heappush(self.coming, (day, -1, "session", count))

    def _due(self) -> float:
        """Return when the next parties agree, infinity where none may."""
        while self.waiting and self.waiting[0][2].by != "open":
            heappop(self.waiting)
        return self.now + (self.waiting[0][0] - self.agreed) / self.hazard if self.waiting else float("inf")

    def _pass(self, until: float) -> None:
        self.agreed += self.hazard * (until - self.now)
        self.wins *= exp(-(until - self.now) / YEAR_D)
        self.now = until

    def _happens(self, case: int, what: str, of: Any) -> None:
        if what == "opens":
            self._opens(case, of)
        elif what == "session":
            self._session(of)
            self._call_session(of + 1)
        elif of.by == "open":
            self._end(of, "lead")

    def _opens(self, case: int, number: int) -> None:
        spell = _Spell(case, self.area, number, self.now)
        luck = self.stream.exponential(1.0, "hard_cases.agrees", case, number)
        heappush(self.waiting, (self.agreed + luck, case, spell))
        self.queue.append(spell)

    def _session(self, count: int) -> None:
        """Hear the oldest cases and settle as many as the session can; the lead may take up what it leaves."""
        self.queue = [spell for spell in self.queue if spell.by == "open"]
        if not self.stream.chance(self._p("convened"), "hard_cases.convened", self.area, count):
            return
        whole, part = divmod(self._p("capacity"), 1.0)
        settles = int(whole) + self.stream.chance(part, "hard_cases.settles", self.area, count)
        for place, spell in enumerate(self.queue[: max(self.line.heard, settles)]):
            spell.hearings += 1
            if place < settles:
                self._end(spell, "session")
            elif self.stream.chance(
                self._p("lead"), "hard_cases.lead", spell.case, spell.number * 1000 + spell.hearings
            ):
                heappush(self.coming, (self.now + self.line.deadlock_d, spell.case, "lead", spell))

    def _end(self, spell: _Spell, by: str) -> None:
        spell.end, spell.by, spell.participation = self.now, by, self.participation
        self.wins += 1.0
        self.done.append(spell)
        draw = self.stream.uniform("hard_cases.relapses", spell.case, spell.number)
        if draw < self._p("relapse"):
            spell.relapsed = True
            day = self.now - self.line.relapse_d * log(
                self.stream.uniform("hard_cases.relapse_d", spell.case, spell.number)
            )
            if day < self.length_d:  # later nothing new happens
                heappush(self.coming, (day, spell.case, "opens", spell.number + 1))
