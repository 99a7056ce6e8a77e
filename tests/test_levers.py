"""Every lever, turned on by itself and with the same luck, moves the indicators that it names the right way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from lever_trials import LeverTrials, busy_day
from trials import measured

from models.indicators import indicator_kinds
from models.levers.base import lever_kinds
from models.policy import Policy
from sim.statistics import PairedDifference
from sim.text import Text

BETTER = {kind.name: kind.better for kind in indicator_kinds()}
SEEDS = range(10)


@pytest.fixture(scope="module")
def trials(home) -> LeverTrials:
    return LeverTrials(home / "cities", len(SEEDS), 30)


@pytest.fixture(scope="module")
def long_trials(home) -> LeverTrials:
    return LeverTrials(home / "cities", 30, 30)


def moves_what_it_names(kind: str, level: float, told: Callable[[str], PairedDifference]) -> None:
    """A lever makes better what it should, and worse what it pays with, beyond what luck does with probability `level`."""
    lever = lever_kinds()[kind]
    for name in (*lever.moves, *lever.pays):
        effect = told(name)
        assert effect.p < level, (name, effect)
        better = (effect.difference < 0) == (BETTER[name] == "lower")
        assert better == (name in lever.moves), (name, effect)


@pytest.mark.parametrize("kind", lever_kinds())
def test_a_lever_moves_what_it_names(trials, kind: str):
    moves_what_it_names(kind, 0.05, lambda name: trials.told_early(kind, name, 0.05))


@pytest.mark.slow
@pytest.mark.parametrize("kind", lever_kinds())
def test_a_lever_moves_what_it_names_over_thirty_seeds(long_trials, kind: str):
    moves_what_it_names(kind, 0.01, lambda name: long_trials.told(kind, name))


def test_every_lever_names_indicators_that_there_are():
    for kind, lever in lever_kinds().items():
        assert lever.moves, kind
        assert all(BETTER.get(name) in {"lower", "higher"} for name in (*lever.moves, *lever.pays)), kind
        assert not set(lever.moves) & set(lever.pays), kind


def test_all_levers_together_are_no_better_than_full_reform(trials, tiny, tiny_city):
    together = [trials.indicators("orders", seed, *lever_kinds()) for seed in SEEDS]
    full = Policy(format=1, name="full", title=Text("Full", "全面"), base="P2")
    best = measured(tiny_city, busy_day(tiny), full, SEEDS)
    for name in ("first_dispatch_accuracy", "T_arrive.medical", "found.patrol_event"):
        sign = 1.0 if BETTER[name] == "higher" else -1.0
        gap = np.mean([sign * (b[name] - t[name]) for b, t in zip(best, together, strict=True)])
        assert gap > -0.02 * abs(np.mean([b[name] for b in best])), name
