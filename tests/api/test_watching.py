"""Whoever watches a run over the service: its legend, its fields, its closed streets, its story, and why somebody was late."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hazard_day import HAZARDS, MORE, hazard_run, with_more_fields

from api.app import create_app
from api.settings import Settings
from models.hazards.base import hazard_kinds
from sim.runs import Run
from viz.frames import decode


@pytest.fixture(scope="module")
def run(tiny, tiny_city, home: Path) -> Run:
    return with_more_fields(hazard_run(tiny, home), home)


@pytest.fixture(scope="module")
def client(home: Path, run: Run) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(home=home)), base_url="http://127.0.0.1") as client:
        yield client


def test_the_legend_tells_all_that_the_map_shows(client: TestClient, run: Run):
    said = client.get(f"/api/runs/{run.id}/legend").json()
    fields = {field["name"]: field for field in said["fields"]}
    assert set(fields) == set(run.manifest["fields"])
    first = [field.name for name in HAZARDS for field in hazard_kinds()[name].writes]
    assert [name for name in fields if name in first] == first  # as the scenario and its hazards name them
    for field in fields.values():
        assert field["title"]["en"]
        assert field["title"]["zh"]
        assert field["unit"]["zh"]
        assert field["scale"] == sorted(field["scale"])
        assert len(field["labels"]) in {0, len(field["scale"])}
    assert said["incidents"]["gas_leak"]["urgent"]
    assert not said["incidents"].get("hotline_ticket", {"urgent": False})["urgent"]
    assert said["crews"]["gas_crew"]["title"]["zh"]
    assert [one["hazard"] for one in said["warnings"]] == [one["hazard"] for one in run.manifest["warnings"]]
    assert {"gas_leak", "road_traffic"} <= {one["hazard"] for one in said["warnings"]}


def test_the_story_is_told_in_order_and_says_where(client: TestClient, run: Run):
    story = client.get(f"/api/runs/{run.id}/legend").json()["story"]
    assert [one["time"] for one in story] == sorted(one["time"] for one in story)
    kinds = [one["kind"] for one in story]
    assert {"gas_strike", "toxic_started"} <= set(kinds)
    assert all(a != b for a, b in itertools.pairwise(kinds))
    struck = next(one for one in story if one["kind"] == "gas_strike")
    assert struck["time"] == 9.5 * 3600
    assert math.hypot(*struck["at"]) < 5000


def test_every_layer_of_the_scene_has_its_frame(client: TestClient, run: Run):
    scene = client.get(f"/api/runs/{run.id}/scene")
    assert len(scene.content) < 12_000
    layers = {layer["id"]: layer for layer in scene.json()["layers"]}
    assert {f"field.{name}" for name in run.manifest["fields"]} | {"closures"} <= set(layers)
    for name, layer in layers.items():
        columns, meta = decode(client.get(layer["data"]).content)
        assert meta["synthetic"] is True, name
        if name.startswith("field."):
            table = run.table(name)
            assert len(columns["time"]) == table.num_rows
            assert columns["value"].max(initial=0.0) == pytest.approx(max(table["value"].to_pylist(), default=0.0))
    assert {layers[f"field.{kind.name}"]["@@type"] for kind in MORE} == {
        "BitmapLayer", "PathLayer", "SolidPolygonLayer", "ScatterplotLayer"
    }  # fmt: skip


def test_tables_of_fields_are_read_like_any_other(client: TestClient, run: Run):
    rows = client.get(f"/api/runs/{run.id}/tables/field.test.depth", params={"limit": 3}).json()
    assert [set(row) for row in rows] == [{"time", "index", "value"}] * 3


def test_why_is_answered_in_parts(client: TestClient, run: Run):
    orders = run.table("orders").to_pylist()
    leak = next(row for row in orders if row["kind"] == "gas_leak")
    said = client.get(f"/api/runs/{run.id}/why/{leak['order']}").json()
    assert said["led"][-1]["text"]["en"] == "an excavator has struck a gas main"
    assert sum(part["seconds"] for part in said["parts"]) == pytest.approx(leak["t_arrive"] - leak["t_onset"], abs=6.0)
    assert said["headline"]["zh"].startswith(f"工单 {leak['order']}")


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        (f"/api/runs/{'f' * 32}/why/999999", 404, "has no order 999999"),
        (f"/api/runs/{'f' * 32}/why/-1", 422, ""),
        (f"/api/runs/{'f' * 32}/frames/field.nothing.bin", 404, "no field 'nothing'"),
        (f"/api/runs/{'f' * 32}/frames/..%2Fmanifest.bin", 404, ""),
        (f"/api/runs/{'0' * 32}/legend", 404, "no run"),
        ("/api/passports/magic", 404, "there are: "),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told(client: TestClient, path: str, status: int, word: str):
    answer = client.get(path)
    assert answer.status_code == status
    assert word in answer.json()["error"]["en"]
    assert answer.json()["error"]["zh"]


def test_every_hazard_has_a_passport_in_both_languages(client: TestClient):
    said = client.get("/api/passports").json()
    assert [one["name"] for one in said] == list(hazard_kinds())
    for one in said:
        assert one == client.get(f"/api/passports/{one['name']}").json()
        assert one["equations"]
        assert one["limits"]
        assert all(row["held"] for row in one["measured"]), one["name"]
        texts = [*one["equations"], *one["assumptions"], *one["cases"], *one["limits"], one["title"]]
        texts += [row["case"] for row in one["measured"]] + [row["quantity"] for row in one["valid"]]
        assert all(text["en"] and text["zh"] for text in texts), one["name"]
    page = client.get("/passports")
    assert "passports.js" in page.text
