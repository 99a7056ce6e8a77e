"""What stands behind the spreading fire."""

from models.passport import Passport, Valid
from sim.text import Text

PASSPORT = Passport(
    equations=(
        Text("growth Q = α·t², 1055 kW at 600, 300, 150 or 75 s", "增长 Q = α·t²，600、300、150、75 s 达 1055 kW"),
        Text("flashover Q = 610·√(hk·At·Av·√Hv) (MQH)", "轰燃 Q = 610·√(hk·At·Av·√Hv)（MQH）"),
        Text("radiation q = E·share of openings·configuration factor, E 84 or 168 kW/m²", "辐射 q = E·开口比例·角系数，E 为 84 或 168 kW/m²"),
        Text("ignition when Σ (q − 13.1)^1.828·dt ≥ 11501", "引燃条件 Σ (q − 13.1)^1.828·dt ≥ 11501"),
        Text("flame L = .235·Q^⅖ − 1.02·D, leaning by cos θ = 1/√u*", "火焰 L = .235·Q^⅖ − 1.02·D，倾角 cos θ = 1/√u*"),
        Text("brands: Poisson in the MJ burnt; downwind lognormal with mean .47·D·B^⅔ and deviation .88·D·B^⅓, across normal .92·D",
             "飞火：按燃烧热量的泊松过程；顺风对数正态，均值 .47·D·B^⅔、标准差 .88·D·B^⅓，侧向正态 .92·D"),
        Text("water takes 2634 kW a l/s, of which 35 % acts", "水吸热 2634 kW/(L/s)，有效 35 %"),
        Text("smoke: upwind column with stack flow Cd·A·√(gHΔT/T); sight 3/(8.7·C); dose Σ CO·Δt/35000", "烟气：竖井迎风格式，热压流量 Cd·A·√(gHΔT/T)；能见度 3/(8.7·C)；剂量 Σ CO·Δt/35000"),
    ),
    sources=(
        "McCaffrey, Quintiere & Harkleroad 1981, doi:10.1007/BF02479583",
        "BR 187, 2nd ed. 2014; Law 1963",
        "Shields, Silcock & Murray 1994 (flux-time product)",
        "Himoto & Tanaka 2005, doi:10.3801/IAFSS.FSS.8-433; 2008, Fire Safety Journal 43, 477",
        "Heskestad 1983; American Gas Association 1974",
        "EN 1991-1-2, annex E (loads and peaks)",
        "Hamada 1951 in Scawthorn, Eidinger & Schiff 2005 (benchmark)",
        "Särdqvist 1998; Grimwood 2008 (water)",
        "Jin 1978; Purser, SFPE Handbook, chapter 63 (smoke)",
    ),
    assumptions=(
        Text("storeys of equal compartments; partitions hold a median time times log-logistic luck", "每层由等分的防火单元组成；分隔的耐火时间取中位数乘以对数逻辑分布的随机因子"),
        Text("structures are drawn or follow from storeys where the map says nothing", "地图未注明结构时，按层数推定或随机抽取"),
        Text("a building's growth is lognormal, σ .5, about that of its use; outside fire on bare wood grows at least fast", "建筑内火灾增长率围绕用途取对数正态（σ 0.5）；裸木结构受外部引燃时至少为快速"),
        Text("chance .00002 that a brand lights a bare wooden house, a tenth of it for brick and timber, none on concrete", "单个飞火引燃裸木房屋的概率 0.00002，砖木为其十分之一，混凝土屋顶为零"),
        Text("crews hold the smallest fires first and then shield the most heated facades", "力量先控制最小的火点，再防护受热最强的外墙"),
        Text("people leave after a lognormal time, longer by night, and turn back where they see less than 5 m", "人员疏散时间取对数正态，夜间更长；能见度不足 5 m 时折返"),
    ),
    valid=(
        Valid(Text("wind", "风速"), 0.0, 25.0, "m/s"),
        Valid(Text("gap across which radiation is followed", "考虑辐射的间距"), 0.3, 25.0, "m"),
        Valid(Text("storeys", "层数"), 1.0, 60.0, "levels"),
    ),
    cases=(
        Text("Itoigawa, 22 December 2016: at least 50 buildings after 206 min, about 140 after 310 min, 147 in the end. In a generated town, 20 runs, not fitted to this curve, though the size of the town, the ignition and the spreads were chosen after runs had been seen: left to itself 94 (90 %: 71 to 137), 109 (71 to 198), 116 (71 to 211); fought by nine engines 6 (3 to 14) throughout, so the model holds a fire that the brigade could not hold",
             "糸鱼川 2016-12-22：206 分钟至少 50 栋、310 分钟约 140 栋、最终 147 栋。合成城镇、20 次运行，未按此曲线拟合，但城镇规模、起火点与离散度是在看过运行结果之后选定的：无人扑救 94（90 %：71～137）、109（71～198）、116（71～211）；九辆消防车扑救始终为 6（3～14），即模型控制住了当年未能控制的火"),
        Text("Nanjing 23 February 2024 (34 floors, smoke up the light well, 15 dead, 44 injured): the kind of scenario, not a fit",
             "南京 2024-02-23（34 层，烟气沿天井上升，15 死 44 伤）：仅为场景类型，未拟合"),
    ),
    limits=(
        Text("flat ground; wind is one for the whole town and does not speed up the burning inside", "地面平坦；全城风场均一，且不加快室内燃烧"),
        Text("slower downwind than Hamada in strong wind, since flame contact and brands are all that wind does here", "强风下顺风蔓延慢于滨田公式，因为模型中风只影响火焰倾斜与飞火"),
        Text("no trees, vehicles or rubbish between houses; no collapse; no explosion", "不含房屋间的树木、车辆与杂物，不含倒塌与爆炸"),
        Text("smoke is followed in one stair a building; doors and light wells are one leaking share", "每栋楼仅一部楼梯间的烟气；门与天井以一个泄漏比例表示"),
    ),
)  # fmt: skip
