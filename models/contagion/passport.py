"""The passport of contagion."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

HIGHEST_R0 = 5.0
R0_RANGE = Valid(Text("R0", "基本再生数"), 0.0, HIGHEST_R0, "ratio")
PERIOD_RANGE = Valid(Text("latent and infectious period", "潜隐期与传染期"), 0.1, 30.0, "d")
RESIDENTS_RANGE = Valid(Text("residents", "居民数"), 1_000.0, 5_000_000.0, "persons")
PASSPORT = Passport(
    equations=(
        Text("Infection of a resident when Σ over settings ∫ β·activity(hour)·I/nᵃ dt, times susceptibility, reaches −ln(u) (Sellke)",
             "居民被感染：各场所 ∫ β·活动强度(时)·I/nᵃ dt 之和乘以易感性达到 −ln(u)（Sellke 构造）"),
        Text("Settings: household (a = .8), class, team at work and community (a = 1); β from R0 and the shares of the settings",
             "场所：家庭（a = 0.8）、班级、工作班组与社区（a = 1）；β 由 R0 与各场所份额确定"),
        Text("Community: half of the contacts are in one's own, .35 around it as exp(−d/1 km), the rest anywhere; mutual, as many for everybody",
             "社区接触：一半在本社区，0.35 在周边并按 exp(−d/1 km) 递减，其余遍及全市；接触对等、人人等量"),
        Text("Latent and infectious periods: gamma", "潜隐期与传染期服从伽马分布"),
        Text("Tests and beds: queues with a capacity, first come first served", "检测与床位：有限容量、先到先得的队列"),
    ),
    sources=(
        "Sellke 1983, doi:10.2307/3213811",
        "Ball 1986, doi:10.2307/1427301 (exact law of a household)",
        "Kermack & McKendrick 1927, doi:10.1098/rspa.1927.0118 (final size)",
        "British Medical Journal 1978, 1, 587; Murray 1989, Mathematical Biology; Vynnycky & Edmunds 2008, doi:10.1017/S0950268807008369 (the school)",
        "Ferguson et al. 2006, doi:10.1038/nature04795 (shares of the settings)",
        "Read et al. 2014, doi:10.1098/rspb.2014.0268 (contacts near home)",
        "Cauchemez et al. 2004, doi:10.1002/sim.1912 (households)",
        "Biggerstaff et al. 2014, doi:10.1186/1471-2334-14-480 (R of influenza, median 1.28 in a season)",
    ),
    assumptions=(
        Text("children who are away are at school, adults at work, from 8 to 18 h every day; classes of 40 of one community, teams of 20",
             "外出儿童在校、成人在岗，每日 8—18 时；班级 40 人且来自同一社区，班组 20 人"),
        Text("shares that fall ill, seek a test, isolate, need a bed and die, by age", "发病、就检、隔离、住院与病死的比例按年龄设定"),
        Text("half of the severe call an ambulance; it waits at most an hour at a hospital without a free bed",
             "半数重症呼叫救护车；医院无空床时救护车最多等候一小时"),
    ),
    valid=(R0_RANGE, PERIOD_RANGE, RESIDENTS_RANGE),
    cases=(
        Text("English boarding school 1978, 763 boys, with R0 = 1.8 of 1957 found elsewhere and the periods of this hazard: .73 fall ill "
             "against .671, but the peak comes on day 24 (90 %: 18 to 40) against day 5. Boys who live together meet more: with what was "
             "found for that school itself (R0 = 3.8, nobody latent) it peaks when it did; with the latent period of this hazard its growth would need R0 = 11",
             "1978 年英国寄宿学校，763 名男生：采用他处得到的 1957 年 R0 = 1.8 与本模型病程，发病比例 0.73（实际 0.671），但峰值在第 24 天（90 %：18～40），"
             "实际为第 5 天。同住男生的接触更多：采用该校自身估计（R0 = 3.8、无潜隐期）时峰值日与实际相符；若用本模型的潜隐期，其增速对应 R0 = 11"),
    ),
    limits=(
        Text("people do not change what they do by themselves, but for isolation and closed schools", "除隔离与停课外，不考虑居民自发的行为改变"),
        Text("people work anywhere in the city, however far: a front is blurred by it", "就业地点遍及全市、不随距离递减，传播前沿因此较模糊"),
        Text("no travel from and to other cities, no weekends, no waning immunity", "不含城市间人员流动、周末差异与免疫衰减"),
        Text("beds are one pool for the city; hospitals do not differ", "全市床位合并计算，不区分医院"),
        Text("one infection by one variant: strength of infection does not differ between people", "单一毒株；个体传染力无差异"),
    ),
)  # fmt: skip
