"""What goes in and out of the service, with an example of each for the OpenAPI description."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.levers.base import Days, Scope, Share
from models.parameter import Preset
from models.policy_difference import PolicyDifference
from scenarios.library import OWN
from sim.errors import InputError
from sim.text import Text

_ID = r"^[0-9a-f]{32}$"
_EXAMPLE_ID = "3f2a9c0d5b7e41688f00c1d2e3f4a5b6"
RunId = Annotated[str, Path(pattern=_ID, examples=[_EXAMPLE_ID])]
JobId = Annotated[str, Path(pattern=_ID, examples=[_EXAMPLE_ID])]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,60}$")]
City = Annotated[
    str | None,
    Field(pattern=_ID, description="Another city than the scenario's own · 另选城市", examples=[_EXAMPLE_ID]),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ScopeChoice(Scope):
    """What a lever is limited to: districts, hours of the day, kinds of incidents."""

    districts: tuple[str, ...] = Field(default=(), max_length=100, examples=[["Gulou"]])


class LeverChoice(_Request):
    """A lever that a policy of one's own turns on."""

    kind: Name = Field(examples=["one_network"])
    intensity: Share = 1.0
    compliance: Share = 1.0
    lag_days: Days = 90.0
    running_days: Days = 3650.0
    scope: ScopeChoice = ScopeChoice()


class OwnPolicy(_Request):
    """A policy of one's own: levers over a preset, and values that are set over both."""

    name: Name = Field(default="own", examples=["own"])
    title: Text = OWN
    base: Preset = Field(default="P1", examples=["P1"])
    levers: Annotated[list[LeverChoice], Field(max_length=100)] = Field(
        default_factory=list, examples=[[{"kind": "one_network", "intensity": 0.8}]]
    )
    set: Annotated[dict[str, float], Field(max_length=500)] = Field(default_factory=dict)


class RunRequest(_Request):
    """A run to be made."""

    scenario: Name = Field(examples=["tiny_day"])
    city: City = None
    policy: Name | OwnPolicy = Field(default="P1", examples=["P1"])
    seed: int = Field(default=0, ge=0, lt=2**53)


class ComparisonRequest(_Request):
    """A comparison to be made; the first policy is the baseline."""

    scenario: Name = Field(examples=["tiny_day"])
    city: City = None
    policies: Annotated[list[Name | OwnPolicy], Field(min_length=2, max_length=6)] = Field(examples=[["P1", "P2"]])
    seeds: int = Field(default=20, ge=1, le=1000)


class PolicyCheck(_Request):
    """A policy of one's own that is looked at before anything runs, as fields or as the text of a YAML file."""

    policy: OwnPolicy | None = Field(default=None, examples=[{"base": "P1", "levers": [{"kind": "one_network"}]}])
    yaml: Annotated[str, Field(max_length=60_000)] | None = Field(
        default=None, examples=["format: 1\nname: own\ntitle: {en: Own, zh: 自拟}\nbase: P1\n"]
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> PolicyCheck:
        if (self.policy is None) == (self.yaml is None):
            raise InputError(en="one of `policy` and `yaml` is needed", zh="需要 `policy` 或 `yaml` 之一")
        return self


class DifferenceRequest(_Request):
    """Two policies whose difference is asked for, by name or of one's own."""

    first: Name | OwnPolicy = Field(examples=["P1"])
    second: Name | OwnPolicy = Field(examples=["one_network"])


class Missing(BaseModel):
    """A lever that another one needs, and that the policy lacks."""

    lever: str = Field(examples=["one_network"])
    needs: str = Field(examples=["matter_list"])


class CheckedPolicy(BaseModel):
    """A policy that was looked at: as fields, as a file, and what it changes against its own preset."""

    policy: OwnPolicy
    yaml: str = Field(examples=["format: 1\nname: own\n"])
    missing: list[Missing] = Field(description="Levers to be added before it can run · 运行前须补上的措施")
    changes: PolicyDifference


class Fault(BaseModel):
    """What is wrong, in one sentence in each language, and where."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"error": {"en": "there is no run '3f2a…'", "zh": "没有运行 '3f2a…'"}, "where": ""},
    ]})  # fmt: skip

    error: Text
    where: str = ""


class State(BaseModel):
    """A run or a comparison: how far it is and, once it is complete, what came of it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [
        {"id": _EXAMPLE_ID, "kind": "run", "status": "running", "progress": 0.42, "error": None, "result": "",
         "scenario": "tiny_day", "city": None, "policy": "P1", "seed": 0},
    ]})  # fmt: skip

    id: str
    kind: Literal["run", "comparison"]
    status: Literal["queued", "running", "complete", "failed", "cancelled"]
    progress: float = Field(ge=0.0, le=1.0)
    error: Text | None = None
    result: str = ""
    manifest: dict[str, Any] | None = Field(default=None, description="Of a complete run · 已完成运行的清单")
    comparison: dict[str, Any] | None = Field(default=None, description="When complete · 已完成对比的结果")


class Indicator(BaseModel):
    """One indicator of a run; the value is null where there was nothing to measure."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"value": 12.2, "title": {"en": "Ambulance: call to arrival", "zh": "救护车：呼叫至到场"},
         "unit": {"en": "min", "zh": "分钟"}, "better": "lower"},
    ]})  # fmt: skip

    value: float | None
    title: Text
    unit: Text
    better: Literal["lower", "higher", "none"]


_TOLD: dict[str, Any] = {"description": "One sentence in each language · 一句话说明（中英文）", "model": Fault}
FAULTS: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 403, 404, 413, 422), _TOLD)
BUSY: dict[int | str, dict[str, Any]] = {**FAULTS, 429: _TOLD}
