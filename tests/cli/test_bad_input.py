"""What strangers, accidents and Windows editors give: one sentence, exit code 2, and nothing half-written."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from as_user import (
    Finished,
    city_folders,
    jinling,
    left_in,
    policy_file,
    refusal,
    run_folders,
    scenario_file,
    sentences,
    small_map,
)

from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.city import store
from sim.runs import RunStore
from viz.scene import scene

# Files of scenarios and policies

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8)
)


PLAIN = [
    (BOMB, "unfolds to more than 100000 values"),
    ("a: &a\n  b: *a\n", "2: this is not YAML: found unconstructable recursive|unfolds"),
    ("a: 1\nb: 2\na: 3\n", "3: key 'a' stands twice"),
    ("a: {b: 1, b: 2}\n", "1: key 'b' stands twice"),
    ("[" * 5000, "not YAML that can be read"),
    ("[" * 30 + "]" * 30, "1: the file unfolds to more than 100000 values or 24 levels"),
    ("x: " + "y" * 2_100_000, "the file is larger than 2000000 bytes"),
    ("", "the file is empty"),
    ("# nothing\n", "the file is empty"),
    (b"\xff\xfe\x00\x01", "the file is not UTF-8 text"),
    ("name: 金陵\n".encode("gb18030"), "the file is not UTF-8 text"),
    ("a: 1\n\tb: 2\n", "2: this is not YAML: found character '\\t'"),
    ("a: \0\n", "this is not YAML"),
    ("a: 1\n---\nb: 2\n", "2: this is not YAML: but found another document"),
    ("a: [1, 2\n", "2: this is not YAML"),
    ("a: !!python/object/apply:os.system ['true']\n", "1: value"),
    ("a: !!binary x\n", "1: value 'x' has a tag or form that is not allowed"),
    ("a: " + "1" * 6000 + "\n", "1: value"),
    ("? [a]\n: 1\n", "1: a key must be plain text"),
    ("<<: {a: 1}\n", "1: a key must be plain text, and keys are not merged"),
]
POLICIES = [
    ("levers:\n  - {kind: no_such_lever}\n", "lever kind 'no_such_lever' is unknown; there are: accountable_owner"),
    ("levers:\n  - {kind: one_network, intensity: 1.5}\n", "intensity"),
    ("levers:\n  - {kind: one_network, speed: 1}\n", "speed' is unknown"),
    ("levers: [5]\n", "levers.0"),
    ("levers: [{}]\n", "lever kind 'None' is unknown"),
    ("set: {patrol.p_see: 3}\n", "patrol.p_see must be within 0.2 to 0.9; 3.0 came"),
    ("set: {patrol.p_see: .nan}\n", "patrol.p_see must be within 0.2 to 0.9; nan came"),
    ("set: {patrol.p_see: much}\n", "patrol.p_see"),
    ("set: {patrol.nonsense: 1}\n", "parameter 'patrol.nonsense' is unknown"),
    ("extra: 1\n", "field 'extra' is unknown"),
]
SCENARIOS = [
    ("hours: 24", "hours: -1", "10: hours"),
    ("hours: 24", "hours: .nan", "10: hours"),
    ("hours: 24", "hours: a day", "10: hours"),
    ("hours: 24", "hours: 24\nbeat_s: 0", "11: beat_s"),
    ("hours: 24", "hours: 24\nspeed_factor: 0", "11: speed_factor"),
    ("hours: 24", "hours: 24\nbeat_s: 7", "beat_s must divide the window"),
    ("hours: 24", "hours: 24\nspeed_factor: 1.0e-300", "11: speed_factor"),
    ("hours: 24", "hours: 24\nincidents: {medical: {change: {crew: null}}}", "an emergency needs a kind of crew"),
    ("hours: 24", "hours: 24\nincidents: {medical: {change: {per_100k_year: 1.0e+300}}}", "per_100k_year"),
    ("hours: 24", "hours: 24\nworking: {opens: 9, closes: 9.0000001}", "by an hour at least"),
    ("hours: 24", "hours: 24\nparameters: {traffic.priority_factor: 0}", "traffic.priority_factor must be within"),
    ("hours: 24", "hours: 24\nstart_hour: 24", "11: start_hour"),
    ("hours: 24", 'hours: "24"', "10: hours: must be a number"),
    ("hours: 24", "hours: 24\nhazards: {flood: {cell_m: true}}", "11: hazards.flood.cell_m: must be a number"),
    (
        "hours: 24",
        "hours: 24\nhazards: {flood: {series_mm_per_h: [-1]}}",
        "11: hazards.flood.series_mm_per_h.0: must be 0",
    ),
    (
        "hours: 24",
        "hours: 24\nhazards:\n  flood:\n    dem: gone.tif",
        "13: hazards.flood.dem: there is no file 'gone.tif'",
    ),
    ("hours: 24", "hours: 24\nhazards: {toxic_release: {wind_m_s: 200}}", "wind_m_s: must be 50 or less; 200"),
    (
        "hours: 24",
        "hours: 24\nhazards: {power_failure: {hottest_c: 1, coolest_c: 2}}",
        "11: hazards.power_failure: hottest_c (1)",
    ),
    ("hours: 24", "hours: 24\nincidents: {fluud: {}}", "'fluud' is unknown; there are: medical"),
    ("hours: 24", "hours: 24\nincidents: {medical: {rate_factor: -1}}", "rate_factor"),
    ("hours: 24", "hours: 24\nincidents: {medical: {change: {priority: 99}}}", "priority"),
    ("hours: 24", "hours: 24\nworking: {opens: 18, closes: 9}", "opens must be before closes"),
    ("hours: 24", "hours: 24\ncrews: {ambulance: {station: hospital, per_100k: -1}}", "per_100k"),
    ("residents: 20000", "residents: 20", "residents"),
    ("residents: 20000", "recidents: 20000", "recidents' is unknown"),
    ("format: 1", "format: 2", "format"),
    ("name: tiny_day", 'name: "../x"', "name"),
    ("name: tiny_day\n", "", "field 'name' is missing"),
    ("  generated:", "  file: a.pbf\n  generated:", "`generated`"),
]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one `jinling validate` says of all the bad files, by their names."""
    folder = tmp_path_factory.mktemp("bad")
    for number, (data, _) in enumerate(PLAIN):
        (folder / f"plain{number}.yaml").write_bytes(data.encode() if isinstance(data, str) else data)
    for number, (more, _) in enumerate(POLICIES):
        policy_file(folder, more, f"policy{number}.yaml")
    for number, (old, new, _) in enumerate(SCENARIOS):
        scenario_file(folder, old, new, name=f"scenario{number}.yaml")
    files = sorted(folder.iterdir())
    result = jinling("validate", *files, home=folder)
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    said: dict[str, list[str]] = {file.name: [] for file in files}
    for line in sentences(result.stderr):
        name, _, rest = line.removeprefix(f"{folder}/").partition(":")
        said[name].append(rest)
    return said


