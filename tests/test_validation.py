"""Faults of files: all at once, each in one plain sentence in both languages, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.calendar import HOUR, moment
from models.policy import Policy
from scenarios.language import Scenario
from scenarios.library import load_scenario, missing_files
from sim.errors import InputError, NotFoundError
from sim.validation import faults_of, load_model, validated
from sim.yaml_file import parse_yaml, read_yaml

FILE = Path("mine.yaml")
SCENARIO = """format: 1
name: mine
title: {en: Mine, zh: 我的}
question: {en: Mine, zh: 我的}
city: {generated: {seed: 1}}
"""
POLICY = "format: 1\nname: mine\ntitle: {en: Mine, zh: 我的}\nbase: P1\n"


def faults(model: type, text: str) -> list[InputError]:
    found = faults_of(model, parse_yaml(text, FILE), FILE)
    assert isinstance(found, list)
    return found


def lines_and_fields(model: type, text: str) -> list[tuple[int | None, str]]:
    return [(fault.line, fault.text.en.split(";")[0].split(" (")[0]) for fault in faults(model, text)]


def test_every_fault_of_every_line_of_work_is_told_with_its_line():
    text = (
        SCENARIO
        + """lines:
  command_chain:
    concurrent: -1
    lasts_min: many
    nonsense: 1
  magic: {}
  hazard_stock: {nothing: 2}
parameters:
  routing.p_misroute: 7
  crew.turnout_s: 1
"""
    )
    told = lines_and_fields(Scenario, text)
    assert told == [
        (8, "lines.command_chain.concurrent: must be 1 or more"),
        (9, "lines.command_chain.lasts_min: must be a number"),
        (10, "field 'lines.command_chain.nonsense' is unknown"),
        (11, "lines.magic: line of work kind 'magic' is unknown"),
        (12, "field 'lines.hazard_stock.nothing' is unknown"),
        (14, "parameters.routing.p_misroute: routing.p_misroute must be within 0.005 to 0.25"),
        (15, "parameters.crew.turnout_s: crew.turnout_s must be within 30.0 to 180.0"),
    ]


HAZARDS = """hazards:
  flood:
    cell_m: true
    hour: "3"
    series_mm_per_h: [1, -5]
    river_m: high
  power_failure: {hottest_c: 20, coolest_c: 30}
  toxic_release: {wind_m_s: 200}
  drain_failure: {rain_mm_h: -3}
  fire: {ignitions: [{where: {use: office}, at_h: true}]}
  magic: {}
"""


def test_every_fault_of_every_hazard_is_told_with_its_line():
    assert sorted(lines_and_fields(Scenario, SCENARIO + HAZARDS)) == [
        (8, "hazards.flood.cell_m: must be a number"),
        (9, "hazards.flood.hour: must be a number"),
        (10, "hazards.flood.series_mm_per_h.1: must be 0 or more"),
        (11, "hazards.flood.river_m: must be a number"),
        (12, "hazards.power_failure: hottest_c"),
        (13, "hazards.toxic_release.wind_m_s: must be 50 or less"),
        (14, "hazards.drain_failure.rain_mm_h: must be 0 or more"),
        (15, "hazards.fire.ignitions.0.at_h: must be a number"),
        (16, "hazards.magic: hazard kind 'magic' is unknown"),
    ]
    chinese = [fault.text.zh for fault in faults(Scenario, SCENARIO + HAZARDS)]
    assert "hazards.power_failure：hottest_c（20）低于 coolest_c（30）" in chinese
    assert "hazards.flood.cell_m：应为数字；收到 True" in chinese


@pytest.mark.parametrize(
    "wrong", ["hours: true", 'hours: "24"', 'beat_s: "60"', "start_hour: 8.0", "drain_days: false"]
)
def test_a_number_of_a_scenario_is_written_as_one(wrong: str):
    [fault] = faults(Scenario, SCENARIO + wrong)
    assert (fault.line, "number" in fault.text.en) == (6, True)


def test_a_crew_as_fast_as_light_comes_back_from_a_stored_run():
    said = load_model_of(SCENARIO + "speed_factor: .inf").model_dump(mode="json")
    assert validated(Scenario, said).speed_factor == float("inf")


def load_model_of(text: str) -> Scenario:
    found = faults_of(Scenario, parse_yaml(text, FILE), FILE)
    assert isinstance(found, Scenario)
    return found


def test_a_file_that_a_hazard_names_lies_beside_the_scenario_or_is_missed(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO + "hazards:\n  road_traffic: {}\n  flood:\n    dem: ground.asc\n", encoding="utf-8")
    with pytest.raises(
        NotFoundError, match=r"mine\.yaml:9: hazards\.flood\.dem: there is no file 'ground\.asc'"
    ) as caught:
        load_scenario(file)
    assert "hazards.flood.dem：" in caught.value.text.zh
    (tmp_path / "ground.asc").write_text("")
    scenario = load_scenario(file)
    assert missing_files(scenario, file) == []
    assert scenario.hazards["flood"]["dem"] == str(tmp_path / "ground.asc")


def test_every_fault_of_every_kind_of_incident_is_told_with_its_line():
    text = SCENARIO + "incidents:\n  medical:\n    change:\n      per_100k_year: -1\n      wrong: 1\n  ghosts: {}\n"
    told = lines_and_fields(Scenario, text)
    assert [line for line, _ in told] == [9, 10, 11]
    assert told[0][1] == "incidents.medical.change.per_100k_year: must be 0 or more"
    assert told[1][1] == "field 'incidents.medical.change.wrong' is unknown"
    assert told[2][1].startswith("incidents.ghosts: incident 'ghosts' is unknown")


def test_every_fault_of_every_lever_is_told_with_its_line():
    text = (
        POLICY
        + """levers:
  - kind: one_network
    intensity: 2
    compliance: no idea
    scope: {hours: [8, 8]}
  - {kind: magic}
  - {kind: integrated_patrol, scope: {hours: [8, 20]}}
