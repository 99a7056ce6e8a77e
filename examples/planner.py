"""Compare two policies with ten seeds and print each indicator's answer in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.comparing import compare
from scenarios.library import load_policy, load_scenario
from viz.words import sentence


def main(home: Path) -> None:
    """Print a sentence an indicator."""
    policies = [load_policy("P1"), load_policy("one_network")]
    result = compare(load_scenario("tiny_day"), policies, list(range(10)), home)
    for row in result.rows:
        print(sentence(row, "one_network", policies[1].title, "en"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var"))
