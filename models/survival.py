"""Survival by clocks: cardiac arrest, wounds that bleed, and how far the nearest volunteer is.

Every formula states where its clock begins. Times in minutes. Witnessed arrests with a shockable rhythm only, unless
said otherwise.
"""

from __future__ import annotations

from math import exp, inf, log, pi, sqrt
from typing import NamedTuple

from sim.errors import InputError

LARSEN = (0.67, 0.023, 0.011, 0.021)
#: Odds of death rise by this factor with every ten minutes before hospital (Gauss et al. 2019).
ODDS_PER_TEN_MIN = 1.09
BLOOD_L = 5.0  #: of an adult (assumption)
FATAL_LOSS = 0.45  #: share of the blood at whose loss half die (assumption; ATLS class IV begins at .40)
LOSS_SCALE = 0.04  #: width of the logistic about it (assumption)


def _minutes(*times: float) -> None:
    if any(not time >= 0.0 for time in times):
        raise InputError(en=f"times must be minutes from 0; {', '.join(f'{t:g}' for t in times)} came",
                         zh=f"时间须为不小于 0 的分钟数；收到 {'、'.join(f'{t:g}' for t in times)}")  # fmt: skip


def logistic(score: float) -> float:
    """Return 1/(1 + exp(score)), without overflow."""
    return 1.0 / (1.0 + exp(score)) if score < 700.0 else 0.0


def de_maio(shock: float) -> float:
    """Return P(survival) from the minutes between the call and defibrillation by the ambulance.

    1/(1 + exp(.679 + .262·t)); De Maio et al. 2003, doi:10.1067/mem.2003.266.
    """
    _minutes(shock)
    return logistic(0.679 + 0.262 * shock)


def larsen(cpr: float, shock: float, acls: float) -> float:
    """Return P(survival) from the minutes between collapse and CPR, defibrillation and advanced care.

    .67 − .023·CPR − .011·shock − .021·ACLS, from 0 to .67; Larsen et al. 1993, doi:10.1016/S0196-0644(05)81028-4.
    """
    _minutes(cpr, shock, acls)
    base, per_cpr, per_shock, per_acls = LARSEN
    if inf in (cpr, shock, acls):
        return 0.0
    return max(0.0, base - per_cpr * cpr - per_shock * shock - per_acls * acls)


def valenzuela(cpr: float, shock: float) -> float:
    """Return P(survival) from the minutes between collapse and CPR and defibrillation.

    1/(1 + exp(−.260 + .106·CPR + .139·shock)); Valenzuela et al. 1997, doi:10.1161/01.CIR.96.10.3308.
    """
    _minutes(cpr, shock)
    return logistic(-0.260 + 0.106 * cpr + 0.139 * shock)


def waalewijn(cpr: float, ems: float) -> float:
    """Return P(survival) from the minutes between collapse and CPR and the ambulance's arrival (their model I).

    1/(1 + exp(.04 + .3·CPR + .14·EMS)); Waalewijn et al. 2001.
    """
    _minutes(cpr, ems)
    return logistic(0.04 + 0.3 * cpr + 0.14 * ems)


def nearest_within(radius: float, per_m2: float) -> float:
    """Return P(the nearest of people scattered at `per_m2` is within `radius` m): 1 − exp(−d·π·r²)."""
    return 1.0 - exp(-per_m2 * pi * radius**2)


def mean_nearest(per_m2: float) -> float:
    """Return the mean distance to the nearest, m: 1/(2·√d)."""
    return 0.5 / sqrt(per_m2) if per_m2 > 0.0 else inf


def nearest_quantile(draw: float, per_m2: float) -> float:
    """Return the distance to the nearest, m, at a uniform `draw` in (0, 1)."""
    return sqrt(-log(1.0 - draw) / (per_m2 * pi)) if per_m2 > 0.0 else inf


