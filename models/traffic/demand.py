"""Trips between zones by gravity, balanced to what each zone sends and draws (Furness, 1965; Ortúzar and Willumsen, 2011).

T_ij = A_i·O_i·B_j·D_j·exp(−β·c_ij). Synthetic where no counts exist, and told as such.
"""

from __future__ import annotations

import numpy as np

from models.traffic.network import Floats
from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.text import Text

#: Cars a resident and day that begin a trip in the city. Residents make 2.5 trips a day, three tenths of them by car and
#: taxi with 1.3 people in each: .58. Empty taxis, deliveries, service and goods, lorries and buses counted as two cars, add
#: seven tenths to that. The four figures are assumptions of the size that household surveys of large Chinese cities tell.
TRIPS = 1.0
#: 1/β of the gravity model, s: half an hour of driving is not rare (assumption).
REACH_S = 900.0
#: Vehicles that come in from outside for each trip that begins in the city, and as many that go out (assumption): a city of
#: half a million is a part of a larger one. With it 11.3 km are driven a resident and day in the default city, as much as
#: about .35 vehicles a resident do at 12,000 km a year (the size of Nanjing's stock, assumption).
OUTSIDE = 1.0
#: Share of a working day's vehicle trips that begins in each hour (assumption): seven tenths with two peaks as in household
#: surveys of Chinese cities, three tenths, taxis and goods, even over the day.
HOURS = (
    0.0068, 0.0054, 0.0047, 0.0047, 0.0061, 0.0124, 0.0348, 0.0792, 0.0820, 0.0610, 0.0526, 0.0519,
    0.0515, 0.0526, 0.0533, 0.0561, 0.0638, 0.0820, 0.0736, 0.0547, 0.0428, 0.0310, 0.0222, 0.0148,
)  # fmt: skip
#: Share of the trips of an hour that go from home to work and schools; the others go back or elsewhere (assumption).
OUTBOUND = (
    0.2, 0.2, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.85, 0.7, 0.6, 0.5,
    0.5, 0.5, 0.5, 0.4, 0.3, 0.15, 0.15, 0.2, 0.2, 0.2, 0.2, 0.2,
)  # fmt: skip


def gravity(produced: Floats, attracted: Floats, cost: Floats, per_cost: float, most: int = 1000) -> Floats:
    """Return trips between zones, float64 [zones, zones], with none within a zone.

    produced, attracted : trips that begin and end in each zone, with equal sums;  cost : between zones, inf where there
    is no way;  per_cost : β, in 1/unit of cost. Rows and columns fit to 1e-9 of all trips, or an `InputError` is raised.
    """
    all_bounded(produced, Text("trips that begin", "发生量"), 0.0)
    all_bounded(attracted, Text("trips that end", "吸引量"), 0.0)
    bounded(per_cost, Text("the deterrence β", "阻抗系数 β"), 0.0)
    total = float(produced.sum())
    if abs(total - float(attracted.sum())) > 1e-6 * max(total, 1.0):
        raise InputError(en=f"{total:g} trips begin, but {attracted.sum():g} end", zh=f"发生量 {total:g} 与吸引量 {attracted.sum():g} 不相等")  # fmt: skip
    trips = np.exp(-per_cost * cost)
    np.fill_diagonal(trips, 0.0)
    for _ in range(most):
        trips *= _ratio(produced, trips.sum(axis=1))[:, None]
        trips *= _ratio(attracted, trips.sum(axis=0))[None, :]
        if np.abs(trips.sum(axis=1) - produced).max() <= 1e-9 * max(total, 1.0):
            return trips
    raise InputError(en="no table of trips between the zones has these sums", zh="不存在满足发生量与吸引量的出行分布")


def _ratio(wanted: Floats, have: Floats) -> Floats:
    return np.divide(wanted, have, out=np.zeros_like(wanted), where=have > 0)


def hourly(home: Floats, away: Floats, trips_a_day: float, hour: int) -> tuple[Floats, Floats]:
    """Return the trips that begin and end in each zone in an `hour`, both float64 [zones].

    home : weight of each zone as a home (residents);  away : as a destination (floor area of work, schools and shops).
    """
    homes, places = home / home.sum(), away / away.sum()
    trips, out = trips_a_day * HOURS[hour], OUTBOUND[hour]
    return trips * (out * homes + (1.0 - out) * places), trips * (out * places + (1.0 - out) * homes)
