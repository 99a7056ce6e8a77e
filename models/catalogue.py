"""The incident catalogue: what happens in a city, how often, and how it is met."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from sim.errors import InputError
from sim.text import Text
from sim.validation import load_model

NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Spread = Annotated[float, Field(ge=0.0, le=3.0)]  #: standard deviation of a logarithm
DAYS_PER_YEAR = 365.0


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Duration(_Strict):
    """A lognormal duration; `exponential` draws an exponential one with the median as its mean."""

    median_s: Annotated[float, Field(ge=0.0, le=30 * 86400.0)] = 0.0
    sigma: Spread = 0.5
    exponential: bool = False


class Handling(_Strict):
    """A lognormal handling time of a department, in working hours."""

    median_h: Annotated[float, Field(ge=0.0, le=2000.0)]
    sigma: Spread = 0.9


class Volume(_Strict):
    """How many come depends on governance: `most` times the rate are drawn, and thinned by the parameter's value."""

    parameter: str  #: times the rate that come
    most: Annotated[float, Field(ge=1.0, le=100.0)]  #: the upper end of the parameter's range


class IncidentKind(_Strict):
    """One type of incident."""

    title: Text
    per_100k_year: Annotated[float, Field(ge=0.0, le=1e7)]  #: incidents a year and 100,000 residents
    entity: Literal["person", "building", "street_node"]  #: what it happens to
    hours: Annotated[tuple[NonNegative, ...], Field(min_length=24, max_length=24)]
    age_factors: tuple[NonNegative, NonNegative, NonNegative] = (1.0, 1.0, 1.0)
    priority: Annotated[int, Field(ge=0, le=9)]  #: 0 is served first
    line: Literal["emergency", "hotline", "patrol"]  #: the way in which it is met
    target_s: NonNegative
    crew: str | None = None
    crews_needed: Annotated[int, Field(ge=1, le=10)] = 1
    detect: Duration = Duration()
    on_scene: Duration = Duration()
    transport_share: Share = 0.0
    handover: Duration = Duration()
    hazard: str | None = None
    talk: Duration = Duration()
    ticket_share: Share = 1.0
    handling: Handling = Handling(median_h=0.0)
    self_work: Duration = Duration()
    volume: Volume | None = None
    duplicate_share: Share = 0.0  #: of reports that tell of what is known already
    joint_share: Share = 0.0  #: of cases that need a second department
    boundary_weight: Share = 1.0  #: of the delay at each boundary between owners
    limit_h: NonNegative = 0.0  #: working hours allowed from filing to feedback; 0 for none

    @model_validator(mode="after")
    def _hours_have_weight(self) -> IncidentKind:
        if self.per_100k_year > 0 and not sum(self.hours) > 0:
            raise InputError(en="at least one of the 24 hours needs a weight above 0",
                             zh="24 个小时中至少一个权重须大于 0")  # fmt: skip
        return self

    @model_validator(mode="after")
    def _somebody_comes(self) -> IncidentKind:
        if self.line == "emergency" and self.crew is None:
            raise InputError(en="an emergency needs a kind of crew", zh="应急事件需要指定力量种类")
        return self

    @model_validator(mode="after")
    def _only_requests_have_a_volume(self) -> IncidentKind:
        if self.volume is not None and self.line != "hotline":
            raise InputError(en="only requests at the hotline have a volume that governance changes",
                             zh="只有热线诉求的数量可随治理变化")  # fmt: skip
        return self

    @model_validator(mode="after")
    def _patrol_events_take_what_patrols_read(self) -> IncidentKind:
        if self.line == "patrol" and (self.limit_h > 0.0 or self.duplicate_share > 0.0):
            raise InputError(en="public events have the limits of their matters, and no duplicates",
                             zh="公共事件的时限由事项表规定，且不含重复件")  # fmt: skip
        return self

    def expected_per_day(self, residents: int) -> float:
        """Return the expected incidents a day among `residents`."""
        return self.per_100k_year * residents / 100_000 / DAYS_PER_YEAR


class _File(RootModel[dict[str, IncidentKind]]):
    pass


@cache
def catalogue() -> Mapping[str, IncidentKind]:
    """Return the shipped catalogue by name."""
    return load_model(_File, Path(__file__).with_suffix(".yaml")).root
