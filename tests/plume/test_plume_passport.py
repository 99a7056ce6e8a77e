"""What the passport of the toxic release tells of cases whose answer is known."""

from __future__ import annotations

import numpy as np

from models.plume.dose import AMMONIA, CHLORINE
from models.plume.puffs import Cloud
from models.plume.sigma import sigmas
from models.plume.steady import Air, Release, concentration
from models.plume.weather import steady_wind
from sim.text import Text


def test_benchmarks_of_the_toxic_release(benchmark):
    boubel = concentration(Release(0.37e-3, 40.0), Air(2.0, 270.0, "B", "pg_rural"), 280.0, 0.0)
    benchmark("toxic_release", Text("Boubel, section 19: class B at 280 m (g/m³)", "Boubel 第 19 章：B 类、280 m（g/m³）"),
              float(boubel) * 1000, 1.5551e-5, 1e-4)  # fmt: skip
    air, x = Air(3.0, 270.0, "B"), 1000.0
    sy, sz = (float(s[0]) for s in sigmas(x, "B"))
    y, z = np.linspace(-8 * sy, 8 * sy, 801), np.linspace(0.0, 30 + 9 * sz, 4001)
    c = concentration(Release(2.5, 30.0), air, np.full((801, 1), x), y[:, None], z[None, :])
    benchmark("toxic_release", Text("∫u·C over a plane, for a release of 2.5 kg/s (kg/s)", "平面通量 ∫u·C，泄放 2.5 kg/s（kg/s）"),
              3.0 * float(np.trapezoid(np.trapezoid(c, z, axis=1), y)), 2.5, 1e-6)  # fmt: skip
    cloud = Cloud(steady_wind(3.0, 270.0, "D"), height=10.0)
    cloud.advance(3600.0, 3600.0, longest=5.0)
    plume = float(concentration(Release(1.0, 10.0), Air(3.0, 270.0, "D"), 1000.0, 0.0, 1.5))
    benchmark("toxic_release", Text("Sum of puffs over the steady plume, class D, 1 km", "烟团叠加与稳态烟羽之比，D 类、1 km"),
              float(cloud.concentration(1000.0, 0.0, 1.5)) / plume, 1.0, 0.02)  # fmt: skip
    for toxic, minutes, ppm, name in (
        (CHLORINE, 30, 250.0, Text("Chlorine: half die in 30 min (ppm)", "氯：30 分钟半数致死浓度（ppm）")),
        (AMMONIA, 30, 11_500.0, Text("Ammonia: half die in 30 min (ppm)", "氨：30 分钟半数致死浓度（ppm）")),
    ):
        benchmark("toxic_release", name, (toxic.load_for(0.5) / minutes) ** (1 / toxic.n), ppm, 0.02)
