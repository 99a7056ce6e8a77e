"""The passports of hazards as people read them: what stands behind each model, and how well it did."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from api.schema import FAULTS
from models.hazards.base import Hazard, hazard_kinds
from models.passport import Measured, Valid, measured
from sim.errors import NotFoundError
from sim.units import unit_text

router = APIRouter(prefix="/api/passports")


def passport_of(name: str) -> type[Hazard]:
    """Return the hazard of that name; raise `NotFoundError` that lists those there are."""
    kinds = hazard_kinds()
    if name not in kinds:
        raise NotFoundError(en=f"hazard {name[:60]!r} is unknown; there are: {', '.join(kinds)}",
                            zh=f"灾害 {name[:60]!r} 未知；可用：{'、'.join(kinds)}")  # fmt: skip
    return kinds[name]


@router.get("", summary="Passports of hazards · 灾害模型护照")
def passports() -> list[dict[str, Any]]:
    """List every hazard with its equations, assumptions, ranges, measured errors, real cases and limits."""
    return [passport_facts(name) for name in hazard_kinds()]


@router.get("/{hazard}", summary="One passport · 单个护照", responses=FAULTS)
def passport(hazard: Annotated[str, Path(pattern=r"^[a-z_]{1,60}$", examples=["fire"])]) -> dict[str, Any]:
    """Return the passport of a hazard."""
    return passport_facts(hazard)


def passport_facts(name: str) -> dict[str, Any]:
    """Return a hazard's passport as plain data."""
    kind = passport_of(name)
    said = kind.passport
    return {
        "name": name,
        "title": kind.title._asdict(),
        "equations": [text._asdict() for text in said.equations],
        "sources": list(said.sources),
        "assumptions": [text._asdict() for text in said.assumptions],
        "valid": [_valid(row) for row in said.valid],
        "measured": [_measured(row) for row in measured(name)],
        "cases": [text._asdict() for text in said.cases],
        "limits": [text._asdict() for text in said.limits],
        "writes": [{"name": field.name, "title": field.title._asdict(), "place": field.place,
                    "unit": unit_text(field.unit)._asdict(), "scale": list(field.scale),
                    "labels": [label._asdict() for label in field.labels]} for field in kind.writes],
        "reads": list(kind.reads),
        "opens": [one.title._asdict() for one in kind.opens.values()],
    }  # fmt: skip


def _valid(row: Valid) -> dict[str, Any]:
    return {"quantity": row.quantity._asdict(), "low": row.low, "high": row.high, "unit": unit_text(row.unit)._asdict()}


def _measured(row: Measured) -> dict[str, Any]:
    return {"case": row.case._asdict(), "expected": row.expected, "got": row.got, "tolerance": row.tolerance,
            "error": row.error, "relative": row.expected != 0.0, "held": row.held}  # fmt: skip
