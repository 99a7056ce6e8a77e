"""What the passport of the cloudburst tells of cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from basins import (
    EQUILIBRIUM,
    HUNTER_H,
    HUNTER_X,
    PLATEAU,
    UNIFORM,
    environment_agency_4,
    hunter,
    hunter_wave,
    rain_on_plane,
    uniform_flow,
)

from models.flood.danger import hazard_rating, vehicle_speed
from models.flood.exchange import soaked
from models.flood.rain import NANJING, design_storm
from sim.text import Text


def test_benchmarks_of_the_flow(benchmark):
    x, depth = hunter_wave()
    rmse = float(np.sqrt(np.mean((depth - hunter(x, 3600.0))[x < 3800.0] ** 2)))
    benchmark(
        "flood",
        Text("Hunter's wave after an hour, 50 m cells: RMSE (m)", "Hunter 波一小时后，50 米网格：均方根误差（m）"),
        rmse,
        0.0,
        0.06,
    )
    for at, exact in zip(HUNTER_X, HUNTER_H, strict=True):
        case = Text(f"Hunter's wave: depth at {at:g} m (m)", f"Hunter 波：{at:g} 米处水深（m）")
        benchmark("flood", case, depth[np.searchsorted(x, at)], exact, 0.04)
    flow, time = rain_on_plane()
    benchmark("flood", Text("Rain on a plane: plateau (m²/s)", "坡面降雨：平衡单宽流量（m²/s）"), flow, PLATEAU, 0.01)
    benchmark(
        "flood",
        Text("Rain on a plane: time of equilibrium by its water (s)", "坡面降雨：按蓄水量推算的平衡时间（s）"),
        time,
        EQUILIBRIUM,
        0.01,
    )
    benchmark("flood", Text("Uniform flow: depth (m)", "均匀流水深（m）"), uniform_flow().mean(), UNIFORM, 1e-4)


@pytest.mark.slow
def test_benchmark_of_the_environment_agency(benchmark):
    for at, got, exact in zip((50, 100), environment_agency_4(), (0.3219, 0.2721), strict=True):
        case = Text(
            f"UK EA test 4 against ANUGA: depth at {at} m after 2 h (m)",
            f"英国 EA 算例 4 对照 ANUGA：2 小时后 {at} 米处水深（m）",
        )
        benchmark("flood", case, got, exact, 0.1)


def test_benchmarks_of_rain_soil_and_danger(benchmark):
    storm = design_storm(100, 180)
    benchmark("flood", Text("Design storm of 100 years and 3 h in Nanjing (mm)", "南京百年一遇 3 小时设计暴雨（mm）"),
              storm.total * 1000, NANJING.of(100, 180) * 180, 1e-9)  # fmt: skip
    benchmark(
        "flood",
        Text("Green–Ampt: one hour on loam from dry (mm)", "Green–Ampt：壤土干态一小时下渗（mm）"),
        soaked(0.0, 3.6e-6, 0.06, 3600.0) * 1000,
        48.5097,
        1e-3,
    )
    benchmark(
        "flood",
        Text("Hazard rating at 1 m and 1.5 m/s", "危险度：水深 1 米、流速 1.5 m/s"),
        float(hazard_rating(1.0, 1.5)),
        3.0,
        1e-9,
    )
    benchmark(
        "flood",
        Text("Safe speed in 150 mm (km/h)", "150 毫米积水安全车速（km/h）"),
        float(vehicle_speed(0.15)),
        24.2598,
        1e-6,
    )
