"""Who may drive where, and how fast: closures and slow streets by those who cause them, and their log."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.engine import Engine
from sim.routing.router import Router

ROADS = pa.schema(
    [("time", pa.float64()), ("edge", pa.int32()), ("owner", pa.string()), ("factor", pa.float64()),
     ("cause", pa.int32())]
)  # fmt: skip
#: The greatest factor: a street without traffic, where the table of hours leaves half of its speed.
MOST = 2.0
#: Called with the edges whose factor changed, and the event that caused it.
Heard = Callable[[NDArray[np.int64], int], None]


class Roads:
    """The factor of the speed on every drive edge, the product of what each owner says; 0 closes the edge.

    A factor of 1 is the speed that the table of hours says. Only who knows the traffic street by street says more. A change reaches the router and everybody on the way at once.
    """

    def __init__(self, router: Router, engine: Engine, edges: int) -> None:
        self.factor: NDArray[np.float64] = np.ones(edges)
        self._router, self._engine = router, engine
        self._said: dict[str, NDArray[np.float64]] = {}
        self._listeners: list[Heard] = []
        self._log: list[tuple[float, NDArray[np.int64], str, NDArray[np.float64], int]] = []

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Whether an edge is closed now, [edges]."""
        return self.factor == 0.0

    def closers(self) -> list[str]:
        """Return the owners who keep a street closed now."""
        return [owner for owner, said in self._said.items() if (said == 0.0).any()]

    def listen(self, heard: Heard) -> None:
        """Call `heard` after every change."""
        self._listeners.append(heard)

    def set(self, owner: str, factors: NDArray[np.float64], cause: int = -1) -> None:
        """Let `owner` say its factor of every edge, float64 [edges] in 0 … `MOST`; `cause` is the event behind it."""
        before = self._said.get(owner, np.ones(len(self.factor)))
        changed = np.flatnonzero(factors != before)
        if not len(changed):
            return
        if not ((factors >= 0.0) & (factors <= MOST)).all():
            raise ValueError(f"a factor of a speed lies between 0 and {MOST:g}")
        self._said[owner] = factors.copy()
        self._log.append((self._engine.now, changed, owner, factors[changed].copy(), cause))
        self.factor[changed] = np.prod([said[changed] for said in self._said.values()], axis=0)
        self._router.slow(changed, self.factor[changed])
        for heard in self._listeners:
            heard(changed, cause)

    def table(self) -> pa.Table:
        """Return the log of all changes."""
        if not self._log:
            return ROADS.empty_table()
        columns = [
            np.concatenate([np.full(len(edges), time) for time, edges, *_ in self._log]),
            np.concatenate([edges for _, edges, *_ in self._log]).astype(np.int32),
            np.concatenate([np.full(len(edges), owner, dtype=object) for _, edges, owner, *_ in self._log]),
            np.concatenate([factors for *_, factors, _ in self._log]),
            np.concatenate([np.full(len(edges), cause) for _, edges, _, _, cause in self._log]).astype(np.int32),
        ]
        return pa.Table.from_arrays(
            [pa.array(c, type=f.type) for c, f in zip(columns, ROADS, strict=True)], schema=ROADS
        )
