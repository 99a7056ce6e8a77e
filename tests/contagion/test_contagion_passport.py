"""What the passport of contagion tells of cases whose answer is known."""

from __future__ import annotations

import numpy as np
from test_contagion_spread import FIXED, end, infectious_share, town

from models.contagion.laws import exponential_period, final_size, growth_rate, seir_curve, size_law
from sim.text import Text


def test_benchmarks_of_contagion(benchmark):
    for r0, share in ((1.5, 0.582812), (3.0, 0.940480)):
        benchmark(
            "contagion",
            Text(f"Final size, R0 = {r0:g} (share)", f"最终规模，R0 = {r0:g}（比例）"),
            final_size(r0),
            share,
            2e-6,
        )
    benchmark("contagion", Text("SEIR growth, R0 = 2.5 (per day)", "SEIR 增长率，R0 = 2.5（每天）"),
              growth_rate(0.625, 1 / 3, 1 / 4), 1 / 6, 1e-9)  # fmt: skip
    curve = seir_curve(0.625, 1 / 3, 1 / 4, 1e-4, np.linspace(0.0, 200.0, 4001))
    benchmark("contagion", Text("SEIR peak of the infectious, R0 = 2.5 (share)", "SEIR 传染者峰值，R0 = 2.5（比例）"),
              curve.infectious.max(), 0.131378, 1e-5)  # fmt: skip
    law = size_law(1, 1, 0.1, exponential_period(4.0))
    benchmark("contagion", Text("Household of two: P(the other is infected), λ/γ = .4", "两人户：另一人被感染的概率，λ/γ = 0.4"),
              law[1], 0.4 / 1.4, 1e-12)  # fmt: skip
    days = np.arange(0.0, 70.0, 0.5)
    peak = infectious_share(100_000, 0.625, 0.002, 5, days).max()
    benchmark("contagion", Text("Peak among 100,000 individuals against the equations (share)", "十万个体的峰值对照方程（比例）"),
              peak, float(seir_curve(0.625, 1 / 3, 1 / 4, 0.002, days).infectious.max()), 0.02)  # fmt: skip
    sizes = [
        np.isfinite(end(town(4000, 0.5, FIXED, seed, first=40), 0.5, 300.0).infected_at).mean() for seed in range(12)
    ]
    benchmark("contagion", Text("Final size among 4,000 individuals, R0 = 2, mean of 12 (share)", "4000 个体的最终规模，R0 = 2，12 次平均（比例）"),
              float(np.mean(sizes)), final_size(2.0, 0.01), 0.01)  # fmt: skip
