"""Every mechanism stands in the catalogue, in both languages, and has become a lever, an indicator or a switch."""

from __future__ import annotations

from pathlib import Path

import pytest
from told import is_told_in_both

from api.mechanisms import Measured, measured, mechanism_facts
from models import mechanisms as mechanisms_module
from models.indicators import indicator_kinds
from models.levers.base import lever_kinds
from models.mechanisms import BESIDE, GROUPS, PARTS, levers_of, mechanisms
from models.orders import STAGES
from scenarios.library import experiment_names, policy_names, scenario_names
from sim.errors import InputError
from sim.themes import THEMES
from sim.validation import load_model

IDS = tuple(name for i in range(1, 53) for name in ([f"A29{x}" for x in "abcdef"] if i == 29 else [f"A{i:02d}"]))
FILE = Path(mechanisms_module.__file__).with_suffix(".yaml")


def has_become_something(name: str) -> bool:
    entry = mechanisms()[name]
    there_are = {*(kind.name for kind in indicator_kinds()), *THEMES}
    if entry.role == "switch":
        there_are = {*experiment_names(), *policy_names(), *scenario_names()}
    return bool(levers_of(name)) if entry.role == "lever" else set(entry.named) <= there_are


def test_the_catalogue_holds_every_mechanism_in_order_and_nothing_else():
    assert tuple(mechanisms()) == IDS
    groups = [entry.group for entry in mechanisms().values()]
    assert list(dict.fromkeys(groups)) == list(GROUPS) == sorted(set(groups), key=groups.index)
    assert len({entry.title for entry in mechanisms().values()}) == len(IDS)


@pytest.mark.parametrize("name", IDS)
def test_a_mechanism_is_told_in_both_languages_and_says_where_it_acts(name: str):
    entry = mechanisms()[name]
    assert is_told_in_both(entry.title)
    assert is_told_in_both(entry.does)
    assert entry.does.en.endswith(".")
    assert entry.does.zh.endswith("。")
    assert set(entry.touches) <= set(PARTS) == {*STAGES, *BESIDE}


@pytest.mark.parametrize("name", IDS)
def test_a_mechanism_has_become_a_lever_an_indicator_or_a_switch(name: str):
    assert has_become_something(name)


def test_every_lever_is_one_of_a_mechanism():
    assert {lever.mechanism for lever in lever_kinds().values()} <= set(IDS)
    assert all(mechanisms()[lever.mechanism].role == "lever" for lever in lever_kinds().values())


def test_the_parts_are_told_in_both_languages():
    assert all(is_told_in_both(text) for text in (*PARTS.values(), *GROUPS.values()))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("touches: [accept, file, route, control]", "touches: [accept, luck]", "'luck' is unknown; there are: onset"),
        ("touches: [accept, file, route, control]", "touches: [accept, accept]", "a part stands twice"),
        ("touches: [accept, file, route, control]", "touches: []", "touches: "),
        ("group: smart", "group: clever", "group: "),
        ("A01:", "A1:", "A1"),
        (', zh: "智慧治理中枢"}', "}", "zh"),
        ('zh: "智慧治理中枢"', 'zh: ""', "both languages are needed"),
        (
            "touches: [accept, file, route, control]",
            "touches: [accept]\n  as: indicator",
            "levers name their mechanism",
        ),
        (
            "touches: [accept, file, route, control]",
            "touches: [accept]\n  named: [deaths]",
            "levers name their mechanism",
        ),
    ],
)
def test_a_fault_of_the_catalogue_is_one_sentence_with_its_line(tmp_path: Path, old: str, new: str, says: str):
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        load_model(mechanisms_module._File, file)
    assert caught.value.line is not None
    assert caught.value.text.zh


def test_what_a_planner_reads_is_whole():
    facts = mechanism_facts()
    found = {one["kind"]: one for entry in facts["mechanisms"] for one in entry["levers"]}
    assert set(found) == set(lever_kinds())
    for kind, lever in lever_kinds().items():
        told = {p["name"]: p for p in found[kind]["parameters"]}
        assert set(told) == {*lever.own, *(part.parameter for part in (*lever.effects, *lever.side_effects))}
        assert {name for name, p in told.items() if p["on"] is not None} == {e.parameter for e in lever.effects}
        assert {name for name, p in told.items() if p["factor"] is not None} == {
            e.parameter for e in lever.side_effects
        }
        assert all(p["basis"] or p["assumption"] for p in told.values())
        assert [i["name"] for i in found[kind]["moves"]] == list(lever.moves)


def test_what_was_measured_is_of_levers_and_indicators_that_there_are():
    better = {kind.name: kind.better for kind in indicator_kinds()}
    for kind, effects in measured().levers.items():
        lever = lever_kinds()[kind]
        assert effects
        for name, effect in effects.items():
            assert name in {*lever.moves, *lever.pays}, (kind, name)
            assert effect.low <= effect.difference <= effect.high
            assert ((effect.difference < 0) == (better[name] == "lower")) == (name in lever.moves), (kind, name)


def test_without_the_file_nothing_was_measured(tmp_path: Path):
    assert measured(tmp_path / "none.json") == Measured()
