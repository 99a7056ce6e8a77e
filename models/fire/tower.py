"""A tall building on fire: the stair that fills with smoke, and the people who live above it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.fire.evacuees import CAUGHT, DEAD, Evacuees, go_on, injured
from models.fire.stairs import TENABLE_M, Stair, check_stair, rise, smoke_source, stack_flow, visibility

FETCHED_PER_CREW_MIN = 0.25  #: persons whom one crew brings out a minute (assumption)
ALARM_S = 60.0  #: s from ignition to the alarm in the building (assumption)
WARMER = 10.0  #: K, of the stair over outside, in winter or in smoke (assumption)


@dataclass
class Tower:
    """The stair and the people of one building; `step` lets a stretch of time pass."""

    stair: Stair
    people: Evacuees
    since: float  #: s, when it took fire
    leaks: float  #: share of the smoke that enters the stair
    soot: NDArray[np.float64] = field(init=False)  #: g by storey
    left: float = 0.0  #: g of soot that left at the top
    _fetched: float = 0.0

    def __post_init__(self) -> None:
        check_stair(self.stair)
        self.soot = np.zeros(self.stair.storeys)

    @property
    def volume(self) -> float:
        """Return the air of one storey of the stair, m³."""
        return self.stair.area * self.stair.height

    def step(self, now: float, dt: float, fire: tuple[float, int], crews: int) -> None:
        """Let `dt` s pass: a fire of (kW, storey), so many crews on the scene."""
        heat, storey = fire
        source, _ = smoke_source(heat, self.leaks)
        flow = stack_flow(self.stair.storeys * self.stair.height, WARMER, self.stair.vents)
        self.left += rise(self.soot, source, min(max(storey, 0), self.stair.storeys - 1), flow, self.volume, dt)
        self._fetched += crews * FETCHED_PER_CREW_MIN * dt / 60.0
        many = int(self._fetched)
        waiting = int((self.people.state == CAUGHT).sum())
        go_on(self.people, self.soot / self.volume, now + dt - self.since - ALARM_S, dt, many)
        self._fetched = self._fetched - many if waiting else 0.0

    def smoky(self) -> float:
        """Return the share of the stair's storeys where one sees less than 5 m."""
        return float((visibility(self.soot / self.volume) < TENABLE_M).mean())

    def counts(self) -> tuple[int, int, int]:
        """Return how many are caught, hurt and dead now."""
        state = self.people.state
        return int((state == CAUGHT).sum()), int(injured(self.people).sum()), int((state == DEAD).sum())
