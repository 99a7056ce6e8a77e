"""Passports: what stands behind a model, where it holds, and how well it did against cases whose answer is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.text import Text
from sim.units import unit_text

#: One file a hazard, written by `make passports`: the tests measure, and nobody else.
MEASURED = Path(__file__).with_name("passports")
#: Six digits at least are written down; a test that did not hold writes nothing.
_ROUNDED = 5e-6


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


class Valid(NamedTuple):
    """A quantity and the range in which the model was checked; outside a run warns (`World.within`)."""

    quantity: Text
    low: float
    high: float
    unit: str
    beyond: Text | None = None  #: what it means to be outside

    def outside(self, value: float) -> Text:
        """Return the warning of a value outside the range."""
        unit = Text("", "") if self.unit == "ratio" else unit_text(self.unit)
        here, low, high = _figure(value), _figure(self.low), _figure(self.high)
        en = f"{self.quantity.en}: {here} {unit.en}".rstrip() + f", checked from {low} to {high}."
        zh = f"{self.quantity.zh}为 {here} {unit.zh}".rstrip() + f"，验证范围为 {low}～{high}。"
        return Text(en, zh) if self.beyond is None else Text(f"{en} {self.beyond.en}", f"{zh}{self.beyond.zh}")


class Passport(NamedTuple):
    """What an engineer asks before trusting a model."""

    equations: tuple[Text, ...]
    sources: tuple[str, ...]  #: author, year, DOI
    assumptions: tuple[Text, ...]
    valid: tuple[Valid, ...]
    cases: tuple[Text, ...]  #: real cases, scored and not tuned on
    limits: tuple[Text, ...]


class Measured(NamedTuple):
    """A case whose answer is known, as a test measured it."""

    case: Text
    expected: float
    got: float
    tolerance: float  #: relative to `expected`, absolute where that is 0
    rounded: float = 0.0  #: by how much `got` may have been rounded when it was written down, relative

    @property
    def held(self) -> bool:
        """Whether the error is within the tolerance."""
        return self.error <= self.tolerance + self.rounded

    @property
    def error(self) -> float:
        """The error, relative to what was expected; absolute where that is 0."""
        return abs(self.got - self.expected) / (abs(self.expected) or 1.0)


@cache
def measured(hazard: str) -> tuple[Measured, ...]:
    """Return what the tests measured of a hazard."""
    file = MEASURED / f"{hazard}.json"
    if not file.is_file():
        return ()
    rows = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Measured(Text(row["en"], row["zh"]), row["expected"], row["got"], row["tolerance"], _ROUNDED) for row in rows
    )


def write_measured(hazard: str, rows: Iterable[Measured]) -> None:
    """Write what the tests have just measured of a hazard, in order of the English name."""
    said = [
        {**row.case._asdict(), "expected": row.expected, "got": float(f"{row.got:.12g}"), "tolerance": row.tolerance}
        for row in sorted(rows, key=lambda row: row.case.en)
    ]
    text = json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False)
    (MEASURED / f"{hazard}.json").write_text(text + "\n", encoding="utf-8")