@pytest.mark.parametrize(("number", "says"), [(i, case[-1]) for i, case in enumerate(PLAIN)])
def test_what_is_no_plain_yaml_is_refused_with_its_line(faults: dict[str, list[str]], number: int, says: str):
    (said,) = faults[f"plain{number}.yaml"]
    assert any(part in said for part in says.split("|")), said


@pytest.mark.parametrize(("number", "says"), [(i, case[-1]) for i, case in enumerate(POLICIES)])
def test_a_fault_of_a_policy_has_its_line(faults: dict[str, list[str]], number: int, says: str):
    (said,) = faults[f"policy{number}.yaml"]
    assert said.startswith(("5:", "6:"))
    assert says in said


@pytest.mark.parametrize(("number", "says"), [(i, case[-1]) for i, case in enumerate(SCENARIOS)])
def test_a_fault_of_a_scenario_has_its_line(faults: dict[str, list[str]], number: int, says: str):
    (said,) = faults[f"scenario{number}.yaml"]
    assert says in said
    assert said.split(":")[0].isdigit()


@pytest.mark.parametrize("command", [("run", "{s}"), ("compare", "tiny_day", "--policies", "P1,{p}")])
def test_a_command_that_needs_a_bad_file_refuses_it_and_leaves_nothing(tmp_path: Path, command: tuple[str, ...]):
    files = {"s": scenario_file(tmp_path, "hours: 24", "hours: -1", name="s.yaml"),
             "p": policy_file(tmp_path, "extra: 1\n", name="p.yaml")}  # fmt: skip
    home = tmp_path / "home"
    home.mkdir()
    said = refusal(jinling(*(part.format(**files) for part in command), home=home))
    assert said.startswith((f"{files['s']}:10: hours", f"{files['p']}:5: field 'extra'"))
    assert left_in(home) == []


