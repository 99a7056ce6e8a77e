"""Head losses of water pipes, and the flow out of holes, in SI units."""

from __future__ import annotations

import numpy as np

from models.constants import GRAVITY
from models.networks.topology import Floats

HAZEN_WILLIAMS = 10.667  #: SI; EPANET's 4.727 in feet is 10.66683 (Rossman et al. 2020, table 3.1)
FLOW_POWER = 1.852
DIAMETER_POWER = 4.871


def hazen_williams(length: Floats, diameter: Floats, roughness: Floats, *, constant: float = HAZEN_WILLIAMS) -> Floats:
    """Return r of h = r·Q^1.852, m per (m³/s)^1.852, for a length and diameter in m and a coefficient C.

    h = constant·L·Q^1.852 / (C^1.852·D^4.871) (Klise et al. 2017, doi:10.1016/j.envsoft.2017.06.022, eq. 3).
    """
    return constant * length / (roughness**FLOW_POWER * diameter**DIAMETER_POWER)


def minor(coefficient: Floats, diameter: Floats) -> Floats:
    """Return m of h = m·Q², s²/m⁵: K·v²/2g with v = 4Q/(πD²)."""
    return 8.0 * coefficient / (GRAVITY * np.pi**2 * diameter**4)


def orifice(area: Floats, head: Floats, *, discharge: float = 0.75) -> Floats:
    """Return the flow out of holes, m³/s: Cd·A·√(2g·h), 0 where the head is not above 0.

    area : m²;  head : m above the hole (Crowl and Louvar 2011, eq. 4-12).
    """
    return discharge * area * np.sqrt(2.0 * GRAVITY * np.maximum(head, 0.0))
