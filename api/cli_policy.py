"""The command that reads policies before anything runs: `jinling difference`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.policy_difference import Change, LeverChange, PolicyDifference

_Policy = Annotated[str, typer.Argument(help="Name or .yaml file · 政策名或文件")]
_Lang = Annotated[str, typer.Option(envvar="JINLING_LANG", help="zh or en · 语言")]
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON · 输出 JSON")]
_LEVERS = Text("Levers, how far on", "措施投入程度")
_PARAMETERS = Text("Parameters (* rests on an assumption)", "参数（* 含假设）")
_COST = Text("Cost", "成本")
_CHANGE = Text("change", "变化")


def difference(first: _Policy, second: _Policy, lang: _Lang = "", machine: _Json = False) -> None:
    """Say what differs between two policies before anything runs · 运行前比较两份政策"""
    from api.cli import as_json, language_of
    from models.policy_difference import difference_of
    from scenarios.library import load_policy

    found = difference_of(load_policy(first), load_policy(second))
    if machine:
        as_json(found.model_dump(mode="json"))
        return
    _print(found, language_of(lang))


def _print(found: PolicyDifference, language: Language) -> None:
    """Print what stands first in each policy: its preset, then its levers, its parameters and its price."""
    typer.echo(" → ".join(f"{one.title.in_language(language)} ({one.base})" for one in (found.first, found.second)))
    if found.is_none:
        typer.echo(Text("No parameter differs: a run under one is a run under the other.",
                        "参数全部相同：两份政策的运行结果一致。").in_language(language))  # fmt: skip
    _table(_LEVERS, found, [(_marked(one), one) for one in found.levers], language)
    marked = [("* " if one.assumption else "", one) for one in found.parameters]
    _table(_PARAMETERS, found, marked, language)
    _table(_COST, found, [("", one) for one in found.cost if one.before or one.after], language)


def _marked(one: LeverChange) -> str:
    """Return a lever's mechanism, and what it is limited to in either policy."""
    scopes = " → ".join(scope or "–" for scope in one.scopes) if any(one.scopes) else ""
    return f"{one.mechanism} " + (f"[{scopes}] " if scopes else "")


def _table(title: Text, found: PolicyDifference, rows: Sequence[tuple[str, Change]], language: Language) -> None:
    """Print a part of the difference, unless it is empty."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from viz.words import figure, signed

    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(title.in_language(language))
    for name in (found.first.name, found.second.name, _CHANGE.in_language(language)):
        table.add_column(name, justify="right", no_wrap=True)
    for mark, one in rows:
        told = f"{mark}{one.title.in_language(language)}, {one.unit.in_language(language)}"
        table.add_row(told, figure(one.before), figure(one.after), signed(one.after - one.before))
    Console(markup=False).print(table)
    typer.echo("")
