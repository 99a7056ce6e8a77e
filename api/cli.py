"""The command line: `jinling`. Heavy imports stand inside the commands, so that `--help` is quick."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from api.plain import with_null
from sim.errors import InputError, JinlingError
from sim.text import Language, Text

if TYPE_CHECKING:
    from rich.progress import Progress

    from scenarios.language import Scenario
    from sim.comparison import Comparison

app = typer.Typer(
    name="jinling",
    help="Jinling 金陵: a digital-twin city simulation and training platform · 数字孪生城市仿真与训练平台",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Home = Annotated[Path, typer.Option(envvar="JINLING_HOME", help="Where cities and runs are kept · 数据目录")]
Lang = Annotated[str, typer.Option(envvar="JINLING_LANG", help="zh or en · 语言")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON · 输出 JSON")]
City = Annotated[str, typer.Option(help="Another city: a map file, or an id of `city build` · 另选城市")]
DEFAULT_HOME = Path("var")
_STOPPED = 130


def language_of(choice: str) -> Language:
    """Return the language of the output: the option, else the system's."""
    chosen = choice or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "zh" if chosen.lower().startswith("zh") else "en"


def say(text: Text, language: Language) -> None:
    """Print a text in a language."""
    typer.echo(text.in_language(language))


def as_json(value: Any) -> None:
    """Print a value for a machine."""
    typer.echo(json.dumps(with_null(value), ensure_ascii=False, indent=1))


def progress_bar() -> Progress:
    """Return a progress bar on the error stream, which leaves the output to what was asked for."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


def _scenario(name: str, city: str, home: Path) -> Scenario:
    from scenarios.cities import moved_to
    from scenarios.library import load_scenario

    return moved_to(load_scenario(name), city, home / "cities") if city else load_scenario(name)


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="Name or .yaml file · 场景名或文件")],
    policy: Annotated[str, typer.Option(help="Name or .yaml file · 政策名或文件")] = "P1",
    seed: Annotated[int, typer.Option(min=0, help="Luck · 随机种子")] = 0,
    city: City = "",
    home: Home = DEFAULT_HOME,
    lang: Lang = "",
    machine: Json = False,
) -> None:
    """Run one scenario under one policy · 运行一个场景"""
    from scenarios.library import load_policy
    from scenarios.running import run_scenario
    from sim.runs import RunStore

    chosen, rule = _scenario(scenario, city, home), load_policy(policy)
    with progress_bar() as bar:
        task = bar.add_task(f"{chosen.name} · {rule.name}", total=1.0)
        stored = run_scenario(
            chosen, rule, seed, RunStore(home / "runs"), home / "cities",
            lambda share: bar.update(task, completed=share),
        )  # fmt: skip
        bar.update(task, completed=1.0)
    if machine:
        as_json({"run": stored.id, "indicators": stored.indicators, "log_hash": stored.manifest["log_hash"],
                 "warnings": stored.manifest.get("warnings", [])})  # fmt: skip
        return
    _print_run(stored, f"{chosen.name} · {rule.name}", language_of(lang))


def _print_run(stored: Any, title: str, language: Language) -> None:
    from rich.console import Console
    from rich.table import Table

    from api.cli_hazards import print_warnings
    from models.indicators import indicator_kinds
    from viz.words import figure

    table = Table(title=title)
    for text in (Text("Indicator", "指标"), Text("Value", "数值"), Text("Unit", "单位")):
        table.add_column(text.in_language(language))
    for kind in indicator_kinds():
        value = stored.indicators[kind.name]
        if value is not None:  # there was something to measure
            table.add_row(kind.title.in_language(language), figure(value), kind.unit.in_language(language))
    Console(markup=False).print(table)
    print_warnings(stored.manifest, language)
    say(Text(f"run {stored.id}  log {stored.manifest['log_hash']}",
             f"运行 {stored.id}  日志 {stored.manifest['log_hash']}"), language)  # fmt: skip


@app.command()
def compare(
    scenario: Annotated[str, typer.Argument(help="Name or .yaml file · 场景名或文件")],
    policies: Annotated[str, typer.Option(help="Names or files, the baseline first · 政策，基准在前")] = "P1,P2",
    seeds: Annotated[int, typer.Option(min=1, max=100_000, help="Number of seeds · 种子数")] = 20,
    city: City = "",
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes · 进程数")] = 2,
    weights: Annotated[str, typer.Option(help="Of the index's themes, as speed=2,burden=0 · 综合指数权重")] = "",
    report: Annotated[Path | None, typer.Option(help="HTML report to write · 报告文件")] = None,
    home: Home = DEFAULT_HOME,
    lang: Lang = "",
    machine: Json = False,
) -> None:
    """Compare policies under the same luck, with error bars · 在相同随机性下比较政策"""
    from scenarios.comparing import Asked
    from scenarios.comparing import compare as compare_policies
    from scenarios.library import load_policy
    from sim.index import weights_of

    weights_of(weights)  # a fault is told before the work
    if report is not None:
        check_writable(report)
    chosen = _scenario(scenario, city, home)
    rules = [load_policy(name) for name in policies.split(",")]
    command = f"jinling compare {scenario} --policies {policies} --seeds {seeds}"
    command += (f" --city {city}" if city else "") + (f" --weights {weights}" if weights else "")
    with progress_bar() as bar:
        task = bar.add_task(f"{chosen.name} · {policies}", total=1.0)
        result = compare_policies(
            chosen, rules, list(range(seeds)), home, workers,
            lambda share: bar.update(task, completed=share), Asked(command, weights=weights),
        )  # fmt: skip
    answer(result, language_of(lang), report, machine=machine)


def answer(found: Comparison | list[Comparison], language: Language, report: Path | None, *, machine: bool) -> None:
    """Write the report of what was compared, in one case or in several, where one is wanted, and print it."""
    results = found if isinstance(found, list) else [found]
    if report is not None:
        from viz.report import write_report

        write_report(results, report, language)
    if machine:
        told = [result.model_dump(mode="json") for result in results]
        as_json(told if isinstance(found, list) else told[0])
        return
    for result in results:
        _print_comparison(result, language)
    for text in dict.fromkeys(f"⚠ {one.hazard.in_language(language)}: {one.text.in_language(language)}"
                              for result in results for one in result.warnings):  # fmt: skip
        typer.echo(text)
    if results[0].city.synthetic:
        say(Text("The city is synthetic.", "本城市为合成城市。"), language)
    if report is not None:
        say(Text(f"Report: {report}", f"报告：{report}"), language)


def check_writable(file: Path) -> None:
    """Raise `InputError` now if `file` could not be written after all the work."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        raise InputError(en="no report can be written here", zh="无法在此写入报告", file=file)


