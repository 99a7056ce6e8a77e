"""At the terminal: the passports of hazards, what a run warns of, and why somebody came late."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from as_user import jinling, refusal, scenario_file
from hazard_day import hazard_run

from models.hazards.base import hazard_kinds
from sim.runs import Run


@pytest.fixture(scope="module")
def run(tiny, tiny_city, home: Path) -> Run:
    return hazard_run(tiny, home)


def test_passports_are_listed_and_read(home: Path):
    listed = jinling("passport", home=home)
    assert listed.returncode == 0, listed.stderr
    for name, kind in hazard_kinds().items():
        assert name in listed.stdout
        assert kind.title.en in listed.stdout
    for language, words in (("en", ("Equations", "Known limits", "Tolerance", "Scaled distance of the blast: 0.0674 … 40")),
                            ("zh", ("方程", "已知局限", "容差", "爆炸比例距离"))):  # fmt: skip
        told = jinling("passport", "gas_leak", "--lang", language, home=home)
        assert told.returncode == 0, told.stderr
        for word in (*words, "✓", "doi:10.1002/j.1551-8833.1993.tb06018.x"):
            assert word in told.stdout
        assert "✗" not in told.stdout
    assert "there are: building_fire" in refusal(jinling("passport", "magic", home=home))


def test_a_run_tells_its_warnings(home: Path, tmp_path: Path):
    file = scenario_file(tmp_path, more="hazards: {gas_leak: {hour: 9.0}}\n")
    told = jinling("run", file, home=home)
    assert told.returncode == 0, told.stderr
    assert "⚠ 00:00 Gas leak: The gas mains of this city are synthetic." in told.stdout
    said = json.loads(jinling("run", file, "--json", home=home).stdout)
    assert [one["hazard"] for one in said["warnings"]] == ["gas_leak"]
    compared = jinling("compare", file, "--seeds", "2", "--report", tmp_path / "r.html", home=home)
    assert compared.stdout.count("⚠ Gas leak: The gas mains of this city are synthetic.") == 1
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "本城市燃气管网为合成数据" in report
    assert "4 / 4" in report


def test_why_lists_the_latest_and_answers(run: Run, home: Path):
    listed = jinling("why", run.id[:12], home=home)
    assert listed.returncode == 0, listed.stderr
    assert "Gas main struck" in listed.stdout
    asked = json.loads(jinling("why", run.id, "--json", home=home).stdout)
    leak = next(one["order"] for one in asked if one["kind"]["en"] == "Gas main struck")
    told = jinling("why", run.id, leak, home=home)
    assert told.returncode == 0, told.stderr
    assert f"Order {leak}, Gas main struck: the first crew (Gas crew) came" in told.stdout
    assert "What led to it:" in told.stdout
    assert "← 09:30 an excavator has struck a gas main" in told.stdout
    chinese = jinling("why", run.id, leak, "--lang", "zh", home=home).stdout
    assert "首批力量（燃气抢修组）" in chinese


def test_what_cannot_be_asked_is_told(run: Run, home: Path):
    assert "is no run id" in refusal(jinling("why", "nonsense", 1, home=home))
    assert "has no order 99999" in refusal(jinling("why", run.id, 99999, home=home))
    assert "is no run id" in refusal(jinling("why", "", home=home))
