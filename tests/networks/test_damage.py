"""What breaks lifelines: shaking ground, and heat."""

from __future__ import annotations

import numpy as np
import pytest

from models.networks.damage import conductor_rating, cooling_load, heat_rating, repair_rate


def test_repairs_after_shaking_as_hazus_has_them():
    assert repair_rate(30.0) == pytest.approx(1e-4 * 30.0**2.25, rel=1e-12)
    assert repair_rate(30.0) == pytest.approx(0.2106313, rel=1e-5)
    assert repair_rate(30.0, ductile=True) == pytest.approx(0.3 * 0.2106313, rel=1e-5)
    assert repair_rate(30.0) != pytest.approx(1e-4 * 30.0**2.0, rel=0.1)
    assert repair_rate(-1.0) == repair_rate(0.0) == 0.0


def test_heat_takes_from_transformers_and_lines():
    assert heat_rating([30.0, 40.0, 20.0]) == pytest.approx([1.0, 0.85, 1.1])
    assert conductor_rating([40.0, 75.0, 90.0]) == pytest.approx([1.0, 0.0, 0.0])
    assert (np.diff(heat_rating(np.linspace(-20.0, 60.0, 50))) <= 0.0).all()
    assert (np.diff(conductor_rating(np.linspace(-20.0, 90.0, 50))) <= 0.0).all()


def test_air_conditioning_adds_to_the_load_up_to_its_most():
    assert cooling_load([20.0, 26.0, 36.0, 60.0]) == pytest.approx([1.0, 1.0, 1.4, 1.8])
