"""The passport of road traffic."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

PASSPORT = Passport(
    equations=(
        Text("Time on a link: t = t₀·(1 + .15·(v/c)⁴) (BPR)", "路段时间：t = t₀·(1 + 0.15·(v/c)⁴)（BPR）"),
        Text(
            "User equilibrium: nobody gets faster by another way; bi-conjugate Frank–Wolfe to a relative gap of 1e-3",
            "用户均衡：任何人改道都不会更快；双共轭 Frank–Wolfe 算法，相对间隙 1e-3",
        ),
        Text("Trips: T_ij = A_i·O_i·B_j·D_j·exp(−β·c_ij), doubly constrained", "出行分布：T_ij = A_i·O_i·B_j·D_j·exp(−β·c_ij)，双约束重力模型"),
        Text(
            "Queues: ∂k/∂t + ∂q/∂x = 0 with a triangular diagram (u, w, kj), by Newell's cumulative counts at the ends of links",
            "排队：∂k/∂t + ∂q/∂x = 0，三角形基本图（u、w、kj），以路段两端累计曲线（Newell）求解",
        ),
    ),
    sources=(
        "Bureau of Public Roads (1964), Traffic Assignment Manual",
        "Wardrop (1952), doi:10.1680/ipeds.1952.11259",
        "Mitradjieva & Lindberg (2013), doi:10.1287/trsc.1120.0409",
        "Newell (1993), doi:10.1016/0191-2615(93)90038-C",
        "Yperman (2007), The Link Transmission Model, ISBN 978-90-5682-837-1",
        "Tampère et al. (2011), doi:10.1016/j.trb.2010.06.004",
    ),
    assumptions=(
        Text("Trips are synthetic: residents drive to floor area, one vehicle trip a resident and day.", "出行为合成：居民按建筑面积出行，每人每天一次车行。"),
        Text("Lanes and capacities follow the class of the road; 15 vehicles stand on 100 m of lane; queues start off at 5 m/s.",
             "车道数与通行能力按道路等级取值；每车道 100 米停 15 辆；启动波 5 m/s。"),
        Text("Drivers turn away from a closed street at the junction before it; with no other way, they wait.", "驾驶人在封闭路段前的路口绕行；无路可走时等待。"),
        Text("So they do before a street that is filled to six tenths; without it, a city of fixed routes locks up.",
             "前方路段占满六成时同样绕行；若路线固定不变，全城会锁死。"),
        Text("On average a street is as slow as the table of hours says; the equilibrium only makes some slower.",
             "道路平均速度以小时表为准；均衡结果只使部分道路更慢。"),
    ),
    valid=(
        Valid(Text("Flow over capacity", "流量与通行能力之比"), 0.0, 2.0, "1"),
        Valid(Text("Length of a link", "路段长度"), 10.0, 5000.0, "m"),
    ),
    cases=(),
    limits=(
        Text("Signals are a part of capacity, not told phase by phase.", "信号灯计入通行能力，不逐相位模拟。"),
        Text("Drivers do not change their whole way, nor their mode, because of a closure.", "封闭不改变驾驶人的全程路径和出行方式。"),
        Text("Nobody overtakes at a junction: who waits for one exit holds up those behind.", "路口先进先出：等待某出口的车辆会阻挡后车。"),
    ),
)  # fmt: skip
