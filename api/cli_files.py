"""The commands about files: `jinling validate` finds their faults, `jinling reproduce` plays a manifest again."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError, JinlingError
from sim.text import Text

if TYPE_CHECKING:
    from scenarios.experiment import Experiment
    from sim.yaml_file import Document

_Home = Annotated[Path, typer.Option(envvar="JINLING_HOME", help="Where runs are kept · 数据目录")]
_Lang = Annotated[str, typer.Option(envvar="JINLING_LANG", help="zh or en · 语言")]


def _faults(path: Path) -> Sequence[JinlingError]:
    """Return what is wrong in a scenario, a policy or an experiment file."""
    from models.policy import Policy
    from scenarios.experiment import Experiment
    from scenarios.language import Scenario
    from scenarios.library import missing_files
    from sim.validation import faults_of
    from sim.yaml_file import read_yaml

    try:
        document = read_yaml(path)
    except JinlingError as error:
        return [error]
    fields = document.data if isinstance(document.data, dict) else {}
    model = Experiment if "arms" in fields else Policy if "base" in fields else Scenario
    result = faults_of(model, document, path)
    if isinstance(result, list):
        return result
    if isinstance(result, Scenario):
        return missing_files(result, path)
    return _faults_of_cases(result, document, path) if isinstance(result, Experiment) else []


def _faults_of_cases(experiment: Experiment, document: Document, path: Path) -> Sequence[JinlingError]:
    """Return what is wrong where an experiment meets its scenario, case by case."""
    from scenarios.library import load_scenario

    try:
        experiment.asked(load_scenario(experiment.scenario))
    except InputError as error:
        line = document.lines.get(("cases",), document.lines.get(("scenario",)))
        return [InputError(en=error.text.en, zh=error.text.zh, file=path, line=line)]
    return []


def validate(
    files: Annotated[list[Path], typer.Argument(help="Scenario, policy or experiment files · 场景、政策或实验文件")],
    lang: _Lang = "",
) -> None:
    """Say what is wrong in files, all faults at once · 检查文件并列出全部错误"""
    from api.cli import language_of, say

    language, bad = language_of(lang), False
    for path in files:
        faults = _faults(path)
        for fault in faults:
            typer.echo(fault.message(language), err=True)
        if not faults:
            say(Text(f"{path}: valid", f"{path}：有效"), language)
        bad = bad or bool(faults)
    if bad:
        raise typer.Exit(2)


def reproduce(
    manifest: Annotated[Path, typer.Argument(help="manifest.json of a run · 运行清单")],
    home: _Home = Path("var"),
    lang: _Lang = "",
) -> None:
    """Run again what a manifest describes, and compare the logs · 复现一次运行并核对日志"""
    from api.cli import language_of, say
    from scenarios.reproduction import reproduce as again

    with tempfile.TemporaryDirectory() as empty:
        same, before, now = again(manifest, home, Path(empty))
    language = language_of(lang)
    if same:
        say(Text(f"the same log: {now}", f"日志一致：{now}"), language)
        return
    say(Text(f"another log: {before} before, {now} now", f"日志不同：原 {before}，现 {now}"), language)
    raise typer.Exit(1)
