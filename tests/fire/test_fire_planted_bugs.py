"""Every oracle of fire and survival rejects a planted bug: a wrong constant, exponent, sign or clock."""

from __future__ import annotations

from collections.abc import Callable
from math import atan, exp, inf, pi, sqrt

import numpy as np
import pytest
from fire_towns import burn, lattice, row

from models import survival
from models.fire import firebrands, hamada, harm, ignition, radiation, stairs
from models.fire.compartment import flashover_heat
from models.fire.growth import class_growth_rate
from models.fire.links import first_passage
from models.fire.state import Wind
from models.fire.structures import standard_classes


def close(value: float, expected: float, tolerance: float) -> None:
    assert abs(value - expected) <= tolerance


def wrong_point(width: float, height: float, gap: float) -> float:
    x, y = width / gap, height / gap  # the whole rectangle as if it were a quarter
    rx, ry = sqrt(1 + x * x), sqrt(1 + y * y)
    return (x / rx * atan(y / rx) + y / ry * atan(x / ry)) / (2 * pi)


def wrong_hamada(side: float, gap: float, wind: float, share: float) -> hamada.Speeds:
    right = hamada.hamada_speeds(side, gap, wind, share)
    return right._replace(down=right.down / 1.5 * 1.0, up=right.side)


def wrong_moments(heat: float, wind: float, width: float) -> tuple[float, float, float]:
    centre, sigma, aside = firebrands.landing(heat, wind, width)
    return centre + sigma**2 / 2, sigma, aside  # mean of the logarithm without the variance's half


def row_of(first, to, delay, sources):
    when = first_passage(first, to, delay, sources)
    return when + np.arange(len(when)) * 0.5  # a front that is late by half a second a house


def check_point(factor: Callable[..., float]) -> None:
    close(factor(6, 3, 5), 0.17789, 5e-6)


def check_gap(gap: Callable[..., float]) -> None:
    close(gap(6, 3, 168.0), 8.344, 5e-4)


def check_hamada_down(speeds: Callable[..., hamada.Speeds]) -> None:
    close(speeds(20, 5, 1.0, 0.6).down, 0.04063334, 5e-9)


def check_hamada_up(speeds: Callable[..., hamada.Speeds]) -> None:
    close(speeds(20, 5, 1.0, 0.6).up, 0.01545856, 5e-9)


def check_growth(rate: Callable[[str], float]) -> None:
    close(rate("ultrafast") * 75**2, 1055.0, 1e-6)


def check_flashover(heat: Callable[..., float]) -> None:
    close(heat(0.03, 50.0, 2.0, 2.0), 610 * sqrt(0.03 * 50 * 2 * sqrt(2.0)), 1e-6)


def check_dose(time: Callable[[float], float]) -> None:
    close(time(33.1), 11501.0 / 20.0**1.828, 1e-6)
    assert time(13.0) == inf


def check_landing(landing: Callable[..., tuple[float, float, float]]) -> None:
    centre, sigma, _ = landing(3e4, 12.0, 10.0)
    close(exp(centre + sigma**2 / 2), 4.7 * firebrands.brand_number(3e4, 12.0, 10.0) ** (2 / 3), 1e-6)


def check_front(passage: Callable[..., np.ndarray]) -> None:
    first, to = np.array([0, 1, 3, 5, 6]), np.array([1, 0, 2, 1, 3, 2], dtype=np.int32)
    when = passage(first, to, np.full(6, 60.0), [0])
    assert (12.0 * np.arange(1, 4) / when[1:] == 12.0 / 60.0).all()


def check_mirror(wind: Wind) -> None:
    classes = standard_classes()
    classes["brands"] = 0.0
    since = (
        burn(lattice(7, 7, gap=7.0, storeys=1), 0.8, at=(24,), wind=wind, classes=classes).home["since"].reshape(7, 7)
    )
    np.testing.assert_allclose(since, since[::-1], atol=20.0)


