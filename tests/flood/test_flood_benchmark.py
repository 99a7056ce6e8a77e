"""What the documentation says of the flood's memory, and what its benchmark says where its peer does not run."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import flood as flood_benchmark
from benchmarks.memory import by_length, of_a_cell, size
from models.flood import basin

DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def test_a_cell_takes_as_many_bytes_as_is_told():
    cell, more = of_a_cell(), of_a_cell(soaks=True)
    assert cell == pytest.approx(29.0, abs=0.2)  # faces and edges: one row more
    assert more - cell == pytest.approx(8.0, abs=0.01)
    assert "29 bytes" in basin.__doc__
    assert "29 B/cell, 37 where water may soak in" in DOCS.read_text(encoding="utf-8")


def test_arrays_are_counted_once_and_by_what_they_are_of():
    shared = np.zeros(10)
    assert size({"a": shared, "b": [shared, np.zeros(3, dtype=np.int8)]}) == 83
    assert by_length({"pipe": 10, "node": 3}, shared, np.zeros((3, 2)), np.zeros(128)) == "8 B/pipe + 16 B/node + 1 KiB"


@pytest.mark.parametrize(
    "python", [Path("nowhere") / "bin" / "python", Path(sys.executable)], ids=["none", "no landlab"]
)
def test_without_landlab_the_benchmark_says_so_in_one_sentence(python: Path, monkeypatch, capsys):
    monkeypatch.setattr(flood_benchmark, "PROGRAM", "import landlab_that_is_not_there")
    assert flood_benchmark._peer(python) is None
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "benchmarks/peers.txt" in said[0]
