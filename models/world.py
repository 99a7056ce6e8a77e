"""Everything true now: the one mutable object that the parts of a run share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import simpy
from numpy.typing import ArrayLike, NDArray

from models.calendar import HOUR, moment
from models.crews import Crews
from models.demand import Incidents
from models.levers.base import Place
from models.orders import Orders
from models.passport import Valid
from models.population import Population
from models.roads import Roads
from models.stages import Rules
from models.whereabouts import Whereabouts
from sim.city.model import City
from sim.engine import Engine
from sim.fields import Fields
from sim.recording import Recorder
from sim.routing.router import Router
from sim.text import Text


class Warned(NamedTuple):
    """A warning of a model, and when it was first given."""

    time: float  #: s since midnight of the first day
    hazard: str
    text: Text


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
    fields: Fields = field(init=False)  #: what hazards write, by name
    roads: Roads = field(init=False)
    whereabouts: Whereabouts = field(init=False, default_factory=Whereabouts)  #: of residents who were told to go
    warnings: dict[tuple[str, str], Warned] = field(
        init=False, default_factory=dict
    )  #: by who warns and in which words
    takers: simpy.Resource | None = field(
        init=False, default=None
    )  #: of emergency calls, where a hazard makes them few
    dark_hospitals: NDArray[np.bool_] | None = field(
        init=False, default=None
    )  #: [hospitals] that take nobody in, where a hazard says so
    serve: Callable[[int], None] = field(init=False, default=lambda _: None)  #: called with an order that was opened

    _district: NDArray[np.int32] = field(init=False)  #: [areas]
    _rules: dict[Place, Rules] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.fields = Fields(self.city)
        self.roads = Roads(self.router, self.engine, self.city.drive.edges)
        self._district = self.city.areas.ancestor("district")

    def moment(self, hour: float) -> float:
        """Return when it is `hour` in this run: h from midnight of the first day, or of the next where that is past."""
        return moment(hour, self.window[0])

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

    def open_order(
        self, kind: str, *, key: int, building: int = -1, node: int = -1, severity: float = 0.5, cause: int = -1
    ) -> int:
        """Open an order now for people in danger in a building or at a drive node, and let it be served.

        `kind` is one that a hazard opens; `key` names the incident for its luck, unique within the kind (a resident, a
        building, …); `cause` is the event that led to it. Returns the order.
        """
        if (building < 0) == (node < 0):
            raise ValueError("an order has a building or a drive node")
        digest = blake2b(f"{kind}:{key}".encode(), digest_size=8).digest()
        row = {
            "id": int.from_bytes(digest, "big") >> 1, "kind": self.incidents.kinds.index(kind), "onset": self.engine.now,
            "building": building, "person": -1, "severity": severity, **self._place(building, node),
        }  # fmt: skip
        self.incidents = self.incidents.append(row)
        order = self.orders.append(self.incidents, self.rules.kinds[kind].priority)
        self.tell(order, "onset", cause=cause)
        self.serve(order)
        return order

    def _place(self, building: int, node: int) -> dict[str, float]:
        city = self.city
        if building >= 0:
            where = city.buildings
            return {"node": int(where.drive_node[building]), "walk_node": int(where.walk_node[building]),
                    "x": float(where.x[building]), "y": float(where.y[building]), "grid": int(where.grid[building])}  # fmt: skip
        x, y = float(city.drive.x[node]), float(city.drive.y[node])
        walk = int(np.argmin(np.hypot(city.walk.x - x, city.walk.y - y)))
        return {"node": node, "walk_node": walk, "x": x, "y": y, "grid": int(city.areas.grid_of_drive_node[node])}

    def warn(self, hazard: str, text: Text) -> None:
        """Say once that a model is used outside the range in which it was checked, or that something was assumed."""
        self.warnings.setdefault((hazard, text.en), Warned(self.engine.now, hazard, text))

    def within(self, hazard: str, row: Valid, values: ArrayLike) -> None:
        """Say once that a model is used with values outside the range of a row of its passport, and how far at first."""
        known = np.asarray(values, dtype=np.float64).ravel()
        if not known.size:
            return
        high, low = float(known.max()), float(known.min())
        for side, worst, out in (("above", high, high > row.high), ("below", low, low < row.low)):
            if out:
                warned = Warned(self.engine.now, hazard, row.outside(worst))
                self.warnings.setdefault((hazard, f"{row.quantity.en} {side}"), warned)

    def tell(self, order: int, name: str, crew: int = -1, cause: int = -1) -> int:
        """Log what happens to an order now; return the event's number."""
        node = int(self.incidents.node[order])
        return self.recorder.event(self.engine.now, name, order=order, crew=crew, node=node, cause=cause)

    def reach(self, order: int, stage: int, name: str, crew: int = -1, cause: int = -1) -> int:
        """Stamp a stage of an order now, and log it; return the event's number."""
        self.orders.stamp(order, stage, self.engine.now)
        return self.tell(order, name, crew, cause)