def check_pace(dt: float) -> None:
    classes = standard_classes()
    classes["brands"] = classes["open_flames"] = 0.0
    town = row(8, storeys=1)
    site = town.site[0]
    delay = sqrt(site["flash"] / site["alpha"]) + ignition.ignition_time(168 * radiation.point_to_parallel(9, 3, 3))
    since = burn(town, 1.5, dt=dt, classes=classes).home["since"]
    np.testing.assert_allclose(np.diff(since), delay, atol=3.0)


def check_smoke(rise: Callable[..., float]) -> None:
    mass = np.zeros(5)
    left = sum(rise(mass, 2.0, 1, 3.0, 45.0, 10.0) for _ in range(20))
    close(mass.sum() + left, 400.0, 1e-6)


def leaky(mass, *rest) -> float:
    return stairs.rise(mass, *rest) * 0.99


def check_hours(factor: Callable[[float], float]) -> None:
    close(0.103 * factor(3.0) + 0.614 * factor(12.0) + 0.283 * factor(22.0), 1.0, 1e-9)


def check_de_maio(chance: Callable[[float], float]) -> None:
    close(chance(4), 0.15097, 5e-6)


def check_larsen(chance: Callable[..., float]) -> None:
    close(chance(2, 8, 10), 0.326, 1e-9)
    assert chance(60, 60, 60) == 0.0


def check_valenzuela(chance: Callable[..., float]) -> None:
    close(chance(1, 7), 1 / (1 + exp(-0.26 + 0.106 + 0.973)), 1e-9)


def check_waalewijn(chance: Callable[..., float]) -> None:
    close(chance(2, 8), 1 / (1 + exp(0.04 + 0.6 + 1.12)), 1e-9)


def check_volunteers(within: Callable[[float, float], float]) -> None:
    close(within(500, 5e-6), 0.98030, 5e-6)


def check_mean(mean: Callable[[float], float]) -> None:
    close(mean(5e-6), 223.61, 5e-3)


CASES = {
    "factor of a point": (check_point, radiation.point_to_parallel, wrong_point),
    "safe gap": (check_gap, radiation.safe_gap, lambda *a: radiation.safe_gap(*a, critical=13.1)),
    "hamada down": (check_hamada_down, hamada.hamada_speeds, wrong_hamada),
    "hamada up": (check_hamada_up, hamada.hamada_speeds, wrong_hamada),
    "growth": (check_growth, class_growth_rate, lambda _: 0.19),
    "flashover": (check_flashover, flashover_heat, lambda *a: flashover_heat(*a, factor=620.0)),
    "flux-time product": (check_dose, ignition.ignition_time, lambda q: ignition.ignition_time(q, exponent=2.0)),
    "landing": (check_landing, firebrands.landing, wrong_moments),
    "front of fixed delay": (check_front, first_passage, row_of),
    "mirror": (check_mirror, Wind(0.0, 0.0, 1.0), Wind(14.0, 0.0, 1.0)),
    "pace of the stepped town": (check_pace, 1.0, 30.0),
    "smoke is conserved": (check_smoke, stairs.rise, leaky),
    "lethality by the hour": (check_hours, harm.hour_factor, lambda hour: 3.0 if hour < 6 else 1.0),
    "de maio": (check_de_maio, survival.de_maio, lambda t: survival.de_maio(t + 1)),
    "larsen": (check_larsen, survival.larsen, lambda a, b, c: 0.67 - 0.023 * a - 0.011 * b - 0.021 * c),
    "valenzuela": (check_valenzuela, survival.valenzuela, lambda a, b: survival.valenzuela(b, a)),
    "waalewijn": (check_waalewijn, survival.waalewijn, lambda a, b: survival.waalewijn(b, a)),
    "volunteers": (check_volunteers, survival.nearest_within, lambda r, d: 1 - exp(-d * r**2)),
    "mean distance": (check_mean, survival.mean_nearest, lambda d: 1 / sqrt(pi * d)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_oracle_passes_what_is_right_and_rejects_what_is_wrong(name: str):
    check, right, wrong = CASES[name]
    check(right)
    with pytest.raises(AssertionError):
        check(wrong)
