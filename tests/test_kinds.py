"""What every plug-in must be; a new file is tested without a new test."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from told import CHINESE, LATIN, is_told_in_both

from models import actors as actor_package
from models import catalogue as catalogue_module
from models import hazards as hazard_package
from models import levers as lever_package
from models import lines as line_package
from models import parameters as parameters_module
from models.actors.base import ActorKind, Edict, Sight
from models.catalogue import catalogue
from models.command import Command, actor_kinds
from models.crews import DEFAULT_CREWS
from models.hazards.base import Hazard, hazard_kinds
from models.indicators import indicator_kinds, themes_of
from models.levers.base import Lever
from models.lines.base import Line, line_kinds
from models.parameters import parameters
from models.simulation import all_decisions
from scenarios.comparing import _LIMITS
from scenarios.library import load_policy, load_scenario, policy_names, scenario_names
from scenarios.reference import reference
from sim.city.model import AREA_LEVELS
from sim.errors import InputError
from sim.kinds import kind_called, kinds_in
from sim.streams import Stream
from sim.text import Text
from sim.themes import THEMES
from sim.units import unit_text
from sim.validation import validated
from sim.yaml_file import read_yaml
from viz.report import TEXTS
from viz.words import VERDICTS

LEVERS = kinds_in(Lever, lever_package)
HAZARDS = kinds_in(Hazard, hazard_package)
ACTORS = actor_kinds()
LINES = dict(line_kinds())
PLUG_INS = {**LEVERS, **HAZARDS, **ACTORS, **LINES}
PARAMETERS = dict(parameters())
INCIDENTS = dict(catalogue())

every_hazard = pytest.mark.parametrize("hazard", HAZARDS.values(), ids=HAZARDS)
every_plug_in = pytest.mark.parametrize("kind", PLUG_INS.values(), ids=PLUG_INS)


# Plug-ins


@pytest.mark.parametrize(
    ("package", "found"),
    [(lever_package, LEVERS), (hazard_package, HAZARDS), (actor_package, ACTORS)],
    ids=["levers", "hazards", "actors"],
)
def test_every_file_of_a_family_adds_the_kind_of_its_name(package, found):
    files = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__", "base"}
    assert files
    assert files == {kind.__module__.rsplit(".", 1)[1] for kind in found.values()}
    assert files <= set(found)


@every_plug_in
def test_a_plug_in_is_titled_in_both_languages_and_documented(kind):
    assert is_told_in_both(kind.title)
    assert len(kind.__doc__.split()) >= 4
    assert kind.__doc__.strip().split("\n")[0].endswith(".")


@every_plug_in
def test_a_plug_in_is_frozen_and_refuses_unknown_fields(kind):
    one = kind()
    with pytest.raises(ValidationError, match="frozen"):
        one.kind = "other"
    with pytest.raises(ValidationError, match="Extra inputs"):
        kind(no_such_field=1)
    with pytest.raises(ValidationError):
        kind(kind="other")


@every_plug_in
def test_every_number_of_a_plug_in_is_bounded_below_and_its_default_is_within(kind):
    for name, field in kind.model_fields.items():
        if field.annotation not in {int, float}:
            continue
        low = [bound for rule in field.metadata for bound in (getattr(rule, "ge", None), getattr(rule, "gt", None))
               if bound is not None]  # fmt: skip
        assert low, f"{kind.__name__}.{name} may be anything"
        assert math.isfinite(field.default)
        with pytest.raises(ValidationError):
            kind(**{name: low[0] - 1})
        assert getattr(kind(**{name: field.default}), name) == field.default


@every_plug_in
def test_no_text_and_no_truth_stands_for_a_number_of_a_plug_in(kind):
    for name, field in kind.model_fields.items():
        if field.annotation in {int, float}:
            assert getattr(validated(kind, {name: field.default}), name) == field.default
            for wrong in (True, str(field.default)):
                with pytest.raises(InputError, match=f"{name}: must be a (whole )?number"):
                    validated(kind, {name: wrong})
            if field.annotation is float and field.default == int(field.default):
                assert getattr(validated(kind, {name: int(field.default)}), name) == field.default


@pytest.mark.parametrize(
    ("family", "package"), [(Lever, lever_package), (Hazard, hazard_package)], ids=["lever", "hazard"]
)
def test_an_unknown_kind_is_refused_with_those_there_are(family, package):
    with pytest.raises(InputError) as caught:
        kind_called(family, package, "no_such_kind")
    assert is_told_in_both(caught.value.text) or CHINESE.search(caught.value.text.zh)
    assert all(name in caught.value.text.en for name in kinds_in(family, package))


def test_titles_tell_the_plug_ins_apart():
    for family in (LEVERS, HAZARDS, ACTORS):
        assert len({kind.title.en for kind in family.values()}) == len(family)
        assert len({kind.title.zh for kind in family.values()}) == len(family)


# Hazards


@every_hazard
def test_a_hazard_reads_what_a_hazard_writes(hazard):
    written = {field.name for other in HAZARDS.values() for field in other.writes}
    assert set(hazard.reads) <= written - {field.name for field in hazard.writes}


@every_hazard
def test_the_map_can_draw_what_a_hazard_writes(hazard):
    for field in hazard.writes:
        assert list(field.scale) == sorted(set(field.scale))
        assert field.step > 0
        assert field.title.en
        assert field.title.zh
        assert unit_text(field.unit)


@every_hazard
def test_a_hazard_names_its_draws_and_nobody_else_uses_them(hazard):
    assert hazard.decisions
    assert len(set(hazard.decisions)) == len(hazard.decisions)
    for other in HAZARDS.values():
        assert other is hazard or not set(other.decisions) & set(hazard.decisions)


@every_hazard
def test_shares_of_classes_add_up_to_one_at_most(hazard):
    for name, field in hazard.model_fields.items():
        if name.endswith("_shares"):
            assert 0.0 < sum(field.default) <= 1.0 + 1e-9  # what is left belongs to none of the classes
            assert min(field.default) >= 0


def test_no_field_of_the_world_has_two_writers():
    written = [field.name for hazard in HAZARDS.values() for field in hazard.writes]
    assert len(set(written)) == len(written)


def test_all_decisions_of_a_whole_run_are_unique():
    decisions = list(all_decisions(INCIDENTS, {name: hazard() for name, hazard in hazard_kinds().items()}))
    assert len(set(decisions)) == len(decisions) > 10


# Actors


@pytest.mark.parametrize("actor", ACTORS.values(), ids=ACTORS)
def test_an_actor_sits_at_a_level_and_watches_something(actor):
    assert actor.level in AREA_LEVELS
    assert actor.watches
    for other in (*HAZARDS.values(), *ACTORS.values()):
        assert other is actor or not set(other.decisions) & set(actor.decisions)


def test_the_actors_of_a_place_decide_on_what_they_are_shown(tiny_city):
    grid, street = (int(tiny_city.areas.of_level(level)[0]) for level in ("grid", "street"))
    stream = Stream(1, all_decisions(INCIDENTS, {}))
    command = Command(tiny_city.areas, {"grid.share_solved": 1.0}, stream)
    assert command.decide("finding", [Sight(grid, 5, 77)]) == [Edict("solve", 5, grid)]
    assert command.decide("fire", [Sight(street, 8, 78, 1.9), Sight(street, 9, 79, 2.1)]) == [
        Edict("reinforce", 9, street)
    ]
    assert command.decide("fire", [Sight(street, 9, 79, 3.0)]) == []
    assert command.decide("fire", [Sight(grid, 9, 79, 3.0)]) == []


def test_every_indicator_has_one_theme():
    named = [name for names in themes_of().values() for name in names]
    assert len(set(named)) == len(named)
    assert set(named) == {kind.name for kind in indicator_kinds()}
    assert set(themes_of()) == set(THEMES)


# Texts


@pytest.mark.parametrize("kind", indicator_kinds(), ids=lambda kind: kind.name)
def test_an_indicator_is_told_in_both_languages(kind):
    assert is_told_in_both(kind.title)
    assert LATIN.search(kind.unit.en)
    assert CHINESE.search(kind.unit.zh)


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_of_the_report_is_told_in_both_languages(key: str):
    assert is_told_in_both(TEXTS[key])


def test_verdicts_and_limits_are_told_in_both_languages():
    assert all(is_told_in_both(text) for text in (*VERDICTS.values(), *_LIMITS))


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_is_told_in_both_languages(name: str):
    shipped = load_scenario(name)
    assert shipped.name == name
    assert is_told_in_both(shipped.title)
    assert is_told_in_both(shipped.question)


@pytest.mark.parametrize("name", policy_names())
def test_a_shipped_policy_is_told_in_both_languages(name: str):
    shipped = load_policy(name)
    assert shipped.name == name
    assert is_told_in_both(shipped.title)


# The reference


def test_the_reference_is_plain_data_and_names_everything():
    found = json.loads(json.dumps(reference()))
    assert set(found["levers"]) == set(LEVERS)
    assert set(found["hazards"]) == set(HAZARDS)
    assert set(found["actors"]) == set(ACTORS)
    assert set(found["lines"]) == set(LINES)
    assert set(found["parameters"]) == set(PARAMETERS)
    assert set(found["incidents"]) == set(INCIDENTS)
    assert set(found["crews"]) == set(DEFAULT_CREWS)
    assert set(found["indicators"]) == {kind.name for kind in indicator_kinds()}


def test_parameters_incidents_crews_and_indicators_of_the_reference_have_units():
    found = reference()
    for family in ("parameters", "incidents", "crews", "indicators"):
        assert all(is_told_in_both(Text(**member["unit"])) for member in found[family].values())


def test_every_field_of_a_plug_in_stands_in_the_reference():
    found = reference()
    for family, kinds in (("levers", LEVERS), ("hazards", HAZARDS), ("actors", ACTORS), ("lines", LINES)):
        for name, kind in kinds.items():
            assert set(found[family][name]["fields"]) == set(kind.model_fields) - {"kind"}


def test_the_files_of_parameters_and_incidents_are_read_whole():
    shared = list(read_yaml(Path(parameters_module.__file__).with_suffix(".yaml")).data)
    owned = [name for owner in (*LINES.values(), *LEVERS.values()) for name in owner.own]
    assert shared + owned == list(PARAMETERS)
    assert list(read_yaml(Path(catalogue_module.__file__).with_suffix(".yaml")).data) == list(INCIDENTS)


def test_crews_have_chinese_titles():
    assert all(re.search(r"[\u4e00-\u9fff]", crew["title"]["zh"]) for crew in reference()["crews"].values())


@pytest.mark.parametrize(
    ("family", "base", "package"),
    [
        ("levers", Lever, lever_package),
        ("hazards", Hazard, hazard_package),
        ("actors", ActorKind, actor_package),
        ("lines", Line, line_package),
    ],
)
def test_every_field_of_a_plug_in_has_a_unit(family: str, base: type, package):
    assert kinds_in(base, package)
    for name, member in reference()[family].items():
        for field, facts in member["fields"].items():
            assert facts["unit"]["en"], f"{name}.{field}"
            assert facts["unit"]["zh"], f"{name}.{field}"
