"""When protection opens an overloaded branch: later the smaller the overload is."""

from __future__ import annotations

import numpy as np

from models.networks.topology import Bools, Floats

EXTREMELY_INVERSE = (80.0, 2.0)  #: k in s and α of IEC 60255-151:2009, table A.1


def trip_seconds(loading: Floats, dial: float = 1.0, curve: tuple[float, float] = EXTREMELY_INVERSE) -> Floats:
    """Return after how many s of a loading (times what is set) a relay trips: dial·k/(M^α - 1), inf up to 1.

    IEC 60255-151:2009, equation 1. dial : the time multiplier setting.
    """
    k, alpha = curve
    over = np.maximum(np.asarray(loading, dtype=np.float64), 1.0) ** alpha - 1.0
    return np.divide(dial * k, over, out=np.full(np.shape(over), np.inf), where=over > 0.0)


def wear(progress: Floats, loading: Floats, seconds: float, dial: float = 1.0) -> Bools:
    """Move relays on by `seconds` at a loading; `progress` (1 trips) changes in place. Return which trip, bool.

    ∫ dt/t(M) ≥ 1 is the operate condition where the current changes (IEC 60255-151:2009, annex A); below the setting
    a relay resets.
    """
    over = loading > 1.0
    progress[:] = np.where(over, progress + seconds / trip_seconds(loading, dial), 0.0)
    return progress >= 1.0