class Clocks(NamedTuple):
    """Who did what when, minutes from collapse; infinite for never."""

    call: float
    cpr: float
    shock: float
    acls: float

    def estimates(self) -> dict[str, float]:
        """Return P(survival) by every formula, each with the origin of its own clock."""
        return {
            "de_maio": de_maio(self.shock - self.call) if self.shock < inf else 0.0,
            "larsen": larsen(self.cpr, self.shock, self.acls),
            "valenzuela": valenzuela(self.cpr, self.shock) if self.shock < inf else 0.0,
            "waalewijn": waalewijn(self.cpr, self.acls) if self.acls < inf else 0.0,
        }


#: Coefficients of TRISS: constant, revised trauma score, injury severity score, age from 55 (MTOS figures of 1995; Champion et
#: al. 1990, doi:10.1097/00005373-199011000-00008; Boyd et al. 1987, doi:10.1097/00005373-198704000-00005).
TRISS = {"blunt": (-0.4499, 0.8085, -0.0835, -1.7430), "penetrating": (-2.5355, 0.9934, -0.0651, -1.1360)}
#: Weights of the revised trauma score: Glasgow coma scale, systolic pressure, breaths, each coded 0 to 4.
RTS = (0.9368, 0.7326, 0.2908)


def revised_trauma_score(coma: int, pressure: int, breaths: int) -> float:
    """Return the RTS, 0 to 7.8408, of three codes from 0 to 4; Champion et al. 1989."""
    if not all(0 <= code <= 4 for code in (coma, pressure, breaths)):
        raise InputError(en="codes of the trauma score run from 0 to 4", zh="创伤评分编码须为 0 至 4")
    return RTS[0] * coma + RTS[1] * pressure + RTS[2] * breaths


def triss(rts: float, iss: int, *, old: bool, kind: str = "blunt") -> float:
    """Return P(survival) of a wounded person who reaches hospital in usual time.

    1/(1 + exp(−b)), b = b0 + b1·RTS + b2·ISS + b3·(age ≥ 55). `iss` from 1 to 75.
    """
    if kind not in TRISS or not 1 <= iss <= 75 or not 0.0 <= rts <= 7.841:
        raise InputError(
            en=f"no such wound: {kind}, ISS {iss}, RTS {rts:g}", zh=f"无此创伤：{kind}，ISS {iss}，RTS {rts:g}"
        )
    constant, per_rts, per_iss, per_old = TRISS[kind]
    return logistic(-(constant + per_rts * rts + per_iss * iss + per_old * old))


def trauma_survival(base: float, prehospital: float, reference: float = 60.0) -> float:
    """Return P(survival) given the minutes from injury to hospital, from `base` at `reference` minutes.

    The odds of death rise by 9 % with every ten minutes (95 % interval 7 to 11; Gauss et al. 2019,
    doi:10.1001/jamasurg.2019.3475: severe trauma, physician-staffed ambulances).
    """
    _minutes(prehospital)
    if base <= 0.0 or base >= 1.0 or prehospital == inf:
        return base if prehospital < inf else 0.0
    odds = (1.0 - base) / base * ODDS_PER_TEN_MIN ** ((prehospital - reference) / 10.0)
    return 1.0 / (1.0 + odds)


def blood_lost(stopped: float, first_l_per_min: float) -> float:
    """Return the share of the blood lost by `stopped` minutes: the flow falls with what is left (exponential)."""
    _minutes(stopped)
    return 1.0 - exp(-first_l_per_min / BLOOD_L * stopped) if stopped < inf else 1.0


def bleeding_survival(stopped: float, first_l_per_min: float) -> float:
    """Return P(survival) of a bleeding that was stopped after so many minutes: logistic in the share of blood lost.

    `first_l_per_min` is the flow at first: a femoral artery about .7, a limb's veins about .1 (assumption).
    """
    return logistic((blood_lost(stopped, first_l_per_min) - FATAL_LOSS) / LOSS_SCALE)
