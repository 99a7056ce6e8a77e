"""A comparison of 2 × 20 days on two processes, from nothing but the built city."""

from __future__ import annotations

import time

from benchmarks.cities import default_city, home
from benchmarks.harness import Row, note
from scenarios.comparing import compare
from scenarios.library import load_policy, load_scenario


def measure() -> list[Row]:
    """Return the row of the comparison."""
    note("a comparison of 2 × 20 days")
    default_city()
    started = time.perf_counter()
    compare(load_scenario("flagship_day"), [load_policy("P1"), load_policy("P2")], list(range(20)), home())
    wall = time.perf_counter() - started
    return [
        Row(
            "a comparison of 2 × 20 days on 2 processes", f"{wall:.0f} s of wall time", target="< 120 s", met=wall < 120
        )
    ]
