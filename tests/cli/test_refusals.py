"""What cannot be used is refused in one sentence, and what is stopped leaves nothing half-written."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from as_user import (
    Finished,
    city_folders,
    interrupted,
    jinling,
    left_in,
    policy_file,
    refusal,
    run_folders,
    scenario_file,
    sentences,
    small_map,
    started,
)

from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.runs import RunStore


def home_with_city(home: Path, tmp_path: Path) -> Path:
    shutil.copytree(home / "cities", tmp_path / "home" / "cities")
    return tmp_path / "home"


# Exit codes.


def test_validate_says_by_its_exit_code_that_a_file_is_bad(tmp_path: Path):
    assert jinling("validate", policy_file(tmp_path, "extra: 1\n"), home=tmp_path).returncode == 2


def test_reproduce_says_by_its_exit_code_that_the_logs_differ(tiny_city, home: Path, tmp_path: Path):
    run = run_scenario(load_scenario("tiny_day"), load_policy("P1"), 0, RunStore(home / "runs"), home / "cities")
    said = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(said | {"log_hash": "0" * 32}), encoding="utf-8")
    assert jinling("reproduce", tmp_path / "manifest.json", home=home).returncode == 1


# Interrupts.


def was_stopped(result: Finished) -> bool:
    """Whether the command said in one sentence on the error stream that it was stopped, and nothing else."""
    return result.returncode == 130 and result.stdout == "" and sentences(result.stderr) == [
        "stopped; nothing half-written is left"
    ]  # fmt: skip


def test_a_stopped_run_says_so(tiny_city, home: Path, tmp_path: Path):
    month = scenario_file(tmp_path, "hours: 24", "hours: 1440")
    mine = home_with_city(home, tmp_path)
    result = interrupted("run", month, "--json", home=mine, when=lambda: True, after=2.0)
    assert was_stopped(result), (result.returncode, result.stdout, result.stderr)


@pytest.mark.parametrize(
    "after", [0.4, *(pytest.param(seconds, marks=pytest.mark.slow) for seconds in (0.1, 0.8, 1.2))]
)
def test_a_comparison_stopped_while_its_workers_start_says_so(tiny_city, home: Path, tmp_path: Path, after: float):
    month = scenario_file(tmp_path, "hours: 24", "hours: 1440")
    mine = home_with_city(home, tmp_path)
    process = started("compare", month, "--seeds", 2, "--json", home=mine)
    ends = time.monotonic() + 60
    while len(members(process.pid)) < 3:
        assert time.monotonic() < ends
        time.sleep(0.02)
    time.sleep(after)
    os.killpg(process.pid, 2)
    out, err = process.communicate(timeout=60)
    result = Finished(process.args, process.returncode, out, err)
    assert was_stopped(result), (result.returncode, result.stdout, result.stderr[-2000:])


def members(group: int) -> list[int]:
    """Return the processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def test_a_stopped_comparison_ends_its_workers_at_once(tiny_city, home: Path, tmp_path: Path):
    """`_stop` runs after `pool.shutdown`, which has set `_processes` to None: nobody is ended."""
    mine = home_with_city(home, tmp_path)
    result = interrupted("compare", "tiny_day", "--seeds", 20, "--workers", 1, "--json", home=mine,
                         when=lambda: bool(run_folders(mine)))  # fmt: skip
    whole = len(run_folders(mine))
    time.sleep(2.0)
    assert len(run_folders(mine)) == whole
    assert was_stopped(result), (result.returncode, result.stdout, result.stderr[-2000:])


# Places that cannot be written.


@pytest.fixture(params=["a file", "below a file", "not writable"])
def no_home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    # Nothing is shut to root but what the kernel keeps for itself.
    return {"a file": tmp_path / "file", "below a file": tmp_path / "file" / "home",
            "not writable": shut if os.geteuid() else Path("/proc/jinling")}[request.param]  # fmt: skip


@pytest.mark.parametrize("command", [("run", "tiny_day"), ("compare", "tiny_day", "--seeds", "1")])
def test_a_home_that_cannot_be_written_is_told(no_home: Path, command: tuple[str, ...]):
    assert str(no_home) in refusal(jinling(*command, home=no_home))


def test_the_service_refuses_a_home_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = started("serve", "--port", port, home=tmp_path / "file")
    try:
        process.wait(timeout=8)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 2


def test_a_map_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    out = tmp_path / "file" / "city.osm.pbf"
    assert str(tmp_path / "file") in refusal(
        jinling("city", "generate", "--out", out, "--residents", 2000, "--rows", 6, "--columns", 6, home=tmp_path)
    )


