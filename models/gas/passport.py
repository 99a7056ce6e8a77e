"""The passport of the gas leak."""

from __future__ import annotations

from models.gas.explosion import SCALED_RANGE
from models.passport import Passport, Valid
from sim.text import Text

PRESSURE_RANGE = Valid(
    Text("Pressure in the main", "管道压力"),
    2.0,
    10_000.0,
    "kPa",
    Text("The release was not checked there.", "泄放模型在此未经检验。"),
)
BLAST_RANGE = Valid(
    Text("Scaled distance of the blast", "爆炸比例距离"),
    *SCALED_RANGE,
    "m/kg^(1/3)",
    Text(
        "Nearer it is taken as at the end of the range, farther it falls as one over the distance.",
        "更近处取范围端点值，更远处按距离反比衰减。",
    ),
)
RELEASE_RANGE = Valid(
    Text("Release in the open, for its chance of ignition", "开放空间泄放速率（点火概率）"), 1.0, 50.0, "kg/s"
)
PASSPORT = Passport(
    equations=(
        Text(
            "Source: ṁ = Cd·A·√(ρ₁·P₁·2k/(k−1)·(η^{2/k} − η^{(k+1)/k})), η = max(P₂/P₁, (2/(k+1))^{k/(k−1)}), in balance with"
            " the main: p₁² − p₂² = f·L/D·G²·R·T/M",
            "源强：ṁ = Cd·A·√(ρ₁·P₁·2k/(k−1)·(η^{2/k} − η^{(k+1)/k}))，η = max(P₂/P₁, (2/(k+1))^{k/(k−1)})，并与管道供气平衡："
            "p₁² − p₂² = f·L/D·G²·R·T/M",
        ),
        Text(
            "Cellar: V·dC/dt = q − (q + n·V)·C, solved exactly; sparks: P = 1 − exp(−λ·t) while LEL ≤ C ≤ UEL",
            "地下空间：V·dC/dt = q − (q + n·V)·C，精确求解；点火：LEL ≤ C ≤ UEL 期间 P = 1 − exp(−λ·t)",
        ),
        Text(
            "Blast: TNT equivalence and Kingery–Bulmash; harm: probits Φ(a + b·ln P − 5)",
            "爆炸：TNT 当量与 Kingery–Bulmash 曲线；伤害：概率函数 Φ(a + b·ln P − 5)",
        ),
        Text("Jet fire: point source, q = χ·ṁ·Hc/(4π·r²)", "喷射火：点源 q = χ·ṁ·Hc/(4π·r²)"),
    ),
    sources=(
        "CCPS (2000), Guidelines for Chemical Process Quantitative Risk Analysis, ISBN 0-8169-0720-X",
        "Harris (1983), Gas Explosions in Buildings and Heating Plant, ISBN 0-419-13220-1",
        "Cox, Lees & Ang (1990), Classification of Hazardous Locations, ISBN 0-85295-258-9",
        "Kingery & Bulmash (1984), ARBRL-TR-02555",
        "Eisenberg, Lynch & Breeding (1975), CG-D-136-75",
        "Walski (1993), doi:10.1002/j.1551-8833.1993.tb06018.x",
    ),
    assumptions=(
        Text(
            "The gas is methane, ideal, at 288 K; the feed holds its pressure.",
            "燃气视为 288 K 的理想甲烷；气源压力恒定。",
        ),
        Text(
            "A given share of the leak seeps into cellars within reach, more into the nearer ones; each is well mixed.",
            "泄漏量按给定份额渗入影响范围内的地下空间，近处更多；每处视为充分混合。",
        ),
        Text("A tenth of the heat goes into the blast.", "十分之一的燃烧热转化为爆炸能。"),
        Text(
            "Where no plan of mains exists, one lies under every street, with valves in 60 % of them.",
            "无管网资料时，每条道路下设一条管道，60% 设阀门。",
        ),
    ),
    valid=(
        PRESSURE_RANGE,
        BLAST_RANGE,
        RELEASE_RANGE,
    ),
    cases=(),
    limits=(
        Text("How gas moves through soil and sewers is not computed.", "不计算燃气在土壤和管沟中的运移。"),
        Text(
            "A vented explosion is weaker near by than its TNT equivalent; far away the two agree.",
            "泄爆在近场弱于 TNT 当量估计，远场一致。",
        ),
        Text("Nearby buildings do not shield one another from the blast.", "不考虑建筑之间的遮挡。"),
        Text(
            "Who has no gas afterwards is counted by segment, not by pressure.",
            "停气用户按阀门分段统计，不按压力计算。",
        ),
    ),
)
