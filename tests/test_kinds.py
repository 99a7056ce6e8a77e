"""What every plug-in must be; a new file is tested without a new test."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import get_type_hints

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
from models.hazards.base import Hazard
from models.indicators import indicator_kinds, themes_of
from models.levers.base import Effect, Lever, Place
from models.lines.base import Line, line_kinds
from models.parameter import PRESETS
from models.parameters import parameters, preset_values
from models.policy import Policy
from models.simulation import all_decisions
from models.world import World
from scenarios.comparing import _LIMITS
from scenarios.library import load_policy, load_scenario, policy_names, scenario_names
from scenarios.reference import reference
from scenarios.running import hazard_kinds, resolved, simulate
from sim.city.model import AREA_LEVELS
from sim.errors import InputError
from sim.kinds import kind_called, kind_name, kinds_in
from sim.recording import log_hash
from sim.streams import Stream
from sim.text import Text
from sim.themes import THEMES
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

every_lever = pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)
every_hazard = pytest.mark.parametrize("hazard", HAZARDS.values(), ids=HAZARDS)
every_plug_in = pytest.mark.parametrize("kind", PLUG_INS.values(), ids=PLUG_INS)


def policy(*levers: dict, base: str = "P1") -> Policy:
    return Policy(format=1, name="test", title=Text("Test", "测试"), base=base, levers=levers)


def with_what_it_needs(lever: type[Lever], **fields: float) -> list[dict]:
    """Return the entry of a lever and of those that it requires, which are off."""
    needed = [{"kind": name, "intensity": 0.0} for name in lever.requires]
    return [*needed, {"kind": kind_name(lever), **fields}]


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


# Levers


@every_lever
def test_a_lever_moves_parameters_that_there_are_within_their_ranges(lever):
    assert lever.effects
    names = [effect.parameter for effect in lever.effects]
    assert len(set(names)) == len(names)
    for effect in lever.effects:
        low, high = PARAMETERS[effect.parameter].range
        for base in PRESETS:
            assert low <= effect.value(preset_values(base)[effect.parameter]) <= high or effect.times


@every_lever
def test_a_lever_costs_something_somewhere(lever):
    assert lever.side_effects
    assert all(
        side.parameter in PARAMETERS and 0.1 <= side.factor <= 10 and side.factor != 1 for side in lever.side_effects
    )
    cost = lever.cost.model_dump()
    assert min(cost.values()) >= 0
    assert max(cost.values()) > 0


@every_lever
def test_a_lever_names_its_mechanism_and_requires_only_levers_that_there_are(lever):
    assert re.fullmatch(r"[A-Z]\d+[a-z]?", lever.mechanism)
    assert set(lever.requires) <= set(LEVERS) - {kind_name(lever)}


@every_lever
def test_a_lever_pays_where_it_does_not_gain(lever):
    assert not {effect.parameter for effect in lever.effects} & {side.parameter for side in lever.side_effects}


@every_lever
@pytest.mark.parametrize("base", PRESETS)
@pytest.mark.parametrize("off", [{"intensity": 0.0}, {"compliance": 0.0}])
def test_a_lever_that_is_off_changes_nothing(lever, base: str, off: dict):
    assert policy(*with_what_it_needs(lever, **off), base=base).resolve() == preset_values(base)


@every_lever
def test_a_lever_that_is_on_changes_what_it_names_and_nothing_else(lever):
    before, after = preset_values("P0"), policy(*with_what_it_needs(lever), base="P0").resolve()
    changed = {name for name in before if before[name] != after[name]}
    assert changed
    assert changed <= {part.parameter for part in (*lever.effects, *lever.side_effects)}
    assert changed & {effect.parameter for effect in lever.effects}


@every_lever
@pytest.mark.parametrize("base", PRESETS)
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_effects_stay_within_the_range_and_do_not_pass_full_reform(lever, base: str, share: float):
    before, after, full = (
        preset_values(base),
        policy(*with_what_it_needs(lever, intensity=share), base=base).resolve(),
        preset_values("P2"),
    )
    for name, value in after.items():
        low, high = PARAMETERS[name].range
        assert low <= value <= high
    for effect in lever.effects:
        ends = sorted((before[effect.parameter], full[effect.parameter]))
        assert ends[0] - 1e-12 <= after[effect.parameter] <= ends[1] + 1e-12


@every_lever
def test_more_of_a_lever_does_no_less(lever):
    shares = [policy(*with_what_it_needs(lever, intensity=x / 4), base="P0").resolve() for x in range(5)]
    for effect in lever.effects:
        moved = [abs(values[effect.parameter] - shares[0][effect.parameter]) for values in shares]
        assert moved == sorted(moved)
        assert moved[-1] > 0


@every_lever
@pytest.mark.parametrize("field", ["intensity", "compliance"])
@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf])
def test_shares_of_a_lever_are_shares(lever, field: str, value: float):
    with pytest.raises(ValidationError):
        lever(**{field: value})


@every_lever
def test_a_lever_ramps_up_with_time(lever):
    shares = [lever(lag_days=90, running_days=day).share for day in (0, 45, 90, 180, 3650)]
    assert shares == sorted(shares)
    assert shares[0] < 0.05
    assert shares[2] == 0.5
    assert shares[-1] == 1.0


def test_a_scope_limits_a_lever_to_its_place_hours_and_kinds():
    fires = {
        "kind": "street_fire_integration",
        "scope": {"districts": ["North"], "hours": [20, 8], "incidents": ["building_fire"]},
    }
    limited, everywhere = policy(fires, base="P0"), policy({"kind": "street_fire_integration"}, base="P0").resolve()
    assert limited.is_local
    assert limited.resolve() == preset_values("P0")
    for place, holds in (
        (Place("North", 23, "building_fire"), True), (Place("North", 7, "building_fire"), True),
        (Place("North", 8, "building_fire"), False), (Place("South", 23, "building_fire"), False),
        (Place("North", 23, "medical"), False),
    ):  # fmt: skip
        assert limited.resolve(place) == (everywhere if holds else preset_values("P0")), place
    assert limited.unlimited().resolve() == everywhere


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"kind": "integrated_patrol", "scope": {"districts": ["North"]}}, "holds for the whole city"),
        (
            {"kind": "camera_watch", "scope": {"districts": ["North"]}},
            "'intake.false_reports', which holds for the whole",
        ),
        ({"kind": "five_level_command", "scope": {"hours": [8, 20]}}, "holds for the whole city"),
        ({"kind": "integrated_window", "scope": {"hours": [8, 20]}}, "holds for the whole city"),
        ({"kind": "matter_list", "scope": {"hours": [8, 8]}}, "an hour at least"),
        ({"kind": "matter_list", "scope": {"hours": [8, 25]}}, "less than or equal to 24"),
        ({"kind": "matter_list", "scope": {"place": ["North"]}}, "unknown"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(entry: dict, says: str):
    with pytest.raises((InputError, ValidationError), match=says):
        policy(entry)


def test_all_levers_together_stay_within_every_range():
    entries = [{"kind": name} for name in LEVERS]
    for base in PRESETS:
        for name, value in policy(*entries, base=base).resolve().items():
            low, high = PARAMETERS[name].range
            assert low <= value <= high


def test_a_run_with_every_lever_off_is_the_baseline_byte_for_byte(tiny, tiny_city, tiny_people):
    off = policy(*({"kind": name, "intensity": 0.0} for name in LEVERS))
    first = log_hash(simulate(tiny_city, tiny_people, tiny, resolved(tiny, load_policy("P1")), 2).tables())
    assert log_hash(simulate(tiny_city, tiny_people, tiny, resolved(tiny, off), 2).tables()) == first


@pytest.mark.parametrize("base", PRESETS)
def test_levers_may_stand_in_any_order(base: str):
    entries = [{"kind": name, "intensity": 0.3 + 0.7 * (i % 3) / 2} for i, name in enumerate(LEVERS)]
    once = policy(*entries, base=base).resolve()
    assert policy(*reversed(entries), base=base).resolve() == once
    assert policy(*entries[7:], *entries[:7], base=base).resolve() == once


def test_two_levers_on_one_parameter_multiply_until_full_reform():
    name = "command.level_min"
    hub, command = ({"kind": kind, "intensity": 0.4} for kind in ("governance_hub", "five_level_command"))
    start = preset_values("P0")[name]
    one, other, both = (policy(*entries, base="P0").resolve()[name] for entries in ((hub,), (command,), (hub, command)))
    assert both / start == pytest.approx(one / start * other / start)
    full = policy({"kind": "governance_hub"}, {"kind": "five_level_command"}, base="P0").resolve()[name]
    assert full == preset_values("P2")[name]


def test_an_effect_may_be_a_factor_on_the_preset_and_is_capped_by_full_reform():
    for base in ("P0", "P1"):
        start, full = preset_values(base)["citizen.report_h"], preset_values("P2")["citizen.report_h"]
        found = policy({"kind": "open_service"}, base=base).resolve()["citizen.report_h"]
        assert found == pytest.approx(max(start / 1.4, full))
    for wrong in ({}, {"on": 1.0, "times": 2.0}):
        with pytest.raises(ValidationError, match="either `on` or `times`"):
            Effect(parameter="citizen.report_h", **wrong)


# Hazards


@every_hazard
def test_a_hazard_reads_and_writes_fields_of_the_world(hazard):
    known = set(get_type_hints(World)) | set(dir(World))
    assert hazard.reads
    assert set(hazard.reads) | set(hazard.writes) <= known


@every_hazard
def test_a_hazard_names_its_draws_and_nobody_else_uses_them(hazard):
    assert hazard.decisions
    assert len(set(hazard.decisions)) == len(hazard.decisions)
    for other in HAZARDS.values():
        assert other is hazard or not set(other.decisions) & set(hazard.decisions)


@every_hazard
def test_a_hazard_belongs_to_an_incident_and_ends(hazard):
    assert kind_name(hazard) in {incident.hazard for incident in INCIDENTS.values()}
    assert 0 <= hazard.lasts_s < 7 * 86_400


@every_hazard
def test_shares_of_classes_add_up_to_one(hazard):
    for name, field in hazard.model_fields.items():
        if name.endswith("_shares"):
            assert sum(field.default) == pytest.approx(1.0)
            assert min(field.default) >= 0


def test_no_field_of_the_world_has_two_writers():
    written = [field for hazard in HAZARDS.values() for field in hazard.writes]
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
