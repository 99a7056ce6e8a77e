"""What breathing the gas does: toxic load, probits, and levels at which people must act."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from models.constants import ATMOSPHERE, GAS_CONSTANT
from sim.bounds import all_bounded
from sim.text import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Toxic:
    """A toxic gas; P(death) = Φ(a + b·ln(∫Cⁿ dt) − 5) with C in ppm and t in min."""

    title: Text
    molar_mass: float  #: kg/mol
    a: float
    b: float
    n: float
    harm: float  #: AEGL-2 for 60 min, ppm: lasting harm or no escape above
    danger: float  #: AEGL-3 for 60 min, ppm: danger to life above
    source: str
    ratio: float  #: of specific heats
    vapour: float  #: pressure over the liquid at 293 K, Pa

    @property
    def gas_density(self) -> float:
        """Density of the undiluted gas at 288 K and one atmosphere, kg/m³."""
        return float(self.density(1e6))

    def ppm(self, concentration: ArrayLike, temperature: float = 288.15) -> Floats:
        """Return a concentration (kg/m³) in parts per million by volume, at `temperature` (K) and one atmosphere."""
        given = np.asarray(concentration, dtype=np.float64)
        return given / self.molar_mass * GAS_CONSTANT * temperature / ATMOSPHERE * 1e6

    def density(self, ppm: ArrayLike, temperature: float = 288.15) -> Floats:
        """Return the concentration (kg/m³) of so many parts per million."""
        return np.asarray(ppm, dtype=np.float64) / 1e6 * self.molar_mass * ATMOSPHERE / (GAS_CONSTANT * temperature)

    def deaths(self, load: ArrayLike) -> Floats:
        """Return the share who die of a toxic `load`, ppmⁿ·min; 0 for no load."""
        given = np.asarray(load, dtype=np.float64)
        all_bounded(given, Text("the toxic load", "毒负荷"), 0.0)
        positive = np.maximum(given, np.finfo(np.float64).tiny)
        return np.where(given > 0.0, ndtr(self.a + self.b * np.log(positive) - 5.0), 0.0)

    def load_for(self, share: float) -> float:
        """Return the toxic load of which a `share` (between 0 and 1) dies, ppmⁿ·min."""
        return float(np.exp((5.0 + ndtri(share) - self.a) / self.b))

    def load(self, ppm: ArrayLike, minutes: ArrayLike) -> Floats:
        """Return the toxic load of breathing `ppm` for `minutes`."""
        return np.asarray(ppm, dtype=np.float64) ** self.n * np.asarray(minutes, dtype=np.float64)


#: Probits: CCPS (2000), table 2.30; chlorine of Withers and Lees (1985, doi:10.1016/0304-3894(85)85013-4), ammonia of
#: Perry and Articola (1980). Levels: National Research Council, AEGLs vol. 4 (2004) and 6 (2008).
CHLORINE = Toxic(Text("chlorine", "氯"), 0.070906, -8.29, 0.92, 2.0, 2.0, 20.0, "Withers & Lees 1985", 1.33, 6.7e5)
AMMONIA = Toxic(
    Text("ammonia", "氨"), 0.017031, -35.9, 1.85, 2.0, 160.0, 1100.0, "Perry & Articola 1980; CCPS 2000", 1.31, 8.6e5
)
TOXICS = {"chlorine": CHLORINE, "ammonia": AMMONIA}


@numba.njit(cache=True, error_model="numpy")
def breathe(load: Floats, ppm: Floats, power: float, minutes: float) -> None:
    """Add the toxic load of `minutes` at `ppm` to `load`, both float64 [places], in place."""
    if power == 2.0:
        for i in range(len(load)):
            load[i] += ppm[i] * ppm[i] * minutes
    else:
        for i in range(len(load)):
            if ppm[i] > 0.0:
                load[i] += np.exp(power * np.log(ppm[i])) * minutes
