"""When a surface under radiation takes fire: the flux-time product.

Σ (q − q_cr)ⁿ·dt ≥ FTP (Shields, Silcock and Murray 1994; Smith and Green 1987), q in kW/m². The defaults are those of
a painted softwood: critical 13.1 kW/m², exponent 1.828, product 11501.
"""

from __future__ import annotations

from math import exp, inf, log

import numba

CRITICAL, EXPONENT, PRODUCT = 13.1, 1.828, 11501.0


@numba.njit(cache=True, error_model="numpy")
def dose_rate(flux: float, critical: float, exponent: float) -> float:
    """Return (flux − critical)^exponent; 0 below the critical flux."""
    over = flux - critical
    return exp(exponent * log(over)) if over > 0.0 else 0.0


def ignition_time(
    flux: float, critical: float = CRITICAL, exponent: float = EXPONENT, product: float = PRODUCT
) -> float:
    """Return the seconds of constant `flux` (kW/m²) until ignition; infinity at or below the critical flux."""
    rate = dose_rate(flux, critical, exponent)
    return product / rate if rate > 0.0 else inf