def test_a_scenario_whose_map_is_missing_names_it(tmp_path: Path):
    text = scenario_file(tmp_path).read_text(encoding="utf-8")
    start, stop = text.index("  generated"), text.index("hours:")
    file = scenario_file(tmp_path, text[start:stop], "  file: nowhere.osm.pbf\n")
    said = refusal(jinling("run", file, home=tmp_path / "home"))
    assert said == f"{tmp_path / 'nowhere.osm.pbf'}: there is no such file"


# Maps


def build(tmp_path: Path, name: str, data: bytes, *more: object) -> Finished:
    file = tmp_path / name
    file.write_bytes(data)
    option = {".osm": "--osm-xml", ".pbf": "--pbf", ".graphml": "--graphml"}[file.suffix]
    return jinling("city", "build", option, file, *more, home=tmp_path / "home")


def nothing_was_built(tmp_path: Path) -> bool:
    return not (tmp_path / "home" / "cities").exists() or list((tmp_path / "home" / "cities").iterdir()) == []


@pytest.fixture(scope="module")
def pbf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("pbf") / "small.osm.pbf"
    jinling("city", "generate", "--out", file, "--residents", 2000, "--rows", 6, "--columns", 6, home=file.parent)
    return file.read_bytes()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda _: b"", "the map file is empty"),
        (lambda _: b"\0" * 100, "the block at byte 0 has no size"),
        (lambda _: b"This is not a map.", "no block begins at byte 0"),
        (gzip.compress, "no block begins at byte 0"),
        (lambda whole: whole[: len(whole) // 2], "inside a block"),
        (lambda whole: whole + b"\0\0", "no block begins"),
        (lambda whole: whole[:300] + bytes(b ^ 255 for b in whole[300:400]) + whole[400:], "not whole OpenStreetMap"),
    ],
)
def test_a_damaged_pbf_is_refused(pbf: bytes, tmp_path: Path, damage: Callable[[bytes], bytes], says: str):
    said = refusal(build(tmp_path, "bad.osm.pbf", damage(pbf)))
    assert said.startswith(f"{tmp_path / 'bad.osm.pbf'}: ")
    assert says in said
    assert nothing_was_built(tmp_path)


XML = small_map()


