"""The difference of two policies is what their runs would differ by, in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.levers.base import lever_kinds
from models.parameter import PRESETS
from models.policy import Policy, differing
from models.policy_difference import cost_of, difference_of
from scenarios.library import load_policy
from sim.text import Text

shares = st.dictionaries(st.sampled_from(sorted(lever_kinds())), st.floats(0.0, 1.0), max_size=5)
policies = st.builds(lambda base, levers: policy(base, **levers), st.sampled_from(PRESETS), shares)


def policy(base: str = "P1", **levers: float) -> Policy:
    needed = {name: 0.0 for kind in levers for name in lever_kinds()[kind].requires}
    entries = tuple({"kind": kind, "intensity": share} for kind, share in (needed | levers).items())
    return Policy(format=1, name="mine", title=Text("Mine", "我的"), base=base, levers=entries)


@settings(max_examples=30, deadline=None)
@given(policies, policies)
def test_it_names_every_parameter_that_differs_and_turns_around(first: Policy, second: Policy):
    there, back = difference_of(first, second), difference_of(second, first)
    before, after = first.resolve(), second.resolve()
    assert [one.name for one in there.parameters] == differing(before, after)
    for one in there.parameters:
        assert (one.before, one.after) == (before[one.name], after[one.name])
    for part in ("levers", "parameters", "cost"):
        turned = [(one.name, one.after, one.before) for one in getattr(back, part)]
        assert [(one.name, one.before, one.after) for one in getattr(there, part)] == turned


@pytest.mark.parametrize("name", ["P0", "P2", "one_network"])
def test_a_policy_does_not_differ_from_itself(name: str):
    found = difference_of(load_policy(name), load_policy(name))
    assert found.is_none
    assert found.levers == ()


def test_a_lever_counts_as_far_as_it_is_on():
    found = difference_of(policy(one_network=0.5), policy(one_network=0.8, matter_list=1.0))
    assert {one.name: (one.before, one.after) for one in found.levers} == {
        "one_network": (0.5, 0.8), "matter_list": (0.0, 1.0)}  # fmt: skip
    cost = cost_of(policy(one_network=0.5))
    full = lever_kinds()["one_network"].cost
    assert (cost.capex_yuan, cost.staff_h_per_case) == (full.capex_yuan / 2, full.staff_h_per_case / 2)


def test_what_is_set_over_a_policy_is_part_of_it():
    own = policy().model_copy(update={"set": {"routing.p_misroute": 0.2}})
    (one,) = difference_of(policy(), own).parameters
    assert (one.name, one.before, one.after) == ("routing.p_misroute", 0.05, 0.2)


def test_a_scope_is_a_difference_even_where_every_figure_is_the_same():
    entry = {"kind": "matter_list"}
    limited = policy(matter_list=1.0).model_copy(update={"levers": ({**entry, "scope": {"hours": (20, 8)}},)})
    found = difference_of(policy(matter_list=1.0), limited)
    assert found.parameters == ()
    assert not found.is_none
    (one,) = found.levers
    assert (one.before, one.after, one.scopes) == (1.0, 1.0, ("", "20–08 h"))
    assert {one.name for one in difference_of(policy(), limited).parameters} >= {"matters.listed"}
