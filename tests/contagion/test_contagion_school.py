"""A real case, scored and not tuned on: influenza in an English boarding school in 1978 (British Medical Journal 1978, 1, 587).

763 boys, 512 of whom spent time in bed; the figures are boys in bed each day from 22 January on. It is played twice: with
what others found for this school, where one boy brought it, nobody is latent and boys in bed are the infectious
(Murray 1989, Mathematical Biology, chapter 19: β·N = 1.66 and γ = .44 a day, R0 = 3.8); and with what was found elsewhere:
R0 = 1.8 of the pandemic of 1957 (Vynnycky and Edmunds 2008, doi:10.1017/S0950268807008369) and the periods of the hazard.
"""

from __future__ import annotations

import numpy as np
import pytest

from models.contagion.laws import seir_curve
from models.contagion.spread import DECISIONS, Disease, Epidemic, Setting
from models.hazards.contagion import Contagion
from sim.streams import Stream
from sim.text import Text

BOYS, ILL = 763, 512
IN_BED = np.array([3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4])
RATE, GAMMA = 2.18e-3 * BOYS, 0.44


def outbreaks(disease: Disease, rate: float, first: int, days: int, seeds: int) -> list[np.ndarray]:
    """How many boys are infectious at the end of each day, day 0 first, in each school in which it did not die out."""
    found = []
    for seed in range(seeds):
        school = Setting("school", np.zeros(BOYS, dtype=np.int32), rate)
        epidemic = Epidemic(disease, (school,), np.arange(BOYS, dtype=np.uint64), Stream(seed, DECISIONS))
        epidemic.infect(np.arange(first), infectious=True)
        curve = [first]
        for _ in range(days):
            for _ in range(12):
                epidemic.step(1 / 12)
            curve.append(epidemic.counts()[2])
        if np.isfinite(epidemic.infected_at).mean() > 0.2:
            found.append(np.array([*curve, np.isfinite(epidemic.infected_at).mean()]))
    return found


@pytest.fixture(scope="module")
def as_there() -> np.ndarray:
    """Days from 22 January on, when three boys were in bed."""
    return np.array(outbreaks(Disease(0.0, 1.0 / GAMMA), RATE, 3, 20, 40))[:, :-1]


def test_with_what_was_found_there_it_peaks_when_it_did(benchmark, as_there):
    peak = as_there.argmax(axis=1)
    benchmark("contagion", Text("Boarding school 1978, its own β and γ: day of the peak", "1978 年寄宿学校，采用该校的 β 与 γ：峰值日"),
              float(peak.mean()), float(IN_BED.argmax()), 0.25)  # fmt: skip
    benchmark("contagion", Text("Boarding school 1978, its own β and γ: boys in bed at the peak", "1978 年寄宿学校，采用该校的 β 与 γ：峰值卧床人数"),
              float(as_there.max(axis=1).mean()), float(IN_BED.max()), 0.1)  # fmt: skip
    low, high = np.quantile(peak, (0.05, 0.95))
    assert low <= IN_BED.argmax() <= high


def test_individuals_peak_as_the_equations_of_the_same_school(as_there):
    """The law of large numbers: the mean of schools that begin with 3 against SIR, and a planted fault in γ."""
    days = np.arange(0.0, 20.0, 0.05)
    curve = seir_curve(RATE, 1e4, GAMMA, 3 / BOYS, days).infectious * BOYS
    wrong = seir_curve(RATE, 1e4, GAMMA * 1.5, 3 / BOYS, days).infectious * BOYS
    assert days[curve.argmax()] == pytest.approx(float(as_there.argmax(axis=1).mean()), abs=0.6)
    assert curve.max() == pytest.approx(float(as_there.max(axis=1).mean()), rel=0.04)
    assert wrong.max() != pytest.approx(float(as_there.max(axis=1).mean()), rel=0.04)


@pytest.fixture(scope="module")
def as_elsewhere() -> np.ndarray:
    disease = Contagion().disease()
    return np.array(outbreaks(disease, 1.8 / disease.infectious_d, 3, 120, 40))


def test_with_what_was_found_elsewhere_as_many_fall_ill_as_there_did(benchmark, as_elsewhere):
    benchmark("contagion", Text("Boarding school 1978, R0 of 1957: share that fell ill", "1978 年寄宿学校，采用 1957 年 R0：发病比例"),
              float(as_elsewhere[:, -1].mean()), ILL / BOYS, 0.15)  # fmt: skip


def test_but_later_which_the_passport_tells(as_elsewhere):
    """Cases of 1957 grew by .2 a day, those of the school by 1.1: who takes an R0 from a city is weeks late."""
    low, middle, high = np.quantile(as_elsewhere[:, :-1].argmax(axis=1), (0.05, 0.5, 0.95))
    told = Contagion.passport.cases[0].en
    assert f"day {middle:.0f} (90 %: {low:.0f} to {high:.0f})" in told
    assert int(IN_BED.argmax()) == 5 < low
    assert "would need R0 = 11" in told
    r, ill = float(np.log(IN_BED[4] / IN_BED[0]) / 4.0), Contagion().disease()
    grows = (1.0 + r * ill.latent_d / ill.latent_shape) ** ill.latent_shape  # Wallinga and Lipsitch 2007
    lasts = 1.0 - (1.0 + r * ill.infectious_d / ill.infectious_shape) ** -ill.infectious_shape
    assert r * ill.infectious_d * grows / lasts == pytest.approx(11.0, abs=0.5)
