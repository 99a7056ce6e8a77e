"""Ratios to a peer, taken in turn in one run: this measures programs, not the moment's load on the machine."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

ROUNDS = 7
LIBRARIES = ("numba", "numpy", "osmium", "osmnx", "scipy", "simpy")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    ours: str
    peer: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


@dataclass(frozen=True)
class Ratio:
    """The peer's time over ours, round by round: above 1 we are faster."""

    ours_s: float
    peer_s: float
    low: float
    middle: float
    high: float

    def told(self) -> str:
        """Return the median of the rounds with their range."""
        return f"{self.middle:.1f}× ({self.low:.1f}–{self.high:.1f})"


def against(ours: Callable[[], object], peer: Callable[[], object], rounds: int = ROUNDS) -> Ratio:
    """Run both in turn, `rounds` times each after a first time that does not count."""
    ours()
    peer()
    times = [(cpu(ours), cpu(peer)) for _ in range(rounds)]
    ratios = sorted(theirs / max(own, 1e-9) for own, theirs in times)
    return Ratio(median(t[0] for t in times), median(t[1] for t in times), ratios[0], median(ratios), ratios[-1])


def note(text: str) -> None:
    """Say on the error stream what is being measured."""
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """Describe the machine, without its name."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = f"{len(names)} × {names[0]}" if names else model
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{model}; {platform.system()}; Python {platform.python_version()}; {libraries}"


def markdown(rows: list[Row]) -> str:
    """Return the table."""
    lines = ["| what | Jinling | peer | ratio | target |", "|---|---|---|---|---|"]
    for row in rows:
        mark = "" if row.met is None else " ✓" if row.met else " ✗"
        lines.append(f"| {row.name} | {row.ours} | {row.peer} | {row.ratio} | {row.target}{mark} |")
    return "\n".join(lines)
