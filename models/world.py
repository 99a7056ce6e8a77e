"""Everything true now: the one mutable object that the parts of a run share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR
from models.crews import Crews
from models.demand import Incidents
from models.levers.base import Place
from models.orders import Orders
from models.population import Population
from models.stages import Rules
from sim.city.model import City
from sim.engine import Engine
from sim.recording import Recorder
from sim.routing.router import Router


@dataclass
class World:
    """The state of a run and the services that it runs on."""

    city: City
    population: Population
    incidents: Incidents
    orders: Orders
    crews: Crews
    rules: Rules
    router: Router
    engine: Engine
    recorder: Recorder
    window: tuple[float, float]  #: s since midnight of the first day, in which things happen
    local: Callable[[Place], Mapping[str, float]] | None = (
        None  #: the parameters at a place, where they differ by place
    )
    heat: NDArray[np.float64] = field(init=False)  #: [orders] MW, heat release of a fire now

    _district: NDArray[np.int32] = field(init=False)  #: [areas]
    _rules: dict[Place, Rules] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.heat = np.zeros(len(self.orders))
        self._district = self.city.areas.ancestor("district")

    def hour(self, time: float) -> int:
        """Return the hour of the day at `time`, which counts from midnight of the first day."""
        return int(time // HOUR) % 24

    def rules_of(self, order: int) -> Rules:
        """Return the rules for an order: those of its district, the hour of its onset and its kind."""
        if self.local is None:
            return self.rules
        district = int(self._district[self.incidents.grid[order]])
        place = Place(
            self.city.areas.name[district] if district >= 0 else "",
            self.hour(float(self.incidents.onset[order])),
            self.orders.kind(order),
        )
        if place not in self._rules:
            self._rules[place] = replace(self.rules, parameters=self.local(place))
        return self._rules[place]

    def incident(self, order: int) -> int:
        """Return the incident that an order belongs to: the entity of its luck."""
        return int(self.incidents.id[order])

    def tell(self, order: int, name: str, crew: int = -1, cause: int = -1) -> int:
        """Log what happens to an order now; return the event's number."""
        node = int(self.incidents.node[order])
        return self.recorder.event(self.engine.now, name, order=order, crew=crew, node=node, cause=cause)

    def reach(self, order: int, stage: int, name: str, crew: int = -1, cause: int = -1) -> int:
        """Stamp a stage of an order now, and log it; return the event's number."""
        self.orders.stamp(order, stage, self.engine.now)
        return self.tell(order, name, crew, cause)