def test_a_report_that_cannot_be_written_is_told_before_anything_is_computed(tiny_city, home: Path, tmp_path: Path):
    mine = home_with_city(home, tmp_path)
    said = refusal(jinling("compare", "tiny_day", "--seeds", 1, "--report", tmp_path, home=mine))
    assert str(tmp_path) in said
    assert run_folders(mine) == []


# Scenarios that a run cannot play.


@pytest.mark.parametrize(
    "more",
    [
        "hotline_seats_per_100k: .inf\n",
        "parameters: {patrol.nonsense: 1}\n",
        "parameters: {patrol.p_see: 30}\n",
        "incidents: {medical: {change: {per_100k_year: lots}}}\n",
        "incidents: {medical: {change: {hazard: nope}}}\n",
        "incidents: {medical: {change: {crew: nope}}}\n",
        "crews: {}\n",
        "crews: {ambulance: {station: nowhere, per_100k: 1}}\n",
        "hotline_seats: !!bool maybe\n",
        "hotline_seats: !!timestamp abc\n",
        'hotline_seats: !!int ""\n',
        'parameters: {"a\\nb": x}\n',
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused_with_its_line(tmp_path: Path, more: str):
    file = scenario_file(tmp_path, more=more)
    said = sentences(jinling("validate", file, home=tmp_path).stderr)
    assert len(said) == 1
    assert re.match(rf"{re.escape(str(file))}:\d+: ", said[0])


@pytest.mark.parametrize("change", ["{priority: 99}", "{hours: [1]}"])
def test_a_fault_in_a_changed_incident_has_the_line_where_it_stands(tmp_path: Path, change: str):
    file = scenario_file(tmp_path, more=f"incidents: {{medical: {{change: {change}}}}}\n")
    said = sentences(jinling("validate", file, home=tmp_path).stderr)
    assert said[0].startswith(f"{file}:11: incidents.medical.change.")


def test_a_name_that_is_too_long_for_a_file_is_not_there(tmp_path: Path):
    assert "there is no such file" in refusal(jinling("run", "x" * 300 + ".yaml", home=tmp_path))


# Stored runs and cities.


@pytest.mark.parametrize(
    "text",
    ['{"status": "complete", "tables": {}}',
     *(pytest.param(text, marks=pytest.mark.slow) for text in (
         '{"status": "complete", "tables": []}', '{"status": "complete", "tables": {"orders": 1}}',
         '{"status": "complete", "tables": {}, "indicators": {}}'))],
)  # fmt: skip
def test_a_run_whose_manifest_says_too_little_is_set_aside(tiny_city, home: Path, tmp_path: Path, text: str):
    mine = home_with_city(home, tmp_path)
    run = run_scenario(load_scenario("tiny_day"), load_policy("P1"), 0, RunStore(mine / "runs"), mine / "cities")
    (run.path / "manifest.json").write_text(text, encoding="utf-8")
    result = jinling("run", "tiny_day", "--json", home=mine)
    assert result.returncode == 0, result.stdout
    assert json.loads(result.stdout)["log_hash"]


def test_a_file_in_the_place_of_a_run_is_set_aside(tiny_city, home: Path, tmp_path: Path):
    mine = home_with_city(home, tmp_path)
    run = run_scenario(load_scenario("tiny_day"), load_policy("P1"), 0, RunStore(mine / "runs"), mine / "cities")
    shutil.rmtree(run.path)
    run.path.write_text("x", encoding="utf-8")
    assert jinling("run", "tiny_day", home=mine).returncode == 0


def test_a_city_without_its_city_json_is_built_again(tiny_city, home: Path, tmp_path: Path):
    mine = home_with_city(home, tmp_path)
    (city_folders(mine)[0] / "city.json").unlink()
    result = jinling("run", "tiny_day", home=mine)
    assert result.returncode == 0, result.stdout


def manifest_with(home: Path, tmp_path: Path, change: Callable[[dict], object]) -> Path:
    run = run_scenario(load_scenario("tiny_day"), load_policy("P1"), 0, RunStore(home / "runs"), home / "cities")
    said = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    change(said)
    (tmp_path / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    return tmp_path / "manifest.json"


@pytest.mark.parametrize(
    "change",
    [lambda said: said["policy"].pop("title"), lambda said: said.update(seed="x"), lambda said: said.update(seed=None),
     lambda said: said["policy"].pop("format")],
)  # fmt: skip
def test_a_manifest_that_says_too_little_cannot_be_reproduced(
    tiny_city, home: Path, tmp_path: Path, change: Callable[[dict], object]
):
    file = manifest_with(home, tmp_path, change)
    assert str(file) in refusal(jinling("reproduce", file, home=home))


# Maps and files beside them.


def build(tmp_path: Path, name: str, data: str, *more: object) -> Finished:
    file = tmp_path / name
    file.write_text(data, encoding="utf-8")
    option = "--osm-xml" if file.suffix == ".osm" else "--graphml"
    return jinling("city", "build", option, file, *more, home=tmp_path / "home")


XML = small_map(side=4)


@pytest.mark.parametrize(
    "text", [XML.replace("lat='32.", "lat='3200."), small_map(side=4, step=0.0)], ids=["far", "point"]
)
def test_a_map_in_no_place_is_refused(tmp_path: Path, text: str):
    assert "map.osm" in refusal(build(tmp_path, "map.osm", text))
    assert left_in(tmp_path) == ["map.osm"]


def graphml(corner: str = "118.7", x: str = "x", head: str = "") -> str:
    keys = "".join(f'<key id="{key}" for="{whose}" attr.name="{name}" attr.type="string"/>' for key, whose, name in [
        ("c", "graph", "crs"), ("x", "node", "x"), ("y", "node", "y"), ("h", "edge", "highway"),
        ("o", "edge", "osmid"), ("l", "edge", "length")])  # fmt: skip
    at = [(corner, "32.0"), ("118.704", "32.0"), ("118.704", "32.004")]
    nodes = "".join(
        f'<node id="{i}"><data key="{x}">{lon}</data><data key="y">{lat}</data></node>'
        for i, (lon, lat) in enumerate(at)
    )
    edges = "".join(f'<edge source="{a}" target="{b}" id="0"><data key="h">residential</data><data key="o">1</data>'
                    f'<data key="l">100.0</data></edge>' for a, b in [(0, 1), (1, 2), (2, 0)])  # fmt: skip
    return (f'<?xml version="1.0" encoding="utf-8"?>{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}'
            f'<graph edgedefault="directed"><data key="c">epsg:4326</data>{nodes}{edges}</graph></graphml>')  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [graphml(corner="nan"), graphml(corner="1e9"), graphml(x="unknown"), "<html></html>",
     graphml(head="<!--" + " " * 70_000 + "--><!DOCTYPE x [<!ENTITY a 'b'>]>")],
    ids=["nan", "far away", "unknown key", "another document", "entities after 64 KiB"],
)  # fmt: skip
def test_a_graphml_that_is_no_network_is_refused(tmp_path: Path, text: str):
    assert "bad.graphml" in refusal(build(tmp_path, "bad.graphml", text))
    assert left_in(tmp_path) == ["bad.graphml"]


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[118.6, 31.9], [118.8, 31.9], [118.8, 32.1], [118.6, 32.1], [118.6, 31.9]]],
}


