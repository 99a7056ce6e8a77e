"""What an epidemic asks of testing and of care: reports, results, isolation, beds.

All times are days. Of those who fall ill a share goes for a test; laboratories do so many a day, first come first served;
a positive result lets a share isolate. Severe cases ask for a bed for as long as they stay; beds are finite.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from sim.errors import InputError
from sim.streams import Stream
from sim.text import Text

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
DECISIONS = ("care.symptoms", "care.seeks", "care.delay", "care.positive", "care.isolates", "care.severe", "care.stay",
             "care.dies", "vaccine.taken", "vaccine.works")  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Who is found, and when."""

    symptomatic: float = 0.65  #: share of the infected (assumption)
    seeks: float = 0.3  #: share of the ill who go for a test (`epidemic.seeks`)
    delay_d: float = 1.5  #: from infectious to the test, mean (assumption)
    a_day: float = 500.0  #: tests that laboratories do (assumption)
    sensitivity: float = 0.85  #: (assumption)
    result_d: float = 0.5  #: from the test until the case and the community know (`epidemic.result_d`)
    isolates: float = 0.7  #: share of the positive who stay apart (`epidemic.isolates`)

    def __post_init__(self) -> None:
        for share in (self.symptomatic, self.seeks, self.sensitivity, self.isolates):
            require(Text("a share of testing", "检测比例"), share, 0.0, 1.0)
        for value in (self.delay_d, self.a_day, self.result_d):
            require(Text("a figure of testing", "检测参数"), value, 0.0)


class Laboratory:
    """Laboratories with a capacity a day: a queue, first come first served."""

    def __init__(self, finding: Finding, stream: Stream) -> None:
        self._finding, self._stream, self._free = finding, stream, 0.0

    def symptoms(self, key: Keys) -> NDArray[np.bool_]:
        """Return who falls ill."""
        return self._stream.uniforms("care.symptoms", key) < self._finding.symptomatic

    def asks(self, key: Keys, infectious_at: Floats) -> Floats:
        """Return the day on which each case goes for a test, inf for who does not."""
        t, draw = self._finding, self._stream.uniforms
        seeks = self.symptoms(key) & (draw("care.seeks", key) < t.seeks)
        return np.where(seeks, infectious_at - t.delay_d * np.log(draw("care.delay", key)), np.inf)

    def results(self, key: Keys, asked: Floats) -> tuple[Floats, Floats]:
        """Return the day of a positive result and that from which a case stays apart, inf where it never happens.

        What was asked before must have been tested by earlier calls.
        """
        t, draw = self._finding, self._stream.uniforms
        result = self.queue(asked) + t.result_d
        reported = np.where(draw("care.positive", key) < t.sensitivity, result, np.inf)
        return reported, np.where(draw("care.isolates", key) < t.isolates, reported, np.inf)

    def queue(self, asked: Floats) -> Floats:
        """Return when each asked test is done: capacity is a test every 1/a_day; inf stays inf."""
        done = np.full(len(asked), np.inf)
        if self._finding.a_day == 0.0:
            return done
        each = 1.0 / self._finding.a_day
        for i in np.argsort(asked, kind="stable").tolist():
            if np.isinf(asked[i]):
                break
            self._free = max(self._free, float(asked[i])) + each
            done[i] = self._free
        return done


@dataclass(frozen=True)
class Severity:
    """Who needs a bed, by age group (child, adult, elder), for how long, and who dies."""

    hospital: tuple[float, float, float] = (0.004, 0.003, 0.04)  #: share of the infected (assumption)
    after_d: float = 3.0  #: from infectious to admission (assumption)
    stay_d: float = 6.0  #: mean (assumption)
    dies: tuple[float, float, float] = (0.005, 0.02, 0.10)  #: share of those in a bed (assumption)
    without_bed: float = 3.0  #: factor on it for who waits longer than a day (assumption)

    def __post_init__(self) -> None:
        for share in (*self.hospital, *self.dies):
            require(Text("a share of severe cases", "重症比例"), share, 0.0, 1.0)
        for value in (self.after_d, self.without_bed):
            require(Text("a figure of severity", "重症参数"), value, 0.0)
        require(Text("the stay in a bed", "住院时长"), self.stay_d, 0.0, open_low=True)

    def severe(self, stream: Stream, key: Keys, age: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Return which cases need a bed."""
        return stream.uniforms("care.severe", key) < np.asarray(self.hospital)[age]

    def stay(self, stream: Stream, key: Keys) -> Floats:
        """Return how long each would stay, days, exponential."""
        return np.asarray(-self.stay_d * np.log(stream.uniforms("care.stay", key)))

    def deaths(self, stream: Stream, key: Keys, age: NDArray[np.int8], waited: Floats) -> NDArray[np.bool_]:
        """Return who dies, given how long they waited for a bed."""
        return stream.uniforms("care.dies", key) < self.mortality(age, waited)

    def mortality(self, age: NDArray[np.int8], waited: Floats) -> Floats:
        """Return P(death) of each severe case, given the days that they waited for a bed."""
        chance = np.asarray(self.dies)[age] * np.where(waited > 1.0, self.without_bed, 1.0)
        return np.asarray(np.minimum(chance, 1.0))


class Beds:
    """A number of beds, first come first served."""

    def __init__(self, count: int) -> None:
        if count < 0:
            raise InputError(en=f"beds cannot be fewer than 0; {count} came", zh=f"床位数不能小于 0；收到 {count}")
        self.count = count
        self._free = [0.0] * count

    def admit(self, asked_at: float, stay: float) -> float:
        """Return when somebody who asks is given a bed, inf if there is none at all; ask in order of time."""
        if self.count == 0:
            return float("inf")
        start = max(asked_at, self._free[0])
        heapq.heapreplace(self._free, start + stay)
        return start

    def taken(self, now: float) -> int:
        """Return how many beds are taken or promised now."""
        return sum(free > now for free in self._free)


@dataclass(frozen=True)
class Vaccine:
    """A vaccine: `leaky` ones lower everybody's risk by `effect`, others protect a share `effect` fully."""

    coverage: float
    effect: float
    leaky: bool = False

    def __post_init__(self) -> None:
        require(Text("the coverage of a vaccine", "疫苗覆盖率"), self.coverage, 0.0, 1.0)
        require(Text("the effect of a vaccine", "疫苗效力"), self.effect, 0.0, 1.0)

    def susceptibility(self, stream: Stream, key: Keys) -> Floats:
        """Return the factor on what acts on each resident."""
        taken = stream.uniforms("vaccine.taken", key) < self.coverage
        works = self.effect if self.leaky else (stream.uniforms("vaccine.works", key) < self.effect)
        return np.asarray(np.where(taken, 1.0 - np.asarray(works, dtype=np.float64), 1.0))
