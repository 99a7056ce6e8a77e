"""A grid in the course of time: heat, overload, relays that trip one after the other, shedding, and load that is moved.

Time runs in beats. In each, flows follow from what is closed; relays of overloaded branches move on towards their
trip; an operator who has had time sheds just what relieves them; feeders that are dead are tied to a neighbour
where no branch would be overloaded by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.networks.damage import conductor_rating, cooling_load, heat_rating
from models.networks.power import PowerState, flow_power
from models.networks.power_relief import relieved
from models.networks.relays import wear
from models.networks.street_power import FEEDER, LINE, TIE, TRANSFORMER, StreetGrid, rated
from models.networks.topology import Bools, Floats, Ints, reached

PLANNED_C = 35.0  #: air temperature for which grids are planned (assumption)


@dataclass
class LiveGrid:
    """The state of a grid in a run.

    rating : float64 [branches] MW at rated temperatures;  dial : of the relays.
    closed : bool [branches];  out : bool [branches], tripped or broken: nobody closes them before they were looked at.
    """

    plan: StreetGrid
    rating: Floats
    dial: float
    closed: Bools
    out: Bools
    progress: Floats
    load: Floats
    limit: Floats
    state: PowerState

    def weather(self, load: Floats, celsius: float) -> None:
        """Take a new load (MW of every bus), and what branches may carry at an air temperature."""
        kind = self.plan.kind
        self.load = load
        self.limit = self.rating * np.select(
            [kind == LINE, kind == TRANSFORMER], [float(conductor_rating(celsius)), float(heat_rating(celsius))], 1.0
        )

    def flow(self, *, sheds: bool = False) -> PowerState:
        """Find the flows anew; an operator who `sheds` keeps every branch within what it may carry."""
        network = replace(self.plan.grid, rating=self.limit)
        self.state = (relieved if sheds else flow_power)(network, self.closed, load=self.load)
        return self.state

    @property
    def loading(self) -> Floats:
        """Flow over what may be carried, [branches]."""
        return np.abs(self.state.flow) / np.maximum(self.limit, 1e-6)

    def widest(self) -> float:
        """Return the largest angle across a closed branch, °."""
        ways = self.plan.grid.branches
        across = np.abs(self.state.angle[ways.tail] - self.state.angle[ways.head])[self.closed]
        return float(np.degrees(across.max(initial=0.0)))

    def trips(self, seconds: float) -> Ints:
        """Move relays on by `seconds` at the flows there are; return the branches that opened."""
        opened = np.flatnonzero(wear(self.progress, np.where(self.closed, self.loading, 0.0), seconds, self.dial))
        for branch in opened.tolist():
            self.open(branch)
        return opened

    def open(self, branch: int) -> None:
        """Open a branch until somebody has looked at it."""
        self.closed[branch], self.out[branch], self.progress[branch] = False, True, 0.0

    def mend(self, branch: int) -> None:
        """Close a branch again that was out."""
        self.out[branch] = False
        self.closed[branch] = self.plan.usual[branch]

    @property
    def alive(self) -> Bools:
        """Whether a closed way leads from the infeed to each bus."""
        sources = np.zeros(self.plan.grid.buses, dtype=np.bool_)
        sources[self.plan.grid.bus] = True
        return reached(self.plan.grid.buses, self.plan.grid.branches, self.closed, sources)

    def served(self) -> Floats:
        """Return the share of its load that each feeder is given; of one without load, whether it is alive."""
        first = self.plan.first_feeder
        asked, given = self.load[first:], self.state.served[first:]
        share = np.divide(given, asked, out=np.ones_like(asked), where=asked > 1e-9)
        return np.where(self.alive[first:], np.clip(share, 0.0, 1.0), 0.0)

    def loading_of_stations(self) -> Floats:
        """Return the highest loading of the transformers of each substation that are closed, 0 where none is."""
        loading = np.zeros(self.plan.stations)
        which = (self.plan.kind == TRANSFORMER) & self.closed
        np.maximum.at(loading, self.plan.station[which], self.loading[which])
        return loading

    def move(self) -> Ints:
        """Tie dead feeders to neighbours that can carry them; return the feeders that were moved, int64."""
        first, moved = self.plan.first_feeder, list[int]()
        ways = self.plan.grid.branches
        alive = self.alive
        for tie in np.flatnonzero((self.plan.kind == TIE) & ~self.closed & ~self.out).tolist():
            ends = int(ways.tail[tie]), int(ways.head[tie])
            dead = [bus for bus in ends if not alive[bus]]
            if len(dead) == 1 and self._tied(tie, dead[0]):
                moved.append(dead[0] - first)
                alive = self.alive
        return np.array(moved, dtype=np.int64)

    def _own(self, bus: int) -> int:
        """Return the branch that feeds a feeder in calm."""
        return int(np.flatnonzero((self.plan.kind == FEEDER) & (self.plan.grid.branches.head == bus))[0])

    def _tied(self, tie: int, bus: int) -> bool:
        before, own = self.closed.copy(), self._own(bus)
        self.closed[own], self.closed[tie] = False, True
        self.flow()
        if (self.loading > 1.0).any() and (self.loading > 1.0)[self._path(tie)].any():
            self.closed[:] = before
            self.flow()
            return False
        return True

    def _path(self, tie: int) -> Ints:
        """Return the tie and the branches behind which it hangs: the host's feeder and its substation's transformers."""
        ways, kind = self.plan.grid.branches, self.plan.kind
        own = [self._own(int(bus)) for bus in (ways.tail[tie], ways.head[tie])]
        host = next((branch for branch in own if self.closed[branch]), own[0])
        transformers = np.flatnonzero(
            (kind == TRANSFORMER) & self.closed & (self.plan.station == self.plan.station[host])
        )
        return np.r_[tie, host, transformers].astype(np.int64)

    def bring_back(self) -> None:
        """Untie feeders whose own way is alive again, with all that fed it."""
        ways, kind = self.plan.grid.branches, self.plan.kind
        for tie in np.flatnonzero((kind == TIE) & self.closed).tolist():
            for bus in (int(ways.tail[tie]), int(ways.head[tie])):
                own = self._own(bus)
                if not self.closed[own] and not self.out[own] and self._could_carry(own):
                    self.closed[own], self.closed[tie] = True, False
                    break

    def _could_carry(self, own: int) -> bool:
        """Return whether the substation that a feeder belongs to is alive and has both its transformers."""
        station = self.plan.station[own]
        both = (self.plan.kind == TRANSFORMER) & (self.plan.station == station)
        return bool(self.alive[self.plan.grid.branches.tail[own]] and self.closed[both].all())


def planned_grid(plan: StreetGrid, feeder: Ints, shares: Mapping[int, float], dial: float) -> LiveGrid:
    """Return a grid in calm, rated for the greatest load of each bus on a day for which it was planned.

    feeder : int64 [buildings];  shares : of that load or flow that a branch of each kind can carry, see `rated`.
    """
    loads = [plan.load(feeder, hour, float(cooling_load(PLANNED_C))) for hour in range(24)]
    peak = np.max(loads, axis=0)
    rating = rated(plan, peak, transformers=shares[TRANSFORMER], lines=shares[LINE], feeders=shares[FEEDER])
    closed, count = plan.usual.copy(), len(plan.kind)
    state = flow_power(plan.grid, closed, load=loads[0])
    none = np.zeros(count, dtype=np.bool_)
    return LiveGrid(plan, rating, dial, closed, none, np.zeros(count), loads[0], rating, state)
