"""Files from strangers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.policy import Policy
from scenarios.language import Scenario
from scenarios.library import load_policy, load_scenario, policy_names, scenario_names
from sim.errors import InputError
from sim.validation import load_model
from sim.yaml_file import read_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "unfolds to more"),
        ("a: 1\nb: 2\na: 3\n", ":3: key 'a' stands twice"),
        ("a: !!python/object/apply:os.system ['true']\n", "not allowed"),
        ("a: [1, 2\n", "not YAML"),
        ("", "empty"),
        ("[" * 5000, "not YAML"),
        ("a: &a\n  b: *a\n", "unfolds"),
        ("x: " + "y" * 2_100_000, "larger than"),
    ],
)
def test_hostile_yaml_is_refused_in_one_sentence(tmp_path: Path, text: str, says: str):
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        read_yaml(file)
    assert "bad.yaml" in str(caught.value)


POLICY = "format: 1\nname: mine\ntitle: {en: Mine, zh: 我的}\nbase: P1\n"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("levers:\n  - {kind: no_such_lever}\n", "bad.yaml:6: .*unknown; there are: .*base_powers"),
        ("levers:\n  - {kind: one_network, intensity: 1.5}\n", "intensity"),
        ("set: {patrol.p_see: 3}\n", "within 0.2 to 0.9"),
        ("set: {patrol.nonsense: 1}\n", "unknown"),
        ("extra: 1\n", ":5: field 'extra' is unknown"),
    ],
)
def test_faults_of_a_policy_name_file_and_line(tmp_path: Path, more: str, says: str):
    file = tmp_path / "bad.yaml"
    file.write_text(POLICY + more, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load_model(Policy, file)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("hours: 24", "hours: -1", "hours"),
        ("hours: 24", "hours: 24\nincidents: {fluud: {}}", "'fluud' is unknown; there are: medical"),
        ("hours: 24", "working: {opens: 18, closes: 9}", "opens must be before closes"),
        ("format: 1", "format: 2", "format"),
        ("city:", "town:", "unknown|missing"),
    ],
)
def test_faults_of_a_scenario_name_file_and_line(tmp_path: Path, old: str, new: str, says: str):
    text = (Path(__file__).parent.parent / "scenarios/library/scenarios/tiny_day.yaml").read_text(encoding="utf-8")
    file = tmp_path / "bad.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        load_model(Scenario, file)
    assert "bad.yaml:" in str(caught.value)


@pytest.mark.parametrize(
    "new",
    [
        "hours: -1", "hours: x", "hours: .inf", "hours: [1]", "hours: 24\nstart_hour: 2.5", "hours: 24\nstart_hour: 30",
        "hours: 24\nincidents: 3", "hours: 24\nworking: {weekday: -1}", "hours: 24\nworking: {opens: 18, closes: 9}",
        "hours: 24\nincidents: {medical: {change: {hours: [1]}}}", "hours: 24\nincidents: {medical: {rate_factor: -1}}",
        "hours: 24\nincidents: {medical: {change: {line: x}}}", "hours: 24\ncrews: {a: {station: 3, per_100k: 1}}",
        "hours: 24\nincidents: {medical: {change: {hours: [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}}",
        "hours: 24\nnothing: 1",
    ],
)  # fmt: skip
def test_faults_are_told_in_chinese_too(tmp_path: Path, new: str):
    text = (Path(__file__).parent.parent / "scenarios/library/scenarios/tiny_day.yaml").read_text(encoding="utf-8")
    file = tmp_path / "bad.yaml"
    file.write_text(text.replace("hours: 24", new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_model(Scenario, file)
    assert re.search(r"[\u4e00-\u9fff]", caught.value.text.zh)
    assert not re.search(r"should|valid|must|need", caught.value.text.zh)


def test_everything_that_ships_is_valid():
    assert {"P0", "P1", "P2"} <= set(policy_names())
    for name in policy_names():
        load_policy(name).resolve()
    for name in scenario_names():
        load_scenario(name)


def test_a_name_that_is_not_there_lists_those_that_are():
    with pytest.raises(InputError, match="flagship_day"):
        load_scenario("nope")
