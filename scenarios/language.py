"""The scenario language: what to run, as validated YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.calendar import WorkingHours
from models.catalogue import IncidentKind, catalogue
from models.crews import DEFAULT_CREWS, CrewKind
from sim.city.generated.parameters import CityParameters
from sim.errors import InputError
from sim.text import Text

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
            raise ValueError("a city needs one of `generated`, `file` and `built`")
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
    hours: Annotated[float, Field(gt=0.0, le=24.0 * 366)] = 24.0
    start_hour: Annotated[int, Field(ge=0, le=23)] = 0
    drain_days: Annotated[float, Field(ge=0.0, le=366.0)] = 40.0
    beat_s: Annotated[float, Field(ge=1.0, le=3600.0)] = 60.0
    incidents: dict[str, IncidentChange] = Field(default_factory=dict)
    crews: dict[str, CrewKind] = Field(default_factory=lambda: dict(DEFAULT_CREWS))
    hotline_seats_per_100k: Annotated[float, Field(ge=0.0)] = 5.52
    hotline_seats: Annotated[int, Field(ge=1)] | None = None
    speed_factor: Annotated[float, Field(gt=0.0)] = 1.0  #: `.inf` lets crews be there at once
    working: WorkingHours = WorkingHours()
    parameters: dict[str, float] = Field(default_factory=dict)  #: over those of any policy

    @model_validator(mode="after")
    def _resolves(self) -> Scenario:
        try:
            self.kinds()
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    def kinds(self) -> dict[str, IncidentKind]:
        """Return the incident kinds of the scenario; none named means the whole catalogue."""
        known = catalogue()
        chosen = self.incidents or dict.fromkeys(known, IncidentChange())
        result = {}
        for name, changed in chosen.items():
            if name not in known:
                raise InputError(
                    en=f"incident {name!r} is unknown; there are: {', '.join(known)}",
                    zh=f"事件 {name!r} 未知；可用：{', '.join(known)}",
                )
            data = {**known[name].model_dump(), **changed.change}
            data["per_100k_year"] *= changed.rate_factor
            result[name] = IncidentKind.model_validate(data)
        return result

    def seats(self, residents: int) -> int:
        """Return the hotline's seats."""
        if self.hotline_seats is not None:
            return self.hotline_seats
        return max(1, round(self.hotline_seats_per_100k * residents / 100_000))
