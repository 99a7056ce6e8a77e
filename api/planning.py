"""The endpoints for a planner: the mechanisms of governance, and policies before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.mechanisms import mechanism_facts
from api.schema import FAULTS, CheckedPolicy, DifferenceRequest, LeverChoice, Missing, OwnPolicy, PolicyCheck
from models.levers.base import lever_kinds
from models.policy import Policy
from models.policy_difference import PolicyDifference, difference_of
from scenarios.library import load_policy, policy_of
from sim.errors import InputError
from sim.validation import faults_of
from sim.yaml_file import Document, parse_yaml

router = APIRouter(prefix="/api")
_FILE = Path("policy.yaml")


@router.get("/mechanisms", summary="Mechanisms of governance · 治理机制")
def mechanisms() -> dict[str, Any]:
    """List every mechanism with what it does, where it acts, its levers, their parameters, price and measured effect."""
    return mechanism_facts()


@router.post("/policies/check", response_model=CheckedPolicy, summary="Check a policy · 检查政策", responses=FAULTS)
def check(wanted: PolicyCheck) -> CheckedPolicy | JSONResponse:
    """Return what a policy changes, what it costs and what it lacks; a fault is a 422 and one sentence."""
    try:
        document = _document(wanted)
        missing = _completed(document.data)
        policy = faults_of(Policy, document, _FILE)
        if isinstance(policy, list):
            raise policy[0]
    except InputError as error:
        return JSONResponse({"error": error.text._asdict(), "where": error.where}, 422)
    lacking = {one.needs for one in missing}
    asked = policy.model_copy(update={"levers": tuple(x for x in policy.levers if x["kind"] not in lacking)})
    return CheckedPolicy(
        policy=_as_fields(asked),
        yaml=_as_yaml(asked),
        missing=missing,
        changes=difference_of(load_policy(policy.base), policy),
    )


@router.post("/policies/difference", summary="Difference of two policies · 比较两份政策", responses=FAULTS)
def difference(wanted: DifferenceRequest) -> PolicyDifference:
    """Return which levers, parameters and costs differ between two policies, before anything runs."""
    arguments = wanted.model_dump()
    return difference_of(policy_of(arguments["first"]), policy_of(arguments["second"]))


def _document(wanted: PolicyCheck) -> Document:
    if wanted.yaml is not None:
        return parse_yaml(wanted.yaml, _FILE)
    assert wanted.policy is not None  # noqa: S101 - the request says one of both
    return Document({"format": 1, **wanted.policy.model_dump()}, {})


def _completed(data: Any) -> list[Missing]:
    """Add to a policy, turned off, the levers that its own ones need, so that the rest can be looked at; return them."""
    entries = data.get("levers") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        return []
    missing: list[Missing] = []
    present = {str(entry.get("kind")) for entry in entries if isinstance(entry, dict)}
    todo = sorted(present & set(lever_kinds()))
    for kind in todo:
        for needs in lever_kinds()[kind].requires:
            if needs not in present:
                missing.append(Missing(lever=kind, needs=needs))
                entries.append({"kind": needs, "intensity": 0.0})
                present.add(needs)
                todo.append(needs)
    return missing


def _as_fields(policy: Policy) -> OwnPolicy:
    known = set(LeverChoice.model_fields)
    levers = [LeverChoice(**lever.model_dump(include=known)) for lever in policy.resolved_levers()]
    return OwnPolicy(name=policy.name, title=policy.title, base=policy.base, levers=levers, set=policy.set)


def _as_yaml(policy: Policy) -> str:
    """Return a policy as a file that a person reads: what is as usual is left out."""
    levers = [{"kind": x.kind, **x.model_dump(mode="json", exclude={"kind"}, exclude_defaults=True)}
              for x in policy.resolved_levers()]  # fmt: skip
    fields = {"format": 1, "name": policy.name, "title": policy.title._asdict(), "base": policy.base}
    more = {"levers": levers, "set": policy.set}
    told = {**fields, **{name: value for name, value in more.items() if value}}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
