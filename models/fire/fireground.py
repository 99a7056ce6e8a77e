"""Where crews put their water: on fires that they can hold, the smallest first, then before facades that heat up.

A rule of thumb of the fire service put into numbers (assumption): a fire that needs more than there is gets nothing
until those that can be held are held; what is left keeps the radiation off the most heated neighbours, line by line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.fire.ignition import PRODUCT
from models.fire.state import GROWING, INVOLVED, WHOLE, Fire
from models.fire.town import Town
from models.fire.water import LINE, needed_flow
from sim.text import Text

MARGIN = 1.2  #: water is put on a fire with so much to spare (assumption)
SHIELDED = 0.7  #: share of flux and brands that a line before a facade keeps off (assumption)


class Placed(NamedTuple):
    """What became of the water, l/s."""

    attack: float
    shield: float
    spare: float


def place_water(fire: Fire, members: NDArray[np.integer], flow: float) -> Placed:
    """Put `flow` l/s on the buildings of one fire ground (indices `members`), in place; what they had is taken first.

    Growing fires are met by what they will need at flashover or have now, whichever is more.
    """
    left = require(Text("flow", "流量"), flow, 0.0)
    home = fire.home
    home["water"][members] = 0.0
    home["shield"][members] = 0.0
    burning = members[np.isin(home["state"][members], (GROWING, INVOLVED))]
    # What the fire would give without water: a fire that is being knocked down needs its water until it is out.
    full = home["heat"][burning] / np.maximum(home["damp"][burning], 1e-9)
    need = np.array([MARGIN * needed_flow(float(heat)) for heat in full])
    attack = shield = 0.0
    for k in np.argsort(need, kind="stable"):
        wanted = max(need[k], LINE)
        if wanted > left:
            break
        home["water"][burning[k]] = wanted
        attack += wanted
        left -= wanted
    heated = members[(home["state"][members] == WHOLE) & (home["dose"][members] + home["flux"][members] > 0.0)]
    urgency = home["flux"][heated] * 10.0 + home["dose"][heated] / PRODUCT
    for r in heated[np.argsort(-urgency, kind="stable")]:
        if left < LINE:
            break
        home["shield"][r] = SHIELDED
        shield += LINE
        left -= LINE
    return Placed(attack, shield, left)


def fire_ground(town: Town, fire: Fire, origin: int, reach: float) -> NDArray[np.int64]:
    """Return the buildings within `reach` m of any that burns in the ground of `origin`, found from burning to burning."""
    burning = fire.active[: fire.counts[0]].astype(np.int64)
    place = np.column_stack([town.site["x"], town.site["y"]])
    own, edge = {origin}, [origin]
    while edge:
        near = np.hypot(*(place[burning] - place[edge.pop()]).T) <= reach
        for b in burning[near].tolist():
            if b not in own:
                own.add(b)
                edge.append(b)
    from scipy.spatial import cKDTree

    found = cKDTree(place).query_ball_point(place[sorted(own)], reach)
    return np.unique(np.concatenate([np.asarray(part, dtype=np.int64) for part in found]))