def _print_comparison(result: Comparison, language: Language) -> None:
    """Print a comparison as a table and in sentences."""
    from rich.console import Console

    from viz.table import comparison_table
    from viz.words import EXPECTED, EXPECTED_SIGNS, as_expected, band, sentence, tally, verdict

    if result.expected:
        typer.echo(result.question.in_language(language))
    for policy in result.policies[1:]:
        Console(markup=False).print(comparison_table(result, policy.name, language))
    rows = {row.indicator.name: row for row in result.rows}
    titles = {policy.name: policy.title for policy in result.policies}
    for one in result.expected:
        key = as_expected(one, rows[one.indicator])
        told = sentence(rows[one.indicator], one.policy, titles[one.policy], language)
        typer.echo(f"{EXPECTED_SIGNS[key]} {EXPECTED[key].in_language(language)} ({band(one)}): {told}")
    measured = result.measured()
    for policy in result.policies[1:]:
        if not result.expected and measured:
            typer.echo(sentence(measured[0], policy.name, policy.title, language))
        judged = [verdict(row.indicator, row.differences[policy.name]) for row in measured]
        typer.echo(f"{policy.title.in_language(language)}: {tally(judged, language)}")


@app.command()
def demo(
    home: Home = DEFAULT_HOME,
    lang: Lang = "",
    seeds: Annotated[int, typer.Option(min=1, max=100_000, help="Number of seeds · 种子数")] = 20,
) -> None:
    """Compare two policies over a day in the default city · 默认城市一日两策对比"""
    report = home / "demo.html"
    compare("flagship_day", "P1,P2", seeds, report=report, home=home, lang=lang, machine=False)
    say(Text("To see it on the map: make serve, then open the address that it prints.",
             "在地图上查看：执行 make serve，并打开其显示的地址。"), language_of(lang))  # fmt: skip


