"""Matters: the table of public parts and events that a city manages, with conditions and time limits.

It has the structure of the national standard for digital urban management (GB/T 30428): class and category, filing
condition, time limits by urgency, closing condition and responsible unit. A scenario may bring a table of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from sim.errors import InputError
from sim.text import Text
from sim.validation import load_model

Hours = Annotated[float, Field(gt=0.0, le=2000.0)]


class Limits(BaseModel):
    """Working hours from filing to feedback, by urgency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    normal: Hours
    urgent: Hours

    @model_validator(mode="after")
    def _urgent_is_sooner(self) -> Limits:
        if self.urgent > self.normal:
            raise InputError(
                en="the urgent limit must not be longer than the normal one", zh="紧急时限不得长于一般时限"
            )
        return self


class Matter(BaseModel):
    """One matter of the table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    of: Literal["part", "event"]  #: 部件 or 事件
    category: Text
    filing: Text  #: when a case is filed
    closing: Text  #: when it may be closed
    unit: Text  #: who is responsible
    share: Annotated[float, Field(gt=0.0, le=1.0)]  #: of all public events
    urgent_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0  #: of the matter's cases
    limit_h: Limits


def without_gaps(table: Mapping[str, Matter]) -> Mapping[str, Matter]:
    """Return the table if its shares add up to 1, so that every case has its matter; else raise `InputError`."""
    total = sum(matter.share for matter in table.values())
    if abs(total - 1.0) > 1e-6:
        raise InputError(en=f"the shares of the matters must add up to 1; they are {total:g}",
                         zh=f"各事项比例之和须为 1；现为 {total:g}")  # fmt: skip
    return table


class _File(RootModel[dict[str, Matter]]):
    @model_validator(mode="after")
    def _is_whole(self) -> _File:
        without_gaps(self.root)
        return self


@cache
def matters() -> Mapping[str, Matter]:
    """Return the shipped table by name."""
    return load_model(_File, Path(__file__).with_suffix(".yaml")).root


def matter_of(table: Mapping[str, Matter], draw: float, urgency: float) -> tuple[str, float]:
    """Return the matter that a draw in (0, 1) falls on, and its limit in working hours, urgent if `urgency` says so."""
    below, name = 0.0, ""
    for name, matter in table.items():  # noqa: B007 - the last one takes what rounding leaves
        below += matter.share
        if draw < below:
            break
    found = table[name]
    return name, found.limit_h.urgent if urgency < found.urgent_share else found.limit_h.normal
