"""Run all benchmarks, or those that are named: `python -m benchmarks routing day --write`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.harness import Row, machine, markdown

PARTS = (
    "routing",
    "closures",
    "events",
    "city",
    "day",
    "governance",
    "contagion",
    "crowd",
    "fire",
    "flood",
    "memory",
    "networks",
    "plume",
    "comparison",
    "page",
)
FILE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Measure and print the table; `--write` keeps it in the documentation."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"what to measure, of {', '.join(PARTS)}; all if none is named"
    )
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    wanted = parser.parse_args()
    if not set(wanted.parts) <= set(PARTS):
        parser.error(f"there are: {', '.join(PARTS)}")
    rows: list[Row] = []
    for part in wanted.parts or PARTS:
        rows += import_module(f"benchmarks.{part}").measure()
    table = markdown(rows)
    print(table)
    if wanted.write:
        FILE.parent.mkdir(exist_ok=True)
        today = datetime.now(UTC).date().isoformat()
        FILE.write_text(f"# Benchmarks\n\nMeasured {today} by `make bench` on a shared machine: read the ratios, which "
                        f"were taken in turn in one run, rather than the seconds.\n\n{machine()}\n\n{table}\n",
                        encoding="utf-8")  # fmt: skip


if __name__ == "__main__":
    main()
