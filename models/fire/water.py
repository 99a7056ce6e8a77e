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

#: Fires at once and the flow that a town's mains give to each, l/s, up to so many residents (GB 50974-2014, 3.2.2).
MAINS = (
    (10_000, 1, 15.0), (25_000, 1, 20.0), (50_000, 2, 30.0), (100_000, 2, 35.0), (200_000, 2, 45.0), (300_000, 2, 60.0),
    (400_000, 2, 75.0), (500_000, 3, 75.0), (700_000, 3, 90.0),
)  # fmt: skip
LARGEST = (3, 100.0)  #: of larger towns


@numba.njit(cache=True, error_model="numpy")
def absorbed_heat(flow: float) -> float:
    """Return the heat that `flow` l/s takes out of a fire, kW."""
    return flow * LATENT * EFFICIENCY


def needed_flow(heat: float) -> float:
    """Return the flow that a fire of `heat` kW needs to be held, l/s."""
    return require(Text("heat", "热释放"), heat, 0.0) / (LATENT * EFFICIENCY)


def mains_flow(residents: int, fires: int) -> float:
    """Return what a town's mains give to each of so many fires at once, l/s: as they are designed, shared beyond that."""
    at_once, flow = next(((count, flow) for most, count, flow in MAINS if residents <= most), LARGEST)
    return flow * min(1.0, at_once / max(fires, 1))


def available(wanted: float, hydrants: float, tanks: float, seconds: float) -> float:
    """Return what engines have for `seconds` of the flow that they want, l/s: tanks (l) fill what hydrants do not give."""
    return min(wanted, hydrants + tanks / seconds)


def left_in_tanks(drawn: float, hydrants: float, tanks: float, seconds: float) -> float:
    """Return what tanks of `tanks` l hold after `seconds` in which `drawn` l/s flowed and hydrants gave what they can."""
    return max(0.0, tanks - max(0.0, drawn - hydrants) * seconds)
