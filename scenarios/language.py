"""The scenario language: what to run, as validated YAML."""

from __future__ import annotations

from functools import partial
from math import inf, isfinite
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator, model_validator

from models import hazards as hazard_package
from models import lines as line_package
from models.calendar import HOUR, WorkingHours, moment
from models.catalogue import IncidentKind, catalogue
from models.crews import DEFAULT_CREWS, CrewKind
from models.hazards.base import Hazard
from models.lines.base import Line
from models.matters import Matter, matters, without_gaps
from models.parameters import in_range, known_parameter
from models.simulation import SERIES_S
from sim.city.generated.parameters import CityParameters
from sim.errors import InputError
from sim.kinds import kind_called
from sim.text import Text
from sim.validation import check_each, validated

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,60}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CityChoice(_Strict):
    """Where a scenario plays: a generated city, a map file with its overlays, or a city built before."""

    built: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None  #: id, as `jinling city build` prints it
    generated: CityParameters | None = None
    file: Path | None = None
    name: str | None = None
    residents: Annotated[int, Field(ge=100, le=40_000_000)] | None = None
    overlays: tuple[Path, ...] = ()
    boundaries: Path | None = None
    gcj02: bool = False

    @model_validator(mode="after")
    def _one_of_three(self) -> CityChoice:
        if sum(choice is not None for choice in (self.built, self.generated, self.file)) != 1:
            raise InputError(en="a city needs one of `generated`, `file` and `built`",
                             zh="城市需要 `generated`、`file`、`built` 之一")  # fmt: skip
        return self


class IncidentChange(_Strict):
    """What a scenario changes in an incident kind of the catalogue."""

    rate_factor: Annotated[float, Field(ge=0.0, le=1000.0)] = 1.0
    change: dict[str, Any] = Field(default_factory=dict)