set: {crew.turnout_s: -9}
"""
    )
    assert [line for line, _ in lines_and_fields(Policy, text)] == [7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize(
    ("line", "en", "zh"),
    [
        ("", "field 'name' is missing", "缺少字段 'name'"),
        ("name: mine\nextra: 1", "field 'extra' is unknown", "字段 'extra' 未知"),
        ("name: 5", "name: must be text; 5 came", "name：应为文本；收到 5"),
        ("name: a b", "name: must be 1 to 60 letters, digits, _ or -; 'a b' came",
         "name：应为 1 至 60 个字母、数字、_ 或 -；收到 'a b'"),
        ("name: mine\nhours: x", "hours: must be a number; 'x' came", "hours：应为数字；收到 'x'"),
        ("name: mine\nhours: 0", "hours: must be more than 0; 0 came", "hours：应大于 0；收到 0"),
        ("name: mine\nbeat_s: 0.5", "beat_s: must be 1 or more; 0.5 came", "beat_s：应不小于 1；收到 0.5"),
        ("name: mine\nstart_hour: 24", "start_hour: must be 23 or less; 24 came", "start_hour：应不大于 23；收到 24"),
        ("name: mine\nstart_hour: 1.5", "start_hour: must be a whole number; 1.5 came", "start_hour：应为整数；收到 1.5"),
        ("name: mine\nlines: 1", "lines: must be keys with values; 1 came", "lines：应为键值映射；收到 1"),
    ],
)  # fmt: skip
def test_a_fault_of_a_field_is_a_plain_sentence_in_both_languages(line: str, en: str, zh: str):
    [fault] = faults(Scenario, SCENARIO.replace("name: mine", line))
    assert (fault.text.en, fault.text.zh) == (en, zh)


def test_one_of_several_is_told_as_a_choice():
    [fault] = faults(Policy, POLICY.replace("P1", "P9"))
    assert fault.text.en == "base: must be 'P0', 'P1' or 'P2'; 'P9' came"
    assert fault.text.zh == "base：应为 'P0'、'P1' 或 'P2'；收到 'P9'"


def test_one_fault_is_raised_where_one_is_asked_for(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(POLICY + "levers: [{kind: one_network, intensity: 2, compliance: 3}]\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.yaml:5: levers\.0\.intensity: must be 1 or less; 2 came"):
        load_model(Policy, file)


def test_what_begins_outside_the_window_is_told_with_its_line(tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text(
        """format: 1
name: night
title: {en: "Night", zh: "夜"}
question: {en: "When?", zh: "何时？"}
city: {generated: {seed: 1}}
start_hour: 20
hours: 4
hazards:
  flood: {hour: 9}
  information: {rumour_h: 21.5, alert: {at_h: 3, onset_h: 5}}
  fire:
    ignitions:
      - {at_h: 23}
      - {at_h: 2}
""",
        encoding="utf-8",
    )
    faults = faults_of(Scenario, read_yaml(file), file)
    told = sorted((fault.line, fault.text.en.partition(":")[0]) for fault in faults)
    assert told == [
        (9, "hazards.flood.hour"),
        (10, "hazards.information.alert.onset_h"),
        (14, "hazards.fire.ignitions.1.at_h"),
    ]
    file.write_text(file.read_text(encoding="utf-8").replace("hours: 4", "hours: 14"), encoding="utf-8")
    assert isinstance(faults_of(Scenario, read_yaml(file), file), Scenario)


def test_an_hour_that_is_past_is_of_the_next_day():
    assert moment(21.0, 20 * HOUR) == 21 * HOUR
    assert moment(2.0, 20 * HOUR) == 26 * HOUR
    assert moment(26.0, 20 * HOUR) == 26 * HOUR
