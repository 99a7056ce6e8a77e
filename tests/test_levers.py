"""Every lever, turned on by itself and with the same luck, moves the indicators that it names the right way."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from trials import measured, trial_of

from models.indicators import indicator_kinds
from models.levers.base import lever_kinds
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.language import IncidentChange, Scenario
from scenarios.library import load_scenario
from sim.statistics import paired_difference
from sim.text import Text

#: Levers that need a city with several streets and stations.
WIDE = {"nearest_unit"}
BETTER = {kind.name: kind.better for kind in indicator_kinds()}
SEEDS = range(10)
SEEDS_OF_LINES = range(30)
TABLE = {kind.name: kind.table for kind in indicator_kinds()}
#: A day with enough of everything that the small city's ten days tell a difference.
OFTEN = {"medical": 4.0, "cardiac_arrest": 1000.0, "building_fire": 700.0, "hotline_ticket": 12.0, "patrol_event": 4.0,
         "false_report": 4.0}  # fmt: skip


@pytest.fixture(scope="module")
def busy(tiny: Scenario) -> Scenario:
    crews = {name: kind.model_copy(update={"count": 40, "night_share": 1.0}) for name, kind in tiny.crews.items()}
    incidents = {name: IncidentChange(rate_factor=factor) for name, factor in OFTEN.items()}
    return tiny.model_copy(update={"incidents": incidents, "crews": crews, "hotline_seats": 4})


def siloed(*levers: str) -> Policy:
    """The siloed city with levers on top."""
    entries = tuple({"kind": name} for name in levers)
    return Policy(format=1, name="test", title=Text("Test", "测试"), base="P0", levers=entries)


@pytest.fixture(scope="module")
def indicators(tiny, busy, tiny_city, home):
    """Return the indicators of the siloed city with levers on top, each measured once."""

    @cache
    def of(where: str, *levers: str) -> list[dict[str, float]]:
        if where == "orders":
            return measured(tiny_city, busy, siloed(*levers), SEEDS)
        if where != "wide":
            return measured(tiny_city, trial_of(tiny, where), siloed(*levers), SEEDS_OF_LINES)
        flagship = load_scenario("flagship_day")
        return measured(city_of(flagship.city, home / "cities"), flagship, siloed(*levers), SEEDS)

    return of


@pytest.mark.parametrize("kind", lever_kinds())
def test_a_lever_moves_what_it_names(indicators, kind: str):
    lever = lever_kinds()[kind]
    for name in (*lever.moves, *lever.pays):
        where = "wide" if kind in WIDE else TABLE[name]
        off, on = indicators(where), indicators(where, *lever.requires, kind)
        told = paired_difference([run[name] for run in off], [run[name] for run in on])
        assert told.p < 0.01, (name, told)
        better = (told.difference < 0) == (BETTER[name] == "lower")
        assert better == (name in lever.moves), (name, told)


def test_every_lever_names_indicators_that_there_are():
    for kind, lever in lever_kinds().items():
        assert lever.moves, kind
        assert all(BETTER.get(name) in {"lower", "higher"} for name in (*lever.moves, *lever.pays)), kind
        assert not set(lever.moves) & set(lever.pays), kind


def test_all_levers_together_are_no_better_than_full_reform(indicators, busy, tiny_city):
    together = indicators("orders", *lever_kinds())
    full = Policy(format=1, name="full", title=Text("Full", "全面"), base="P2")
    best = measured(tiny_city, busy, full, SEEDS)
    for name in ("first_dispatch_accuracy", "T_arrive.medical", "found.patrol_event"):
        sign = 1.0 if BETTER[name] == "higher" else -1.0
        gap = np.mean([sign * (b[name] - t[name]) for b, t in zip(best, together, strict=True)])
        assert gap > -0.02 * abs(np.mean([b[name] for b in best])), name
