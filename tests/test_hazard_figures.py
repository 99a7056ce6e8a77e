"""Figures of hazards that cannot be are refused in one sentence, in both languages."""

from __future__ import annotations

import pytest
from in_city import InCity
from pydantic import ValidationError

from models.hazards.base import hazard_kinds
from scenarios.language import IncidentChange


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


def test_a_run_without_any_order_has_its_log(tiny, tiny_city, tiny_people):
    quiet = {name: IncidentChange(rate_factor=0.0) for name in tiny.kinds()}
    runs = InCity(tiny, tiny_city, tiny_people)
    tables = runs.run({"flood": {"hour": 9.0, "series_mm_per_h": [0.0]}}, incidents=quiet, hours=2.0).tables()
    assert tables["orders"].num_rows == 0
    assert tables["events"].num_rows > 0
    assert set(tables["events"]["order"].to_pylist()) == {-1}


def test_two_ignitions_of_the_same_wish_are_two_fires(tiny, tiny_city, tiny_people):
    runs = InCity(tiny, tiny_city, tiny_people)
    fires = runs.run({"fire": {"ignitions": [{"at_h": 8.5}, {"at_h": 8.5}]}}, hours=1.0).tables()["fire"]
    assert fires.num_rows >= 2
