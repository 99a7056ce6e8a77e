"""What the passport of information tells of cases whose answer is known."""

from __future__ import annotations

import numpy as np
from test_information_talk import DALEY, MAKI, left, town

from models.information.laws import Diffusion, directed_pairs_never_hear, hearing_law, never_hear
from sim.text import Text


def test_benchmarks_of_information(benchmark):
    benchmark(
        "information",
        Text("Daley and Kendall: share that never hears", "Daley–Kendall：从未听到者比例"),
        never_hear(),
        0.203188,
        2e-6,
    )
    benchmark("information", Text("The known fault, both stop at directed contacts", "已知错误（有向接触双方停止）"),
              directed_pairs_never_hear(), 0.284668, 2e-6)  # fmt: skip
    benchmark("information", Text("Exact law of 400 people, Daley and Kendall, against the limit", "400 人精确分布（Daley–Kendall）对照极限"),
              float(hearing_law(399, 1, pairs=True) @ np.arange(400)) / 400, 0.203188, 0.02)  # fmt: skip
    for manner, name, zh in (
        (MAKI, "Maki and Thompson", "Maki–Thompson"),
        (DALEY, "Daley and Kendall", "Daley–Kendall"),
    ):
        shares = [left(town(20_000, manner, seed, 20)) / 19_980 for seed in range(12)]
        benchmark("information", Text(f"{name} among 20,000 individuals, mean of 12", f"{zh}：两万个体，12 次平均"),
                  float(np.mean(shares)), never_hear(0.001), 0.02)  # fmt: skip
    benchmark("information", Text("Rogers and Sorensen: k = .3, a_b = .2, a_c = .15 at 10 min", "Rogers–Sorensen：k = 0.3，a_b = 0.2，a_c = 0.15，10 分钟"),
              float(Diffusion(0.3, 0.2, 0.15).heard(10.0)), 0.60471, 1e-5)  # fmt: skip
    benchmark("information", Text("Bass p = .03, q = .38: time of the peak", "Bass p = 0.03，q = 0.38：峰值时刻"),
              Diffusion(0.5, 0.06, 0.76).fastest(), 6.1926, 1e-5)  # fmt: skip
