"""Blast, burning jets, and what they do: tables of others, limits, monotony."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from models.gas.explosion import (
    BURN_DEATH,
    COLLAPSE,
    EARDRUM,
    GLASS,
    LUNG_DEATH,
    Explosion,
    Probit,
    burn_deaths,
    confined_mass,
    jet_heat,
    jet_reach,
    overpressure,
    tnt_mass,
)  # fmt: skip
from models.gas.source import HYDROGEN, METHANE, PROPANE
from sim.errors import InputError

#: Swisdak (1994, ADA526744): ln P[kPa] = Σ c·(ln Z)^i on three ranges of Z, the simplified Kingery curves.
SWISDAK = (
    (0.2, 2.9, (7.2106, -2.1069, -0.3229, 0.1117, 0.0685)),
    (2.9, 23.8, (7.5938, -3.0523, 0.40977, 0.0261, -0.01267)),
    (23.8, 198.5, (6.0536, -1.4066)),
)


def swisdak(z: float) -> float:
    for low, high, c in SWISDAK:
        if low <= z <= high:
            return float(np.exp(np.polynomial.polynomial.polyval(np.log(z), c))) * 1000
    raise ValueError(z)


@pytest.mark.parametrize("z", [0.3, 0.7, 1.0, 2.0, 5.0, 10.0, 20.0, 35.0])
def test_overpressure_equals_the_simplified_kingery_curves(z):
    assert float(overpressure(z, 1.0)) == pytest.approx(swisdak(z), rel=0.03)


def test_the_check_rejects_a_planted_bug():
    assert float(overpressure(5.0 / 2.2 ** (1 / 3), 1.0)) != pytest.approx(
        swisdak(5.0), rel=0.03
    )  # pounds for kilograms
    assert float(overpressure(5.0, 8.0)) != pytest.approx(swisdak(5.0), rel=0.03)


def test_cube_root_scaling_is_exact():
    assert overpressure([20.0, 40.0, 160.0], 8.0) == pytest.approx(overpressure([10.0, 20.0, 80.0], 1.0), rel=1e-12)


def test_pressure_falls_with_distance_everywhere():
    r = np.geomspace(0.1, 5000, 4000)
    p = overpressure(r, 100.0)
    assert (np.diff(p) <= 0).all()
    assert np.isfinite(p).all()
    assert (overpressure(r, 0.0) == 0).all()
    assert float(overpressure(0.0, 100.0)) == p[0]


def test_reach_is_the_inverse():
    blast = Explosion(50.0)
    for pressure in (1e3, 7e3, 3e4):
        assert float(overpressure(blast.reaches(pressure), 50.0)) == pytest.approx(pressure, rel=1e-6)


def test_probits_at_their_middle():
    assert float(COLLAPSE.share(COLLAPSE.dose(0.5))) == pytest.approx(0.5)
    assert COLLAPSE.dose(0.5) == pytest.approx(np.exp(28.8 / 2.92), rel=1e-12)
    assert GLASS.dose(0.5) == pytest.approx(3940, rel=0.01)  # 4 kPa breaks half of the panes
    assert EARDRUM.dose(0.5) == pytest.approx(43.5e3, rel=0.01)
    assert LUNG_DEATH.dose(0.5) == pytest.approx(144e3, rel=0.02)
    assert float(COLLAPSE.share(0.0)) == 0.0
    assert COLLAPSE.share(np.geomspace(1, 1e9, 50)).max() <= 1.0
    assert Probit(-23.8, 2.29).dose(0.5) != pytest.approx(COLLAPSE.dose(0.5), rel=0.1)  # transposed digits


def test_glass_breaks_before_eardrums_and_walls():
    shares = Explosion(100.0).shares(60.0)
    assert shares["glass"] > shares["collapse"] > shares["death"]
    assert shares["glass"] > shares["eardrum"]


def test_tnt_equivalent():
    assert tnt_mass(10.0, METHANE.heat, 0.05) == pytest.approx(10 * 50 / 4.6 * 0.05)
    with pytest.raises(InputError):
        tnt_mass(10.0, METHANE.heat, 1.5)


def test_only_what_the_air_can_burn_explodes():
    stoichiometric = 1 / (1 + 2 / 0.2095)
    most = confined_mass(METHANE, stoichiometric, 100.0)
    assert most == pytest.approx(stoichiometric * 100 * 0.6785, rel=1e-3)
    assert confined_mass(METHANE, 0.07, 100.0) < most
    assert confined_mass(METHANE, 0.13, 100.0) < most
    assert confined_mass(METHANE, 0.04, 100.0) == confined_mass(METHANE, 0.2, 100.0) == 0.0
    assert confined_mass(PROPANE, 0.0402, 1.0) == pytest.approx(0.0402 * 1.865, rel=0.01)
    assert confined_mass(HYDROGEN, 0.7, 1.0) > 0.0


def test_heat_of_a_jet_falls_with_the_square_of_the_distance():
    near, far = jet_heat(2.0, METHANE, [10.0, 20.0])
    assert near / far == pytest.approx(4.0)
    assert near == pytest.approx(0.2 * 2 * 50e6 / (4 * pi * 100))
    assert float(jet_heat(2.0, METHANE, jet_reach(2.0, METHANE, 4000.0))) == pytest.approx(4000.0)


def test_burns():
    half = (BURN_DEATH.dose(0.5) * 1e4 / 60.0) ** 0.75
    assert float(burn_deaths(half, 60.0)) == pytest.approx(0.5, rel=1e-9)
    assert float(burn_deaths(37_500.0, 60.0)) > 0.9
    assert float(burn_deaths(4_000.0, 60.0)) < 0.1


def test_bad_input_is_refused():
    for bad in (lambda: overpressure(-1.0, 1.0), lambda: overpressure(1.0, -1.0), lambda: jet_heat(1.0, METHANE, 0.0)):
        with pytest.raises(InputError):
            bad()
