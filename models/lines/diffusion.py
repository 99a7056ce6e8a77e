"""How a practice spreads (学仙林、见行动、优治理): Bass diffusion from the original over the streets of the city.

A street that has not taken it up does so with the hazard p + q·F, where F is the share of streets that have (Bass,
1969, doi:10.1287/mnsc.15.5.215). A copy is weaker than the original, which is 1; a mentor closes a part of the gap.
The hazard is the same for all who wait, so the order of uptake is that of their luck and each time follows exactly
from the one before. Where a city has few streets the next level below stands for them: communities, or grids; a field
of synthetic streets, marked as such by `synthetic`, stands for those of a larger city.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter
from models.world import World
from sim.city.model import Areas
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

MONTH_D, YEAR_D = 365.0 / 12.0, 365.0
LEVELS = ("street", "community", "grid")


def uptake(luck: NDArray[np.float64], pull: float, imitation: float) -> NDArray[np.float64]:
    """Return when each takes the practice up, in months: who has the least luck-threshold first.

    luck : float64 [streets] of unit exponentials, the hazards at which each takes it up.
    """
    order = np.argsort(luck, kind="stable")
    gaps = np.diff(luck[order], prepend=0.0)
    had = np.arange(len(luck)) / max(len(luck), 1)  # share that has it before each of them
    months = np.empty(len(luck))
    months[order] = np.cumsum(gaps / (pull + imitation * had))
    return months


def gini(values: NDArray[np.float64]) -> float:
    """Return Gini's coefficient of values ≥ 0: 0 where all are the same; NaN where all are 0."""
    ranked = np.sort(values)
    n = len(ranked)
    return ratio(float(((2.0 * np.arange(1, n + 1) - n - 1.0) * ranked).sum()), n * float(ranked.sum()))


def _behind(columns: Columns) -> float:
    return ratio(mean(columns["effect"]), float(columns["effect"].max()))


