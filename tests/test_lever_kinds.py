"""What every lever must be, and how levers compose to a policy; a new file is tested without a new test."""

from __future__ import annotations

import math
import re

import pytest
from pydantic import ValidationError

from models import levers as lever_package
from models.levers.base import Effect, Lever, Place
from models.parameter import PRESETS
from models.parameters import parameters, preset_values
from models.policy import Policy, scope_refused
from scenarios.library import load_policy
from scenarios.running import resolved, simulate
from sim.errors import InputError
from sim.kinds import kind_name, kinds_in
from sim.recording import log_hash
from sim.text import Text

LEVERS = kinds_in(Lever, lever_package)
PARAMETERS = dict(parameters())

every_lever = pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)


def policy(*levers: dict, base: str = "P1") -> Policy:
    return Policy(format=1, name="test", title=Text("Test", "测试"), base=base, levers=levers)


def with_what_it_needs(lever: type[Lever], **fields: object) -> list[dict]:
    """Return the entry of a lever and of those that it requires, which are off."""
    needed = [{"kind": name, "intensity": 0.0} for name in lever.requires]
    return [*needed, {"kind": kind_name(lever), **fields}]


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
        ({"kind": "matter_list", "scope": {"place": ["North"]}}, "scope.place"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(entry: dict, says: str):
    with pytest.raises((InputError, ValidationError), match=says):
        policy(entry)


@every_lever
def test_a_scope_is_refused_exactly_where_it_is_said_to_be(lever):
    refusal = scope_refused(lever)
    entries = with_what_it_needs(lever, scope={"hours": [8, 20]})
    if refusal is None:
        assert policy(*entries).is_local
    else:
        with pytest.raises((InputError, ValidationError), match=re.escape(refusal.en)):
            policy(*entries)


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
