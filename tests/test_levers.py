"""Every lever, turned on by itself and with the same luck, moves the indicators that it names the right way."""

from __future__ import annotations

import numpy as np
import pytest
from lever_trials import LeverTrials, busy_day
from trials import measured

from models.indicators import indicator_kinds
from models.levers.base import lever_kinds
from models.policy import Policy
from sim.text import Text

BETTER = {kind.name: kind.better for kind in indicator_kinds()}
SEEDS = range(10)


@pytest.fixture(scope="module")
def trials(home) -> LeverTrials:
    return LeverTrials(home / "cities", SEEDS, range(30))


@pytest.fixture(scope="module")
def long_trials(home) -> LeverTrials:
    return LeverTrials(home / "cities", range(30), range(30))


def moves_what_it_names(trials: LeverTrials, kind: str, level: float) -> None:
    """A lever makes better what it should, and worse what it pays with, beyond what luck does with probability `level`."""
    lever = lever_kinds()[kind]
    for name in (*lever.moves, *lever.pays):
        told = trials.told(kind, name)
        assert told.p < level, (name, told)
        better = (told.difference < 0) == (BETTER[name] == "lower")
        assert better == (name in lever.moves), (name, told)


@pytest.mark.parametrize("kind", lever_kinds())
def test_a_lever_moves_what_it_names(trials, kind: str):
    moves_what_it_names(trials, kind, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", lever_kinds())
def test_a_lever_moves_what_it_names_over_thirty_seeds(long_trials, kind: str):
    moves_what_it_names(long_trials, kind, 0.01)


def test_every_lever_names_indicators_that_there_are():
    for kind, lever in lever_kinds().items():
        assert lever.moves, kind
        assert all(BETTER.get(name) in {"lower", "higher"} for name in (*lever.moves, *lever.pays)), kind
        assert not set(lever.moves) & set(lever.pays), kind


def test_all_levers_together_are_no_better_than_full_reform(trials, tiny, tiny_city):
    together = trials.indicators("orders", *lever_kinds())
    full = Policy(format=1, name="full", title=Text("Full", "全面"), base="P2")
    best = measured(tiny_city, busy_day(tiny), full, SEEDS)
    for name in ("first_dispatch_accuracy", "T_arrive.medical", "found.patrol_event"):
        sign = 1.0 if BETTER[name] == "higher" else -1.0
        gap = np.mean([sign * (b[name] - t[name]) for b, t in zip(best, together, strict=True)])
        assert gap > -0.02 * abs(np.mean([b[name] for b in best])), name
