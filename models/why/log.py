"""The log of a run as it is walked: rows by number, causes by event, streets by the time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.catalogue import IncidentKind
from models.why.words import A_STREET, EVENTS, enough
from sim.city.model import Streets
from sim.text import Text


class Cause(NamedTuple):
    """What happened, and when."""

    time: float  #: s since midnight of the first day
    text: Text


class Words(NamedTuple):
    """What things of a scenario are called."""

    incidents: Mapping[str, IncidentKind]
    crews: Mapping[str, Text]
    events: Mapping[str, Text]  #: that hazards tell of
    hazards: Mapping[str, Text]
    paces: Mapping[str, float]  #: by crew: its time on the streets against that of a car, on a usual day


class Log:
    """The tables of a run, the words for them, and the streets with the seconds on them when nobody disturbs."""

    def __init__(
        self, tables: Mapping[str, pa.Table], words: Words, streets: Streets, seconds: NDArray[np.float64]
    ) -> None:
        self.orders, self.crews, self.words = tables["orders"], tables["crews"], words
        self.tracks: list[dict[str, Any]] = tables["tracks"].to_pylist()
        self.streets, self.seconds = streets, seconds
        self.roads = Conditions(tables.get("roads"), streets.edges)
        self._events = {name: tables["events"][name].to_numpy() for name in ("time", "order", "crew", "cause")}
        self._kinds: list[str] = tables["events"]["kind"].to_pylist()

    def __len__(self) -> int:
        return self.orders.num_rows

    @property
    def events(self) -> int:
        """Number of events."""
        return len(self._kinds)

    def order(self, number: int) -> dict[str, Any]:
        """Return the row of an order."""
        return dict(self.orders.slice(number, 1).to_pylist()[0])

    def kind_of(self, number: int) -> IncidentKind:
        """Return the kind of an order."""
        return self.words.incidents[self.orders["kind"][number].as_py()]

    def of_crew(self, crew: int, until: float) -> list[int]:
        """Return the events of a crew before `until`, s, in order of time."""
        mine = (self._events["crew"] == crew) & (self._events["time"] < until)
        return [int(event) for event in np.flatnonzero(mine)]

    def of_order(self, number: int, *kinds: str) -> list[int]:
        """Return the events of an order, of some kinds or of all, in order of time."""
        found = np.flatnonzero(self._events["order"] == number).tolist()
        return [event for event in found if not kinds or self._kinds[event] in kinds]

    def time(self, event: int) -> float:
        """Return when an event was, s."""
        return float(self._events["time"][event])

    def crew(self, event: int) -> int:
        """Return the crew of an event, -1 for none."""
        return int(self._events["crew"][event])

    def kind(self, event: int) -> str:
        """Return the kind of an event."""
        return self._kinds[event]

    def order_of(self, event: int) -> int:
        """Return the order of an event, -1 for none."""
        return int(self._events["order"][event])

    def cause(self, event: int) -> int:
        """Return the event behind an event, -1 for none."""
        return int(self._events["cause"][event])

    def last_time(self) -> float:
        """Return when the last event was, s."""
        return float(self._events["time"].max(initial=0.0))

    def chain(self, event: int) -> tuple[Cause, ...]:
        """Return an event and what lay behind it, back to the first cause.

        Behind a crew that was at work for another order lies what that order came from.
        """
        told: list[Cause] = []
        seen: set[int] = set()
        while event >= 0 and event not in seen:
            seen.add(event)
            kind = self._kinds[event]
            text = self.words.events.get(kind, EVENTS.get(kind, Text(kind, kind)))
            if kind in {"onset", "released"}:
                text = self._with_order(text, int(self._events["order"][event]))
            told.append(Cause(self.time(event), text))
            behind = self.cause(event)
            event = self.onset(self.order_of(event)) if behind < 0 and kind == "released" else behind
        return tuple(told)

    def _with_order(self, text: Text, order: int) -> Text:
        return self.with_order(text, order) if order >= 0 else text

    def with_order(self, text: Text, order: int) -> Text:
        """Return a text that names an order."""
        title = self.kind_of(order).title
        return Text(f"{text.en} (order {order}, {title.en})", f"{text.zh}（工单 {order}，{title.zh}）")

    def onset(self, order: int) -> int:
        """Return the onset of an order that a hazard opened; -1 for others."""
        begins = self.of_order(order, "onset") if order >= 0 else []
        return begins[0] if begins else -1

    def named(self, edges: NDArray[np.int64]) -> Text:
        """Return the names of streets."""
        streets = self.streets
        found = dict.fromkeys(streets.names[streets.link_name[streets.link[edge]]] for edge in edges.tolist())
        names = [name for name in found if name]
        return enough(names) if names else A_STREET


class Conditions:
    """The streets as hazards changed them, from the table `roads` of a run, whose rows are in order of time."""

    def __init__(self, table: pa.Table | None, edges: int) -> None:
        self._edges = edges
        names = ("time", "edge", "factor", "cause")
        self._time, edge, self._factor, cause = (
            np.empty(0) if table is None else table[name].to_numpy() for name in names
        )
        self._edge, self._cause = edge.astype(np.int64), cause.astype(np.int64)
        told = [] if table is None else table["owner"].to_pylist()
        self._owners = sorted(set(told))
        number = {owner: i for i, owner in enumerate(self._owners)}
        self._owner = np.array([number[owner] for owner in told], dtype=np.int64)

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """The edges that were ever changed."""
        return np.unique(self._edge)

    def at(self, time: float) -> NDArray[np.float64]:
        """Return the factor of the speed on every edge at `time`, changes of that very moment included."""
        known = int(np.searchsorted(self._time, time, side="right"))
        said = np.ones((len(self._owners), self._edges))
        said[self._owner[:known], self._edge[:known]] = self._factor[:known]  # the last one stays
        return np.asarray(said.prod(axis=0))

    def behind(self, edges: NDArray[np.int64], time: float) -> list[tuple[str, int, NDArray[np.int64]]]:
        """Return who had closed or slowed which of `edges` at `time`, and by which event: (owner, event, edges)."""
        known = int(np.searchsorted(self._time, time, side="right"))
        rows = np.flatnonzero(np.isin(self._edge[:known], edges))
        last = {(int(self._owner[row]), int(self._edge[row])): int(row) for row in rows}
        found: dict[tuple[str, int], list[int]] = {}
        for (owner, edge), row in last.items():
            if self._factor[row] < 1.0:
                found.setdefault((self._owners[owner], int(self._cause[row])), []).append(edge)
        return [(owner, event, np.array(own, dtype=np.int64)) for (owner, event), own in found.items()]
