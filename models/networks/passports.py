"""The passports of lifelines."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

TEMPERATURE_RANGE = Valid(Text("Air temperature", "气温"), 0.0, 45.0, "°C")
ANGLE_RANGE = Valid(
    Text("Angle across a branch", "支路两端相角差"),
    0.0,
    30.0,
    "°",  # sin θ ≈ θ within 5 %
    Text("The DC flow does not hold there.", "直流潮流不再适用。"),
)
HEAD_RANGE = Valid(Text("Pressure in the mains", "管网水压"), 0.0, 100.0, "m")
SPEED_RANGE = Valid(
    Text("Speed of the water", "管内流速"),
    0.0,
    5.0,
    "m/s",
    Text("Head losses were not checked there.", "水头损失未经验证。"),
)
RAIN_RANGE = Valid(Text("Rain", "雨强"), 0.0, 150.0, "mm/h")
WATER_RANGE = Valid(
    Text("Water on the street", "道路积水"),
    0.0,
    0.3,
    "m",
    Text("It runs over the ground: see the flood model.", "积水将漫流，请参考内涝模型。"),
)
GAUGE_RANGE = Valid(Text("Pressure above the atmosphere", "表压"), 0.0, 1000.0, "kPa")
DEMAND_RANGE = Valid(Text("Demand, of the usual one", "用气量倍数"), 0.0, 3.0, "ratio")

POWER = Passport(
    equations=(
        Text("DC flow: B·θ = P, b = 1/(x·tap); flow = b·(θi − θj)·base", "直流潮流：B·θ = P，b = 1/(x·变比)；支路潮流 = b·(θi − θj)·基准"),
        Text("Relays: t = dial·80/(M² − 1) s (IEC extremely inverse), added up while the load changes", "继电保护：t = 整定·80/(M² − 1) 秒（IEC 极端反时限），随负载变化累积"),
        Text("Shedding: the least load that keeps every branch within its rating, by a linear programme", "切负荷：使各支路不越限的最小切除量（线性规划）"),
        Text("Heat: transformers carry 1.5 % less for each kelvin above 30 °C, lines √((75 − T)/35); load grows 4 % a kelvin above 26 °C",
             "高温：变压器 30 °C 以上每度降容 1.5 %，线路 √((75 − T)/35)；26 °C 以上负荷每度增 4 %"),
    ),
    sources=(
        "Stott, Jardim & Alsac (2009), doi:10.1109/TPWRS.2009.2021235",
        "IEC 60255-151:2009; IEEE C57.91-2011; IEEE 738-2012",
        "Dobson et al. (2001), doi:10.1109/HICSS.2001.926274",
        "JGJ 312-2013, 4.4.5 (fuel of hospitals); Marqusee & Jenket (2020), doi:10.1016/j.apenergy.2020.114918 (generators)",
    ),
    assumptions=(
        Text("The grid is synthetic: a substation per 60,000 residents with two transformers, a 110 kV ring, feeders of 6 MW in slices around them.",
             "电网为合成：每 6 万居民一座双变变电站，110 kV 环网，馈线约 6 MW，呈扇形分布。"),
        Text("Where a feeder is shed in part, houses go dark by luck and take turns every two hours.", "馈线部分切除时，停电建筑随机选取，每两小时轮换。"),
        Text("A lift in use stops between storeys with a chance of 0.6; 6,000 m² of floor share one.", "使用中的电梯有 0.6 的概率停在层间；每 6000 平方米建筑面积一部电梯。"),
        Text("Streets towards dark signals are half as fast.", "信号灯熄灭的路口进口道车速减半。"),
        Text("A substation stands on the ground of its junction; in 0.5 m of water its transformers trip, and nobody closes them before it has gone down.",
             "变电站与所在路口同高；积水达 0.5 米时变压器跳闸，退水前不得合闸。"),
        Text("Hospitals have generators with fuel for 12 h, of which 95 % start; without power a hospital takes no patient while another one does.",
             "医院自备发电机燃料可用 12 小时，启动成功率 95%；全院停电时暂停收治，由其他医院接收。"),
    ),
    valid=(
        TEMPERATURE_RANGE, ANGLE_RANGE,
    ),
    cases=(),
    limits=(
        Text("No voltages, reactive power, frequency or losses: a collapse of voltage is not seen.", "不计电压、无功、频率与网损，无法反映电压崩溃。"),
        Text("Transmission above 110 kV never fails.", "110 kV 以上主网视为不失效。"),
        Text("A generator that has started runs until its fuel is used up: none breaks down before (a well kept one in five does within two weeks).",
             "发电机启动后运行至燃料耗尽，不计中途故障（维护良好者两周内约五分之一发生故障）。"),
        Text("Water reaches substations only: cables, kiosks and the switch rooms of houses stay dry.", "只计变电站浸水，不计电缆、环网柜与楼内配电室。"),
    ),
)  # fmt: skip

WATER = Passport(
    equations=(
        Text("Pipes: h = 10.667·L·Q^1.852/(C^1.852·D^4.871) + K·v²/2g, by the global gradient method", "管道：h = 10.667·L·Q^1.852/(C^1.852·D^4.871) + K·v²/2g，全局梯度法求解"),
        Text("Taps draw by pressure: nothing at 0 m, √ between, all from 20 m", "用户按水压取水：0 米无水，其间按平方根，20 米以上足量"),
        Text("Holes: Q = Cd·A·√(2g·h); pumps: h = 4/3·h0 − h0/3·(Q/Q0)²", "漏孔：Q = Cd·A·√(2g·h)；水泵：h = 4/3·h0 − h0/3·(Q/Q0)²"),
        Text("Hydrants: Q = Q_usual·((p − 10 m)/(p_usual − 10 m))^0.54, none below 10 m", "消火栓：Q = Q常·((p − 10 m)/(p常 − 10 m))^0.54，低于 10 米无水"),
    ),
    sources=(
        "Todini & Pilati (1988); Rossman et al. (2020), EPANET 2.2, EPA/600/R-20/133",
        "Wagner, Shamir & Marks (1988), doi:10.1061/(ASCE)0733-9496(1988)114:3(276)",
        "Alperovits & Shamir (1977), doi:10.1029/WR013i006p00885",
        "NFPA 291 (2022), 4.10.1; GB 50974-2014, 7.2.8",
        "Klise et al. (2017), doi:10.1016/j.envsoft.2017.06.022 (WNTR, the oracle of the tests)",
    ),
    assumptions=(
        Text("The mains are synthetic: under the streets, sized for 1 m/s with rings, on flat ground, fed by two works whose pumps need power.",
             "管网为合成：沿道路敷设成环，按 1 m/s 定径，地面水平，由两座需供电的水厂供水。"),
        Text("Works have generators that carry all their pumps for 12 h, of which 95 % start.", "水厂自备发电机可带全部水泵运行 12 小时，启动成功率 95%。"),
        Text("180 l a resident and day; 3 l/m² of other floors; houses above six storeys have pumps of their own that need power.",
             "居民人均日用水 180 升，其他建筑每平方米 3 升；六层以上建筑另设需供电的二次加压。"),
    ),
    valid=(
        HEAD_RANGE, SPEED_RANGE,
    ),
    cases=(),
    limits=(
        Text("No water hammer, no air in emptied pipes, no water quality.", "不计水锤、空管进气与水质。"),
        Text("Balances of each beat follow one another; the filling of empty pipes takes no time.", "逐步准稳态计算，空管充水不计时间。"),
    ),
)  # fmt: skip

DRAINS = Passport(
    equations=(
        Text("Inlets: Q = C·i·A (rational method); pipes that just run full: A·R^(2/3)·√S/n (Manning)", "雨水口：Q = C·i·A（推理公式）；满管：A·R^(2/3)·√S/n（曼宁公式）"),
        Text("Down the tree in each beat; what a pipe cannot carry stays above its inlet, and beyond .5 m backs up", "逐步沿树状管网下泄，超出管道能力的水滞留于雨水口上方，超过 0.5 米则向上游壅水"),
        Text("Speed of cars: v = .0009w² − .5529w + 86.9448 km/h, w in mm of water below 300, else the street is closed",
             "车速：v = 0.0009w² − 0.5529w + 86.9448 km/h（水深 w < 300 mm），超过则封路"),
    ),
    sources=(
        "Kuichling (1889); Manning (1891); GB 50014-2021",
        "Pregnolato et al. (2017), doi:10.1016/j.trd.2017.06.020",
    ),
    assumptions=(
        Text("The drains are synthetic: under the streets towards the nearest pumping station, sized for a design rain, slope 2 in 1,000.",
             "排水管网为合成：沿道路排向最近泵站，按设计暴雨定径，坡度千分之二。"),
        Text("A street's inlet drains a strip of 60 m; .65 of the rain runs off.", "雨水口汇水宽度 60 米，径流系数 0.65。"),
        Text("Water on the street stays at its inlet and covers 15 m of width.", "积水滞留于雨水口处，占道路宽 15 米。"),
        Text("Beside a flood the drains hear its rain; each then keeps its own water, and a street is slowed by both.",
             "与内涝模型同用时采用其降雨；两者各自计水，道路减速相乘。"),
    ),
    valid=(
        RAIN_RANGE, WATER_RANGE,
    ),
    cases=(),
    limits=(
        Text("No travel time and no pressure in pipes: peaks come too early. No flow over the ground: where that counts, use the flood model.",
             "不计管内行程与压力流，洪峰偏早；不计地表漫流，需要时请用内涝模型。"),
    ),
)  # fmt: skip

GAS = Passport(
    equations=(
        Text("Pipes: p1² − p2² = 16·λ·L·Z·R·T/(π²·D⁵)·m·|m|, steady and isothermal, by the global gradient method", "管道：p1² − p2² = 16·λ·L·Z·R·T/(π²·D⁵)·m·|m|，稳态等温，全局梯度法求解"),
        Text("Friction: λ = 64/Re + 1/(−2·log10(k/3.71·D))²", "摩阻：λ = 64/Re + 1/(−2·log10(k/3.71·D))²"),
        Text("Customers take by pressure: nothing at 10 kPa, all from 50 kPa", "用户按压力取气：10 kPa 无气，50 kPa 以上足量"),
    ),
    sources=(
        "Osiadacz (1987), ISBN 0-419-12480-2",
        "Lohmeier et al. (2020), doi:10.3390/su12239899 (pandapipes)",
        "Todini & Pilati (1988)",
    ),
    assumptions=(
        Text("The mains are synthetic: under the streets, two gates that hold 0.35 MPa, sized for 8 m/s; methane at 15 °C, Z = 1.",
             "管网为合成：沿道路敷设，两座门站稳压 0.35 MPa，按 8 m/s 定径；甲烷 15 °C，Z = 1。"),
        Text(".25 m³ a resident and day; .01 m³/m² of other floors.", "居民人均日用气 0.25 m³，其他建筑每平方米 0.01 m³。"),
    ),
    valid=(
        GAUGE_RANGE, DEMAND_RANGE,
    ),
    cases=(),
    limits=(
        Text("No store of gas in the mains: a shortage comes at once, really it takes minutes to hours.", "不计管存：缺气即时出现，实际需数分钟至数小时。"),
        Text("Relighting and purging after a shortage are not computed.", "不计停气后的置换与逐户点火。"),
    ),
)  # fmt: skip
