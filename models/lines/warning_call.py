"""The warning call (预警“叫应”): a warning of a rainstorm climbs a ladder until the person responsible answers, and acts.

One person answers for each grid (basements, barriers, those who need help) and one for each community (underpass,
pumps). At t0 comes a push message, at +2 min a robot's call, at +5 min that of one of a finite number of callers, at
+8 min the call to the deputy (B角), at +12 min the superior sends somebody to knock at the door. While callers are not
all busy the whole ladder brings an answer within 5 and 15 min from 66 and 99 % by day, 44 and 98 % by night. The
figures of the ladder are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import simpy
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY, HOUR, MINUTE
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.missions import Process
from models.parameter import Parameter, share_of
from models.world import World
from sim.city.model import AREA_LEVELS
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

ELDER, GRID = 2, AREA_LEVELS.index("grid")
PUSH, ROBOT, HUMAN, DEPUTY, KNOCK = range(5)
STARTS_MIN = (0.0, 2.0, 5.0, 8.0, 12.0)  #: when each rung of the ladder begins
RING_MIN, KNOCK_MIN, SIGMA = 1.0, 1.5, 0.58  #: medians until a call and a knock are answered (assumption)
TALK_MIN, UNANSWERED_MIN = 0.8, 0.7  #: of a caller: the message, and a call that nobody answers (assumption)
ANSWER_MIN = 0.2  #: of a contact, to answer (assumption)
FATIGUE = 0.4  #: of those responsible: compliance × (1 − 0.4 · false-alarm ratio)
FOUND_UNLISTED = 0.3  #: residents whom no list names, found by the way (assumption)
#: What each person responsible has to do, in this order, with the median minutes that it takes (assumption).
CHECKLISTS = {"grid": {"people": 30.0, "barriers": 15.0, "vulnerable": 20.0}, "community": {"underpass": 15.0, "pumps": 30.0}}  # fmt: skip

Done = dict[str, NDArray[np.bool_]]  #: by action: of which contacts it is done before the onset
ByNight = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]


def _within(minutes: float, columns: Columns) -> float:
    return mean((columns["ack_min"] <= minutes).astype(np.float64))


def _of(above: str, below: str, columns: Columns) -> float:
    return ratio(float(columns[above].sum()), float(columns[below].sum()))


class WarningCall(Line):
    """Warnings of a rainstorm: who answers, what is done before the onset, and who is exposed all the same."""

    title: ClassVar[Text] = Text(en="Warning call", zh="预警“叫应”")
    decisions: ClassVar[tuple[str, ...]] = (
        "warning.rung", "warning.two_way", "warning.directory", "warning.unreachable", "warning.link",
        "warning.fallback", "warning.answers", "warning.delay", "warning.late", "warning.complies", "warning.starts",
        "warning.omits", "warning.follows", "warning.takes", "warning.resident", "warning.alone", "warning.listed",
        "warning.fresh", "warning.found", "warning.leaves", "warning.elder", "warning.users", "warning.refreshed",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "warning.two_way": share_of("Contacts who can answer a push message with a tap", "推送可一键回执的责任人比例",
                                  (0.6, 0.7, 1.0)),
        "warning.robot": share_of("Contacts called by a robot at +2 min", "2 分钟未应答即智能外呼的比例", (0.0, 0.4, 1.0)),
        "warning.human": share_of("Contacts called by a person at +5 min", "5 分钟未应答即人工叫应的比例", (0.5, 0.6, 1.0)),
        "warning.deputy": share_of("Contacts whose deputy is called at +8 min", "8 分钟未应答即叫应 B 角的比例", (0.0, 0.3, 1.0)),
        "warning.knock": share_of("Contacts whose door is knocked at from +12 min", "12 分钟未应答即上门叫应的比例", (0.0, 0.45, 0.95),
                                basis=Text("Changzhi: woken within 5 min, by a knock at the door if need be",
                                           "长治：五分钟内叫醒，必要时敲门")),
        "warning.followed": share_of("Actions not forgotten that are carried through", "未遗漏措施的落实率", (0.8, 0.87, 0.947)),
        "warning.omission": Parameter(title=Text("Actions that are forgotten", "措施遗漏率"), unit="share",
                                      values=(0.25, 0.15, 0.05), range=(0.01, 0.5), mix="logit", assumption=True),
        "warning.ticket_min": Parameter(title=Text("Reporting of each action", "每项措施的填报耗时"), unit="min",
                                        values=(0.5, 0.8, 1.5), range=(0.1, 6.0), mix="geo", assumption=True),
        "warning.elder_contact": share_of("Older residents living alone whom somebody calls", "独居老人有人叫应的比例",
                                        (0.2, 0.5, 0.9)),
        "warning.false_alarms": Parameter(title=Text("False alarms against today's forecasts", "空报率（相对现状）"),
                                          unit="ratio", values=(1.0, 0.95, 0.8), range=(0.5, 1.0), mix="geo",
                                          assumption=True),
        "records.completeness": Parameter(title=Text("Residents who stand in the records", "人房信息完整率"), unit="share",
                                          values=(0.6, 0.75, 0.95), range=(0.3, 0.99), mix="logit", assumption=True),
        "records.staleness_d": Parameter(title=Text("Age of a record", "信息更新滞后"), unit="d",
                                         values=(90.0, 45.0, 14.0), range=(1.0, 365.0), mix="geo", assumption=True),
    }  # fmt: skip
    reads: ClassVar[tuple[str, ...]] = ("chain.link_loss", "chain.fallback")
    table: ClassVar[pa.Schema] = pa.schema([
        ("area", pa.int32()), ("level", pa.int8()), ("ack_min", pa.float64()),
        ("rung", pa.int8()), ("caller_min", pa.float64()), ("knocked", pa.bool_()), ("actions", pa.int16()),
        ("done", pa.int16()), ("report_min", pa.float64()), ("at_risk", pa.int32()), ("exposed", pa.int32()),
        ("elders", pa.int32()), ("elders_exposed", pa.int32()), ("upkeep_min", pa.float64()),
    ])  # fmt: skip

    kind: Literal["warning_call"] = "warning_call"
    issue_hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 14.0  #: of the day; night is 22–6
    lead_h: Annotated[float, Field(gt=0, le=72), Unit("h")] = 3.0  #: from the warning to the onset
    false_alarm_ratio: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3
    push: Annotated[ByNight, Unit("share")] = (0.35, 0.10)  #: reads within 5 min, by day and by night
    robot: Annotated[ByNight, Unit("share")] = (0.60, 0.45)  #: answers a robot's call
    human: Annotated[ByNight, Unit("share")] = (0.75, 0.65)  #: answers a caller
    knock: Annotated[ByNight, Unit("share")] = (0.95, 0.95)  #: opens the door
    unreachable: Annotated[ByNight, Unit("share")] = (0.03, 0.06)  #: at no telephone, nor the deputy
    late_read_min: Annotated[tuple[float, float], Unit("min")] = (60.0, 240.0)  #: mean, of who did not look at once
    turnover: Annotated[float, Field(ge=0, le=5), Unit("per year")] = 0.25  #: contacts who change, homes too
    callers_per_100: Annotated[float, Field(gt=0, le=100), Unit("per 100 contacts")] = 5.0
    callers_at_night: Annotated[float, Field(gt=0, le=1), Unit("share")] = 0.7  #: of those by day
    start_min: Annotated[float, Field(gt=0, le=240), Unit("min")] = 10.0  #: median from the answer to the first action
    basement_per_grid: Annotated[float, Field(ge=0, le=1000), Unit("persons")] = 4.0  #: residents in low basements
    underpass_per_grid: Annotated[float, Field(ge=0, le=1000), Unit("persons")] = 2.0  #: by day; a third by night
    elders_alone: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.2  #: of those of 65 or more
    leaves: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.66  #: who go when told to (assumption)
    record_min: Annotated[float, Field(ge=0, le=60), Unit("min")] = 1.0  #: to look at a household's record again

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("ack5.warning", Text("Warning answered within 5 min", "预警 5 分钟内应答率"), unit_text("share"),
                      "higher", partial(_within, 5.0)),
        IndicatorKind("ack15.warning", Text("Warning answered within 15 min", "预警 15 分钟内应答率"), unit_text("share"),
                      "higher", partial(_within, 15.0)),
        IndicatorKind("actions.warning", Text("Actions done before the onset", "致灾前完成的措施比例"), unit_text("share"),
                      "higher", partial(_of, "done", "actions")),
        IndicatorKind("exposed.warning", Text("Those at risk who are exposed at the onset", "受威胁人员暴露比例"),
                      unit_text("share"), "lower", partial(_of, "exposed", "at_risk")),
        IndicatorKind("exposed_elders.warning", Text("Older residents living alone who are exposed", "独居老人暴露比例"),
                      unit_text("share"), "lower", partial(_of, "elders_exposed", "elders")),
        IndicatorKind("caller_min.warning", Text("Callers' time per contact", "每名责任人人工叫应耗时"), unit_text("min"),
                      "lower", lambda columns: mean(columns["caller_min"])),
        IndicatorKind("knocks.warning", Text("Contacts whose door was knocked at", "上门叫应比例"), unit_text("share"), "lower",
                      lambda columns: mean(columns["knocked"].astype(np.float64))),
        IndicatorKind("report_min.warning", Text("Reporting time per contact", "每名责任人填报耗时"), unit_text("min"), "lower",
                      lambda columns: mean(columns["report_min"])),
        IndicatorKind("upkeep.warning", Text("Upkeep of records, a grid and day", "每网格每日信息维护耗时"), unit_text("min"),
                      "lower", lambda columns: mean(columns["upkeep_min"][columns["level"] == GRID])),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Issue the warning at its hour, and let the contacts who do not answer be called."""
        start = world.window[0]
        issued = start + (self.issue_hour * HOUR - start) % DAY
        call = _Call(self, world, issued)
        world.engine.at(issued, call.issue)
        return call.rows


