"""The passport of road traffic."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

LOAD_RANGE = Valid(Text("Flow over capacity", "流量与通行能力之比"), 0.0, 2.0, "ratio")
LENGTH_RANGE = Valid(Text("Length of a link", "路段长度"), 10.0, 5000.0, "m")
PASSPORT = Passport(
    equations=(
        Text("Time on a link: t = t₀·(1 + b·(v/c)^p) (BPR), b = .71 and p = 2.1 on streets, .83 and 2.7 on expressways",
             "路段时间：t = t₀·(1 + b·(v/c)^p)（BPR），一般道路 b = 0.71、p = 2.1，快速路 b = 0.83、p = 2.7"),
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
        "Horowitz (1991), Delay/Volume Relations for Travel Forecasting Based on the 1985 Highway Capacity Manual, FHWA",
        "CJJ 37-2012 and CJJ 37-90, Code for Design of Urban Road Engineering (capacity of lanes)",
        "Wardrop (1952), doi:10.1680/ipeds.1952.11259",
        "Mitradjieva & Lindberg (2013), doi:10.1287/trsc.1120.0409",
        "Newell (1993), doi:10.1016/0191-2615(93)90038-C",
        "Yperman (2007), The Link Transmission Model, ISBN 978-90-5682-837-1",
        "Tampère et al. (2011), doi:10.1016/j.trb.2010.06.004",
    ),
    assumptions=(
        Text("Trips are synthetic: residents drive to floor area, one car a resident and day begins a trip in the city"
             " (2.5 trips, three tenths by car and taxi, 1.3 in each, and seven tenths more of taxis, goods and buses).",
             "出行为合成：居民按建筑面积出行，市内人均每日 1.0 车次（2.5 次出行、小汽车与出租车占三成、每车 1.3 人，另计七成为出租、货运与公交折算）。"),
        Text("For each of them another comes in through gates where main streets leave the city, and one goes out: 11 km are"
             " driven a resident and day in the default city.",
             "另计同等数量的车辆经城市边缘干路口驶入，驶出相同；默认城市人均每日车行约 11 公里。"),
        Text("Trips begin and end in the middle of a zone, with connectors to all its junctions.", "出行起讫于小区中心，经连接线接入区内各路口。"),
        Text("Lanes and capacities follow the class of the road; 15 vehicles stand on 100 m of lane; queues start off at 5 m/s.",
             "车道数与通行能力按道路等级取值；每车道 100 米停 15 辆；启动波 5 m/s。"),
        Text("Drivers turn away from a closed street at the junction before it; with no other way, they wait.", "驾驶人在封闭路段前的路口绕行；无路可走时等待。"),
        Text("So they do before a street that is filled to six tenths; without it, a city of fixed routes locks up.",
             "前方路段占满六成时同样绕行；若路线固定不变，全城会锁死。"),
        Text("The speed of each street by hour is that of the equilibrium, in place of the table of hours for the whole city.",
             "各路段分时速度取均衡结果，取代全城统一的小时表。"),
        Text("Crews with blue lights gain over that speed the share that they were fitted to gain over the table's.",
             "特种车辆相对该速度的优先系数沿用按小时表标定的数值。"),
    ),
    valid=(
        LOAD_RANGE,
        LENGTH_RANGE,
    ),
    cases=(),
    limits=(
        Text("No city's flows or speeds were compared street by street; the peak of the default city (delay index 1.5, 18 km/h) was"
             " held against a map service's for Nanjing (1.67, 25 km/h, third quarter of 2019), which was known when the demand was set.",
             "未与任何城市的逐路段流量、车速对照；默认城市高峰（延时指数 1.5、18 km/h）仅与南京 2019 年三季度高德数据（1.67、25 km/h）作参照，设定需求时已知该数据。"),
        Text("Signals are a part of capacity, not told phase by phase.", "信号灯计入通行能力，不逐相位模拟。"),
        Text("Drivers do not change their whole way, nor their mode, because of a closure.", "封闭不改变驾驶人的全程路径和出行方式。"),
        Text("Nobody overtakes at a junction: who waits for one exit holds up those behind.", "路口先进先出：等待某出口的车辆会阻挡后车。"),
    ),
)  # fmt: skip
