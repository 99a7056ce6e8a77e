"""Water: what a flow takes out of a fire, and how much a fire needs."""

from __future__ import annotations

import numba

from models.checks import require
from sim.text import Text

#: Heat that a kilogram of water at 10 °C takes up as steam at 100 °C, kJ.
LATENT = 4.19 * 90.0 + 2257.0
#: Share of the water that does so: hand-held lines (Grimwood 2008 and Särdqvist 1998 give .3 to .5; assumption).
EFFICIENCY = 0.35
KNOCK_DOWN = 180.0  #: s in which what water takes from a fire falls to 1/e (assumption)
LINE = 6.5  #: l/s of a hand line with a 65 mm hose (GB 50974-2014 counts 5 l/s for a 19 mm nozzle; assumption)


@numba.njit(cache=True, error_model="numpy")
def absorbed_heat(flow: float) -> float:
    """Return the heat that `flow` l/s takes out of a fire, kW."""
    return flow * LATENT * EFFICIENCY


def needed_flow(heat: float) -> float:
    """Return the flow that a fire of `heat` kW needs to be held, l/s."""
    return require(Text("heat", "热释放"), heat, 0.0) / (LATENT * EFFICIENCY)


def supplied(wanted: float, hydrants: float, tanks: float, seconds: float) -> tuple[float, float]:
    """Return what engines have for `seconds` of the `wanted` flow, and what their tanks hold then.

    wanted, hydrants : l/s;  tanks : l, which fill what hydrants do not give.
    """
    given = min(wanted, hydrants)
    from_tanks = min(wanted - given, tanks / seconds)
    return given + from_tanks, tanks - from_tanks * seconds