class Diffusion(Line):
    """A practice spreads over the streets: how fast, how faithfully, and how unequally."""

    title: ClassVar[Text] = Text(en="Spread of a practice over the streets", zh="先进经验在街道间的推广")
    decisions: ClassVar[tuple[str, ...]] = ("diffusion.uptake", "diffusion.fidelity", "diffusion.mentor")
    least_d: ClassVar[float] = YEAR_D
    own: ClassVar[Mapping[str, Parameter]] = {
        "diffusion.pull": Parameter(
            title=Text("Streets that learn from the original by themselves", "街道直接学习示范街道的速率"), unit="per month",
            values=(0.01, 0.02, 0.03), range=(0.002, 0.1), mix="geo", assumption=True),
        "diffusion.imitation": Parameter(
            title=Text("Pull of those who have it on those who have not", "街道间相互带动的速率"), unit="per month",
            values=(0.1, 0.25, 0.4), range=(0.02, 0.6), mix="geo", assumption=True),
        "diffusion.mentored": Parameter(
            title=Text("Copies made with a mentor from the original", "有示范街道帮带的推广比例"), unit="share",
            values=(0.0, 0.2, 0.8), range=(0.0, 1.0), mix="linear", assumption=True),
        # The same under every preset: what weakens a copy is the haste of a campaign.
        "diffusion.fidelity": Parameter(
            title=Text("Fidelity of a copy, against the original", "经验复制完整度（相对示范街道）"), unit="share",
            values=(0.7, 0.7, 0.7), range=(0.2, 1.0), mix="linear", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("unit", pa.int32()), ("area", pa.int32()), ("level", pa.string()), ("synthetic", pa.bool_()),
        ("t_uptake", pa.float64()), ("adopted", pa.bool_()), ("without_d", pa.float64()), ("mentored", pa.bool_()),
        ("fidelity", pa.float64()), ("effect", pa.float64()), ("mentor_h", pa.float64()),
    ])  # fmt: skip

    kind: Literal["diffusion"] = "diffusion"
    least: Annotated[int, Field(ge=1, le=1000), Unit("count")] = 20  #: areas of a level that stands for the streets
    synthetic: Annotated[int, Field(ge=0, le=1000), Unit("count")] = 0  #: streets, instead of the city's; 0: none
    spread: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.2  #: of fidelity, standard deviation (assumption)
    closed: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: of the gap, by a mentor (assumption)
    mentor_h: Annotated[float, Field(ge=0, le=10_000), Unit("h")] = 120.0  #: of mentors for one copy (assumption)

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("adopted.diffusion", Text("Streets that have taken the practice up", "已推广街道比例"),
                      unit_text("share"), "higher", lambda columns: mean(columns["adopted"])),
        IndicatorKind("without.diffusion", Text("Days of the window without the practice, per street", "街道尚未推广的天数"),
                      unit_text("d"), "lower", lambda columns: mean(columns["without_d"])),
        IndicatorKind("fidelity.diffusion", Text("Fidelity of the copies", "经验复制完整度"), unit_text("share"), "higher",
                      lambda columns: mean(columns["fidelity"][columns["adopted"]])),
        IndicatorKind("effect.diffusion", Text("Mean effect, against the original", "平均成效（相对示范街道）"), unit_text("share"),
                      "higher", lambda columns: mean(columns["effect"])),
        IndicatorKind("behind.diffusion", Text("Mean effect, against the best street", "平均成效与最好街道之比"),
                      unit_text("share"), "higher", _behind),
        IndicatorKind("inequality.diffusion", Text("Inequality of effect between streets (Gini)", "街道间成效差距（基尼系数）"),
                      unit_text("ratio"), "lower", lambda columns: gini(columns["effect"])),
        IndicatorKind("mentor_h.diffusion", Text("Mentors' hours per street", "每街道帮带工时"), unit_text("h"), "lower",
                      lambda columns: mean(columns["mentor_h"])),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Spread the practice from the first day of the window."""
        rows = self._rows(world)
        return lambda: rows

    def _units(self, areas: Areas) -> tuple[str, NDArray[np.int64], NDArray[np.int32]]:
        """Return the level of those who take it up, their numbers, which are their luck, and the areas they lie in."""
        if self.synthetic:
            numbers = np.arange(self.synthetic, dtype=np.int64)
            streets = areas.of_level("street")
            return "street", numbers, streets[numbers % len(streets)].astype(np.int32)
        many = [level for level in LEVELS if len(areas.of_level(level)) >= self.least]
        level = (*many, LEVELS[-1])[0]
        found = areas.of_level(level)
        return level, found.astype(np.int64), found.astype(np.int32)

    def _rows(self, world: World) -> dict[str, NDArray[Any]]:
        stream, values = world.rules.stream, world.rules.parameters
        level, unit, area = self._units(world.city.areas)
        start, end = world.window
        luck = -np.log(stream.uniforms("diffusion.uptake", unit))
        days = MONTH_D * uptake(luck, values["diffusion.pull"], values["diffusion.imitation"])
        length_d = (end - start) / DAY
        adopted = days < length_d
        copy = values["diffusion.fidelity"] + self.spread * np.log(
            stream.lognormals(1.0, 1.0, "diffusion.fidelity", unit)
        )
        copy = np.clip(copy, 0.0, 1.0)
        mentored = stream.uniforms("diffusion.mentor", unit) < values["diffusion.mentored"]
        fidelity = np.where(mentored, copy + self.closed * (1.0 - copy), copy)
        return {
            "unit": unit.astype(np.int32), "area": area, "level": np.full(len(unit), level, dtype=object),
            "synthetic": np.full(len(unit), self.synthetic > 0), "t_uptake": start + days * DAY, "adopted": adopted,
            "without_d": np.minimum(days, length_d), "mentored": mentored & adopted, "fidelity": fidelity,
            "effect": np.where(adopted, fidelity, 0.0), "mentor_h": np.where(mentored & adopted, self.mentor_h, 0.0),
        }  # fmt: skip
