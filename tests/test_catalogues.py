"""What every parameter and every incident must be; a new one is tested without a new test."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from told import is_told_in_both

from models import catalogue as catalogue_module
from models import hazards as hazard_package
from models import levers as lever_package
from models.catalogue import catalogue
from models.crews import DEFAULT_CREWS
from models.hazards.base import Hazard
from models.levers.base import Lever
from models.parameter import PRESETS, from_space, to_space
from models.parameters import parameters, preset_values
from scenarios.library import experiment_names, load_experiment, load_policy
from sim.kinds import kinds_in
from sim.units import unit_text
from sim.yaml_file import read_yaml

LEVERS = kinds_in(Lever, lever_package)
HAZARDS = kinds_in(Hazard, hazard_package)
PARAMETERS = dict(parameters())
INCIDENTS = dict(catalogue())

every_parameter = pytest.mark.parametrize("name", PARAMETERS)
#: How a practice is set up, for a planner to try by `set:`; the same under every preset.
KNOBS = {"estates.deliberation_d", "hard_cases.session_d", "hard_cases.capacity", "hub.fallback", "unit.load"}
every_incident = pytest.mark.parametrize("name", INCIDENTS)


# Parameters and presets


@every_parameter
def test_a_parameter_has_all_three_values_within_its_range(name: str):
    parameter = PARAMETERS[name]
    low, high = parameter.range
    assert len(parameter.values) == len(PRESETS)
    assert low < high
    assert all(low <= value <= high for value in parameter.values)


@every_parameter
def test_a_parameter_has_a_source_or_says_assumption(name: str):
    parameter = PARAMETERS[name]
    assert parameter.assumption or parameter.basis is not None
    if parameter.basis is not None:
        assert is_told_in_both(parameter.basis)
        assert "assumption" not in parameter.basis.en


@every_parameter
def test_a_parameter_has_a_title_in_both_languages_and_a_unit(name: str):
    assert is_told_in_both(PARAMETERS[name].title)
    assert unit_text(PARAMETERS[name].unit).zh
    assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", name)


@every_parameter
def test_a_parameter_can_be_mixed_as_it_says(name: str):
    parameter = PARAMETERS[name]
    low, high = parameter.range
    if parameter.unit == "share":
        assert low >= 0
        assert high <= 1
    if parameter.mix == "logit":
        assert 0 < low < high < 1
    off, _, on = parameter.values
    half = from_space((to_space(off, parameter.mix) + to_space(on, parameter.mix)) / 2, parameter.mix)
    assert min(off, on) - 1e-9 <= half <= max(off, on) + 1e-9
    assert (abs(half - off) > 1e-9) == (off != on)


@every_parameter
def test_reform_goes_one_way_from_p0_by_p1_to_p2(name: str):
    values = list(PARAMETERS[name].values)
    assert values in (sorted(values), sorted(values, reverse=True))


def test_at_least_one_lever_preset_or_arm_of_an_experiment_moves_every_parameter():
    moved = {part.parameter for lever in LEVERS.values() for part in (*lever.effects, *lever.side_effects)}
    moved |= {name for asked in experiment_names() for arm in load_experiment(asked).arms for name in arm.set}
    idle = {name for name, parameter in PARAMETERS.items() if name not in moved and len(set(parameter.values)) == 1}
    assert idle == KNOBS


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_loads_as_its_column(preset: str):
    shipped = load_policy(preset)
    assert shipped.name == shipped.base == preset
    assert shipped.levers == ()
    assert is_told_in_both(shipped.title)
    column = PRESETS.index(preset)
    assert shipped.resolve() == {name: parameter.values[column] for name, parameter in PARAMETERS.items()}


def test_the_presets_differ():
    values = [json.dumps(preset_values(preset)) for preset in PRESETS]
    assert len(set(values)) == len(PRESETS)


# Incidents


@every_incident
def test_an_incident_is_told_in_both_languages_and_happens(name: str):
    incident = INCIDENTS[name]
    assert is_told_in_both(incident.title)
    assert re.fullmatch(r"[a-z_]+", name)
    assert incident.per_100k_year > 0
    assert len(incident.hours) == 24
    assert sum(incident.hours) > 0
    assert incident.target_s > 0


@every_incident
def test_an_incident_is_met_in_the_way_of_its_line(name: str):
    incident = INCIDENTS[name]
    if incident.line == "emergency":
        assert incident.crew in DEFAULT_CREWS
        assert min(incident.detect.median_s, incident.on_scene.median_s) > 0
    else:
        assert incident.crew is None
        assert incident.handling.median_h > 0
        assert (incident.limit_h > 0) == (incident.line == "hotline")
    if incident.line == "hotline":
        assert incident.talk.median_s > 0
        assert 0 < incident.ticket_share <= 1


@every_incident
def test_an_incident_names_a_hazard_that_there_is(name: str):
    assert INCIDENTS[name].hazard in {None, *HAZARDS}


@every_incident
def test_who_is_taken_to_hospital_is_handed_over_there(name: str):
    incident = INCIDENTS[name]
    assert (incident.transport_share > 0) == (incident.handover.median_s > 0)


@every_incident
def test_a_rate_of_an_incident_has_a_source_beside_it(name: str):
    """A rate without a comment that says where it comes from is a number out of the air."""
    file = Path(catalogue_module.__file__).with_suffix(".yaml")
    line = read_yaml(file).lines[name, "per_100k_year"]
    assert "#" in file.read_text(encoding="utf-8").splitlines()[line - 1]


def test_lives_are_served_before_property_and_property_before_paper():
    worst = {line: max(incident.priority for incident in INCIDENTS.values() if incident.line == line)
             for line in ("emergency", "hotline")}  # fmt: skip
    assert INCIDENTS["cardiac_arrest"].priority == 0
    assert worst["emergency"] < min(i.priority for i in INCIDENTS.values() if i.line != "emergency")


def test_every_crew_that_is_needed_is_there_and_every_crew_that_is_there_is_needed():
    assert {incident.crew for incident in INCIDENTS.values()} - {None} == set(DEFAULT_CREWS)
