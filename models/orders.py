"""Work orders as columns: one need from onset to closing, with every stamp of the case clock."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.demand import Incidents
from sim.city.model import City
from sim.recording import ORDERS, table_of

#: The case clock: 发生 发现 报告 受理 立案 派遣 签收 到场 处置 反馈 核查 结案.
STAGES = ("onset", "detect", "report", "accept", "file", "route", "ack", "arrive", "control",
          "feedback", "verify", "close")  # fmt: skip
ONSET, DETECT, REPORT, ACCEPT, FILE, ROUTE, ACK, ARRIVE, CONTROL, FEEDBACK, VERIFY, CLOSE = range(12)
#: How an order can be found, beside the channels of `models/intake.py`.
CHANNELS = ("none", "call", "hotline", "patrol", "resident")


@dataclass
class Orders:
    """The orders of a run, row by row the incidents that caused them; [orders] unless noted."""

    incidents: Incidents
    stamps: NDArray[np.float64]  #: [orders, 12] s since midnight of the first day, NaN where not reached
    filed: NDArray[np.bool_]  #: False for a request that was answered at once and became no order
    matter: NDArray[np.object_]  #: name in the table of matters, "" where it is none of them
    channels: tuple[str, ...]  #: all ways in which an order can be found
    channel: NDArray[np.int8]  #: index into channels: how it was found
    duplicate: NDArray[np.bool_]  #: whether it tells of what another order tells of already
    repeats: NDArray[np.int64]  #: incident of that order, -1 where none is known: it was told before, or elsewhere
    priority: NDArray[np.int8]
    lent: NDArray[np.bool_]  #: whether the crews of its own street were out for others when it asked for one
    crew: NDArray[np.int32]  #: first crew on the way, -1 where none
    present: NDArray[np.int8]  #: crews that have arrived
    bounces: NDArray[np.int16]  #: returns by units that were not the right ones, or refused
    reopens: NDArray[np.int16]
    departments: NDArray[np.int8]  #: that had to work on it
    visits: NDArray[np.int8]  #: to the place
    boundaries: NDArray[np.int8]  #: crossed: of levels, regions, systems, departments, businesses
    supervised: NDArray[np.bool_]
    clerical: NDArray[np.float64]  #: s that clerks and reporting grid workers spent on it
    extended: NDArray[np.bool_]
    relay: NDArray[np.float64]  #: s that a request for reinforcement took through the levels, NaN where none
    limit: NDArray[np.float64]  #: working s allowed from filing to feedback, NaN where none
    rating: NDArray[np.float64]
    outcome: NDArray[np.float64]
    deaths: NDArray[np.float64]
    heat: NDArray[np.float64]  #: MW, heat release of a fire now

    @classmethod
    def of(cls, incidents: Incidents, priority: NDArray[np.int8], channels: tuple[str, ...] = ()) -> Orders:
        """Open one order for every incident, stamped with its onset only; `channels` are those beside CHANNELS."""
        n = len(incidents)
        stamps = np.full((n, len(STAGES)), np.nan)
        stamps[:, ONSET] = incidents.onset
        return cls(
            incidents=incidents,
            stamps=stamps,
            filed=np.ones(n, dtype=np.bool_),
            matter=np.full(n, "", dtype=object),
            channels=(*CHANNELS, *channels),
            channel=np.zeros(n, dtype=np.int8),
            duplicate=np.zeros(n, dtype=np.bool_),
            repeats=np.full(n, -1, dtype=np.int64),
            priority=priority,
            lent=np.zeros(n, dtype=np.bool_),
            crew=np.full(n, -1, dtype=np.int32),
            present=np.zeros(n, dtype=np.int8),
            bounces=np.zeros(n, dtype=np.int16),
            reopens=np.zeros(n, dtype=np.int16),
            departments=np.ones(n, dtype=np.int8),
            visits=np.ones(n, dtype=np.int8),
            boundaries=np.zeros(n, dtype=np.int8),
            supervised=np.zeros(n, dtype=np.bool_),
            clerical=np.zeros(n),
            extended=np.zeros(n, dtype=np.bool_),
            relay=np.full(n, np.nan),
            limit=np.full(n, np.nan),
            rating=np.full(n, np.nan),
            outcome=np.full(n, np.nan),
            deaths=np.zeros(n),
            heat=np.zeros(n),
        )

    def append(self, incidents: Incidents, priority: int) -> int:
        """Open an order for the incident that `incidents` has more than before; return it."""
        one = Orders.of(incidents.last(), np.array([priority], dtype=np.int8))
        for column in fields(self):
            mine = getattr(self, column.name)
            if isinstance(mine, np.ndarray):
                setattr(self, column.name, np.concatenate([mine, getattr(one, column.name)]))
        self.incidents = incidents
        return len(self) - 1

    def __len__(self) -> int:
        return len(self.stamps)

    def stamp(self, order: int, stage: int, time: float) -> None:
        """Note that `order` reached `stage` at `time`."""
        self.stamps[order, stage] = time

    def found_by(self, order: int, channel: str) -> None:
        """Note how `order` was found."""
        self.channel[order] = self.channels.index(channel)

    def kind(self, order: int) -> str:
        """Return the name of the order's incident kind."""
        return self.incidents.kinds[self.incidents.kind[order]]

    def table(self, city: City) -> pa.Table:
        """Return the orders as the log's table, without the requests that became no order."""
        kept = np.flatnonzero(self.filed)
        happened, areas = self.incidents, city.areas
        street, district = areas.ancestor("street"), areas.ancestor("district")
        grid = happened.grid[kept]
        columns = {
            "order": np.arange(len(kept), dtype=np.int32),
            "incident": happened.id[kept],
            "kind": np.asarray(happened.kinds, dtype=object)[happened.kind[kept]],
            "matter": self.matter[kept],
            "priority": self.priority[kept],
            "channel": np.asarray(self.channels, dtype=object)[self.channel[kept]],
            "severity": happened.severity[kept],
            "building": happened.building[kept],
            "node": happened.node[kept],
            "x": happened.x[kept],
            "y": happened.y[kept],
            "grid": grid,
            "street": street[grid],
            "district": district[grid],
            **{
                name: getattr(self, name)[kept]
                for name in (
                    "duplicate",
                    "repeats",
                    "crew",
                    "bounces",
                    "reopens",
                    "departments",
                    "visits",
                    "boundaries",
                    "supervised",
                    "extended",
                    "lent",
                )
            },
            **{f"t_{stage}": self.stamps[kept, i] for i, stage in enumerate(STAGES)},
            **{
                name: getattr(self, name)[kept]
                for name in ("clerical", "relay", "limit", "rating", "outcome", "deaths")
            },
        }
        return table_of(ORDERS, columns)

    def numbers(self) -> NDArray[np.int32]:
        """Return the row of each order in the log's table, -1 for those that are not in it."""
        return np.where(self.filed, np.cumsum(self.filed) - 1, -1).astype(np.int32)