@app.command()
def kinds(lang: Lang = "", machine: Json = False) -> None:
    """List every hazard, lever and parameter with its fields and units · 列出全部种类"""
    from scenarios.reference import FAMILIES, reference

    found = reference()
    if machine:
        as_json(found)
        return
    language = language_of(lang)
    for family, members in found.items():
        typer.echo(f"\n{FAMILIES[family].in_language(language)}")
        for name, facts in members.items():
            typer.echo(f"  {name:32s} {facts['title'][language]}  {facts.get('unit', {}).get(language, '')}".rstrip())
            for field, told in (
                facts.get("fields", {}).items() if family in {"hazards", "levers", "lines", "actors"} else ()
            ):
                typer.echo(f"    {field:30s} {told['default']}  {told['unit'][language]}")
            if facts.get("scope_refused"):
                typer.echo(f"    ! {facts['scope_refused'][language]}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on · 监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port · 端口")] = 8000,
    home: Home = DEFAULT_HOME,
    lang: Lang = "",
) -> None:
    """Open the web application · 打开网页应用"""
    from api.server import serve as serve_app

    serve_app(host, port, home, language_of(lang))


def main() -> None:
    """Run the command line; a fault that a user can mend is one sentence and exit code 2."""
    from api.cli_city import city
    from api.cli_files import reproduce, validate
    from api.cli_hazards import passport, why
    from api.cli_policy import difference
    from api.cli_study import calibrate, experiment

    app.command()(validate)
    app.command()(reproduce)
    app.command()(experiment)
    app.command()(calibrate)
    app.command()(difference)
    app.command()(passport)
    app.command()(why)
    app.add_typer(city, name="city")
    try:
        code = app(standalone_mode=False)
        if code == _STOPPED:  # typer's own word for Ctrl-C
            _tell_stopped()
        sys.exit(code if isinstance(code, int) else 0)
    except JinlingError as error:
        typer.echo(error.message(language_of(_lang_option())), err=True)
        sys.exit(2 if isinstance(error, InputError) else 1)
    except typer.Exit as leave:
        sys.exit(leave.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _tell_stopped()
    except BrokenPipeError:  # who reads the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _tell_file(error)
    except Exception as error:  # noqa: BLE001 - the last resort: one sentence, and the trace in a file
        _last_resort(error)


def _tell_stopped() -> NoReturn:
    stopped = Text("stopped; nothing half-written is left", "已停止；未留下不完整的数据")
    typer.echo(stopped.in_language(language_of(_lang_option())), err=True)
    sys.exit(_STOPPED)


def _tell_file(error: OSError) -> None:
    """Tell of a file or folder that cannot be read or written; what is no matter of a file is a fault of ours."""
    if error.filename is None:
        _last_resort(error)
    fault = InputError(en=f"this cannot be read or written: {error.strerror}",
                       zh=f"无法读写：{error.strerror}", file=error.filename)  # fmt: skip
    typer.echo(fault.message(language_of(_lang_option())), err=True)
    sys.exit(2)


def _lang_option() -> str:
    """Return the language option before the command has parsed it."""
    arguments = sys.argv[1:]
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--lang" or word.startswith("--lang="):
            return following if word == "--lang" else word.removeprefix("--lang=")
    return os.environ.get("JINLING_LANG", "")


def _last_resort(error: Exception) -> None:
    """Tell of a usage fault in a sentence, and of a fault of ours in one with a file of details."""
    told = getattr(error, "format_message", None)
    if callable(told):
        usage = Text(f"{told()} See --help.", f"用法错误：{told()} 请见 --help。")
        typer.echo(usage.in_language(language_of(_lang_option())), err=True)
        sys.exit(2)
    with tempfile.NamedTemporaryFile("w", suffix=".log", prefix="jinling-", delete=False) as log:
        traceback.print_exception(error, file=log)
    say(Text(f"a fault of Jinling, not of yours: {error}; details in {log.name}",
             f"程序内部错误：{error}；详情见 {log.name}"), language_of(_lang_option()))  # fmt: skip
    sys.exit(1)


if __name__ == "__main__":
    main()
