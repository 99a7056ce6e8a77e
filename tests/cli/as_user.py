"""What a user does at a terminal: real processes, and what they say."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "scenarios" / "library"
TINY = (LIBRARY / "scenarios" / "tiny_day.yaml").read_text(encoding="utf-8")
COMMAND = str(Path(sys.executable).with_name("jinling"))
_PROGRESS = re.compile(r"^\s*\d+% \w+$|%\s+(\d+|-):[\d-]+:[\d-]+\s*$")
_RUN = re.compile(r"[0-9a-f]{32}")
Finished = subprocess.CompletedProcess[str]


def _environment(home: Path | str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"LC_ALL", "LANG"}}
    return {**kept, "JINLING_HOME": str(home), "JINLING_LANG": "en", "PYTHONIOENCODING": "utf-8"}


def jinling(*arguments: object, home: Path | str, cwd: Path | None = None) -> Finished:
    """Run `jinling` to its end."""
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120,
                          env=_environment(home), encoding="utf-8", cwd=cwd)  # fmt: skip


def started(*arguments: object, home: Path | str) -> subprocess.Popen[str]:
    """Start `jinling` in a process group of its own, as a shell does."""
    return subprocess.Popen([COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=_environment(home), encoding="utf-8", start_new_session=True)  # fmt: skip


def interrupted(*arguments: object, home: Path, when: Callable[[], bool], after: float = 0.0) -> Finished:
    """Press Ctrl-C, which the whole process group hears, `after` seconds after `when` has become true."""
    process = started(*arguments, home=home)
    ends = time.monotonic() + 60
    while not when():
        assert process.poll() is None, "it ended before it could be interrupted"
        assert time.monotonic() < ends
        time.sleep(0.02)
    time.sleep(after)
    assert process.poll() is None, "it ended before it could be interrupted"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def sentences(text: str) -> list[str]:
    """Return the lines that are no progress."""
    return [line for line in text.splitlines() if line.strip() and not _PROGRESS.search(line)]


def refusal(result: Finished) -> str:
    """Return the one sentence with which a command refused its input, after exit code 2."""
    said = sentences(result.stderr)
    assert result.returncode == 2, (result.returncode, result.stdout, result.stderr)
    assert result.stdout == ""
    assert len(said) == 1, said
    return said[0]


def left_in(home: Path) -> list[str]:
    """Return the files that are kept below a home."""
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


def run_folders(home: Path) -> list[Path]:
    """Return the folders of runs that are taken for whole."""
    return sorted(path for path in (home / "runs").glob("*") if _RUN.fullmatch(path.name))


def city_folders(home: Path) -> list[Path]:
    """Return the folders of cities that are taken for whole."""
    return sorted(path for path in (home / "cities").glob("*") if _RUN.fullmatch(path.name))


def scenario_file(folder: Path, old: str = "", new: str = "", more: str = "", name: str = "mine.yaml") -> Path:
    """Write the tiny scenario with `old` replaced by `new`, and `more` below it."""
    assert old in TINY
    file = folder / name
    file.write_text((TINY.replace(old, new) if old else TINY) + more, encoding="utf-8")
    return file


POLICY = "format: 1\nname: mine\ntitle: {en: Mine, zh: 我的}\nbase: P1\n"


def policy_file(folder: Path, more: str, name: str = "mine.yaml") -> Path:
    """Write a policy with `more` from line 5 on."""
    file = folder / name
    file.write_text(POLICY + more, encoding="utf-8")
    return file


def small_map(names: tuple[str, ...] = ("甲路",), side: int = 8, step: float = 0.002) -> str:
    """Return a square grid of streets as OSM XML, the streets and one hospital named by `names` in turn."""
    from xml.sax.saxutils import escape

    safe = [escape(name, {"'": "&apos;", "\n": "&#10;"}) for name in names]
    lines = ["<osm version='0.6'>"]
    lines += [f"<node id='{r * side + c + 1}' lon='{118.7 + c * step:.6f}' lat='{32 + r * step:.6f}'/>"
              for r in range(side) for c in range(side)]  # fmt: skip
    lines.append(f"<node id='9001' lon='118.7031' lat='32.0031'><tag k='amenity' v='hospital'/>"
                 f"<tag k='name' v='{safe[0]}'/></node>")  # fmt: skip
    for way in range(2 * side):
        row = (
            [way * side + c + 1 for c in range(side)]
            if way < side
            else [r * side + way - side + 1 for r in range(side)]
        )
        lines.append(f"<way id='{way + 1}'>" + "".join(f"<nd ref='{node}'/>" for node in row)
                     + f"<tag k='highway' v='residential'/><tag k='name' v='{safe[way % len(safe)]}'/></way>")  # fmt: skip
    return "\n".join([*lines, "</osm>"])
