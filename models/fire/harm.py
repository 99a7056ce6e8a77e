"""Who is hurt: people by the hour in the units that burn, on the storeys above, and on the stairs.

Anchored on China's residential fires of January to September 2024: 999 deaths in 217,000 fires, 31.3 % of deaths but
10.3 % of fires from 0 to 6 h, 37.4 % of deaths but 61.4 % of fires from 10 to 20 h (National Fire and Rescue
Administration).
"""

from __future__ import annotations

from math import erf, exp, log, sqrt

from models.checks import require
from sim.text import Text

DEATHS_PER_FIRE = 999.0 / 217_000.0
#: Lethality by the hour of ignition against the mean; the third value keeps the mean of all at 1.
NIGHT, DAY, REST = 0.313 / 0.103, 0.374 / 0.614, 0.313 / 0.283
#: Median minutes from alarm to leaving the flat, awake and asleep (PD 7974-6, managed dwellings; assumption).
AWAKE_MIN, ASLEEP_MIN = 3.0, 10.0
CAUGHT_IN_LOW = 0.05  #: share of those still inside a low house at flashover who die (assumption)
HURT_PER_DEATH = 12_720.0 / 2_520.0  #: in home fires of the United States, 2010 to 2014 (NFPA 2016)
STAIR_S = (
    15.0  #: s a person needs for a storey downward with others (SFPE Handbook: .8 m/s on 11 m of slope and landing)
)
DOSE_SIGMA = 0.5  #: of the logarithm of the dose that kills, median 2 × incapacitation (assumption)


def hour_factor(hour: float) -> float:
    """Return lethality at the `hour` of ignition (0 to 24) against the mean over the day."""
    h = require(Text("hour", "时刻"), hour, 0.0, 24.0) % 24.0
    if h < 6.0:
        return NIGHT
    return DAY if 10.0 <= h < 20.0 else REST


def share_at_home(hour: float) -> float:
    """Return the share of residents who are at home at `hour` (assumption: .95 by night, .4 at midday)."""
    h = hour % 24.0
    if h < 6.0 or h >= 22.0:
        return 0.95
    return 0.4 if 9.0 <= h < 17.0 else 0.7


def share_asleep(hour: float) -> float:
    """Return the share of those at home who sleep at `hour` (assumption)."""
    h = hour % 24.0
    return 0.95 if h < 6.0 else 0.4 if h < 7.0 or h >= 23.0 else 0.05


def leaving_seconds(hour: float, alarm_s: float) -> float:
    """Return the mean time after ignition at which a household leaves its flat, s; `alarm_s` is the alarm's."""
    asleep = share_asleep(hour)
    return alarm_s + 60.0 * (asleep * ASLEEP_MIN + (1.0 - asleep) * AWAKE_MIN)


def share_caught(leaves: float, untenable: float, sigma: float = 0.6) -> float:
    """Return the share of people still inside when their way is `untenable`; their leaving is lognormal, median `leaves`.

    Both in s after ignition; 0 where the way stays tenable.
    """
    if untenable == float("inf"):
        return 0.0
    if untenable <= 0.0:
        return 1.0
    z = (log(untenable) - log(leaves)) / sigma
    return 0.5 * (1.0 - erf(z / sqrt(2.0)))


def deaths_in_flats(fires: float, hour: float, waited_min: float, reference_min: float = 8.0) -> float:
    """Return the expected deaths in the flats of origin of so many fires: the national mean by the hour.

    It rises by 3 % for each minute until first help beyond `reference_min` (Jaldell 2017,
    Fire Technology).
    """
    return fires * DEATHS_PER_FIRE * hour_factor(hour) * exp(0.03 * (waited_min - reference_min))
