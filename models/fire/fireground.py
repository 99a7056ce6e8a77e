"""Where crews put their water: on fires that they can hold, the smallest first, then before facades that heat up.

Rules of the fire service put into numbers (assumptions where no source is named):

- a line gives water `SET_UP` seconds after it was sent to a building, the first as each later one, and stays there as
  long as it can do something;
- at most as many lines work on a building as find room before it, one at least by the door before flashover;
- a fire that needs more than that or whose heat keeps crews beyond the throw of their lines is left to burn out, and
  what there is keeps the radiation off the most heated neighbours, line by line;
- a fire that a firebrand has lit is not known until it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.fire.access import lines_about, tenable
from models.fire.ignition import PRODUCT
from models.fire.state import BRAND, GROWING, INVOLVED, WHOLE, Fire
from models.fire.town import Town
from models.fire.water import LINE, needed_flow
from sim.text import Text

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

MARGIN = 1.2  #: water is put on a fire with so much to spare (assumption)
SHIELDED = 0.7  #: share of flux and brands that a line before a facade keeps off (assumption)
SET_UP = 210.0  #: s from a crew's arrival to water: the last of the "fifteen fire minutes" of China's services
SHOWS = 1000.0  #: kW at which a fire that no crew watches is seen from outside: flames reach the ceiling (assumption)


Wish = tuple[int, float, str]  #: a building, l/s and what they are for: "water" or "shield"


class Placed(NamedTuple):
    """What became of the water, l/s."""

    attack: float
    shield: float
    laying: float  #: of lines that are still being laid
    spare: float


def place_water(
    town: Town, classes: NDArray[np.void], fire: Fire, members: NDArray[np.integer], fronts: NDArray[np.float64],
    flow: float, now: float,
) -> Placed:  # fmt: skip
    """Put `flow` l/s on the buildings of one fire ground (indices `members`), in place; what they had is taken first.

    `fronts` are the free fronts of all buildings, m; `classes` records of `CLASS`; `now` in s.
    """
    left = require(Text("flow", "流量"), flow, 0.0)
    home = fire.home
    home["water"][members] = 0.0
    home["shield"][members] = 0.0
    before = home["sent"][members].copy()
    home["sent"][members] = np.nan
    since = dict(zip(members.tolist(), np.where(np.isfinite(before), before, now).tolist(), strict=True))
    had = set(members[np.isfinite(before)].tolist())
    attack = shield = laying = 0.0
    for b, wanted, what in [*_attacked(town, classes, fire, members, fronts, had), *_shielded(fire, members, fronts)]:
        if wanted > left:
            continue
        left -= wanted
        home["sent"][b] = since[b]
        if now - since[b] < SET_UP:
            laying += wanted
        elif what == "water":
            home["water"][b], attack = wanted, attack + wanted
        else:
            home["shield"][b], shield = SHIELDED, shield + wanted
    return Placed(attack, shield, laying, left)


def _attacked(
    town: Town, classes: NDArray[np.void], fire: Fire, members: NDArray[np.integer], fronts: NDArray[np.float64],
    had: set[int],
) -> list[Wish]:  # fmt: skip
    """Return the fires that can be held and their water, l/s: first those that `had` some, then the smallest."""
    home, wishes = fire.home, []
    for b in members[np.isin(home["state"][members], (GROWING, INVOLVED))].tolist():
        one = home[b]
        if one["way"] == BRAND and b not in had and one["heat"] < SHOWS and one["state"] == GROWING:
            continue
        # What the fire would give without water: a fire that is being knocked down needs its water until it is out.
        wanted = max(MARGIN * needed_flow(float(one["heat"] / max(one["damp"], 1e-9))), LINE)
        room = max(lines_about(float(fronts[b])), 1 if one["state"] == GROWING else 0)
        if wanted <= room * LINE and tenable(town, classes, fire, b):
            wishes.append((b, wanted, "water"))
    return sorted(wishes, key=lambda wish: (wish[0] not in had, wish[1], wish[0]))


def _shielded(fire: Fire, members: NDArray[np.integer], fronts: NDArray[np.float64]) -> list[Wish]:
    """Return the whole buildings that heat up and before which there is room, the most heated first, a line each."""
    home = fire.home
    heated = members[(home["state"][members] == WHOLE) & (home["dose"][members] + home["flux"][members] > 0.0)]
    urgency = home["flux"][heated] * 10.0 + home["dose"][heated] / PRODUCT
    return [
        (b, LINE, "shield")
        for b in heated[np.argsort(-urgency, kind="stable")].tolist()
        if lines_about(float(fronts[b]))
    ]


def places_of(town: Town) -> cKDTree:
    """Return the middles of all buildings as a tree that finds those near a place."""
    from scipy.spatial import cKDTree

    return cKDTree(np.column_stack([town.site["x"], town.site["y"]]))


def fire_ground(places: cKDTree, fire: Fire, origin: int, reach: float) -> NDArray[np.int64]:
    """Return the buildings within `reach` m of any that burns in the ground of `origin`, found from burning to burning."""
    burning = fire.active[: fire.counts[0]].astype(np.int64)
    burning = np.concatenate([[origin], burning[burning != origin]])  # the origin may have burnt out
    own = burning[_hanging(places.data[burning], reach)]
    found = places.query_ball_point(places.data[np.sort(own)], reach)
    return np.unique(np.concatenate([np.asarray(part, dtype=np.int64) for part in found]))


@numba.njit(cache=True)
def _hanging(spots: NDArray[np.float64], reach: float) -> NDArray[np.int64]:
    """Return which of `spots` (m, [spots, 2]) hang together with the first by steps of at most `reach` m."""
    own, count = np.arange(len(spots)), 1  # the first `count` hang together
    for k in range(len(spots)):
        if k == count:
            break
        x, y = spots[own[k]]
        for i in range(count, len(own)):
            at = spots[own[i]]
            if (at[0] - x) ** 2 + (at[1] - y) ** 2 <= reach * reach:
                own[i], own[count] = own[count], own[i]
                count += 1
    return own[:count]
