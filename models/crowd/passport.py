"""The passports of the crowd and of evacuation."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

_EQUATIONS = (
    Text("Speed: v = v₀·(1 − exp(−1.913·(1/D − 1/5.4))), each person with a v₀ by age",
         "步速：v = v₀·(1 − exp(−1.913·(1/D − 1/5.4)))，v₀ 按年龄逐人取值"),
    Text("Between pieces of a street: ∂D/∂t + ∂q/∂x = 0 by Godunov's scheme, the smaller of demand and supply, carried by individuals",
         "街段之间：∂D/∂t + ∂q/∂x = 0，Godunov 格式取需求与供给之较小者，由个体承载"),
    Text("Doors and gates: 1.33 persons a second and metre (IMO), or 1.32·(width − 0.3 m) (SFPE); who passes takes 1/capacity",
         "门与闸口：每米每秒 1.33 人（IMO），或 1.32·(净宽 − 0.3 m)（SFPE）；每人通过耗时 1/通行能力"),
    Text("Stairs: k = .863·√(tread/riser) against 1.40 m/s on the level", "楼梯：k = 0.863·√(踏面宽/踏步高)，平地为 1.40 m/s"),
    Text("Streams that meet: flow · (1 − .25·4·p·(1 − p)), p the share of those who come against",
         "对向人流：流量 · (1 − 0.25·4·p·(1 − p))，p 为逆行比例"),
)  # fmt: skip
_SOURCES = (
    "Weidmann (1993), Transporttechnik der Fußgänger, doi:10.3929/ethz-a-000687810",
    "Daganzo (1995), doi:10.1016/0191-2615(94)00022-R",
    "Lebacque (1996), The Godunov scheme and what it means for first order traffic flow models",
    "IMO MSC.1/Circ.1533 (2016); RiMEA 3.0 (2016); Ronchi et al. (2013), NIST TN 1822, doi:10.6028/NIST.TN.1822",
    "Gwynne & Rosenbaum (2016), SFPE Handbook, 5th ed., chapter 59",
    "Zhang et al. (2012), doi:10.1088/1742-5468/2012/02/P02002",
    "Helbing, Johansson & Al-Abideen (2007), doi:10.1103/PhysRevE.75.046109",
    "Fruin (1993), The causes and prevention of crowd disasters; Still (2014), Introduction to Crowd Science",
)
_ASSUMED = (
    Text("Widths that people use follow the class of the street.", "可用宽度按道路等级取值。"),
    Text("People look for the quickest way every two minutes, and see only the queues before them in between.",
         "人们每两分钟重新选路，其间只看到眼前的排队。"),
)  # fmt: skip
DENSITY_RANGE = Valid(
    Text("Density on the level", "平地密度"),
    0.0,
    5.4,
    "persons/m²",
    Text("Nobody has measured how people walk there.", "更高密度下的步行速度无实测。"),
)
PIECE_RANGE = Valid(Text("Length of a piece", "街段长度"), 2.0, 45.0, "m")
_VALID = (DENSITY_RANGE, PIECE_RANGE)
_LIMITS = (
    Text("Within a piece of about 20 m the density is even: what happens at one pillar or step is not told.",
         "约 20 m 的街段内密度视为均匀，不表现局部障碍处的情形。"),
    Text("No groups, no pushing from body to body, no shock waves through a crowd that stands.",
         "不含结伴行为、身体推挤与静止人群中的冲击波。"),
)  # fmt: skip

CROWD = Passport(
    equations=(
        *_EQUATIONS,
        Text("Hurt: .0009·(D − 5)² a minute of those inside; dead: .005·(D − 7) a minute", "受伤：每分钟 0.0009·(D − 5)²；死亡：每分钟 0.005·(D − 7)"),
    ),
    sources=_SOURCES,
    assumptions=(
        *_ASSUMED,
        Text("Where people press on they enter up to 8 persons/m²; at least .1 a second and metre shuffle on.",
             "推挤时人流可压入至 8 人/m²；每米每秒至少 0.1 人缓慢移动。"),
        Text("Visitors are residents; each sees three of five sights for some 12 minutes, unless 3 persons/m² stand there, and goes home.",
             "游客取自居民；每人观赏五处中的三处，每处约 12 分钟（该处达到 3 人/m² 则不停留），随后离开。"),
        Text("Whoever is stuck for ten minutes goes home; where police hold a street nobody stops, and .2 a second and metre are let into the fair.",
             "受阻十分钟者离场；公安管控街道内不得停留，入口每米每秒放行 0.2 人。"),
        Text("Rates of harm are of the order of Itaewon 2022, not measured.", "伤亡率取 2022 年梨泰院事故量级，并非实测。"),
    ),
    valid=_VALID,
    cases=(
        Text("Itaewon, 29 October 2022: 40 × 3.2 m, 7.7 to 10.7 persons/m², 159 dead: only the order of the rates is taken from it.",
             "2022 年 10 月 29 日梨泰院：40 × 3.2 m，7.7–10.7 人/m²，159 人遇难：仅取伤亡率量级。"),
    ),
    limits=(
        *_LIMITS,
        Text("A one-way scheme is drawn about the middle and not planned: it spares people from meeting (.25 of the flow at most) and "
             "lengthens ways. At the shipped fair the busiest street then gets more people, and it is denser; where the ring lies decides.",
             "单向通行方案按中心机械生成、未经优化：至多免去对向人流损失（流量的 25 %），但路程变长。在所附灯会中，最拥挤街道反而更密；效果取决于环线位置。"),
        Text("Visitors stay counted in their homes; those who fall do not obstruct others.", "游客仍计入其住所人数；跌倒者不阻碍他人。"),
    ),
)  # fmt: skip

EVACUATION = Passport(
    equations=(
        *_EQUATIONS,
        Text("Each sets out after a lognormal time, walks to the stairs, down, out of a door and along streets to a shelter with room",
             "每人经对数正态分布的准备时间后出发，经楼梯、出口与街道前往有余量的避难场所"),
    ),
    sources=_SOURCES,
    assumptions=(
        *_ASSUMED,
        Text("A stair of 1.2 m and two doors for each 400 m² of a storey; storeys of 3 m.", "每 400 m² 楼层设一部 1.2 m 楼梯与两个出口；层高 3 m。"),
        Text("A building goes to the nearest shelter that has room for all of its people.", "每栋建筑前往能容纳其全部人员的最近避难场所。"),
        Text("One in twenty of those over 65 waits for a crew.", "65 岁以上人员中二十分之一需等待救援力量协助。"),
    ),
    valid=_VALID,
    cases=(),
    limits=(
        *_LIMITS,
        Text("Nobody drives, refuses, turns back or looks for family.", "不含驾车离开、拒绝疏散、折返与寻找家人。"),
        Text("Lifts are out of use.", "电梯停用。"),
        Text("Those who are told at different times do not hinder each other in the streets.", "不同批次接到指令的人群在街道上互不影响。"),
    ),
)  # fmt: skip
