"""The shipped scenarios and policies, and how they and a user's own are found by name or path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.policy import Policy
from scenarios.experiment import Experiment
from scenarios.language import Scenario
from sim.errors import InputError, NotFoundError
from sim.text import Text
from sim.validation import ModelT, load_model, validated
from sim.yaml_file import read_yaml

_HERE = Path(__file__).parent
OWN = Text("Own policy", "自拟政策")


def scenario_names() -> list[str]:
    """Return the names of the shipped scenarios."""
    return sorted(path.stem for path in (_HERE / "scenarios").glob("*.yaml"))


def policy_names() -> list[str]:
    """Return the names of the shipped policies."""
    return sorted(path.stem for path in (_HERE / "policies").glob("*.yaml"))


def experiment_names() -> list[str]:
    """Return the names of the shipped experiments."""
    return sorted(path.stem for path in (_HERE / "experiments").glob("*.yaml"))


def load_experiment(name: str | Path) -> Experiment:
    """Return an experiment by its shipped name or by the path of a file."""
    return _load(Experiment, "experiments", name, experiment_names())[0]


def load_scenario(name: str | Path) -> Scenario:
    """Return a scenario by its shipped name or by the path of a file."""
    scenario, path = _load(Scenario, "scenarios", name, scenario_names())
    for fault in missing_files(scenario, path):
        raise fault
    here, choice = path.parent, scenario.city
    city = choice.model_copy(update={
        "file": _from(here, choice.file),
        "boundaries": _from(here, choice.boundaries),
        "overlays": tuple(here / overlay for overlay in choice.overlays),
    })  # fmt: skip
    hazards = {kind: dict(changed) for kind, changed in scenario.hazards.items()}
    for kind, field, file in _named_files(scenario):
        hazards[kind][field] = str(here / file)
    return scenario.model_copy(update={"city": city, "hazards": hazards})


def missing_files(scenario: Scenario, path: Path) -> list[InputError]:
    """Return a fault for each file that a hazard of the scenario in `path` names and that is not there, with its line."""
    missing = [named for named in _named_files(scenario) if not (path.parent / named[2]).is_file()]
    lines = read_yaml(path).lines if missing else {}
    return [NotFoundError(en=f"hazards.{name}.{field}: there is no file {file!r} beside the scenario",
                          zh=f"hazards.{name}.{field}：场景所在位置没有文件 {file!r}",
                          file=path, line=lines.get(("hazards", name, field))) for name, field, file in missing]  # fmt: skip


def _named_files(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Return the files that hazards name, each with the hazard and its field."""
    acting = scenario.acting_hazards()
    named = [(name, field, getattr(acting[name], field)) for name in scenario.hazards for field in acting[name].files]
    return [one for one in named if one[2] is not None]


def load_policy(name: str | Path) -> Policy:
    """Return a policy by its shipped name or by the path of a file."""
    return _load(Policy, "policies", name, policy_names())[0]


def policy_of(choice: str | Mapping[str, Any]) -> Policy:
    """Return a shipped policy by its name, or one's own from name, base and levers; raise `InputError` if it cannot be."""
    if isinstance(choice, str):
        return load_policy(choice)
    if choice["name"] in policy_names():
        raise InputError(en="a policy of one's own needs a name of its own", zh="自拟政策需要不同于内置政策的名称")
    return validated(Policy, {"format": 1, "title": OWN, **choice})


def _from(folder: Path, path: Path | None) -> Path | None:
    """Return a path as seen from the file in which it stands."""
    return None if path is None else folder / path


def _load(model: type[ModelT], folder: str, name: str | Path, known: list[str]) -> tuple[ModelT, Path]:
    path = _HERE / folder / f"{name}.yaml"
    if str(name) not in known:
        path = Path(name)
        if path.suffix not in {".yaml", ".yml"}:
            raise NotFoundError(
                en=f"{str(name)!r} is neither a file ending in .yaml nor one of: {', '.join(known)}",
                zh=f"{str(name)!r} 既不是 .yaml 文件，也不在：{', '.join(known)}",
            )
    return load_model(model, path), path
