"""Kinds: one file adds one hazard, lever or actor, found by its `kind`.

A kind is a frozen Pydantic class with a literal `kind`. Its file lies in the package of its family, or
another distribution names it under the entry point group `jinling.<family>`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import ClassVar, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from sim.errors import InputError
from sim.text import Text


class Kind(BaseModel):
    """Base of everything that is chosen by its `kind` in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    family: ClassVar[Text] = Text("kind", "种类")  #: what the members of its family are called
    title: ClassVar[Text]
    decisions: ClassVar[tuple[str, ...]] = ()  #: names of its draws
    kind: str


class Unit(NamedTuple):
    """The unit of a field, as in `share: Annotated[float, Unit("1")] = 0.5`."""

    symbol: str


def unit_of(field: FieldInfo) -> str:
    """Return the unit of a field of a kind; "" where none is given."""
    return next((part.symbol for part in field.metadata if isinstance(part, Unit)), "")


KindT = TypeVar("KindT", bound=Kind)


def kind_name(cls: type[Kind]) -> str:
    """Return the literal that names `cls` in files."""
    return str(cls.model_fields["kind"].default)


def _leaves(cls: type[KindT]) -> list[type[KindT]]:
    children = cls.__subclasses__()
    own = [cls] if cls.model_fields["kind"].default is not None and not children else []
    return own + [leaf for child in children for leaf in _leaves(child)]


@cache
def kinds_in(family: type[KindT], package: ModuleType) -> dict[str, type[KindT]]:
    """Import every module of `package` and return the kinds of `family` by name, in order of name.

    Raises
    ------
    InputError
        Two classes claim the same name.
    """
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    for entry in entry_points(group=f"jinling.{family.__name__.lower()}"):
        entry.load()
    found: dict[str, type[KindT]] = {}
    for leaf in _leaves(family):
        name = kind_name(leaf)
        if name in found and found[name] is not leaf:
            raise InputError(
                en=f"{family.family.en} kind {name!r} is claimed by two classes",
                zh=f"{family.family.zh}种类 {name!r} 被两个类占用",
            )
        found[name] = leaf
    return dict(sorted(found.items()))


def kind_called(family: type[KindT], package: ModuleType, name: str) -> type[KindT]:
    """Return the class of `family` called `name`, or raise an `InputError` that lists those there are."""
    found = kinds_in(family, package)
    if name not in found:
        there_are = ", ".join(found)
        raise InputError(
            en=f"{family.family.en} kind {name!r} is unknown; there are: {there_are}",
            zh=f"{family.family.zh}种类 {name!r} 未知；可用：{there_are}",
        )
    return found[name]
