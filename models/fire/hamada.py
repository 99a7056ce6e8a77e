"""Hamada's speeds of a town fire: the benchmark that the physics is held against, never a part of it.

Hamada 1951 as in Scawthorn, Eidinger and Schiff 2005, Fire Following Earthquake (ASCE TCLEE 26), chapter 4: time in
minutes over one building and one gap, bare wood mixed with a share f of fire-resistive buildings.
"""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

from models.checks import require
from sim.text import Text


class Speeds(NamedTuple):
    """Speeds of the front with, across and against the wind, m/s."""

    down: float
    side: float
    up: float


def _minutes(side: float, gap: float, share: float, reach: float) -> float:
    """Return the time over a building and a gap without the wind's quickening, min; `reach` in m/min."""
    bare = 3.0 + 0.375 * side + 8.0 * gap / reach
    resistant = 5.0 + 0.625 * side + 16.0 * gap / reach
    return (1.0 - share) * bare + share * resistant


def hamada_speeds(side: float, gap: float, wind: float, resistant: float = 0.0) -> Speeds:
    """Return the speeds of the front, m/s.

    Parameters
    ----------
    side, gap
        Mean side of a building and mean gap between two, m.
    wind
        Wind speed, m/s.
    resistant
        Share of fire-resistive buildings, 0 to 1.
    """
    require(Text("building side", "建筑边长"), side, 0.0, open_low=True)
    require(Text("gap", "间距"), gap, 0.0)
    require(Text("wind", "风速"), wind, 0.0, 60.0)
    require(Text("share of fire-resistive buildings", "耐火建筑比例"), resistant, 0.0, 1.0)
    way = (side + gap) / 60.0
    down = 1.5 * (1.0 + 0.1 * wind + 0.007 * wind**2) / _minutes(side, gap, resistant, 25.0 + 2.5 * wind)
    across = (1.0 + 0.005 * wind**2) / _minutes(side, gap, resistant, 5.0 + 0.25 * wind)
    against = (1.0 + 0.002 * wind**2) / _minutes(side, gap, resistant, 5.0 + 0.2 * wind)
    return Speeds(way * down, way * across, way * against)


def burnt_ellipse(speeds: Speeds, age: float) -> tuple[float, float]:
    """Return the semi-axes of the burnt ellipse `age` seconds after ignition, m: along and across the wind."""
    return (speeds.down + speeds.up) / 2.0 * age, speeds.side * age


def has_burnt(speeds: Speeds, age: float, down: float, side: float) -> bool:
    """Return whether a point `down` wind and `side`ways of the ignition, m, lies in the burnt ellipse."""
    along, across = burnt_ellipse(speeds, age)
    if along <= 0.0 or across <= 0.0:
        return False
    centre = (speeds.down - speeds.up) / 2.0 * age
    return hypot((down - centre) / along, side / across) <= 1.0
