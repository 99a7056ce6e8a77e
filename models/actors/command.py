"""Those who decide: grid workers and duty commanders, as Mesa agents.

Actors look at what they are shown and return edicts; they own no time and draw no luck of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import mesa

from sim.streams import Stream


class Finding(NamedTuple):
    """What a grid worker sees: an order, and the incident whose luck it has."""

    order: int
    incident: int


class Fire(NamedTuple):
    """What a commander is told of a fire: its order, its heat (MW) and its street."""

    order: int
    heat_mw: float
    street: int


class Edict(NamedTuple):
    """A decision: `solve`, `report` or `reinforce` an order."""

    what: str
    order: int
    actor: int


class Command(mesa.Model):
    """All actors of a run; `findings` and `fires` are what they are shown at a beat."""

    def __init__(
        self,
        grids: list[int],
        streets: list[int],
        parameters: Mapping[str, float],
        stream: Stream,
    ) -> None:
        super().__init__(seed=0)
        self.parameters = parameters
        self.stream = stream
        self.findings: dict[int, Finding] = {}
        self.fires: list[Fire] = []
        self.edicts: list[Edict] = []
        self.workers = [GridWorker(self, grid) for grid in grids]
        DutyCommander.create_agents(self, len(streets), streets)

    def decide_findings(self, found: Mapping[int, Finding]) -> list[Edict]:
        """Let the workers who found something decide what to do with it."""
        self.findings, self.edicts = dict(found), []
        mesa.agent.AgentSet([self.workers[w] for w in sorted(found)], random=self.random).do("decide")
        return self.edicts

    def decide_fires(self, fires: list[Fire]) -> list[Edict]:
        """Let the duty commanders whose street burns decide on reinforcement."""
        self.fires, self.edicts = fires, []
        streets = {fire.street for fire in fires}
        commanders = self.agents_by_type[DutyCommander]
        commanders.select(lambda commander: commander.street in streets).do("decide")
        return self.edicts


class GridWorker(mesa.Agent):
    """网格员: solves at the grid what can be solved there, and reports the rest."""

    model: Command

    def __init__(self, model: Command, grid: int) -> None:
        super().__init__(model)
        self.grid = grid
        self.number = self.unique_id - 1

    def decide(self) -> None:
        """Solve or report what was found."""
        finding = self.model.findings[self.number]
        share = self.model.parameters["grid.share_solved"]
        solves = self.model.stream.chance(share, "patrol.solve", finding.incident)
        what = "solve" if solves else "report"
        self.model.edicts.append(Edict(what, finding.order, self.number))


class DutyCommander(mesa.Agent):
    """街道值班指挥员: asks for reinforcement, once for each fire that has outgrown the first alarm."""

    model: Command
    developed_mw = 2.0

    def __init__(self, model: Command, street: int) -> None:
        super().__init__(model)
        self.street = street
        self._asked: set[int] = set()

    def decide(self) -> None:
        """Ask for more engines where a fire is developed."""
        for fire in self.model.fires:
            own = fire.street == self.street and fire.order not in self._asked
            if own and fire.heat_mw > self.developed_mw:
                self._asked.add(fire.order)
                self.model.edicts.append(Edict("reinforce", fire.order, self.street))
