"""The commands that look behind a result: `jinling passport` and `jinling why`."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import InputError
from sim.text import Language, Text

if TYPE_CHECKING:
    from models.why.answer import Why
    from models.why.log import Cause
    from sim.runs import Run, RunStore

_Home = Annotated[Path, typer.Option(envvar="JINLING_HOME", help="Where runs are kept · 数据目录")]
_Lang = Annotated[str, typer.Option(envvar="JINLING_LANG", help="zh or en · 语言")]
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON · 输出 JSON")]
_HEADINGS = {
    "equations": Text("Equations", "方程"),
    "sources": Text("Sources", "来源"),
    "assumptions": Text("Assumptions", "假设"),
    "valid": Text("Range in which it was checked; outside it warns", "验证范围（超出时告警）"),
    "measured": Text("Cases whose answer is known, as the tests measured them", "已知答案的算例（由测试测得）"),
    "cases": Text("Real cases, not tuned on", "真实案例（未据此调参）"),
    "limits": Text("Known limits", "已知局限"),
    "writes": Text("Fields that it writes", "写入的场"),
}
_COLUMNS = (Text("Case", "算例"), Text("Expected", "应为"), Text("Got", "实得"), Text("Error", "误差"),
            Text("Tolerance", "容差"))  # fmt: skip
_NONE = Text("none yet", "暂无")
_MOST = 20  #: orders that `why` lists


def passport(
    hazard: Annotated[str, typer.Argument(help="Name of a hazard; none lists them · 灾害名；留空则列出")] = "",
    lang: _Lang = "",
    machine: _Json = False,
) -> None:
    """Say what stands behind a hazard's model, and how well it did · 灾害模型护照"""
    from api.cli import as_json, language_of
    from api.passports import passport_facts, passports

    if machine:
        as_json(passport_facts(hazard) if hazard else passports())
        return
    language = language_of(lang)
    if hazard:
        _print_passport(passport_facts(hazard), language)
        return
    for facts in passports():
        held = sum(row["held"] for row in facts["measured"])
        told = Text(
            f"{held} of {len(facts['measured'])} known cases held", f"已知算例 {held}/{len(facts['measured'])} 通过"
        )
        typer.echo(f"{facts['name']:16s} {facts['title'][language]} · {told.in_language(language)}")


def _print_passport(facts: dict[str, Any], language: Language) -> None:
    from viz.words import figure

    typer.echo(f"{facts['title'][language]} ({facts['name']})")
    valid = [f"{row['quantity'][language]}: {figure(row['low'])} … {figure(row['high'])} {row['unit'][language]}"
             for row in facts["valid"]]  # fmt: skip
    writes = [f"{row['title'][language]}, {row['unit'][language]} ({row['name']})" for row in facts["writes"]]
    told: dict[str, Iterable[str]] = {
        **{name: [text[language] for text in facts[name]] for name in ("equations", "assumptions", "cases", "limits")},
        "sources": facts["sources"], "valid": valid, "writes": writes,
    }  # fmt: skip
    for name, heading in _HEADINGS.items():
        typer.echo(f"\n{heading.in_language(language)}")
        if name == "measured" and facts["measured"]:
            _print_measured(facts["measured"], language)
        elif lines := list(told.get(name, ())):
            for line in lines:
                typer.echo(f"  · {line}")
        else:
            typer.echo(f"  {_NONE.in_language(language)}")


def _print_measured(rows: list[dict[str, Any]], language: Language) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for i, text in enumerate(_COLUMNS):
        table.add_column(text.in_language(language), justify="right" if i else "left", no_wrap=i > 0)
    table.add_column("", no_wrap=True)
    for row in rows:
        share = row["relative"]
        error, tolerance = (f"{x:.2g}" if not share else f"{100 * x:.2g} %" for x in (row["error"], row["tolerance"]))
        got = (f"{row['expected']:.6g}", f"{row['got']:.6g}")
        table.add_row(row["case"][language], *got, error, tolerance, "✓" if row["held"] else "✗")
    Console(markup=False).print(table)


