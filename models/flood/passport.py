"""The passport of the cloudburst."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

FROUDE_RANGE = Valid(
    Text("Froude number", "弗劳德数"),
    0.0,
    1.0,
    "ratio",
    Text(
        "Water flows faster than its waves: local inertial flow is not made for it.", "出现急流：局部惯性格式不适用。"
    ),
)
DEPTH_RANGE = Valid(Text("Depth of flow against its cell", "水深"), 0.0, 30.0, "m")
RAIN_RANGE = Valid(Text("Rain", "雨强"), 0.0, 1000.0, "mm/h")
PASSPORT = Passport(
    equations=(
        Text("Flow between cells: q' = [θq + (1−θ)(q₋ + q₊)/2 − g·h_f·Δt·Δη/Δx] / [1 + g·Δt·n²‖q‖/h_f^(7/3)], h_f = max η − max z, Δt = 0.7·Δx/√(g·h_max)",
             "单元间流动：q' = [θq + (1−θ)(q₋ + q₊)/2 − g·h_f·Δt·Δη/Δx] / [1 + g·Δt·n²‖q‖/h_f^(7/3)]，h_f = max η − max z，Δt = 0.7·Δx/√(g·h_max)"),
        Text("Design storm: Chicago, i = a(1 + c·lg P)/(t + b)^n", "设计暴雨：芝加哥雨型，i = a(1 + c·lg P)/(t + b)^n"),
        Text("Infiltration: Green–Ampt, f = K(1 + ψΔθ/F), solved exactly while water stands", "下渗：Green–Ampt，f = K(1 + ψΔθ/F)，积水期间精确求解"),
        Text("Inlets: the least of weir 1.66·P·d^1.5, orifice 0.67·A·√(2gd) and what the sewer carries; garages: sill 1.7·b·d^1.5",
             "雨水口：取堰流 1.66·P·d^1.5、孔流 0.67·A·√(2gd) 与管道能力之最小值；车库：宽顶堰 1.7·b·d^1.5"),
        Text("People: HR = d(v + 0.5) + DF; vehicles: v = 0.0009w² − 0.5529w + 86.9448 km/h (w in mm), 0 from 300 mm",
             "行人：HR = d(v + 0.5) + DF；车辆：v = 0.0009w² − 0.5529w + 86.9448 km/h（w 为毫米），300 毫米起为 0"),
    ),
    sources=(
        "Bates, Horritt & Fewtrell 2010, doi:10.1016/j.jhydrol.2010.03.027",
        "de Almeida, Bates, Freer & Souvignet 2012, doi:10.1029/2011WR011570",
        "Keifer & Chu 1957, Journal of the Hydraulics Division 83 (Chicago storm)",
        "Mein & Larson 1973, doi:10.1029/WR009i002p00384 (Green and Ampt)",
        "FHWA HEC-22, 3rd ed. 2009 (inlets)",
        "Defra & Environment Agency 2006, FD2320/TR2 (people)",
        "Pregnolato, Ford, Wilkinson & Dawson 2017, doi:10.1016/j.trd.2017.06.020 (vehicles)",
    ),
    assumptions=(
        Text("Without an elevation model the ground is invented: a fall of 1 in 2000 with hollows, streets 0.15 m below their kerbs.",
             "无高程模型时地形为合成：坡度 1/2000，带洼地，道路低于路缘 0.15 米。"),
        Text("An elevation model in another projection is resampled bilinearly, at about its own cells, and then averaged; its heights are metres.",
             "其他坐标系的高程模型按近似原分辨率双线性重采样后取平均；高程单位为米。"),
        Text("Underpasses dip by up to 3.2 m under main streets chosen by luck; each has a pumping station.",
             "下穿通道随机设于主要道路，最深 3.2 米，各设一座泵站。"),
        Text("All street cells have inlets, which together carry 36 mm/h of the whole area; 30 % are blocked.",
             "各道路单元设雨水口，合计可排全区 36 毫米/小时，堵塞 30%。"),
        Text("Of 100 drivers who come to an open underpass in which cars stall, 4 drive in; a fifth of them cannot get out alone, and drown within 10 min on average once the water is 1 m deep.",
             "积水致车辆熄火而未封闭的下穿通道，每 100 名驾驶人有 4 人驶入；其中五分之一无法自行脱困，水深达 1 米后平均 10 分钟溺亡。"),
        Text("Of the people of a house, 0.4 % go for their cars while the garage fills; of those on a flooded ground floor, 3 % cannot leave it.",
             "车库进水时，楼内 0.4% 的人前往取车；底层被淹时 3% 的人无法自行离开。"),
    ),
    valid=(
        FROUDE_RANGE, DEPTH_RANGE, RAIN_RANGE,
    ),
    cases=(
        Text("Nanjing: a storm above 100 mm gave 32 flooded points of 10 to 30 cm, clear about 2 h after the rain (date unclear). Not scored yet: no elevation model and no positions of these points.",
             "南京：一场超过 100 毫米的暴雨造成 32 处 10～30 厘米积水点，雨后约 2 小时消退（日期不详）。尚未评分：缺高程与点位。"),
    ),
    limits=(
        Text("Not for dam breaks or water that falls: where it flows faster than its waves a warning is given.",
             "不适用于溃坝与跌水：出现急流时给出警告。"),
        Text("Sewers have no pipes: an inlet takes what it can, and water does not come back out of it.",
             "不计算管网水力：雨水口按能力排水，不考虑反涌。"),
        Text("Houses do not block water but slow it; rain is the same everywhere.", "建筑不阻水，仅增大糙率；降雨空间均匀。"),
        Text("Rescue vehicles meet the same depth limits as cars; an engine that wades deeper is not known.",
             "救援车辆与小汽车采用同一涉水限值。"),
        Text("Front speed over dry ground converges to local inertial flow, which lags the exact wave by some tens of metres an hour.",
             "干床前锋收敛于局部惯性解，每小时较精确解滞后数十米。"),
    ),
)  # fmt: skip
