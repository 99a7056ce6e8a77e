"""An epidemic among a million residents: CPU seconds for each simulated hour while it grows, and at its peak."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Row, cpu, note
from models.contagion.meeting import DECISIONS as MEETING
from models.contagion.meeting import Mixing
from models.contagion.spread import DECISIONS, Disease, Epidemic
from models.population import Population
from sim.streams import Stream

RESIDENTS = 1_000_000
_HOUR_D = 1.0 / 24.0


def measure() -> list[Row]:
    """Return the row of a simulated hour."""
    note(f"an epidemic among {RESIDENTS:,} residents")
    epidemic = _epidemic()
    epidemic.step(_HOUR_D)
    hours = [cpu(lambda: epidemic.step(_HOUR_D)) for _ in range(24 * 12)]
    share = np.isfinite(epidemic.infected_at).mean()
    early, worst = float(np.mean(hours[:24])), float(np.max(hours))
    return [Row(f"contagion among {RESIDENTS:,} residents, a simulated hour", f"{early:.3f} CPU s at first, {worst:.3f} at "
                f"most while {share:.0%} are infected in 12 days", target="< 1 CPU s", met=worst < 1.0)]  # fmt: skip


def _epidemic() -> Epidemic:
    """Return an epidemic among residents in households of two or three, schools, work places and communities."""
    stream, number = Stream(1, (*DECISIONS, *MEETING)), np.arange(RESIDENTS)
    age = np.where(number % 8 == 0, 0, np.where(number % 7 == 0, 2, 1)).astype(np.int8)
    home, place = (number // 100).astype(np.int32), (number * 7919 % 3000 + RESIDENTS // 100).astype(np.int32)
    people = Population(
        number.astype(np.uint64), home, np.where(age < 2, place, home), age, (number // 2.5).astype(np.int32)
    )
    disease = Disease(1.4, 2.5, 4.0, 3.0)
    settings = Mixing(3.0).settings(people, (number // 4000).astype(np.int32), disease, stream)
    epidemic = Epidemic(disease, settings, people.key, stream)
    epidemic.infect(number[:: RESIDENTS // 2000], infectious=True)
    return epidemic
