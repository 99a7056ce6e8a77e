"""Estates (小区) and their four standing problems: a charging shed, the fire lane, parking, the light well.

Five parties share an estate: party branch, owners' committee, property firm, social organisations and residents. A
problem that is raised is decided by the firm alone within days, or, where there is a convener (五方共治), after a
deliberation of weeks; then it is a threshold public good (`models/estates/bargaining.py`): a convener adds to the sum and
halves free-riding. What is solved relapses. Where there is no shed, e-bikes are charged inside the buildings. A Mesa
model steps the estates month by month; a grid's homes are taken as one estate (assumption).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.estates.bargaining import Terms
from models.estates.months import ISSUES, EstateMonths, Rates, Turn
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

YEAR_D = 365.0


def _open_share(columns: Columns) -> float:
    return ratio(float(columns["open_d"].sum()), float((columns["open_d"] + columns["solved_d"]).sum()))


def _relapses(columns: Columns) -> float:
    """Return how often a problem that is solved relapses within a year."""
    return ratio(float(columns["relapsed"].sum()), float(columns["solved_d"].sum()) / YEAR_D)


def _indoors(columns: Columns) -> float:
    """Return e-bikes charged inside the buildings, per 1,000 households, as a mean over the window."""
    shed = columns["issue"] == "charging_shed"
    days = (columns["open_d"] + columns["solved_d"]) * columns["households"]
    return ratio(1000.0 * float((columns["indoors"] * columns["households"])[shed].sum()), float(days[shed].sum()))


def _petitions(columns: Columns) -> float:
    """Return petitions in a year for 1,000 households; each household lives with every kind of problem."""
    days = (columns["open_d"] + columns["solved_d"]) * columns["households"]
    return ratio(1000.0 * float(columns["petitions"].sum()), float(days.sum()) / YEAR_D / len(ISSUES))


class Estates(Line):
    """Problems of estates: raised, decided alone or in five-party deliberation, solved if efforts suffice, relapsing."""

    title: ClassVar[Text] = Text(en="Estates and their standing problems", zh="小区治理难题")
    decisions: ClassVar[tuple[str, ...]] = (
        "estates.solved", "estates.convener", "estates.raised", "estates.raised_day", "estates.decision",
        "estates.benefit", "estates.relapse", "estates.relapse_day", "estates.petition", "estates.petition_day",
    )  # fmt: skip
    least_d: ClassVar[float] = YEAR_D
    own: ClassVar[Mapping[str, Parameter]] = {
        "estates.convener": Parameter(
            title=Text("Estates with a convener of the five parties", "有召集人的五方共治小区比例"), unit="share",
            values=(0.0, 0.4, 1.0), range=(0.0, 1.0), mix="linear", assumption=True),
        "estates.relapse": Parameter(
            title=Text("Relapses of a solved problem", "小区难题解决后反弹率"), unit="per year", values=(0.3, 0.2, 0.12),
            range=(0.02, 1.0), mix="geo", assumption=True),
        "estates.reporting": Parameter(
            title=Text("Problems that are raised, against an estate without a convener", "居民反映问题（相对无召集人小区）"),
            unit="factor", values=(1.0, 1.15, 1.3), range=(0.5, 2.0), mix="geo", assumption=True),
        # The same under every preset: it is the price of a convener, whoever has one.
        "estates.deliberation_d": Parameter(
            title=Text("Deliberation until the first decision", "五方协商至首次议决时间"), unit="d", values=(21.0, 21.0, 21.0),
            range=(7.0, 60.0), mix="geo", assumption=True),
        "estates.meeting_h": Parameter(
            title=Text("Hours of all parties for one deliberation", "每次五方协商各方合计工时"), unit="h",
            values=(15.0, 15.0, 15.0), range=(2.0, 100.0), mix="geo", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("area", pa.int32()), ("issue", pa.string()), ("households", pa.int32()), ("convened", pa.bool_()),
        ("t_from", pa.float64()), ("t_raised", pa.float64()), ("t_decided", pa.float64()), ("t_to", pa.float64()),
        ("decision_d", pa.float64()), ("solved", pa.float64()), ("effort", pa.float64()),
        ("participation", pa.float64()), ("hours", pa.float64()), ("relapsed", pa.bool_()), ("petitions", pa.int16()),
        ("open_d", pa.float64()), ("solved_d", pa.float64()), ("indoors", pa.float64()),
    ])  # fmt: skip

    kind: Literal["estates"] = "estates"
    raised: Annotated[float, Field(ge=0, le=50), Unit("per year")] = 0.8  #: of a problem that is open (assumption)
    threshold: Annotated[float, Field(gt=0, le=2), Unit("share")] = 0.6  #: of the weighted efforts, that solves it
    chair: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.15  #: that a convener adds to the efforts
    free_riding: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: a convener halves it (assumption)
    trouble: Annotated[float, Field(ge=0, le=10), Unit("ratio")] = 2.0  #: of a full effort to its benefit (assumption)
    doubt: Annotated[float, Field(gt=0, le=1), Unit("share")] = 0.1  #: about what the others will do (assumption)
    benefit_sigma: Annotated[float, Field(ge=0, le=2), Unit("log")] = 1.0  #: of the benefit to a party (assumption)
    side_payments: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3  #: of benefits, evened out (assumption)
    trust: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: in the others, at first (assumption)
    alone_d: Annotated[float, Field(gt=0, le=365), Unit("d")] = 3.0  #: median, where the firm decides (assumption)
    alone_h: Annotated[float, Field(ge=0, le=100), Unit("h")] = 2.0  #: of work for it (assumption)
    petition: Annotated[float, Field(ge=0, le=10), Unit("per year")] = (
        0.15  #: about a problem that is open (assumption)
    )
    e_bikes: Annotated[float, Field(ge=0, le=10), Unit("ratio")] = 1.2  #: per household: 4 to 5 million in the city
    indoors: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.35  #: charged inside without a shed (assumption)
    indoors_shed: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.12  #: and with one (assumption)
    before_d: Annotated[int, Field(ge=0, le=3650), Unit("d")] = 1460  #: for which the policy has been in force
    solved_first: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: when it began (assumption)

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("first_decision.estates", Text("Estate problem: raised to first decision", "小区难题：提出至首次议决"),
                      unit_text("d"), "lower", lambda columns: mean(columns["decision_d"])),
        IndicatorKind("solved.estates", Text("Decisions that solve the problem", "小区难题议决后解决率"), unit_text("share"),
                      "higher", lambda columns: mean(columns["solved"])),
        IndicatorKind("open.estates", Text("Estate problems that are open", "小区难题未解决比例"), unit_text("share"), "lower",
                      _open_share),
        IndicatorKind("relapse.estates", Text("Relapses of a solved problem", "小区难题反弹次数（每个已解决难题）"),
                      unit_text("per year"), "lower", _relapses),
        IndicatorKind("ebikes.estates", Text("E-bikes charged inside buildings", "电动自行车违规入楼充电"),
                      unit_text("per 1,000 households"), "lower", _indoors),
        IndicatorKind("petitions.estates", Text("Petitions about estates in a year", "小区问题年信访量"),
                      unit_text("per 1,000 households"), "lower", _petitions),
        IndicatorKind("participation.estates", Text("Residents who take part", "居民参与率"), unit_text("share"), "higher",
                      lambda columns: mean(columns["participation"])),
        IndicatorKind("hours.estates", Text("Hours of the parties per decision", "每次议决各方工时"), unit_text("h"), "lower",
                      lambda columns: mean(columns["hours"])),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play all months at once: nothing else of the city touches its estates."""
        people, areas = world.population, world.city.areas
        first = np.unique(people.household, return_index=True)[1]
        grid_of = world.city.buildings.grid[people.home[first]]
        households = np.bincount(grid_of, minlength=len(areas)).astype(np.int32)
        places = areas.of_level("grid")
        model = EstateMonths(self._rates(), world.rules.parameters, world.rules.stream, places[households[places] > 0])
        turns = model.play((world.window[1] - world.window[0]) / DAY)
        rows = self._columns(turns, world, households)
        return lambda: rows

    def _rates(self) -> Rates:
        alone = Terms(self.threshold, 0.0, self.free_riding, self.trouble, self.doubt)
        convened = Terms(self.threshold, self.chair, self.free_riding / 2.0, self.trouble, self.doubt)
        same = {name: getattr(self, name) for name in Rates.__dataclass_fields__ if name in type(self).model_fields}
        return Rates(**same, alone=alone, convened=convened)

    def _columns(self, turns: list[Turn], world: World, households: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
        """Return what lies within the window as columns: for each problem, spans that follow one on the other."""
        start, length_d = world.window[0], (world.window[1] - world.window[0]) / DAY
        times = np.array([(turn.since, turn.raised, turn.decided, turn.until) for turn in turns]).reshape(-1, 4)
        since, raised, decided, ended = times.T
        until = np.minimum(ended, length_d)
        solved = np.array([turn.solved for turn in turns], dtype=np.float64)
        area = np.array([turn.area for turn in turns], dtype=np.int32)
        convened = np.array([turn.convened for turn in turns], dtype=np.bool_)
        shut = np.where(solved == 1.0, decided, until)  # when it is open no more
        open_d = np.maximum(np.minimum(shut, length_d) - np.maximum(since, 0.0), 0.0)
        solved_d = np.maximum(until - np.maximum(shut, 0.0), 0.0)
        asked = raised >= 0.0
        heard = (decided >= 0.0) & (decided < length_d) & np.isfinite(solved)
        hours = np.where(convened, world.rules["estates.meeting_h"], self.alone_h)
        return {
            "area": area, "issue": np.array([ISSUES[turn.issue] for turn in turns], dtype=object),
            "households": households[area], "convened": convened,
            **{f"t_{name}": start + DAY * days for name, days in
               (("from", since), ("raised", raised), ("decided", decided), ("to", until))},
            "decision_d": np.where(asked, decided - raised, np.nan), "solved": np.where(heard, solved, np.nan),
            "effort": np.array([turn.effort for turn in turns], dtype=np.float64),
            "participation": np.where(heard, [turn.participation for turn in turns], np.nan),
            "hours": np.where(asked, hours, np.nan),
            "relapsed": np.array([turn.relapsed for turn in turns], dtype=np.bool_) & (ended < length_d),
            "petitions": np.array([turn.petitions for turn in turns], dtype=np.int16),
            "open_d": open_d, "solved_d": solved_d,
            "indoors": self.e_bikes * (open_d * self.indoors + solved_d * self.indoors_shed),
        }  # fmt: skip
