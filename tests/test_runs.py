from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from sim.errors import DamagedError, InputError, NotFoundError
from sim.recording import SERIES
from sim.runs import RunStore

RUN = "0" * 31 + "a"
TABLES = {"series": pa.table({"time": [0.0], "metric": ["m"], "value": [1.0]}, schema=SERIES)}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    store = RunStore(tmp_path / "runs")
    store.write(RUN, {"indicators": {}}, TABLES)
    return store


def test_a_run_comes_back(store: RunStore):
    assert store.run_ids() == [RUN]
    assert store.open(RUN).table("series").equals(TABLES["series"])
    assert [p.name for p in store.root.iterdir()] == [RUN]


def test_without_a_manifest_there_is_no_run(store: RunStore):
    (store.root / RUN / "manifest.json").unlink()
    assert store.run_ids() == []
    with pytest.raises(NotFoundError):
        store.open(RUN)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "running"}'])
def test_a_half_written_manifest_is_not_taken_for_whole(store: RunStore, text: str):
    (store.root / RUN / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DamagedError):
        store.open(RUN)
    assert store.find(RUN) is None


def test_a_damaged_table_is_found_and_the_run_is_set_aside(store: RunStore):
    file = store.root / RUN / "series.parquet"
    data = bytearray(file.read_bytes())
    data[10] ^= 255
    file.write_bytes(data)
    with pytest.raises(DamagedError):
        store.open(RUN).table("series")
    assert store.find(RUN) is None
    assert list(store.root.glob("*.damaged-*/*/manifest.json"))
    store.write(RUN, {"indicators": {}}, TABLES)
    assert store.find(RUN) is not None


def test_writing_twice_keeps_the_first(store: RunStore):
    before = json.loads((store.root / RUN / "manifest.json").read_text())
    store.write(RUN, {"indicators": {"other": 1.0}}, TABLES)
    assert json.loads((store.root / RUN / "manifest.json").read_text()) == before
    assert [p.name for p in store.root.iterdir()] == [RUN]


@pytest.mark.parametrize("name", ["../x", "A" * 32, "", "0" * 33])
def test_an_id_that_is_none_is_refused(store: RunStore, name: str):
    with pytest.raises(InputError):
        store.open(name)