@pytest.mark.parametrize(
    "text",
    [
        "", "<osm></osm>", XML[:-6], XML[: len(XML) // 2] + "</osm>", XML.replace("甲路", "\0"),
        '<!DOCTYPE x [<!ENTITY a "b">]>' + XML, "<!--" + " " * 70_000 + "--><!DOCTYPE x [<!ENTITY a 'b'>]>" + XML,
        XML.replace("highway", "waterway"),
        XML.encode("utf-16"), XML.encode("gb18030"),
    ],
)  # fmt: skip
def test_a_damaged_xml_is_refused(tmp_path: Path, text: str | bytes):
    said = refusal(build(tmp_path, "bad.osm", text if isinstance(text, bytes) else text.encode()))
    assert said.startswith(f"{tmp_path / 'bad.osm'}: ")
    assert nothing_was_built(tmp_path)


def graphml(corner: str = "118.7", highway: str = "residential", head: str = "") -> str:
    keys = "".join(f'<key id="{key}" for="{whose}" attr.name="{name}" attr.type="string"/>' for key, whose, name in [
        ("c", "graph", "crs"), ("x", "node", "x"), ("y", "node", "y"), ("h", "edge", "highway"),
        ("o", "edge", "osmid"), ("l", "edge", "length")])  # fmt: skip
    at = [(corner, "32.0"), ("118.704", "32.0"), ("118.704", "32.004")]
    nodes = "".join(
        f'<node id="{i}"><data key="x">{x}</data><data key="y">{y}</data></node>' for i, (x, y) in enumerate(at)
    )
    edges = "".join(f'<edge source="{a}" target="{b}" id="0"><data key="h">{highway}</data><data key="o">1</data>'
                    f'<data key="l">100.0</data></edge>' for a, b in [(0, 1), (1, 2), (2, 0)])  # fmt: skip
    return (f'<?xml version="1.0" encoding="utf-8"?>{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}'
            f'<graph edgedefault="directed"><data key="c">epsg:4326</data>{nodes}{edges}</graph></graphml>')  # fmt: skip


def test_a_whole_graphml_is_built(tmp_path: Path):
    assert build(tmp_path, "good.graphml", graphml().encode()).returncode == 0
    assert len(city_folders(tmp_path / "home")) == 1


@pytest.mark.parametrize(
    "text",
    ["", graphml()[:400], graphml(corner="east"), graphml(head="<!DOCTYPE x [<!ENTITY a 'b'>]>"),
     graphml().replace('"0"><data key="x"', '"zero"><data key="x"')],
)  # fmt: skip
def test_a_damaged_graphml_is_refused(tmp_path: Path, text: str):
    said = refusal(build(tmp_path, "bad.graphml", text.encode()))
    assert said == f"{tmp_path / 'bad.graphml'}: this is no whole GraphML street network"
    assert nothing_was_built(tmp_path)


def test_a_map_that_is_not_there_or_a_folder(tmp_path: Path):
    assert "there is no such file" in refusal(jinling("city", "build", "--pbf", tmp_path / "no.osm.pbf", home=tmp_path))
    assert "there is no such file" in refusal(jinling("city", "show", tmp_path, home=tmp_path))
    assert left_in(tmp_path) == []


# Files beside the map


def square(lon: float, lat: float, width: float = 0.05) -> dict:
    east, north = lon + width, lat + 0.05
    return {"type": "Polygon", "coordinates": [[[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]]}


def collection(*features: tuple[dict | None, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]})  # fmt: skip


DISTRICT = {"level": "district", "name": "x"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (collection((DISTRICT, square(10, 50))), "no district of the boundary file touches the city"),
        (collection(({"name": "x"}, square(118.7, 32))), "feature 1: a level of district, street"),
        (
            collection((DISTRICT, {"type": "Point", "coordinates": [118.7, 32]})),
            "feature 1: the geometry is no polygon",
        ),
        (
            collection((DISTRICT, {"type": "Polygon", "coordinates": [[[1, 2]]]})),
            "feature 1: the geometry is no polygon",
        ),
        (collection((DISTRICT, square(float("nan"), 32))), "feature 1: the geometry is no polygon"),
        ("[" * 100_000, "this is not GeoJSON"),
    ],
)
def test_boundaries_that_do_not_fit_are_refused(tmp_path: Path, data: str, says: str):
    file = tmp_path / "areas.geojson"
    file.write_text(data, encoding="utf-8")
    said = refusal(build(tmp_path, "map.osm", XML.encode(), "--boundaries", file))
    assert said.startswith(f"{file}: ")
    assert says in said
    assert nothing_was_built(tmp_path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"kind,lon,lat,name\nhospital,118.7,32,a\nhospitl,118.7,32,b\n", ":3: facility kind 'hospitl' is unknown"),
        (b"kind,lon,lat,name\nhospital\n", ":2: lon and lat must be degrees"),
        (b"", ":1: the columns kind, lon and lat are needed"),
        (b"kind,lon,lat\n\xff\xfe", ": this is not a CSV file in UTF-8"),
    ],
)
def test_facilities_that_do_not_fit_are_refused_with_their_line(tmp_path: Path, data: bytes, says: str):
    file = tmp_path / "stations.csv"
    file.write_bytes(data)
    said = refusal(build(tmp_path, "map.osm", XML.encode(), "--overlay", file))
    assert said.startswith(f"{file}{says}")
    assert nothing_was_built(tmp_path)


# What is stored


