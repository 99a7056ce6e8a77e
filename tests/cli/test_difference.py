"""`jinling difference` as a user gives it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from as_user import jinling, left_in, policy_file, refusal

from api.cli_policy import difference
from sim.errors import InputError


def test_two_policies_are_told_apart_for_a_machine(tmp_path: Path):
    mine = policy_file(tmp_path, "levers: [{kind: one_network, intensity: 0.5}]\n")
    told = json.loads(jinling("difference", "P1", mine, "--json", home=tmp_path / "home").stdout)
    assert [(one["name"], one["after"]) for one in told["levers"]] == [("one_network", 0.5)]
    assert "routing.p_misroute" in {one["name"] for one in told["parameters"]}
    assert left_in(tmp_path) == ["mine.yaml"]


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("A03 One-network unified operation", "Wrong first dispatch", "Investment, yuan")),
    ("zh", ("A03 一网统管", "首次派遣错误率", "投资, 元")),
])  # fmt: skip
def test_two_policies_are_told_apart_for_a_person(capsys: pytest.CaptureFixture[str], language: str, words: tuple):
    difference("P1", "one_network", lang=language)
    said = capsys.readouterr().out
    assert all(word in said for word in words)


def test_policies_of_one_effect_are_said_to_be_so(capsys: pytest.CaptureFixture[str]):
    difference("P2", "P2", lang="en")
    assert "No parameter differs" in capsys.readouterr().out


def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path):
    bad = policy_file(tmp_path, "levers: [{kind: magic}]\n")
    assert "mine.yaml:5: " in refusal(jinling("difference", bad, "P1", home=tmp_path))
    with pytest.raises(InputError, match="is neither a file"):
        difference("P1", "nope")
