"""Figures of hazards that cannot be are refused in one sentence, in both languages."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from models.hazards.base import hazard_kinds


@pytest.mark.parametrize(
    ("kind", "figures", "says"),
    [
        ("building_fire", {"class_shares": (5.0, 5.0, -1.0, 0.0)}, "sum to 1"),
        ("building_fire", {"fuel_mw": float("inf")}, "finite number"),
        ("building_fire", {"fuel_sigma": 1e9}, "less than or equal to 3"),
        ("fire", {"old_shares": (0.9, 0.9, 0.9)}, "sum to 1"),
        ("fire", {"old_below_m2": float("inf")}, "finite number"),
        ("contagion", {"shares": (0.9, 0.9, 0.9, 0.9)}, "sum to 1"),
        ("cardiac_arrest", {"fitted": float("nan")}, "finite number"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(kind: str, figures: dict, says: str):
    with pytest.raises(ValidationError, match=says):
        hazard_kinds()[kind](**figures)


def test_every_hazard_stands_with_its_own_figures():
    assert all(kind().model_dump() for kind in hazard_kinds().values())
