"""The house rules: lint, types, import contracts, and limits of size that keep the code readable."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("api", "models", "scenarios", "sim", "viz", "benchmarks", "tools", "examples")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LINES, BODY, PARAMETERS, DEPTH = 300, 50, 7, 4
#: Compiled kernels are one loop over columns; the options of a command are its parameters.
KERNELS = {
    "models/patrol.py",
    "sim/routing/kernels.py",
    "sim/city/partition.py",
    "models/traffic/links.py",
    "models/flood/shallow.py",
}
COMMANDS = {"api/cli.py", "api/cli_city.py", "api/cli_study.py"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def functions() -> list[tuple[str, Function]]:
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [(relative(path), node) for node in ast.walk(tree) if isinstance(node, Function)]
    return found


def depth(node: ast.AST) -> int:
    deeper = isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.AsyncFor | ast.AsyncWith)
    below = 0
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, Function | ast.Lambda):
                elif_branch = name == "orelse" and isinstance(node, ast.If) and isinstance(child, ast.If)
                below = max(below, depth(child) - int(elif_branch))
    return below + int(deeper)


def tracked() -> list[Path]:
    """The files that belong to the project, also in a copy that is no repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not {".venv", "var"} & set(path.parts)]


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports",),
        ("mypy", "api", "models", "scenarios", "sim", "viz"),
    ],
    ids=" ".join,
)
def test_tools_find_nothing(command: tuple[str, ...]):
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_are_short(path: Path):
    code = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line.strip()[0] != "#"]
    assert len(code) <= LINES


def test_functions_are_short():
    long = [(where, f.name) for where, f in functions() if f.end_lineno - f.body[0].lineno >= BODY]
    assert [entry for entry in long if entry[0] not in KERNELS] == []


def test_functions_take_few_parameters():
    many = [
        (where, f.name, n)
        for where, f in functions()
        if (n := len([a for a in f.args.args + f.args.kwonlyargs if a.arg not in {"self", "cls"}])) > PARAMETERS
    ]
    assert [entry for entry in many if entry[0] not in KERNELS | COMMANDS] == []


def test_functions_are_flat():
    deep = [(where, f.name) for where, f in functions() if depth(f) > DEPTH]
    assert [entry for entry in deep if entry[0] not in KERNELS] == []


def test_nothing_evaluates_or_unpickles():
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        modules = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
        assert not {"eval", "exec", "__import__"} & names, relative(path)
        assert not {"pickle", "marshal", "shelve", "dill"} & modules, relative(path)


def test_no_file_knows_a_machine_or_a_registry():
    texts = {".py", ".md", ".toml", ".yaml", ".yml", ".js", ".css", ".html", ".sh", ".lock", ".txt", ""}
    # Put together here, so that this file names none of them either.
    parts = (
        r"/(?:home|root|Users)/\w",
        "/wo" + "rk/",
        "files.python" + "hosted",
        "py" + r"pi\.org",
        "registry." + "npmjs",
    )
    machine = re.compile("|".join(parts))
    for path in tracked():
        if path.suffix in texts and "vendor" not in path.parts:
            assert not machine.search(path.read_text(encoding="utf-8")), relative(path)


def test_dependencies_are_pinned_with_hashes_and_without_addresses():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pinned = re.findall(r"^([a-z0-9\-_.]+)==", lock, re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert not (ROOT / "uv.lock").exists()


def test_every_exception_to_a_rule_has_its_reason():
    bare = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[^\]]*\])?)\s*$")
    found = [
        f"{relative(path)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []
