"""The commands that study: `jinling experiment` asks the city, `jinling calibrate` holds it to the real one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.text import Language, Text

if TYPE_CHECKING:
    from scenarios.calibration import Landing

_SIGNS = {"within": "✓", "open": "?", "outside": "✗", "none": "–"}
_COLUMNS = (Text("Figure", "指标"), Text("Real", "现实"), Text("Simulated", "模拟"), Text("95 % interval", "95% 区间"))


_Workers = Annotated[int, typer.Option(min=1, max=256, help="Processes · 进程数")]
_Home = Annotated[Path, typer.Option(envvar="JINLING_HOME", help="Where runs are kept · 数据目录")]
_Lang = Annotated[str, typer.Option(envvar="JINLING_LANG", help="zh or en · 语言")]
_Weights = Annotated[str, typer.Option(help="Of the index's themes, as speed=2,burden=0 · 综合指数权重")]
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON · 输出 JSON")]


def experiment(
    name: Annotated[str, typer.Argument(help="Name or .yaml file; none lists them · 实验名或文件；留空则列出")] = "",
    seeds: Annotated[
        int,
        typer.Option(
            min=0,
            max=100_000,
            help="0: as the file says; ten at least tell a difference · 0 表示按文件，至少 10 个才能判断",
        ),
    ] = 0,
    workers: _Workers = 2,
    report: Annotated[Path | None, typer.Option(help="HTML report to write · 报告文件")] = None,
    weights: _Weights = "",
    tornado: Annotated[
        int, typer.Option(min=0, max=1000, help="Seeds for a run over all assumptions · 敏感性分析种子数")
    ] = 0,
    home: _Home = Path("var"),
    lang: _Lang = "",
    machine: _Json = False,
) -> None:
    """Ask the city a question: arms, expectations, answer · 以实验向城市提问"""
    from api.cli import answer, check_writable, language_of, progress_bar
    from scenarios.comparing import Asked
    from scenarios.experiment import conduct, with_tornado
    from scenarios.library import load_experiment, load_scenario
    from sim.index import weights_of

    if not name:
        _list(language_of(lang))
        return
    if report is not None:
        check_writable(report)
    asked = load_experiment(name)
    weights_of(weights)  # a fault is told before the work
    many = seeds or asked.seeds
    command = f"jinling experiment {name} --seeds {many}"
    command += (f" --weights {weights}" if weights else "") + (f" --tornado {tornado}" if tornado else "")
    with progress_bar() as bar:
        task = bar.add_task(f"{asked.name} · {', '.join(arm.name for arm in asked.arms)}", total=1.0)
        scenario = load_scenario(asked.scenario)
        result = conduct(asked, scenario, many, home, workers,
                         lambda share: bar.update(task, completed=share),
                         Asked(command, weights=weights))  # fmt: skip
        if tornado:
            task = bar.add_task("tornado", total=1.0)
            result = with_tornado(asked, scenario, result, tornado, home, workers,
                                  lambda share: bar.update(task, completed=share))  # fmt: skip
    answer(result, language_of(lang), report, machine=machine)


def _list(language: Language) -> None:
    from scenarios.library import experiment_names, load_experiment

    for name in experiment_names():
        asked = load_experiment(name)
        typer.echo(f"{name:6s} {asked.title.in_language(language)}\n       {asked.question.in_language(language)}")


def calibrate(
    scenario: Annotated[str, typer.Argument(help="Name or .yaml file · 场景名或文件")] = "flagship_day",
    policy: Annotated[str, typer.Option(help="Name or .yaml file · 政策名或文件")] = "P1",
    seeds: Annotated[int, typer.Option(min=2, max=100_000, help="Number of seeds · 种子数")] = 20,
    workers: _Workers = 2,
    home: _Home = Path("var"),
    lang: _Lang = "",
    machine: _Json = False,
) -> None:
    """Hold today's city to what is known of the real one · 核对基准与现实"""
    from api.cli import as_json, language_of, progress_bar
    from scenarios.calibration import calibrate as land
    from scenarios.library import load_policy, load_scenario

    chosen, rule = load_scenario(scenario), load_policy(policy)
    with progress_bar() as bar:
        task = bar.add_task(f"{chosen.name} · {rule.name}", total=1.0)
        landings = land(
            chosen, rule, list(range(seeds)), home, workers, lambda share: bar.update(task, completed=share)
        )
    if machine:
        as_json([{"name": one.target.name, "low": one.target.low, "high": one.target.high, "simulated": one.mean,
                  "interval": list(one.interval), "verdict": one.verdict} for one in landings])  # fmt: skip
        return
    _print(landings, language_of(lang))


def _print(landings: list[Landing], language: Language) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from viz.words import figure

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for i, text in enumerate(_COLUMNS):
        table.add_column(text.in_language(language), justify="right" if i else "left", no_wrap=i > 0)
    table.add_column("", no_wrap=True)
    for one in landings:
        name = f"{one.target.title.in_language(language)}, {one.target.unit.in_language(language)}"
        table.add_row(name, f"{figure(one.target.low)} … {figure(one.target.high)}", figure(one.mean),
                      f"{figure(one.interval[0])} … {figure(one.interval[1])}", _SIGNS[one.verdict])  # fmt: skip
    Console(markup=False).print(table)
    counted = Counter(one.verdict for one in landings)
    told = Text(f"{counted['within']} ✓ within the band, {counted['open']} ? cannot be told, {counted['outside']} ✗ outside.",
                f"{counted['within']} 项 ✓ 在范围内，{counted['open']} 项 ? 尚不能判断，{counted['outside']} 项 ✗ 在范围外。")  # fmt: skip
    typer.echo(told.in_language(language))
