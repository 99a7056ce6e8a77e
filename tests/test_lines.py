"""What every line of work must be; a new file is tested without a new test."""

from __future__ import annotations

import math
import re

import numpy as np
import pyarrow as pa
import pytest
from trials import measured, trial_of

from models.indicators import indicator_kinds
from models.lines.base import line_kinds
from models.parameters import parameters
from scenarios.language import Scenario
from scenarios.library import load_policy
from scenarios.running import resolved, simulate
from sim.recording import log_hash
from sim.text import Text

LINES = dict(line_kinds())
every_line = pytest.mark.parametrize("name", LINES)


@pytest.fixture(scope="module")
def tables(tiny, tiny_city, tiny_people):
    """Return what a line does in the small city under today's policy with seed 1, played once."""
    played: dict[str, dict[str, pa.Table]] = {}

    def of(name: str) -> dict[str, pa.Table]:
        if name not in played:
            scenario = trial_of(tiny, name)
            values = resolved(scenario, load_policy("P1"))
            played[name] = simulate(tiny_city, tiny_people, scenario, values, 1).tables()
        return played[name]

    return of


def same(first: pa.Table, second: pa.Table) -> bool:
    """Whether two tables say the same; what is not there equals itself."""
    return log_hash({"table": first}) == log_hash({"table": second})


@every_line
def test_a_line_leaves_rows_that_lie_in_the_city(tables, tiny_city, name: str):
    table = tables(name)[name]
    assert table.schema == LINES[name].table
    assert table.num_rows > 0
    area = table["area"].to_numpy()
    assert area.min() >= 0
    assert area.max() < len(tiny_city.areas)


@every_line
def test_a_line_measures_its_indicators(tiny, tiny_city, name: str):
    found = measured(tiny_city, trial_of(tiny, name), load_policy("P1"), range(2))
    own = [kind for kind in indicator_kinds() if kind.table == name]
    assert own
    for kind in own:
        assert any(math.isfinite(run[kind.name]) for run in found), kind.name
        if kind.unit.en == "share":
            assert all(-1e-9 <= run[kind.name] <= 1 + 1e-9 for run in found if math.isfinite(run[kind.name])), kind.name


@every_line
def test_a_line_says_the_same_again(tables, tiny, tiny_city, tiny_people, name: str):
    scenario = trial_of(tiny, name)
    again = simulate(tiny_city, tiny_people, scenario, resolved(scenario, load_policy("P1")), 1).tables()
    assert log_hash(again) == log_hash(tables(name))


@every_line
def test_a_line_has_luck(tables, tiny, tiny_city, tiny_people, name: str):
    scenario = trial_of(tiny, name)
    other = simulate(tiny_city, tiny_people, scenario, resolved(scenario, load_policy("P1")), 2).tables()
    assert log_hash(other) != log_hash(tables(name))


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.least_d <= 1.0])
def test_a_line_does_not_disturb_the_day(tiny, tiny_city, tiny_people, name: str):
    values = resolved(tiny, load_policy("P1"))
    alone = simulate(tiny_city, tiny_people, tiny, values, 3).tables()
    beside = Scenario.model_validate({**tiny.model_dump(), "lines": {name: {}}})
    found = simulate(tiny_city, tiny_people, beside, values, 3).tables()
    assert same(found["orders"], alone["orders"])


@every_line
def test_the_luck_of_a_line_is_its_own(name: str):
    line = LINES[name]
    assert line.decisions
    assert len(set(line.decisions)) == len(line.decisions)
    for other in LINES.values():
        assert other is line or not set(other.decisions) & set(line.decisions)


@every_line
def test_a_line_reads_parameters_that_there_are(name: str):
    line = LINES[name]
    assert set(line.own) <= set(parameters())
    assert set(line.reads) <= set(parameters()) - set(line.own)
    for own in line.own:
        assert re.fullmatch(r"[a-z_0-9]+\.[a-z_0-9]+", own)


class Read(dict[str, float]):
    """Parameters that remember which of them were read."""

    def __init__(self, values: dict[str, float]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.names.add(name)
        return super().__getitem__(name)


@every_line
def test_a_line_reads_no_parameter_but_its_own_and_those_it_names(tiny, tiny_city, tiny_people, name: str):
    """So a lever that moves none of them leaves the line exactly as it is."""
    scenario = trial_of(tiny, name)
    values = Read(resolved(scenario, load_policy("P1")))
    simulate(tiny_city, tiny_people, scenario, values, 1)
    of_the_desk = {"posting.budget"}  # read by the clock of every run, and by no line
    assert values.names - of_the_desk <= {*LINES[name].own, *LINES[name].reads}


def test_the_case_loop_reads_no_parameter_of_a_line(tiny, tiny_city, tiny_people):
    values = Read(resolved(tiny, load_policy("P1")))
    simulate(tiny_city, tiny_people, tiny, values, 1)
    assert len(values.names) > 20
    assert not values.names & {own for line in LINES.values() for own in line.own}


@every_line
def test_every_parameter_of_a_line_changes_what_it_does(tables, tiny, tiny_city, tiny_people, name: str):
    scenario = trial_of(tiny, name)
    before = tables(name)[name]
    values = resolved(scenario, load_policy("P1"))
    for own, parameter in LINES[name].own.items():
        tried = (parameter.range[0], parameter.range[1], *parameter.values)
        others = [x for x in tried if x != values[own]]
        changed = any(
            not same(simulate(tiny_city, tiny_people, scenario, {**values, own: other}, 1).tables()[name], before)
            for other in others
        )
        assert changed, own


@every_line
@pytest.mark.parametrize("end", [0, 1])
def test_a_line_stands_every_parameter_at_its_ends(tiny, tiny_city, tiny_people, name: str, end: int):
    scenario = trial_of(tiny, name)
    values = resolved(scenario, load_policy("P1"))
    for own, parameter in LINES[name].own.items():
        table = simulate(tiny_city, tiny_people, scenario, {**values, own: parameter.range[end]}, 1).tables()[name]
        for field in table.schema:
            if pa.types.is_floating(field.type):
                assert not np.isinf(table[field.name].to_numpy()).any(), (own, field.name)


@every_line
def test_a_line_is_told_in_both_languages(name: str):
    texts = [LINES[name].title, *(p.title for p in LINES[name].own.values())]
    assert all(isinstance(text, Text) and re.search(r"[\u4e00-\u9fff]", text.zh) and text.en for text in texts)


def test_a_line_in_too_short_a_window_is_refused(tiny):
    for name, line in LINES.items():
        with pytest.raises(ValueError, match="needs a window of"):
            Scenario.model_validate({**tiny.model_dump(), "lines": {name: {}}, "hours": 24.0 * line.least_d - 1.0})


def test_an_unknown_line_is_refused_with_those_there_are(tiny):
    with pytest.raises(ValueError, match=r"'magic' is unknown; there are: .*service_hall"):
        Scenario.model_validate({**tiny.model_dump(), "lines": {"magic": {}}})


def test_all_lines_together_do_what_each_does_alone(tables, tiny, tiny_city, tiny_people):
    short = [name for name, line in LINES.items() if line.least_d <= 1.0]
    scenario = trial_of(tiny, *short)
    together = simulate(tiny_city, tiny_people, scenario, resolved(scenario, load_policy("P1")), 1).tables()
    for name in short:
        if trial_of(tiny, name).hours == scenario.hours and not trial_of(tiny, name).parameters:
            assert same(together[name], tables(name)[name]), name
