"""A policy: a preset and levers on top of it, resolved to parameters before anything runs.

The rule: a lever of intensity x and compliance c, ramped up to the share r, moves a parameter the share
x·c·r of the way from the preset's value to the value of the lever fully on, as far as that is on the way to reform.
Two levers on one parameter multiply (in the space in which the parameter mixes their moves add), in whatever order
they stand; and no parameter passes the full-reform preset P2, so that overlapping levers are not counted twice. Side
effects come after all effects, as factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from models import levers as lever_package
from models.levers.base import Lever, Place
from models.lines.base import line_kinds
from models.parameter import Preset, from_space, to_space
from models.parameters import in_range, known_parameter, parameters, preset_values
from sim.errors import InputError
from sim.kinds import kind_called, kind_name
from sim.text import Text
from sim.validation import check_each, validated


def _moved(name: str, start: float, moves: Sequence[tuple[float, float]]) -> float:
    """Return a parameter after the moves (value fully on, share), kept between `start` and the full-reform value."""
    how, full = known_parameter(name).mix, preset_values("P2")[name]
    place = to_space(start, how)
    helping = [(on, share) for on, share in moves if share > 0.0 and (on - start) * (full - start) > 0.0]
    if not helping:
        return start
    total = place + sum(share * (to_space(on, how) - place) for on, share in helping)
    low, high = sorted((start, full))
    return min(max(from_space(total, how), low), high)


def _known(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a lever's entry if the lever is known, its fields are right, and a scope can hold for what it moves."""
    check_each({(): partial(_lever, entry)})
    lever = _lever(entry)
    refusal = scope_refused(type(lever))
    if lever.is_limited and refusal is not None:
        raise InputError(en=refusal.en, zh=refusal.zh)
    return entry


def scope_refused(lever: type[Lever]) -> Text | None:
    """Return why a lever takes no scope: a sentence that names the parameter of no single order; None where it takes one."""
    moved = [*(effect.parameter for effect in lever.effects), *(side.parameter for side in lever.side_effects)]
    whole = next((name for name in moved if name.startswith(_of_the_whole_city())), None)
    if whole is None:
        return None
    name = kind_name(lever)
    return Text(f"lever {name!r} moves {whole!r}, which holds for the whole city: it takes no scope",
                f"措施 {name!r} 作用于全市性参数 {whole!r}，不能限定适用范围")  # fmt: skip


class Policy(BaseModel):
    """A policy as it stands in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,60}$")]
    title: Text
    base: Preset
    levers: tuple[Annotated[dict[str, Any], AfterValidator(_known)], ...] = ()
    set: dict[str, float] = Field(default_factory=dict)

    @field_validator("levers")
    @classmethod
    def _levers_are_known(cls, entries: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        present = [str(entry.get("kind")) for entry in entries]
        twice = next((name for name in present if present.count(name) > 1), None)
        if twice is not None:
            raise InputError(en=f"lever {twice!r} stands twice", zh=f"措施 {twice!r} 重复")
        for entry in entries:
            lever = _lever(entry)
            missing = [name for name in lever.requires if name not in present]
            if missing:
                needs = ", ".join(missing)
                raise InputError(en=f"lever {lever.kind!r} needs {needs} in the policy",
                                 zh=f"措施 {lever.kind!r} 需要政策中包含 {needs}")  # fmt: skip
        return entries

    @field_validator("set")
    @classmethod
    def _values_are_in_range(cls, values: dict[str, float]) -> dict[str, float]:
        check_each({(name,): partial(in_range, {name: value}) for name, value in values.items()})
        return values

    def resolved_levers(self) -> tuple[Lever, ...]:
        """Return the levers of the policy, validated."""
        return tuple(_lever(entry) for entry in self.levers)

    @property
    def is_local(self) -> bool:
        """Whether a lever of the policy is limited to a part of the city's orders."""
        return any(lever.is_limited for lever in self.resolved_levers())

    def unlimited(self) -> Policy:
        """Return the policy with every lever acting everywhere: its parameters are those within every scope."""
        return self.model_copy(
            update={"levers": tuple({k: v for k, v in e.items() if k != "scope"} for e in self.levers)}
        )

    def resolve(self, place: Place | None = None) -> dict[str, float]:
        """Return every parameter's value under the policy, for an order at `place` or for the city as a whole."""
        values = preset_values(self.base)
        levers = [lever for lever in self.resolved_levers()
                  if not lever.is_limited or (place is not None and lever.scope.holds(place))]  # fmt: skip
        moves: dict[str, list[tuple[float, float]]] = {}
        for lever in levers:
            for effect in lever.effects:
                on = effect.value(preset_values(self.base)[effect.parameter])
                moves.setdefault(effect.parameter, []).append((on, lever.share))
        for name, own in moves.items():
            values[name] = _moved(name, values[name], sorted(own))
        for lever in sorted(levers, key=lambda lever: lever.kind):
            for side in lever.side_effects:
                low, high = known_parameter(side.parameter).range
                worse = values[side.parameter] * side.factor**lever.share
                values[side.parameter] = min(max(worse, low), high)
        return {**values, **self.set}


#: Parameters of no single order: those of patrols, of the desk as a whole, and of lines of work.
_WHOLE = ("patrol.", "crew.drill_h", "grid.share_solved", "grid.report_min", "hotline.", "intake.false_reports", "posting.", "sensing.",
          "forecast.", "traffic.")  # fmt: skip


@cache
def _of_the_whole_city() -> tuple[str, ...]:
    return (*_WHOLE, *(name for line in line_kinds().values() for name in (*line.own, *line.reads)))


def _lever(entry: Mapping[str, Any]) -> Lever:
    return validated(kind_called(Lever, lever_package, str(entry.get("kind"))), entry)


def differing(first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    """Return the names of the parameters in which two resolved policies differ, in catalogue order."""
    return [name for name in parameters() if first.get(name) != second.get(name)]
