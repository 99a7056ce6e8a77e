"""Running again what a manifest describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.policy import Policy
from scenarios.cities import where_kept
from scenarios.language import Scenario
from scenarios.running import run_scenario
from sim.errors import InputError, NotFoundError
from sim.runs import RunStore
from sim.validation import faults_of
from sim.yaml_file import Document

_POLICY_FIELDS = ("format", "name", "title", "base", "levers", "set")


def reproduce(manifest: Path, home: Path, empty: Path) -> tuple[bool, str, str]:
    """Run a manifest's scenario again below `empty`; return whether the logs agree, and both hashes.

    `home` gives the cities, which are built again where they are missing.
    """
    said = _read(manifest)
    scenario, policy = _model(Scenario, said["scenario"], manifest), _model(Policy, said["policy"], manifest)
    kept = where_kept(scenario.city, said["city"]["id"], home / "cities")
    scenario = scenario.model_copy(update={"city": kept})
    run = run_scenario(scenario, policy, said["seed"], RunStore(empty), home / "cities")
    if run.manifest["city"]["hash"] != said["city"]["hash"]:
        raise InputError(en="the city that the run played in cannot be built again from its source",
                         zh="无法从来源重建该运行所用的城市", file=manifest)  # fmt: skip
    before, now = str(said["log_hash"]), str(run.manifest["log_hash"])
    return before == now, before, now


def _read(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        found = {
            "scenario": said["scenario"],
            "policy": {key: said["policy"][key] for key in _POLICY_FIELDS},
            "seed": int(said["seed"]),
            "city": {"hash": said["city"]["hash"], "id": str(said["city"]["id"])},
            "log_hash": said["log_hash"],
        }
    except FileNotFoundError as error:
        raise NotFoundError(en="there is no such file", zh="文件不存在", file=path) from error
    except (ValueError, OverflowError, KeyError, TypeError, OSError, RecursionError) as error:
        raise InputError(en="this is no manifest of a run", zh="不是运行清单", file=path) from error
    return found


def _model(model: type[Any], data: Any, path: Path) -> Any:
    result = faults_of(model, Document(data, {}), path)
    if isinstance(result, list):
        raise result[0]
    return result