def why(
    run: Annotated[str, typer.Argument(help="A run's id, or its first letters · 运行编号或其开头")],
    order: Annotated[
        int,
        typer.Argument(min=-1, help="Number of an order; none lists the latest arrivals · 工单号；留空则列出迟到者"),
    ] = -1,
    home: _Home = Path("var"),
    lang: _Lang = "",
    machine: _Json = False,
) -> None:
    """Say why somebody came late, walking the log backwards · 为何迟到：沿日志回溯原因"""
    from api.cli import as_json, language_of
    from api.watching import why_facts
    from scenarios.explaining import emergencies, explain
    from sim.runs import RunStore

    stored = _found(RunStore(home / "runs"), run)
    language = language_of(lang)
    if order < 0:
        asked = emergencies(stored)
        if machine:
            as_json([{**one._asdict(), "kind": one.kind._asdict()} for one in asked])
            return
        _list(stored, language)
        return
    told = explain(stored, order, home / "cities")
    if machine:
        as_json(why_facts(told))
        return
    _print_why(told, language)


def _found(store: RunStore, start: str) -> Run:
    """Return the run whose id begins so; raise `InputError` where several do."""
    found = [one for one in store.run_ids() if one.startswith(start)] if start else []
    if len(found) > 1:
        raise InputError(en=f"several runs begin with {start!r}: {', '.join(found[:5])}",
                         zh=f"有多个运行以 {start!r} 开头：{'、'.join(found[:5])}")  # fmt: skip
    return store.open(found[0] if found else start)


def _list(stored: Run, language: Language) -> None:
    from models.why.words import span
    from scenarios.explaining import emergencies

    asked = emergencies(stored)
    for one in asked[:_MOST]:
        took = (span(one.took_s) if isfinite(one.took_s) else Text("nobody came", "无人到场")).in_language(language)
        target = Text(f"target {span(one.target_s).en}", f"目标 {span(one.target_s).zh}").in_language(language)
        mark = "" if one.took_s <= one.target_s else "▼ "
        typer.echo(f"{one.order:6d}  {clock(one.onset)}  {mark}{one.kind.in_language(language)}: {took} ({target})")
    more = len(asked) - _MOST
    if more > 0:
        typer.echo(Text(f"… and {more} more", f"……另有 {more} 项").in_language(language))


def clock(time: float) -> str:
    """Return a time of the run as hours and minutes, with the day after the first one."""
    day, minute = divmod(int(time // 60), 24 * 60)
    return (f"D{day + 1} " if day else "") + f"{minute // 60:02d}:{minute % 60:02d}"


def _print_why(told: Why, language: Language) -> None:
    from models.why.words import span

    typer.echo(told.headline.in_language(language))
    typer.echo(told.summary.in_language(language))
    for part in told.parts:
        typer.echo(f"  {span(part.seconds).in_language(language):>9s}  {part.text.in_language(language)}")
        _print_causes(part.causes, language, "               ← ")
    if told.led:
        typer.echo(Text("What led to it:", "起因：").in_language(language))
        _print_causes(told.led, language, "  ← ")


def _print_causes(causes: tuple[Cause, ...], language: Language, before: str) -> None:
    for cause in causes:
        typer.echo(f"{before}{clock(cause.time)} {cause.text.in_language(language)}")


def print_warnings(manifest: dict[str, Any], language: Language) -> None:
    """Print where the models of a run were used beyond what was checked, and what they assumed."""
    from models.hazards.base import hazard_kinds

    kinds = hazard_kinds()
    for one in manifest.get("warnings", []):
        title = kinds[one["hazard"]].title.in_language(language) if one["hazard"] in kinds else one["hazard"]
        typer.echo(f"⚠ {clock(one['time'])} {title}: {one[language]}")
