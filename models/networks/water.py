"""A water network as arrays: pipes, pumps, reservoirs and tanks, and how it is operated."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from models.networks.topology import Bools, Ends, Floats, column, ends
from sim.errors import InputError


@dataclass(frozen=True)
class Pumps:
    """Pumps that lift by h = shutoff - drop·Q^power at full speed, and let nothing flow back.

    link ends : `Ends` [pumps];  shutoff : m;  drop : m per (m³/s)^power;  power : 1.
    """

    ends: Ends
    shutoff: Floats
    drop: Floats
    power: Floats


@dataclass(frozen=True)
class WaterNetwork:
    """A checked network; build it with `water_network`.

    source : float64 [nodes] m, the head of reservoirs and tanks, NaN at junctions.
    tank_area : float64 [nodes] m², 0 where there is no tank; tank_top, tank_bottom : m, heads between which it works.
    check : bool [pipes], pipes that let water pass from tail to head only.
    """

    elevation: Floats
    demand: Floats  #: [nodes] m³/s that taps draw at full pressure
    source: Floats
    pipes: Ends
    length: Floats  #: [pipes] m
    diameter: Floats  #: [pipes] m
    roughness: Floats  #: [pipes] Hazen-Williams C
    minor: Floats  #: [pipes] K of v²/2g
    check: Bools
    pumps: Pumps
    tank_area: Floats
    tank_bottom: Floats
    tank_top: Floats
    least: float = 0.0  #: m of pressure below which taps are dry
    full: float = 20.0  #: m of pressure from which taps draw all (assumption for storeys up to the fourth)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.elevation)


@dataclass(frozen=True)
class Operation:
    """What may change in a network while it runs.

    open : bool [pipes];  speed : float64 [pumps], 0 for off, 1 for full.
    leak : float64 [nodes] m², Cd·A of all holes at a node.
    hydrant : float64 [nodes] m³/s that fire engines would draw.
    demand : factor on all demands, or float64 [nodes].
    head : float64 [nodes] m, of tanks now, else as the network says; NaN for a tank that is empty.
    """

    open: Bools
    speed: Floats
    leak: Floats
    hydrant: Floats
    demand: Floats
    head: Floats


@dataclass(frozen=True)
class WaterState:
    """Heads and flows in balance.

    head : float64 [nodes] m, the elevation where no water comes;  pressure : m above ground, never below 0 there.
    flow : float64 [pipes] m³/s;  lift : float64 [pumps] m³/s through pumps.
    taken, leaked, hydrant : float64 [nodes] m³/s that taps, holes and hydrants draw.
    fed : bool [nodes], whether an open way leads from a source.
    """

    head: Floats
    pressure: Floats
    flow: Floats
    lift: Floats
    taken: Floats
    leaked: Floats
    hydrant: Floats
    fed: Bools
    steps: int = field(compare=False)

    @property
    def drawn(self) -> Floats:
        """All that leaves the network at each node, m³/s."""
        return self.taken + self.leaked + self.hydrant


NO_PUMPS = Pumps(Ends(np.zeros(0, np.int64), np.zeros(0, np.int64)), np.zeros(0), np.zeros(0), np.ones(0))


def pumps(nodes: int, tail: ArrayLike, head: ArrayLike, flow: ArrayLike, lift: ArrayLike) -> Pumps:
    """Return pumps by their design point, flow in m³/s and lift in m.

    Shutoff head 4/3 of the lift and no lift at twice the flow (Rossman et al. 2020, section 3.1), so h falls with Q².
    """
    both = ends(nodes, tail, head)
    q = column(flow, len(both.tail), ("design flow of a pump", "水泵设计流量"), 0.0, above=True)
    h = column(lift, len(both.tail), ("design lift of a pump", "水泵设计扬程"), 0.0, above=True)
    return Pumps(both, 4.0 / 3.0 * h, h / 3.0 / q**2, np.full(len(q), 2.0))


def water_network(
    elevation: ArrayLike,
    demand: ArrayLike,
    source: ArrayLike,
    pipes: tuple[ArrayLike, ArrayLike],
    shape: dict[str, ArrayLike],
    lifts: Pumps = NO_PUMPS,
    tanks: dict[str, ArrayLike] | None = None,
) -> WaterNetwork:
    """Return a checked network.

    Parameters
    ----------
    elevation, demand, source
        Of every node: m, m³/s, and the head of reservoirs and tanks in m (NaN elsewhere).
    pipes
        Tail and head of every pipe.
    shape
        `length` and `diameter` in m, `roughness` (C), and if there are any `minor` (K) and `check`.
    tanks
        `area` in m², `bottom` and `top` in m of head, of every node; area 0 where there is no tank.

    Raises
    ------
    InputError
        No source, an unknown node, a length, diameter or coefficient that is not above 0, a negative demand.
    """
    z = np.atleast_1d(np.asarray(elevation, dtype=np.float64))
    nodes, given = len(z), np.asarray(source, dtype=np.float64)
    both = ends(nodes, *pipes)
    count = len(both.tail)
    if given.shape != (nodes,) or not np.isfinite(given).any():
        raise InputError(en="a water network needs a source: a reservoir or tank with a head",
                         zh="供水管网须有水源：带水头的水库或水塔")  # fmt: skip
    tank = {key: column(value, nodes, (f"{key} of a tank", f"水塔参数 {key}")) for key, value in (tanks or {}).items()}
    top = np.where(np.isnan(given), 0.0, given)
    return WaterNetwork(
        elevation=column(z, nodes, ("elevation", "高程")),
        demand=column(demand, nodes, ("demand", "用水量"), 0.0),
        source=given,
        pipes=both,
        length=column(shape["length"], count, ("length of a pipe", "管长"), 0.0, above=True),
        diameter=column(shape["diameter"], count, ("diameter of a pipe", "管径"), 0.0, above=True),
        roughness=column(shape["roughness"], count, ("Hazen-Williams coefficient", "海曾-威廉系数"), 0.0, above=True),
        minor=column(shape.get("minor", 0.0), count, ("minor loss", "局部损失系数"), 0.0),
        check=np.broadcast_to(np.asarray(shape.get("check", False), dtype=np.bool_), (count,)).copy(),
        pumps=lifts,
        tank_area=tank.get("area", np.zeros(nodes)),
        tank_bottom=tank.get("bottom", top),
        tank_top=tank.get("top", top),
    )


def usual(network: WaterNetwork) -> Operation:
    """Return the operation in which everything is open and on, without leaks."""
    return Operation(
        open=np.ones(len(network.length), dtype=np.bool_), speed=np.ones(len(network.pumps.shutoff)), leak=np.zeros(network.nodes),
        hydrant=np.zeros(network.nodes), demand=np.ones(network.nodes), head=network.source,
    )  # fmt: skip