@pytest.fixture(scope="module")
def ran(tiny_city, home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with one run, and the hash of its log."""
    mine = tmp_path_factory.mktemp("ran")
    shutil.copytree(home / "cities", mine / "cities")
    run = run_scenario(load_scenario("tiny_day"), load_policy("P1"), 0, RunStore(mine / "runs"), mine / "cities")
    return mine, run.manifest["log_hash"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: (run / "manifest.json").unlink(),
        pytest.param(lambda run: (run / "manifest.json").write_bytes(b"\xff\xfe\0"), marks=pytest.mark.slow),
        lambda run: (run / "orders.parquet").write_bytes((run / "orders.parquet").read_bytes()[:-9]),
        lambda run: [file.unlink() for file in run.iterdir()],
    ],
)
def test_a_damaged_run_is_set_aside_and_computed_again(
    ran: tuple[Path, str], tmp_path: Path, damage: Callable[[Path], None]
):
    home = tmp_path / "home"
    shutil.copytree(ran[0], home)
    damage(run_folders(home)[0])
    result = jinling("run", "tiny_day", "--json", home=home)
    assert result.returncode == 0
    assert json.loads(result.stdout)["log_hash"] == ran[1]
    assert sentences(result.stderr) == []
    assert len(list((home / "runs").glob("*.damaged-*"))) == 1
    assert RunStore(home / "runs").find(run_folders(home)[0].name) is not None


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"scenario": {}, "policy": {}}'])
def test_what_is_no_manifest_cannot_be_reproduced(tmp_path: Path, text: str):
    file = tmp_path / "manifest.json"
    file.write_text(text, encoding="utf-8")
    assert refusal(jinling("reproduce", file, home=tmp_path)) == f"{file}: this is no manifest of a run"
    assert left_in(tmp_path) == ["manifest.json"]


@pytest.mark.parametrize("damage", [lambda city: (city / "city.json").write_text("[]", encoding="utf-8"),
                                    lambda city: (city / "arrays.npz").write_bytes(b"PK")])  # fmt: skip
def test_a_damaged_city_is_built_again(ran: tuple[Path, str], tmp_path: Path, damage: Callable[[Path], None]):
    home = tmp_path / "home"
    shutil.copytree(ran[0] / "cities", home / "cities")
    before = store.load(city_folders(home)[0]).hash
    damage(city_folders(home)[0])
    assert jinling("run", "tiny_day", home=home).returncode == 0
    assert store.load(city_folders(home)[0]).hash == before


# Names that want to be more than names

HOSTILE = ("</script><script>alert(1)</script>", "@@=alert(1)", "two\nlines", "\u202eright to left\u202c", "<img src=x onerror=alert(1)>",
           "{{ 7 * 7 }}", "'\"&amp;")  # fmt: skip


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home after a comparison in a city in which everything has a hostile name, and the report."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "map.osm").write_text(small_map(HOSTILE), encoding="utf-8")
    strips = [({"level": "district", "name": name}, square(118.699 + number * 0.002, 31.99, 0.002))
              for number, name in enumerate(HOSTILE)]  # fmt: skip
    (folder / "areas.geojson").write_text(collection(*strips), encoding="utf-8")
    city = {"file": "map.osm", "name": HOSTILE[0], "residents": 20_000, "boundaries": "areas.geojson"}
    title = {"en": HOSTILE[4], "zh": HOSTILE[0]}
    scenario = {"format": 1, "name": "hostile", "title": title, "question": title, "city": city, "hours": 24}
    (folder / "hostile.yaml").write_text(json.dumps(scenario), encoding="utf-8")
    result = jinling("compare", folder / "hostile.yaml", "--seeds", 1, "--workers", 1, "--report", folder / "r.html",
                     home=folder / "home")  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert sentences(result.stderr) == []
    return folder / "home", (folder / "r.html").read_text(encoding="utf-8")


def test_hostile_names_reach_the_report_as_text_only(hostile: tuple[Path, str]):
    page = _Page()
    page.feed(hostile[1])
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.handlers == set()
    text = "".join(page.text)
    assert all(name in text for name in HOSTILE)
    assert "49" not in [part.strip() for part in page.text]


def test_hostile_names_stay_whole_in_the_city_and_out_of_the_scene(hostile: tuple[Path, str]):
    city = store.load(city_folders(hostile[0])[0])
    assert set(HOSTILE) <= set(city.drive.names)
    assert set(HOSTILE) <= set(city.areas.name)
    assert HOSTILE[0] in city.facilities.name
    shown = json.dumps(scene(city, "/frames", {}))
    assert "alert(1)" not in shown


def test_runs_in_a_hostile_city_are_whole(hostile: tuple[Path, str]):
    runs = RunStore(hostile[0] / "runs")
    assert len(runs.run_ids()) == 2
    assert all(runs.find(run) is not None for run in runs.run_ids())
    assert all(runs.open(run).manifest["city"]["name"] == HOSTILE[0] for run in runs.run_ids())