def collection(properties: object, geometry: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [{"properties": properties, "geometry": geometry}]})


@pytest.mark.parametrize(
    ("option", "data"),
    [("--boundaries", collection([1], SQUARE)), ("--overlay", collection([1], {"type": "Point", "coordinates": [118.7, 32]})),
     ("--overlay", collection({"kind": "hospital"}, [1]))],
)  # fmt: skip
def test_a_feature_of_another_form_is_refused(tmp_path: Path, option: str, data: str):
    file = tmp_path / "given.geojson"
    file.write_text(data, encoding="utf-8")
    assert str(file) in refusal(build(tmp_path, "map.osm", XML, option, file))


def test_geojson_with_a_byte_order_mark_is_read_as_csv_is(tmp_path: Path):
    file = tmp_path / "given.geojson"
    file.write_text(collection({"level": "district", "name": "x"}, SQUARE), encoding="utf-8-sig")
    assert build(tmp_path, "map.osm", XML, "--boundaries", file).returncode == 0


# Names that look like Rich's markup.


@pytest.mark.parametrize("old", ['en: "A day', pytest.param('name: "Tiny', marks=pytest.mark.slow)])
def test_a_name_in_square_brackets_is_a_name(tmp_path: Path, old: str):
    file = scenario_file(tmp_path, old, old.replace('"', '"[/b] [red] '))
    result = jinling("compare", file, "--seeds", 1, "--workers", 1, home=tmp_path / "home")
    assert result.returncode == 0, result.stdout
    assert "[/b] [red]" in " ".join(result.stdout.split())


@pytest.mark.slow
def test_a_path_in_square_brackets_is_a_path(tmp_path: Path):
    policy_file(tmp_path, "", name="[a].yaml")
    result = jinling("compare", "tiny_day", "--seeds", 1, "--workers", 1, "--policies", "P1,[a].yaml", home="home",
                     cwd=tmp_path)  # fmt: skip
    assert "P1,[a].yaml" in result.stderr
