"""What a passport says of the range of its model: every row is looked at in a run, and told where it is left."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from in_city import InCity

import models
from models.hazards.base import hazard_kinds
from models.passport import Valid
from sim.text import Text

ROOT = Path(models.__file__).parent
#: Each hazard with a figure outside, and what the warning names.
FAR = {
    "contagion": ({"r0": 8.0}, "R0"),
    "drain_failure": ({"hour": 9.0, "rain_mm_h": 250.0}, "Rain"),
    "gas_shortage": ({"hour": 9.0, "demand": 5.0}, "Demand"),
    "information": ({"rumour_h": 9.0, "beta": 100.0}, "contacts"),
    "power_failure": ({"hour": 9.0, "hottest_c": 50.0}, "Air temperature"),
    "toxic_release": ({"hour": 9.0, "wind_m_s": 0.5, "reach_m": 1500.0}, "Distance"),
}  # fmt: skip


def named_rows() -> list[tuple[str, Valid]]:
    """Return the rows of all passports that have a name, with it."""
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(models.__path__, "models.")]
    return [(name, row) for module in modules for name, row in vars(module).items() if isinstance(row, Valid)]


@pytest.mark.parametrize("name", hazard_kinds())
def test_every_row_of_a_range_is_looked_at_in_a_run(name: str):
    sources = "".join(file.read_text(encoding="utf-8") for file in ROOT.rglob("*.py"))
    looked_at = set(re.findall(rf"\.within\(\s*(?:[\"]{name}[\"]|self\.kind|kind\.kind), (\w+),", sources))
    rows = hazard_kinds()[name].passport.valid
    assert rows, name
    for row in rows:
        names = {said for said, other in named_rows() if other is row}
        assert names & looked_at, f"{name}: nothing looks at {row.quantity.en!r}"


@pytest.mark.parametrize("name", FAR)
def test_a_run_outside_the_range_says_so(tiny, tiny_city, tiny_people, name: str):
    fields, quantity = FAR[name]
    warned = InCity(tiny, tiny_city, tiny_people).run({name: fields}, hours=2.0).world.warnings
    assert any(said.startswith(quantity) for hazard, said in warned if hazard == name), warned.keys()


def test_the_warning_says_how_far():
    row = Valid(Text("wind", "风速"), 0.0, 25.0, "m/s", Text("Brands fly on.", "飞火更远。"))
    assert row.outside(30.0).en == "wind: 30 m/s, checked from 0 to 25. Brands fly on."
    assert row.outside(30.0).zh == "风速为 30 米/秒，验证范围为 0～25。飞火更远。"
