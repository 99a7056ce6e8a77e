"""What differs between two policies before anything runs: levers, parameters and cost."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from models.levers.base import Cost
from models.parameter import Preset
from models.parameters import parameters
from models.policy import Policy, differing
from sim.text import Text
from sim.units import unit_text

_COSTS = {
    "capex_yuan": (Text("Investment", "投资"), Text("yuan", "元")),
    "opex_yuan_per_year": (Text("Running costs", "运行费用"), Text("yuan a year", "元/年")),
    "staff_h_per_case": (Text("Staff time", "人力投入"), Text("h per case", "小时/件")),
}
_SHARE = unit_text("share")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PolicyTold(_Strict):
    """A policy as it is called, and the preset that it stands on."""

    name: str = Field(examples=["one_network"])
    title: Text
    base: Preset


class Change(_Strict):
    """A figure under the first policy and under the second."""

    name: str = Field(examples=["routing.p_misroute"])
    title: Text
    unit: Text
    before: float
    after: float


class LeverChange(Change):
    """How far on a lever is (intensity × compliance × ramp-up), 0 where a policy does without it, and where."""

    mechanism: str
    scopes: tuple[str, str]  #: what it is limited to before and after; "" for the whole city


class ParameterChange(Change):
    """A parameter's value, and what it rests on."""

    basis: Text | None
    assumption: bool


class PolicyDifference(_Strict):
    """What the second policy changes against the first; what is the same in both is left out, costs apart."""

    first: PolicyTold = Field(examples=[{"name": "P1", "title": {"en": "Today", "zh": "现状"}, "base": "P1"}])
    second: PolicyTold
    levers: tuple[LeverChange, ...]
    parameters: tuple[ParameterChange, ...]
    cost: tuple[Change, ...]

    @property
    def is_none(self) -> bool:
        """Whether a run under the second policy would be a run under the first."""
        return not self.parameters and all(before == after for before, after in (one.scopes for one in self.levers))


#: Residents of the city that the levers' costs are told for.
COSTED_RESIDENTS = 500_000


def cost_of(policy: Policy, residents: int = COSTED_RESIDENTS) -> Cost:
    """Return what a policy costs a city: each lever as far as it is on, in proportion to the residents."""
    parts = [(lever.cost, lever.share) for lever in policy.resolved_levers()]
    whole = {name: sum(getattr(cost, name) * share for cost, share in parts) for name in Cost.model_fields}
    size = residents / COSTED_RESIDENTS
    return Cost(**{name: value if name == "staff_h_per_case" else value * size for name, value in whole.items()})


def difference_of(first: Policy, second: Policy) -> PolicyDifference:
    """Return what differs between two policies, in the order of the catalogues."""
    return PolicyDifference(
        first=_told(first),
        second=_told(second),
        levers=_lever_changes(first, second),
        parameters=_parameter_changes(first, second),
        cost=_cost_changes(first, second),
    )


def _told(policy: Policy) -> PolicyTold:
    return PolicyTold(name=policy.name, title=policy.title, base=policy.base)


def _lever_changes(first: Policy, second: Policy) -> tuple[LeverChange, ...]:
    off, on = ({lever.kind: lever for lever in policy.resolved_levers()} for policy in (first, second))
    changes = []
    for kind, lever in (off | on).items():
        sides = [policy.get(kind) for policy in (off, on)]
        before, after = (0.0 if one is None else one.share for one in sides)
        scopes = tuple(str(one.scope) if one is not None and one.share else "" for one in sides)
        if before != after or scopes[0] != scopes[1]:
            changes.append(LeverChange(name=kind, title=lever.title, unit=_SHARE, mechanism=lever.mechanism,
                                       before=before, after=after, scopes=(scopes[0], scopes[1])))  # fmt: skip
    return tuple(sorted(changes, key=lambda one: (one.mechanism, one.name)))


def _parameter_changes(first: Policy, second: Policy) -> tuple[ParameterChange, ...]:
    """Return the parameters that differ, within every scope."""
    before, after, known = first.unlimited().resolve(), second.unlimited().resolve(), parameters()
    return tuple(
        ParameterChange(name=name, title=known[name].title, unit=unit_text(known[name].unit), before=before[name],
                        after=after[name], basis=known[name].basis, assumption=known[name].assumption)
        for name in differing(before, after)
    )  # fmt: skip


def _cost_changes(first: Policy, second: Policy) -> tuple[Change, ...]:
    before, after = cost_of(first), cost_of(second)
    return tuple(
        Change(name=name, title=title, unit=unit, before=getattr(before, name), after=getattr(after, name))
        for name, (title, unit) in _COSTS.items()
    )
