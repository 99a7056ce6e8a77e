"""The service, request by request."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from api import schema as schema_module
from api.app import create_app
from api.jobs import Job
from api.settings import Settings
from viz.frames import decode


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(home=tmp_path_factory.mktemp("service")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def finished(client: TestClient, path: str) -> dict:
    for _ in range(600):
        state = client.get(path).json()
        if state.get("status") in {"complete", "failed", "cancelled"}:
            return state
        time.sleep(0.1)
    raise AssertionError(state)


@pytest.fixture(scope="module")
def run(client: TestClient) -> str:
    answer = client.post("/api/runs", json={"scenario": "tiny_day", "policy": "P1", "seed": 3})
    assert answer.status_code == 202
    state = finished(client, f"/api/runs/{answer.json()['id']}")
    assert state["status"] == "complete", state
    return state["id"]


def test_a_run_is_computed_once(client: TestClient, run: str):
    again = client.post("/api/runs", json={"scenario": "tiny_day", "policy": "P1", "seed": 3}).json()
    assert again["id"] == run
    assert again["status"] == "complete"


def test_a_policy_of_ones_own_is_run(client: TestClient):
    levers = [{"kind": "one_network", "intensity": 0.5}, {"kind": "matter_list"}]
    wanted = {"scenario": "tiny_day", "policy": {"base": "P0", "levers": levers}, "seed": 3}
    job = client.post("/api/runs", json=wanted).json()
    state = finished(client, f"/api/runs/{job['id']}")
    assert state["status"] == "complete", state
    said = state["manifest"]["policy"]
    assert (said["name"], said["base"]) == ("own", "P0")
    assert 0.04 <= said["parameters"]["routing.p_misroute"] < 0.09  # half of the way


def test_tables_in_three_forms(client: TestClient, run: str):
    base = f"/api/runs/{run}/tables/orders"
    rows = client.get(base).json()
    arrow = pa.ipc.open_stream(io.BytesIO(client.get(base, params={"format": "arrow"}).content)).read_all()
    csv = client.get(base, params={"format": "csv"}).text
    assert len(rows) == arrow.num_rows == csv.count("\n") - 1 > 10
    assert len(client.get(base, params={"limit": 3, "offset": 2}).json()) == 3


def test_the_scene_is_small_and_its_frames_are_there(client: TestClient, run: str):
    answer = client.get(f"/api/runs/{run}/scene")
    assert len(answer.content) < 8000
    for layer in answer.json()["layers"]:
        columns, meta = decode(client.get(layer["data"]).content)
        assert columns
        assert meta["synthetic"] is True


def test_progress_and_cancel(client: TestClient):
    wanted = {"scenario": "flagship_day", "policies": ["P1", "P2"], "seeds": 50}
    job = client.post("/api/comparisons", json=wanted).json()
    assert client.post(f"/api/comparisons/{job['id']}/cancel").json()["status"] == "cancelled"
    assert client.get(f"/api/comparisons/{job['id']}").json()["status"] == "cancelled"


def test_a_comparison_keeps_its_id_when_the_server_starts_again(tmp_path: Path):
    wanted = {"scenario": "tiny_day", "policies": ["P1", "P2"], "seeds": 1}
    with TestClient(create_app(Settings(home=tmp_path)), base_url="http://127.0.0.1") as first:
        job = first.post("/api/comparisons", json=wanted).json()
        assert finished(first, f"/api/comparisons/{job['id']}")["status"] == "complete"
    with TestClient(create_app(Settings(home=tmp_path)), base_url="http://127.0.0.1") as second:
        assert second.get(f"/api/comparisons/{job['id']}").json()["comparison"]["id"] == job["id"]
        again = second.post("/api/comparisons", json=wanted).json()
        assert (again["id"], again["status"]) == (job["id"], "complete")


def test_a_cancelled_run_that_was_computed_since_is_complete(client: TestClient, run: str):
    client.app.state.jobs._jobs[run] = Job(run, "run", {}, status="cancelled")
    assert client.get(f"/api/runs/{run}").json()["status"] == "complete"


def test_what_is_not_there_is_told_in_both_languages(client: TestClient):
    for answer in (client.get("/nowhere"), client.get("/api/nowhere"), client.put("/api/runs")):
        assert answer.status_code in {404, 405}
        assert answer.json()["error"]["zh"]


def test_cancelling_a_comparison_ends_its_workers(tmp_path: Path):
    with TestClient(create_app(Settings(home=tmp_path)), base_url="http://127.0.0.1") as client:
        job = client.post(
            "/api/comparisons", json={"scenario": "tiny_day", "policies": ["P1", "P2"], "seeds": 400}
        ).json()
        for _ in range(600):
            state = client.get(f"/api/comparisons/{job['id']}").json()
            if state["progress"] > 0:
                break
            time.sleep(0.1)
        own = client.app.state.jobs.get(job["id"]).process.pid
        workers = children_of(own)
        assert workers
        client.post(f"/api/comparisons/{job['id']}/cancel")
        for _ in range(100):
            if not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):
                return
            time.sleep(0.1)
    raise AssertionError("workers outlived their job")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    direct = [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
              for child in (task / "children").read_text().split()]  # fmt: skip
    return direct + [below for child in direct for below in children_of(child)]


def test_too_many_jobs_are_refused_for_now(tmp_path: Path):
    with TestClient(create_app(Settings(home=tmp_path, queue=0)), base_url="http://127.0.0.1") as busy:
        answer = busy.post("/api/comparisons", json={"scenario": "tiny_day", "policies": ["P1", "P2"]})
    assert answer.status_code == 429
    assert set(answer.json()["error"]) == {"en", "zh"}


def test_the_description_has_an_example_of_every_question_and_answer(client: TestClient):
    told = client.get("/api/openapi.json").json()
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            for part in operation.get("parameters", []):
                assert "examples" in str(part) or "enum" in str(part) or "default" in str(part), (path, part)
    for name, schema in told["components"]["schemas"].items():
        assert "examples" in str(schema), name
        for example in schema.get("examples", []):
            getattr(schema_module, name).model_validate(example)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("post", "/api/runs", {"scenario": "nope"}, 404),
        ("post", "/api/runs", {"scenario": "../../etc/passwd"}, 422),
        ("post", "/api/runs", {"scenario": "tiny_day", "seed": -1}, 422),
        ("post", "/api/runs", {"scenario": "tiny_day", "extra": 1}, 422),
        ("get", f"/api/runs/{'0' * 32}", None, 404),
        ("get", "/api/runs/x", None, 422),
        ("get", f"/api/comparisons/{'0' * 32}/report", None, 404),
        ("post", f"/api/runs/{'0' * 32}/cancel", None, 404),
        ("post", "/api/comparisons", {"scenario": "tiny_day", "policies": ["P1", "P1"]}, 400),
        ("post", "/api/runs", {"scenario": "tiny_day", "policy": {"name": "P1", "base": "P1"}}, 400),
        ("post", "/api/runs", {"scenario": "tiny_day", "policy": {"levers": [{"kind": "magic"}]}}, 400),
        ("post", "/api/runs", {"scenario": "tiny_day", "policy": {"levers": [{"kind": "one_network"}] * 2}}, 400),
        ("post", "/api/runs", {"scenario": "tiny_day", "policy": {"levers": [{"kind": "x", "intensity": 2}]}}, 422),
        ("post", "/api/runs", {"scenario": "x" * 100_000}, 413),
    ],
)  # fmt: skip
def test_faults_are_4xx_and_a_sentence_in_each_language(client, method, path, body, status):
    answer = client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["en"]
    assert answer.json()["error"]["zh"]
    assert "Traceback" not in answer.text


def test_foreign_hosts_and_origins_are_refused(client: TestClient):
    assert client.get("/api/health", headers={"host": "evil.example"}).status_code == 403
    assert client.get("/api/health", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.get("/api/health", headers={"origin": "http://127.0.0.1:8000"}).status_code == 200


def test_each_page_has_its_own_script_and_description(client: TestClient):
    for address, script, about in (("/", "app.js", "tried before it is lived"),
                                   ("/mechanisms", "mechanisms.js", "every mechanism of governance")):  # fmt: skip
        page = client.get(address)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert re.findall(r"<script[^>]*/static/([^\"]+)", page.text) == [script]
        assert about in page.text


def test_the_page_and_its_parts_come_from_here_alone(client: TestClient):
    page = client.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert client.get("/static/app.js").status_code == 200
    assert client.get("/assets/deck.js").headers["content-encoding"] == "gzip"
    for file in (Path(__file__).resolve().parents[2] / "api" / "static").glob("*.*s"):
        assert "http://" not in file.read_text(encoding="utf-8").replace("http://www.w3.org", "")
        assert "https://" not in file.read_text(encoding="utf-8")