@dataclass
class _Call:
    """The warning of one run: its contacts as columns, one for each grid and each community."""

    line: WarningCall
    world: World
    issued: float  #: s

    def __post_init__(self) -> None:
        line, world = self.line, self.world
        areas, self.rules = world.city.areas, world.rules
        self.area = np.concatenate([areas.of_level("grid"), areas.of_level("community")])
        self.level, n = areas.level[self.area], len(self.area)
        self.night = int(not 6 <= world.hour(self.issued) < 22)
        fatigue = min(line.false_alarm_ratio * self.rules["warning.false_alarms"], 1.0)
        self.compliance = 1.0 - FATIGUE * fatigue
        self.fresh = float(np.exp(-line.turnover / 365.0 * self.rules["records.staleness_d"]))
        rungs = ("warning.two_way", "warning.robot", "warning.human", "warning.deputy", "warning.knock")
        self.has = [self._draw("warning.rung", i) < self.rules[name] for i, name in enumerate(rungs)]
        down = (self._draw("warning.link") < self.rules["chain.link_loss"]) & (
            self._draw("warning.fallback") >= self.rules["chain.fallback"]
        )
        in_reach = (self._draw("warning.unreachable") >= line.unreachable[self.night]) & ~down
        self.right = in_reach & (self._draw("warning.directory") < self.fresh)
        self.deputy_right = in_reach & (self._draw("warning.directory", 1) < self.fresh)
        self.rung = np.full(n, -1, dtype=np.int8)
        self.ack, self.caller_s, self.knocked = np.full(n, np.inf), np.zeros(n), np.zeros(n, dtype=np.bool_)
        self.read = self.issued + self._reading()
        self._callers = self._desks()

    def _draw(self, decision: str, moment: int = 0) -> NDArray[np.float64]:
        return self.rules.stream.uniforms(decision, self.area, moment)

    def _times(self, median_min: float, decision: str, moment: int = 0) -> NDArray[np.float64]:
        return self.rules.stream.lognormals(median_min * MINUTE, SIGMA, decision, self.area, moment)

    def _desks(self) -> NDArray[np.object_]:
        """Return the callers of each contact's district, a SimPy resource a contact."""
        district = self.world.city.areas.ancestor("district")[self.area]
        per_100 = self.line.callers_per_100 * (self.line.callers_at_night if self.night else 1.0)
        numbers, counts = np.unique(district, return_counts=True)
        env = self.world.engine.env
        pools = [simpy.Resource(env, max(1, round(per_100 * count / 100.0))) for count in counts.tolist()]
        return np.array(pools, dtype=np.object_)[np.searchsorted(numbers, district)]

    def _reading(self) -> NDArray[np.float64]:
        """Return the seconds until each contact has read the push message: within 5 min, or some time later."""
        at_once = self._draw("warning.answers", PUSH) < self.line.push[self.night]
        when = self._draw("warning.late")
        late = 5.0 - self.line.late_read_min[self.night] * np.log(when)
        return np.where(self.right, np.where(at_once, 5.0 * when, late) * MINUTE, np.inf)

    def issue(self) -> None:
        """Send the messages and let the robot call; the rest of the ladder plays on the clock."""
        tapped = np.where(self.has[PUSH], self.read, np.inf)
        robot = self.issued + STARTS_MIN[ROBOT] * MINUTE
        answered = self._draw("warning.answers", ROBOT) < self.line.robot[self.night]
        answered &= self.has[ROBOT] & self.right & (tapped > robot)
        called = np.where(answered, robot + self._times(RING_MIN, "warning.delay", ROBOT), np.inf)
        self.ack = np.minimum(tapped, called)
        self.rung[:] = np.where(np.isinf(self.ack), -1, np.where(called < tapped, ROBOT, PUSH))
        rest = ((HUMAN, RING_MIN, self.line.human, self.right), (DEPUTY, RING_MIN, self.line.human, self.deputy_right),
                (KNOCK, KNOCK_MIN, self.line.knock, np.ones_like(self.right)))  # fmt: skip
        for rung, median, chance, known in rest:
            start = self.issued + STARTS_MIN[rung] * MINUTE
            answers = known & (self._draw("warning.answers", rung) < chance[self.night])
            after = np.where(answers, self._times(median, "warning.delay", rung), np.inf)
            for row in np.flatnonzero(self.has[rung] & (self.ack > start)).tolist():
                self.world.engine.at(start, partial(self._climb, row, rung, float(after[row])))

    def _climb(self, row: int, rung: int, answers_after: float) -> None:
        """Take one rung of the ladder, unless the contact has answered."""
        now = self.world.engine.now
        if self.ack[row] <= now:
            return
        if rung == KNOCK:
            self.knocked[row] = True
            self._answered(row, rung, now + answers_after)
        else:
            self.world.engine.process(self._dial(row, rung, answers_after))

    def _dial(self, row: int, rung: int, answers_after: float) -> Process:
        """Wait for a caller, who calls unless the contact has answered meanwhile."""
        engine = self.world.engine
        with self._callers[row].request() as caller:
            yield caller
            if self.ack[row] <= engine.now:
                return
            takes = UNANSWERED_MIN * MINUTE
            if np.isfinite(answers_after):
                self._answered(row, rung, engine.now + answers_after)
                takes = answers_after + TALK_MIN * MINUTE
            self.caller_s[row] += takes
            yield engine.env.timeout(takes)

    def _answered(self, row: int, rung: int, time: float) -> None:
        if time < self.ack[row]:
            self.ack[row], self.rung[row] = time, rung

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the contacts as columns, with what they did and who was exposed."""
        onset = self.issued + self.line.lead_h * HOUR
        knows = np.minimum(self.read, self.ack)
        actions, begun, done = self._acted(knows, onset)
        return {
            "area": self.area,
            "level": self.level,
            "ack_min": np.where(np.isfinite(self.ack), (self.ack - self.issued) / MINUTE, np.nan),
            "rung": self.rung,
            "caller_min": self.caller_s / MINUTE,
            "knocked": self.knocked,
            "actions": actions,
            "done": np.sum(list(done.values()), axis=0).astype(np.int16),
            "report_min": np.isfinite(self.ack) * ANSWER_MIN + begun * self.rules["warning.ticket_min"],
            "upkeep_min": self._upkeep(),
            **self._exposures({**done, "known": knows <= onset}, onset),
        }

    def _acted(self, knows: NDArray[np.float64], onset: float) -> tuple[NDArray[np.int16], NDArray[np.int64], Done]:
        """Return the actions of each contact's checklist, those begun, and by action whether it was done in time."""
        begins = knows + self._times(self.line.start_min, "warning.starts")
        complies = (self._draw("warning.complies") < self.compliance) & np.isfinite(knows)
        actions, begun = np.zeros(len(self.area), dtype=np.int16), np.zeros(len(self.area), dtype=np.int64)
        done: Done = {}
        for name, checklist in CHECKLISTS.items():
            mine = self.level == AREA_LEVELS.index(name)
            actions[mine] = len(checklist)
            clock = begins.copy()
            for i, (action, median) in enumerate(checklist.items()):
                works = complies & mine & (self._draw("warning.omits", i) >= self.rules["warning.omission"])
                takes = self._times(median, "warning.takes", i) + self.rules["warning.ticket_min"] * MINUTE
                clock += np.where(works, takes, 0.0)
                begun += works
                carried = self._draw("warning.follows", i) < self.rules["warning.followed"]
                done[action] = works & carried & (clock <= onset)
        return actions, begun, done

    def _upkeep(self) -> NDArray[np.float64]:
        """Return the minutes a day in which a grid's records are kept: a completer and fresher list is more visits."""
        homes = np.where(self.level == GRID, self.world.city.areas.households[self.area], 0.0)
        daily = homes * self.rules["records.completeness"] / self.rules["records.staleness_d"]
        refreshed = self.rules.stream.poissons(daily, "warning.refreshed", self.area)
        return refreshed.astype(np.float64) * self.line.record_min

    def _exposures(self, done: Done, onset: float) -> dict[str, NDArray[np.int32]]:
        """Return those at risk and those exposed, by the contact who answers for them."""
        line, people, areas, n = self.line, self.world.population, self.world.city.areas, len(self.area)
        row_of = np.full(len(areas), -1, dtype=np.int64)
        row_of[self.area] = np.arange(n)
        grids = areas.of_level("grid")
        chance = line.basement_per_grid * len(grids) / max(len(people), 1)
        person = np.flatnonzero(self.rules.stream.uniforms("warning.resident", people.key) < chance)
        row = row_of[self.world.city.buildings.grid[people.home[person]]]
        alone, leaves = self._leave(person, row, done)
        crowd = line.underpass_per_grid / (1.0 if 6 <= self.world.hour(onset) < 22 else 3.0)
        drivers = self.rules.stream.poissons(crowd, "warning.users", grids)
        users = np.bincount(row_of[areas.ancestor("community")[grids]], weights=drivers, minlength=n)
        counts = {
            "at_risk": users + np.bincount(row, minlength=n),
            "exposed": np.where(done["underpass"], 0, users) + np.bincount(row[~leaves], minlength=n),
            "elders": np.bincount(row[alone], minlength=n),
            "elders_exposed": np.bincount(row[alone & ~leaves], minlength=n),
        }
        return {name: count.astype(np.int32) for name, count in counts.items()}

    def _leave(
        self, person: NDArray[np.int64], row: NDArray[np.int64], done: Done
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which residents are old and live alone, and who leaves in time.

        One who stands in a fresh list is found, another by chance. Who is old and alone goes after a call of somebody
        known, or when looked after; the others when the basements are cleared.
        """
        people, rules = self.world.population, self.rules
        draw = partial(rules.stream.uniforms, entities=people.key[person])
        alone = (people.age_group[person] == ELDER) & (draw("warning.alone") < self.line.elders_alone)
        listed = (draw("warning.listed") < rules["records.completeness"]) & (draw("warning.fresh") < self.fresh)
        found = listed | (draw("warning.found") < FOUND_UNLISTED)
        called = done["known"][row] & (draw("warning.elder") < rules["warning.elder_contact"])
        told = np.where(alone, called | (done["vulnerable"][row] & found), done["people"][row] & found)
        return alone, told & (draw("warning.leaves") < self.line.leaves)
