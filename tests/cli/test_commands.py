"""Every command as a user gives it: real processes, a home of their own."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from as_user import (
    TINY,
    city_folders,
    interrupted,
    jinling,
    left_in,
    policy_file,
    refusal,
    run_folders,
    scenario_file,
    sentences,
    started,
)

from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.city.build import GENERATED
from sim.runs import RunStore

COMMANDS = (
    "run",
    "compare",
    "difference",
    "passport",
    "why",
    "experiment",
    "calibrate",
    "demo",
    "validate",
    "reproduce",
    "kinds",
    "serve",
    "city",
)
HEAVY = ("numba", "scipy", "simpy", "mesa", "pyarrow", "osmium", "fastapi")


def home_with_city(home: Path, tmp_path: Path) -> Path:
    """Return a fresh home that has the tiny city already."""
    shutil.copytree(home / "cities", tmp_path / "home" / "cities")
    return tmp_path / "home"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def first_run(tiny_city, home: Path) -> dict:
    return json.loads(jinling("run", "tiny_day", "--seed", 5, "--json", home=home).stdout)


# Help


def test_help_names_every_command_in_both_languages(tmp_path: Path):
    result = jinling("--help", home=tmp_path)
    assert result.returncode == 0
    assert all(command in result.stdout for command in COMMANDS)
    assert "数字孪生" in result.stdout
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["city", "build", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]):
    code = (f"import sys; sys.argv = ['jinling', *{arguments!r}]\nfrom api.cli import main\n"
            f"try:\n main()\nexcept SystemExit: pass\n"
            f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])")  # fmt: skip
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in result.stdout
    assert result.stdout.splitlines()[-1] == "heavy: []"


def test_what_help_must_not_import_is_installed():
    from importlib.util import find_spec

    assert all(find_spec(name) for name in HEAVY)


@pytest.mark.parametrize("arguments", [["runn"], ["run"], ["run", "tiny_day", "--seed", "-1"], ["run", "tiny_day", "--seed", "x"],
                                       ["compare", "tiny_day", "--seeds", "0"], ["compare", "tiny_day", "--workers", "0"],
                                       ["serve", "--port", "0"], ["city", "build", "--residents", "5"],
                                       ["city", "generate", "--rows", "5"], ["kinds", "--nonsense"]])  # fmt: skip
def test_a_command_that_cannot_be_is_refused_with_its_usage(tmp_path: Path, arguments: list[str]):
    assert refusal(jinling(*arguments, home=tmp_path)).endswith("See --help.")
    assert refusal(jinling(*arguments, "--lang=zh", home=tmp_path)).startswith("用法错误：")
    assert left_in(tmp_path) == []


# Cities


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("made") / "small.osm.pbf"
    result = jinling("city", "generate", "--out", file, "--seed", 4, "--residents", 2000, "--rows", 6, "--columns", 6,
                     home=file.parent)  # fmt: skip
    assert result.returncode == 0
    assert result.stdout.strip() == str(file)
    return file


def test_generating_writes_the_map_and_nothing_else(generated: Path):
    assert [path.name for path in generated.parent.iterdir()] == ["small.osm.pbf"]


def test_generating_twice_gives_the_same_bytes(generated: Path, tmp_path: Path):
    jinling("city", "generate", "--out", tmp_path / "again.osm.pbf", "--seed", 4, "--residents", 2000, "--rows", 6,
            "--columns", 6, home=tmp_path)  # fmt: skip
    assert (tmp_path / "again.osm.pbf").read_bytes() == generated.read_bytes()


def test_a_map_is_written_under_its_own_ending_only(tmp_path: Path):
    assert "must end in .osm.pbf" in refusal(jinling("city", "generate", "--out", tmp_path / "city.osm", home=tmp_path))
    assert left_in(tmp_path) == []


def test_building_and_showing_tell_the_same_city(generated: Path, tmp_path: Path):
    built = jinling("city", "build", "--pbf", generated, "--json", home=tmp_path)
    shown = jinling("city", "show", generated, "--json", home=tmp_path)
    assert (built.returncode, shown.returncode) == (0, 0)
    facts = json.loads(built.stdout)
    assert json.loads(shown.stdout) == facts
    assert facts["synthetic"] is True
    assert facts["residents"] > 100
    assert min(facts["drive"]["edges"], facts["buildings"], facts["areas"]["grid"]) > 0
    assert sentences(built.stderr) == []
    assert len(city_folders(tmp_path)) == 1


def test_a_city_in_words_says_that_it_is_synthetic_and_whose_data_it_is(generated: Path, tmp_path: Path):
    english = jinling("city", "show", generated, home=tmp_path).stdout
    chinese = jinling("city", "show", generated, "--lang", "zh", home=tmp_path).stdout
    assert "(synthetic)" in english.splitlines()[0]
    assert "(合成)" in chinese.splitlines()[0]
    assert english.splitlines()[-1] == chinese.splitlines()[-1] == GENERATED
    assert "Ambulance point" in english
    assert "急救站点" in chinese


@pytest.mark.slow
def test_the_residents_are_as_many_as_asked_for_and_the_city_has_the_name_asked_for(generated: Path, tmp_path: Path):
    result = jinling(
        "city", "build", "--pbf", generated, "--residents", 3000, "--name", "甲城", "--json", home=tmp_path
    )
    facts = json.loads(result.stdout)
    assert (facts["residents"], facts["name"]) == (3000, "甲城")
    listed = json.loads(jinling("city", "list", "--json", home=tmp_path).stdout)
    assert [(city["name"], city["residents"]) for city in listed] == [("甲城", 3000)]
    assert json.loads(jinling("city", "show", listed[0]["id"], "--json", home=tmp_path).stdout) == facts


def test_a_city_needs_exactly_one_source(generated: Path, tmp_path: Path):
    assert "give one of --pbf" in refusal(jinling("city", "build", home=tmp_path))
    both = jinling("city", "build", "--pbf", generated, "--graphml", generated, home=tmp_path)
    assert "give one of --pbf" in refusal(both)


# Runs and comparisons


def test_a_run_as_json_is_the_stored_run(first_run: dict, home: Path):
    stored = RunStore(home / "runs").open(first_run["run"])
    assert first_run["indicators"] == stored.indicators
    assert first_run["log_hash"] == stored.manifest["log_hash"]
    assert stored.manifest["seed"] == 5


def test_a_run_in_words_names_its_log_and_is_not_computed_twice(first_run: dict, home: Path):
    before = (home / "runs" / first_run["run"] / "manifest.json").read_bytes()
    result = jinling("run", "tiny_day", "--seed", 5, "--lang", "zh", home=home)
    assert result.returncode == 0
    assert f"日志 {first_run['log_hash']}" in result.stdout
    assert "满意率" in result.stdout
    assert (home / "runs" / first_run["run"] / "manifest.json").read_bytes() == before


@pytest.mark.slow
def test_another_seed_and_another_policy_are_other_runs(first_run: dict, home: Path):
    other = json.loads(jinling("run", "tiny_day", "--seed", 1, "--json", home=home).stdout)
    reform = json.loads(jinling("run", "tiny_day", "--seed", 5, "--policy", "P2", "--json", home=home).stdout)
    assert len({first_run["log_hash"], other["log_hash"], reform["log_hash"]}) == 3
    assert len({first_run["run"], other["run"], reform["run"]}) == 3


def test_a_name_that_is_not_there_is_told_with_those_that_are(tmp_path: Path):
    said = refusal(jinling("run", "nope", home=tmp_path))
    assert "'nope'" in said
    assert "tiny_day" in said
    assert left_in(tmp_path) == []


def test_a_fault_is_told_in_the_language_asked_for(tmp_path: Path):
    file = policy_file(tmp_path, "extra: 1\n")
    result = jinling("validate", file, "--lang", "zh", home=tmp_path)
    assert result.stderr.strip() == f"{file}:5: 字段 'extra' 未知"


def test_a_comparison_as_json_with_its_report(tiny_city, home: Path, tmp_path: Path):
    report = tmp_path / "deep" / "report.html"
    result = jinling("compare", "tiny_day", "--policies", "P1,P2", "--seeds", 2, "--workers", 1, "--report", report,
                     "--json", home=home)  # fmt: skip
    assert result.returncode == 0
    told = json.loads(result.stdout)
    assert told["seeds"] == [0, 1]
    assert {name: len(runs) for name, runs in told["runs"].items()} == {"P1": 2, "P2": 2}
    assert (home / "comparisons" / f"{told['id']}.json").is_file()
    page = report.read_text(encoding="utf-8")
    assert all(run in page for runs in told["log_hashes"].values() for run in runs)
    assert "https://" not in page.replace("https://www.w3.org", "").replace("https://vega", "")
    assert [path.name for path in report.parent.iterdir()] == ["report.html"]


def test_a_comparison_in_words_ends_with_an_answer_and_says_that_the_city_is_synthetic(tiny_city, home: Path):
    result = jinling("compare", "tiny_day", "--seeds", 1, "--workers", 1, home=home)
    assert result.returncode == 0
    assert "95 % interval" in result.stdout
    assert "The city is synthetic." in result.stdout


def test_a_comparison_needs_two_policies(tmp_path: Path):
    said = refusal(jinling("compare", "tiny_day", "--policies", "P1,P1", home=tmp_path))
    assert "two or more policies" in said
    assert left_in(tmp_path) == []


# Files


def test_valid_files_are_said_to_be_valid(tmp_path: Path):
    files = [scenario_file(tmp_path, name="s.yaml"), policy_file(tmp_path, "set: {patrol.p_see: 0.6}\n", name="p.yaml")]
    result = jinling("validate", *files, home=tmp_path)
    assert result.returncode == 0
    assert result.stdout.splitlines() == [f"{file}: valid" for file in files]
    assert result.stderr == ""


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path):
    one = policy_file(tmp_path, "set: {patrol.p_see: 7}\nextra: 1\n", name="one.yaml")
    two = scenario_file(tmp_path, "hours: 24", "hours: 0", name="two.yaml")
    result = jinling("validate", one, two, home=tmp_path)
    assert len(sentences(result.stderr)) == 3
    assert f"{one}:5:" in result.stderr
    assert f"{one}:6:" in result.stderr
    assert f"{two}:{TINY[: TINY.index('hours:')].count(chr(10)) + 1}:" in result.stderr
    assert "valid" not in result.stdout


def test_a_run_is_reproduced(first_run: dict, home: Path):
    manifest = home / "runs" / first_run["run"] / "manifest.json"
    result = jinling("reproduce", manifest, home=home)
    assert result.returncode == 0
    assert result.stdout.strip() == f"the same log: {first_run['log_hash']}"


def test_a_run_that_was_tampered_with_is_not_called_the_same(first_run: dict, home: Path, tmp_path: Path):
    said = json.loads((home / "runs" / first_run["run"] / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(said | {"log_hash": "0" * 32}), encoding="utf-8")
    result = jinling("reproduce", tmp_path / "manifest.json", home=home)
    assert result.stdout.strip() == f"another log: {'0' * 32} before, {first_run['log_hash']} now"


def test_kinds_as_json_hold_every_family(tmp_path: Path):
    told = json.loads(jinling("kinds", "--json", home=tmp_path).stdout)
    assert set(told) == {"hazards", "levers", "lines", "incidents", "crews", "parameters", "indicators", "actors"}
    assert all(
        member["title"]["en"] and member["title"]["zh"] for family in told.values() for member in family.values()
    )


@pytest.mark.parametrize(
    ("language", "says", "refuses"),
    [("en", "One-network unified operation", "it takes no scope"), ("zh", "一网统管", "不能限定适用范围")],
)
def test_kinds_in_words(tmp_path: Path, language: str, says: str, refuses: str):
    result = jinling("kinds", "--lang", language, home=tmp_path)
    assert result.returncode == 0
    assert says in result.stdout
    assert "routing.p_misroute" in result.stdout
    levers = re.split(r"\n  (?=\w)", result.stdout)
    told = {name: any(part.startswith(f"{name} ") and refuses in part for part in levers)
            for name in ("integrated_patrol", "matter_list")}  # fmt: skip
    assert told == {"integrated_patrol": True, "matter_list": False}


# Ctrl-C


def test_a_run_that_was_stopped_leaves_nothing_and_comes_out_the_same_later(tiny_city, home: Path, tmp_path: Path):
    month = scenario_file(tmp_path, "hours: 24", "hours: 600")
    mine = home_with_city(home, tmp_path)
    # Opening the scenario's city takes most of the second after the imports; then the simulation runs for seconds.
    result = interrupted("run", month, "--json", home=mine, when=lambda: True, after=2.0)
    assert "Traceback" not in result.stdout + result.stderr
    assert "log_hash" not in result.stdout
    assert list((mine / "runs").glob("*")) == []
    again = json.loads(jinling("run", month, "--json", home=mine).stdout)
    undisturbed = run_scenario(load_scenario(month), load_policy("P1"), 0, RunStore(tmp_path / "runs"), home / "cities")
    assert again["log_hash"] == undisturbed.manifest["log_hash"]


def test_a_city_whose_building_was_stopped_is_built_the_same_later(tiny_city, tmp_path: Path):
    made = tmp_path / "cities" / "generated"
    interrupted("run", "tiny_day", home=tmp_path, when=made.is_dir)
    assert all((folder / "city.json").is_file() for folder in city_folders(tmp_path))
    assert jinling("run", "tiny_day", home=tmp_path).returncode == 0
    assert [
        json.loads((folder / "city.json").read_text(encoding="utf-8"))["hash"] for folder in city_folders(tmp_path)
    ] == [tiny_city.hash]


def test_a_comparison_that_was_stopped_goes_on_to_the_same_logs(tiny_city, home: Path, tmp_path: Path):
    mine = home_with_city(home, tmp_path)
    arguments = ("compare", "tiny_day", "--seeds", 3, "--workers", 1, "--json")
    result = interrupted(*arguments, home=mine, when=lambda: bool(run_folders(mine)))
    assert "Traceback" not in result.stdout + result.stderr
    stopped = run_folders(mine)
    assert stopped
    assert all(RunStore(mine / "runs").find(folder.name) for folder in stopped)
    assert list((mine / "comparisons").glob("*")) == []
    again = json.loads(jinling(*arguments, home=mine).stdout)
    undisturbed = [run_scenario(load_scenario("tiny_day"), load_policy("P2"), seed, RunStore(home / "runs"), home / "cities")
                   for seed in range(3)]  # fmt: skip
    assert again["log_hashes"]["P2"] == [run.manifest["log_hash"] for run in undisturbed]
    assert {folder.name for folder in stopped} <= {run for runs in again["runs"].values() for run in runs}


# The service


def test_the_service_answers_until_ctrl_c(tmp_path: Path):
    port = free_port()
    process = started("serve", "--port", port, home=tmp_path)
    try:
        assert process.stdout.readline().startswith(f"Open http://127.0.0.1:{port}/")
        assert wait_for_answer(f"http://127.0.0.1:{port}/api/health") == 200
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert "Traceback" not in err
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def wait_for_answer(url: str) -> int:
    ends = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own service
                return answer.status
        except OSError:
            assert time.monotonic() < ends
            time.sleep(0.1)


def test_a_port_in_use_is_told(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(jinling("serve", "--port", port, home=tmp_path))
    assert said == f"port {port} is in use; choose another with --port"
