"""Mechanisms and policies before anything runs, request by request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from models.levers.base import lever_kinds
from models.mechanisms import mechanisms
from models.policy import Policy
from sim.validation import load_model

OWN = {"base": "P1", "levers": [{"kind": "one_network", "intensity": 0.8, "compliance": 0.9}]}
NIGHT = {"districts": ["North: #1"], "hours": [20, 8], "incidents": ["hotline_ticket"]}
FILE = "format: 1\nname: mine\ntitle: {en: Mine, zh: 我的}\nbase: P1\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(
        create_app(Settings(home=tmp_path_factory.mktemp("planning"))), base_url="http://127.0.0.1"
    ) as client:
        yield client


def test_every_mechanism_is_listed_with_its_levers(client: TestClient):
    told = client.get("/api/mechanisms").json()
    assert [entry["id"] for entry in told["mechanisms"]] == list(mechanisms())
    assert {part for entry in told["mechanisms"] for part in entry["touches"]} <= set(told["parts"])
    (one,) = next(entry["levers"] for entry in told["mechanisms"] if entry["id"] == "A03")
    assert one["kind"] == "one_network"
    assert {"values", "range", "unit", "basis", "assumption"} <= set(one["parameters"][0])


def test_a_lever_says_whether_it_takes_a_scope_and_what_a_scope_can_name(client: TestClient):
    told = client.get("/api/mechanisms").json()
    levers = {one["kind"]: one for entry in told["mechanisms"] for one in entry["levers"]}
    assert levers["matter_list"]["scope_refused"] is None
    refused = {"kind": "integrated_patrol", "scope": {"hours": [8, 20]}}
    answer = client.post("/api/policies/check", json={"policy": {"base": "P1", "levers": [refused]}})
    assert answer.status_code == 422
    assert answer.json()["error"]["zh"].endswith(levers["integrated_patrol"]["scope_refused"]["zh"])
    assert told["incidents"]["building_fire"] == {"en": "Building fire", "zh": "建筑火灾"}


def test_the_districts_of_the_default_city_are_told(client: TestClient):
    assert client.get("/api/districts").json() == ["D01"]
    assert client.get("/api/districts", params={"city": "0" * 32}).status_code == 404
    assert client.get("/api/districts", params={"city": "../etc"}).status_code == 422


def test_a_policy_is_checked_against_its_preset(client: TestClient):
    told = client.post("/api/policies/check", json={"policy": OWN}).json()
    assert told["missing"] == []
    changed = {one["name"]: one for one in told["changes"]["parameters"]}
    assert changed["routing.p_misroute"]["before"] == 0.05
    assert changed["routing.p_misroute"]["after"] < 0.07
    price = lever_kinds()["one_network"].side_effects[0].parameter
    assert changed[price]["after"] > changed[price]["before"]
    capex = next(one for one in told["changes"]["cost"] if one["name"] == "capex_yuan")
    assert (capex["before"], capex["after"]) == (
        0.0,
        pytest.approx(0.72 * lever_kinds()["one_network"].cost.capex_yuan),
    )


def test_a_policy_survives_its_file(client: TestClient, tmp_path: Path):
    wanted = {**OWN, "name": "mine", "title": {"en": "Mine: #1", "zh": "我的"}, "set": {"crew.turnout_s": 60.0}}
    wanted["levers"] = [*OWN["levers"], {"kind": "matter_list", "lag_days": 30.0, "running_days": 45.0, "scope": NIGHT}]
    first = client.post("/api/policies/check", json={"policy": wanted}).json()
    again = client.post("/api/policies/check", json={"yaml": first["yaml"]}).json()
    assert again == first
    file = tmp_path / "mine.yaml"
    file.write_text(first["yaml"], encoding="utf-8")
    read = load_model(Policy, file)
    assert read.title.zh == "我的"
    assert read.set == {"crew.turnout_s": 60.0}
    assert read.resolved_levers()[0].share == pytest.approx(0.72)
    assert read.resolved_levers()[1].scope.model_dump(mode="json") == NIGHT
    answer = client.post("/api/policies/difference", json={"first": first["policy"], "second": again["policy"]}).json()
    assert answer["parameters"] == answer["levers"] == []


@pytest.mark.parametrize("how", ["policy", "yaml"])
def test_what_a_lever_needs_and_lacks_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch, how: str):
    monkeypatch.setattr(lever_kinds()["one_network"], "requires", ("matter_list",))
    monkeypatch.setattr(lever_kinds()["matter_list"], "requires", ("base_powers",))
    asked = {"policy": OWN} if how == "policy" else {"yaml": FILE + "levers: [{kind: one_network}]\n"}
    told = client.post("/api/policies/check", json=asked).json()
    assert told["missing"] == [{"lever": "one_network", "needs": "matter_list"},
                               {"lever": "matter_list", "needs": "base_powers"}]  # fmt: skip
    assert [lever["kind"] for lever in told["policy"]["levers"]] == ["one_network"]
    assert "matter_list" not in told["yaml"]
    assert told["changes"]["parameters"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"policy": {"levers": [{"kind": "magic"}]}}, "lever kind 'magic' is unknown"),
        ({"policy": {"levers": [{"kind": "one_network"}] * 2}}, "stands twice"),
        ({"policy": {"levers": [{"kind": "one_network", "intensity": 2}]}}, "must be 1 or less; 2 came"),
        ({"policy": {"set": {"crew.turnout_s": 1e9}}}, "must be within"),
        ({"policy": {"set": {"magic": 1}}}, "parameter 'magic' is unknown"),
        ({"policy": {"name": "a b"}}, "must be 1 to 60 letters, digits, _ or -"),
        ({}, "one of `policy` and `yaml` is needed"),
        ({"policy": OWN, "yaml": FILE}, "one of `policy` and `yaml` is needed"),
        ({"yaml": ""}, "the file is empty"),
        ({"yaml": "a: ["}, "this is not YAML"),
        ({"yaml": "[1, 2]"}, "must be keys with values"),
        ({"yaml": FILE + "levers: 3\n"}, "must be a list"),
        ({"yaml": FILE + "levers: [3]\n"}, "must be keys with values"),
        ({"yaml": FILE + "levers: [{kind: [1]}]\n"}, "is unknown"),
        ({"yaml": FILE + "arms: 1\n"}, "field 'arms' is unknown"),
        ({"yaml": FILE + "base: P2\n"}, "stands twice"),
        ({"yaml": FILE + "x: !!python/object:os.system {}\n"}, "not allowed"),
        ({"yaml": "x" * 60_001}, "60000 characters at most"),
    ],
)  # fmt: skip
def test_a_fault_is_a_422_and_one_sentence_in_each_language(client: TestClient, body: dict, says: str):
    answer = client.post("/api/policies/check", json=body)
    assert answer.status_code == 422
    assert says in answer.json()["error"]["en"]
    assert answer.json()["error"]["zh"]


def test_a_fault_of_a_file_says_its_line(client: TestClient):
    answer = client.post("/api/policies/check", json={"yaml": FILE + "levers:\n  - {kind: magic}\n"})
    assert answer.json()["where"] == "policy.yaml:6"


def test_two_policies_are_told_apart_before_anything_runs(client: TestClient):
    told = client.post("/api/policies/difference", json={"first": "one_network", "second": OWN}).json()
    assert (told["first"]["name"], told["second"]["name"]) == ("one_network", "own")
    levers = {one["name"]: (one["before"], one["after"]) for one in told["levers"]}
    assert levers == {"nearest_unit": (0.9, 0.0), "one_network": (pytest.approx(0.765), pytest.approx(0.72))}
    assert {one["name"] for one in told["parameters"]} >= {"routing.pooled_share", "routing.p_misroute"}


@pytest.mark.parametrize(("body", "status"), [
    ({"first": "P1", "second": "nope"}, 404), ({"first": "P1"}, 422), ({"first": "P1", "second": {"base": "P9"}}, 422),
    ({"first": "P1", "second": {"levers": [{"kind": "magic"}]}}, 400), ({"first": "../../x", "second": "P1"}, 422),
])  # fmt: skip
def test_what_cannot_be_told_apart_is_refused(client: TestClient, body: dict, status: int):
    answer = client.post("/api/policies/difference", json=body)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"en", "zh"}


def test_the_page_of_mechanisms_comes_from_here_alone(client: TestClient):
    page = client.get("/mechanisms")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert json.loads(client.get("/api/mechanisms").content)["groups"]