class Scenario(_Strict):
    """A scenario as it stands in a file."""

    format: Literal[1]
    name: Name
    title: Text
    question: Text
    city: CityChoice
    hours: Annotated[float, Field(gt=0.0, le=24.0 * 3660)] = 24.0
    start_hour: Annotated[int, Field(ge=0, le=23)] = 0  #: of the first day
    drain_days: Annotated[float, Field(ge=0.0, le=3660.0)] = 3660.0  #: in which what is open comes to its end
    beat_s: Annotated[float, Field(ge=1.0, le=86400.0)] = 60.0
    incidents: dict[str, IncidentChange] | None = None  #: all of the catalogue where none are named
    hazards: dict[str, dict[str, Any]] = Field(default_factory=dict)  #: what spreads, with what is changed of each
    lines: dict[str, dict[str, Any]] = Field(default_factory=dict)  #: lines of work, with what is changed of each
    crews: dict[str, CrewKind] = Field(default_factory=lambda: dict(DEFAULT_CREWS))
    hotline_seats_per_100k: Annotated[float, Field(ge=0.0, le=10_000.0)] = (
        1.4  #: staffed at a time, fitted; 5.52 in all
    )
    hotline_seats: Annotated[int, Field(ge=1)] | None = None
    speed_factor: Annotated[float, Field(ge=0.01)] = 1.0  #: `.inf` lets crews be there at once
    working: WorkingHours = WorkingHours()
    matters: dict[Name, Matter] = Field(default_factory=lambda: dict(matters()))  #: public events, and their limits
    parameters: dict[str, float] = Field(default_factory=dict)  #: over those of any policy

    @field_serializer("speed_factor", when_used="json")
    def _plain(self, factor: float) -> float | str:
        """JSON has no number for infinity; the word is read back as it."""
        return factor if isfinite(factor) else str(factor)

    @field_validator("speed_factor", mode="before")
    @classmethod
    def _read_back(cls, factor: Any) -> Any:
        return inf if factor == "inf" else factor

    @model_validator(mode="after")
    def _beats_fill_the_window(self) -> Scenario:
        start, end = self.window
        if (end - start) % self.beat_s or (self.beat_s % SERIES_S and SERIES_S % self.beat_s):
            raise InputError(en=f"beat_s must divide the window, and {SERIES_S:g} s or the other way round",
                             zh=f"beat_s 须整除时间窗口，且与 {SERIES_S:g} 秒成整数倍关系")  # fmt: skip
        return self

    @field_validator("incidents")
    @classmethod
    def _incidents_are_known(cls, incidents: dict[str, IncidentChange] | None) -> dict[str, IncidentChange] | None:
        chosen = (incidents or {}).items()
        check_each({(name,): partial(changed_kind, name, changed) for name, changed in chosen}, within=("change",))
        return incidents

    @field_validator("hazards")
    @classmethod
    def _hazards_are_known(cls, hazards: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        check_each({(name,): partial(_hazard, name, changed) for name, changed in hazards.items()})
        return hazards

    @field_validator("lines")
    @classmethod
    def _lines_are_known(cls, lines: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        check_each({(name,): partial(_line, name, changed) for name, changed in lines.items()})
        return lines

    @field_validator("matters")
    @classmethod
    def _every_case_has_its_matter(cls, table: dict[str, Matter]) -> dict[str, Matter]:
        return dict(without_gaps(table))

    @field_validator("parameters")
    @classmethod
    def _parameters_are_in_range(cls, parameters: dict[str, float]) -> dict[str, float]:
        check_each({(name,): partial(in_range, {name: value}) for name, value in parameters.items()})
        return parameters

    @model_validator(mode="after")
    def _crews_are_there(self) -> Scenario:
        crews = self.crew_kinds()
        for name, kind in self.kinds().items():
            if kind.crew is not None and kind.crew not in crews:
                there_are = ", ".join(crews) or "–"
                raise InputError(en=f"incident {name!r} needs crews of kind {kind.crew!r}; there are: {there_are}",
                                 zh=f"事件 {name!r} 需要 {kind.crew!r} 类力量；可用：{there_are}")  # fmt: skip
        for name, crew in crews.items():
            if crew.joins is not None and (crew.joins not in crews or crews[crew.joins].joins is not None):
                raise InputError(en=f"crews {name!r} reinforce {crew.joins!r}, which are no crews of the city",
                                 zh=f"力量 {name!r} 支援的 {crew.joins!r} 不是本市力量")  # fmt: skip
        return self

    @model_validator(mode="after")
    def _hazards_begin_in_the_window(self) -> Scenario:
        check_each({("hazards", name, *_keys(field)): partial(self._comes_to_pass, hour)
                    for name, hazard in self.acting_hazards().items()
                    for field, hour in hazard.begins(self.hazards).items()})  # fmt: skip
        return self

    def _comes_to_pass(self, hour: float) -> None:
        start, end = self.window
        if moment(hour, start) >= end:
            raise InputError(en=f"{hour:g} h lies outside of the window, which is {self.hours:g} h from {self.start_hour} h on",
                             zh=f"{hour:g} 时不在时间窗口内（自 {self.start_hour} 时起 {self.hours:g} 小时）")  # fmt: skip

    @model_validator(mode="after")
    def _lines_have_time(self) -> Scenario:
        for name, line in self.working_lines().items():
            if self.hours < 24.0 * line.least_d:
                raise InputError(en=f"line of work {name!r} needs a window of {line.least_d:g} days at least",
                                 zh=f"业务条线 {name!r} 至少需要 {line.least_d:g} 天的时间窗口")  # fmt: skip
        return self

    @property
    def window(self) -> tuple[float, float]:
        """The seconds, from midnight of the first day, between which things happen."""
        return self.start_hour * HOUR, (self.start_hour + self.hours) * HOUR

    def kinds(self) -> dict[str, IncidentKind]:
        """Return the incident kinds of the scenario; without `incidents` the whole catalogue."""
        chosen = dict.fromkeys(catalogue(), IncidentChange()) if self.incidents is None else self.incidents
        drawn = {name: changed_kind(name, changed) for name, changed in chosen.items()}
        opened = {name: kind for hazard in self._named() for name, kind in hazard.opens.items()}
        return {**drawn, **{name: kind for name, kind in opened.items() if name not in drawn}}

    def acting_hazards(self) -> dict[str, Hazard]:
        """Return the hazards of the scenario: those of its incidents, and those that it names, in order of name."""
        names = {kind.hazard for kind in self.kinds().values() if kind.hazard is not None} | set(self.hazards)
        return {name: _hazard(name, self.hazards.get(name, {})) for name in sorted(names)}

    def crew_kinds(self) -> dict[str, CrewKind]:
        """Return the crews of the scenario, with those whom its hazards need and it does not change."""
        brought = {name: kind for hazard in self._named() for name, kind in hazard.crews.items()}
        return {**self.crews, **{name: kind for name, kind in brought.items() if name not in self.crews}}

    def _named(self) -> list[Hazard]:
        return [_hazard(name, self.hazards[name]) for name in sorted(self.hazards)]

    def working_lines(self) -> dict[str, Line]:
        """Return the lines of work of the scenario, in order of name."""
        return {name: _line(name, self.lines[name]) for name in sorted(self.lines)}

    def seats(self, residents: int) -> int:
        """Return the hotline's seats."""
        if self.hotline_seats is not None:
            return self.hotline_seats
        return max(1, round(self.hotline_seats_per_100k * residents / 100_000))


def _hazard(name: str, changed: dict[str, Any]) -> Hazard:
    return validated(kind_called(Hazard, hazard_package, name), changed, f"{name}.")  # type: ignore[type-abstract]  # only its leaves are returned


def _keys(field: str) -> list[str | int]:
    return [int(key) if key.isdigit() else key for key in field.split(".")]


def _line(name: str, changed: dict[str, Any]) -> Line:
    return validated(kind_called(Line, line_package, name), changed, f"{name}.")  # type: ignore[type-abstract]  # only its leaves are returned


def changed_kind(name: str, changed: IncidentChange) -> IncidentKind:
    """Return an incident kind of the catalogue as a scenario changes it; raise `InputError` if it cannot be."""
    known = catalogue()
    if name not in known:
        raise InputError(
            en=f"incident {name!r} is unknown; there are: {', '.join(known)}",
            zh=f"事件 {name!r} 未知；可用：{', '.join(known)}",
        )
    kind = validated(IncidentKind, {**known[name].model_dump(), **changed.change}, f"{name}.change.")
    if kind.hazard is not None:
        kind_called(Hazard, hazard_package, kind.hazard)  # type: ignore[type-abstract]  # only its leaves are found
    if kind.volume is not None and known_parameter(kind.volume.parameter).range[1] > kind.volume.most:
        raise InputError(en=f"{name}: `most` must reach the upper end of {kind.volume.parameter!r}",
                         zh=f"{name}：most 不得小于 {kind.volume.parameter!r} 的上限")  # fmt: skip
    return kind.model_copy(update={"per_100k_year": kind.per_100k_year * changed.rate_factor})
