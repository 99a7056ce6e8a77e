"""How a lever is tried: turned on by itself over the siloed city, against the same city with the same luck."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from trials import HAZARDS, hazard_trial_of, measured, trial_of

from models.indicators import indicator_kinds
from models.levers.base import lever_kinds
from models.lines.base import line_kinds
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.language import IncidentChange, Scenario
from scenarios.library import load_scenario
from sim.statistics import PairedDifference, paired_difference
from sim.text import Text

#: Levers that need a city with several streets and stations.
WIDE = {"nearest_unit"}
TABLE = {kind.name: kind.table for kind in indicator_kinds()}
#: A day with enough of everything that the small city's ten days tell a difference.
OFTEN = {"medical": 4.0, "cardiac_arrest": 1000.0, "building_fire": 700.0, "hotline_ticket": 20.0, "patrol_event": 8.0,
         "false_report": 4.0, "lift_entrapment": 60.0}  # fmt: skip


def busy_day(tiny: Scenario) -> Scenario:
    crews = {name: kind.model_copy(update={"count": 40, "night_share": 1.0}) for name, kind in tiny.crews.items()}
    incidents = {name: IncidentChange(rate_factor=factor) for name, factor in OFTEN.items()}
    return tiny.model_copy(update={"incidents": incidents, "crews": crews, "hotline_seats": 7})


def siloed(*levers: str) -> Policy:
    """The siloed city with levers on top."""
    entries = tuple({"kind": name} for name in levers)
    return Policy(format=1, name="test", title=Text("Test", "测试"), base="P0", levers=entries)


def where_of(kind: str, indicator: str) -> str:
    """Return where a lever's effect on an indicator is looked for: "wide", a line of work, a hazard, or else the "orders"."""
    table = TABLE[indicator] if TABLE[indicator] in {*line_kinds(), *HAZARDS} else "orders"
    return "wide" if kind in WIDE else table


class LeverTrials:
    """The indicators of the siloed city with levers on top, each day measured once."""

    def __init__(self, cities: Path, seeds: int, seeds_of_lines: int) -> None:
        self.tiny = load_scenario("tiny_day")
        self.cities, self.seeds, self.seeds_of_lines = cities, seeds, seeds_of_lines
        self.indicators = cache(self._indicators)

    def scenario(self, where: str) -> Scenario:
        """Return the day in the wide city, the busy day of orders, or the time of a hazard or of a line of work."""
        if where in HAZARDS:
            return hazard_trial_of(self.tiny, where)
        if where == "wide":
            calls = {"medical": IncidentChange(rate_factor=3.0)}
            return load_scenario("flagship_day").model_copy(update={"incidents": calls})
        return busy_day(self.tiny) if where == "orders" else trial_of(self.tiny, where)

    def _indicators(self, where: str, seed: int, *levers: str) -> dict[str, float]:
        scenario = self.scenario(where)
        return measured(city_of(scenario.city, self.cities), scenario, siloed(*levers), range(seed, seed + 1))[0]

    def told(self, kind: str, indicator: str, seeds: int | None = None) -> PairedDifference:
        """Return what a lever does to an indicator, over what it needs, with the first `seeds` or all of them."""
        where = where_of(kind, indicator)
        most = range(seeds or (self.seeds if where in {"orders", *HAZARDS} else self.seeds_of_lines))
        needs = lever_kinds()[kind].requires
        off, on = ([self.indicators(where, seed, *levers)[indicator] for seed in most]
                   for levers in (needs, (*needs, kind)))  # fmt: skip
        return paired_difference(off, on)

    def told_early(self, kind: str, indicator: str, level: float) -> PairedDifference:
        """Return it from ten seeds where these tell it at a fifth of `level`, which leaves four fifths for all seeds."""
        early = self.told(kind, indicator, 10)
        return early if early.p < level / 5 else self.told(kind, indicator)
