"""The catalogue of the mechanisms of governance: what each is called, what it does, and where in a case's life it acts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator

from models.levers.base import Lever, lever_kinds
from models.orders import STAGES
from sim.errors import InputError
from sim.kinds import kind_name
from sim.text import Text
from sim.validation import load_model

GROUPS = {
    "smart": Text("Smart governance", "智慧治理"),
    "grassroots": Text("Party-building-led grassroots governance", "党建引领基层治理"),
    "safety": Text("Public safety", "公共安全治理"),
    "principles": Text("Principles that become indicators or switches", "化为指标或开关的理念"),
}
_STAGE_TITLES = (
    Text("onset", "发生"), Text("detection", "发现"), Text("report", "报告"), Text("acceptance", "受理"),
    Text("filing", "立案"), Text("dispatch", "派遣"), Text("signing", "签收"), Text("arrival", "到场"),
    Text("control", "处置"), Text("feedback", "反馈"), Text("verification", "核查"), Text("closing", "结案"),
)  # fmt: skip
#: Where a mechanism can act: on a stage of the case clock, on the life before it, or beside it.
BESIDE = {
    "prevention": Text("prevention", "事前预防"),
    "service": Text("services", "政务服务"),
    "people": Text("people", "群众"),
    "data": Text("data", "数据"),
}
PARTS: Mapping[str, Text] = {**dict(zip(STAGES, _STAGE_TITLES, strict=True)), **BESIDE}


class Mechanism(BaseModel):
    """One mechanism as it stands in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: Literal["smart", "grassroots", "safety", "principles"]
    title: Text  #: in Chinese in its own words
    does: Text  #: one sentence: what it does, and by which causal path
    touches: Annotated[tuple[str, ...], Field(min_length=1)]  #: names of PARTS
    role: Literal["lever", "indicator", "switch"] = Field(default="lever", alias="as")
    named: tuple[str, ...] = ()  #: of no lever: the indicators, experiments or policies that it has become

    @field_validator("title", "does")
    @classmethod
    def _is_told(cls, text: Text) -> Text:
        if not (text.en.strip() and text.zh.strip()):
            raise InputError(en="both languages are needed", zh="需要中英文两种文字")
        return text

    @field_validator("touches")
    @classmethod
    def _parts_are_known(cls, touches: tuple[str, ...]) -> tuple[str, ...]:
        for name in touches:
            if name not in PARTS:
                there_are = ", ".join(PARTS)
                raise InputError(en=f"{name!r} is unknown; there are: {there_are}",
                                 zh=f"{name!r} 未知；可用：{there_are}")  # fmt: skip
        if len(set(touches)) < len(touches):
            raise InputError(en="a part stands twice", zh="环节重复")
        return touches

    @model_validator(mode="after")
    def _says_what_it_has_become(self) -> Mechanism:
        if (self.role == "lever") == bool(self.named):
            raise InputError(en="an indicator or a switch is named; levers name their mechanism themselves",
                             zh="指标或开关须列出名称；措施自行注明所属机制")  # fmt: skip
        return self


class _File(RootModel[dict[Annotated[str, Field(pattern=r"^A\d\d[a-f]?$")], Mechanism]]):
    pass


@cache
def mechanisms() -> Mapping[str, Mechanism]:
    """Return the catalogue by id, in order."""
    return load_model(_File, Path(__file__).with_suffix(".yaml")).root


def levers_of(mechanism: str) -> dict[str, type[Lever]]:
    """Return the levers that name this mechanism, by kind."""
    return {kind_name(lever): lever for lever in lever_kinds().values() if lever.mechanism == mechanism}
