"""What a run keeps of each underpass, and of those who wait for help in the water."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

from models.flood import people
from models.flood.synthetic import Underpass


@dataclass
class UnderpassState:
    """An underpass in the course of a run; times in s, NaN until they come."""

    place: Underpass
    depth: float = 0.0
    peak: float = 0.0
    t_wet: float = nan
    t_stall: float = nan
    t_closed: float = nan
    t_open: float = nan
    closed: bool = False
    order: int = -1  #: of those who pump
    rescue: int = -1  #: the last order of those who fetch people out
    rescues: int = 0
    crews: int = 0
    wet: int = -1  #: the event that the water reached the line
    closing: int = -1  #: the event that it was closed
    trapped: float = 0.0


@dataclass
class Trapped:
    """People who wait for help, and how many of them are expected to drown before it comes."""

    place: str
    at: int  #: the cell of an underpass, or a building
    deadly: Callable[[], bool]  #: whether the water now endangers life
    persons: float = 0.0
    dead: float = 0.0
    waits: bool = True

    def wait(self, seconds: float) -> None:
        """Go on for `seconds`: who cannot get out may drown while it is deep."""
        if self.waits and self.deadly():
            alive = max(0.0, people.at_risk(self.persons) - self.dead)
            self.dead += people.drowned(alive, seconds)
