"""The passport of information: rumours, statements, warnings and calls."""

from __future__ import annotations

from models.passport import Passport, Valid
from sim.text import Text

MOST_CONTACTS_H = 60.0
CONTACTS_RANGE = Valid(Text("contacts of a spreader", "传播者接触率"), 0.0, MOST_CONTACTS_H, "per hour")
RESIDENTS_RANGE = Valid(Text("residents", "居民数"), 1_000.0, 5_000_000.0, "persons")
PASSPORT = Passport(
    equations=(
        Text("Rumour, person by person: contacts at β; an ignorant is told, one who knows stops the teller with chance a (Maki and "
             "Thompson) or both (Daley and Kendall)",
             "谣言按人传播：以速率 β 接触；不知情者被告知，遇知情者则传播者以概率 a 停止（Maki–Thompson），或双方均停止（Daley–Kendall）"),
        Text("Stopping otherwise at γ + δ·trust·told(t), told from 0 at the official statement by media and chat groups",
             "此外以 γ + δ·信任·触达(t) 停止；触达自官方发布起由媒体与微信群增长"),
        Text("Warning by channel: dn/dt = k·a_b·(1 − n) + (1 − k)·a_c·n·(1 − n)", "分渠道预警：dn/dt = k·a_b·(1 − n) + (1 − k)·a_c·n·(1 − n)"),
        Text("Calls of a scare: usual calls × min(panic · share who spread it, cap); a queue with few call-takers",
             "恐慌呼叫：平常呼叫量 × min(恐慌系数·传播者比例, 上限)；接警席位有限的队列"),
    ),
    sources=(
        "Daley & Kendall 1964, doi:10.1038/2041118a0",
        "Maki & Thompson 1973, Mathematical Models and Applications",
        "Sudbury 1985, doi:10.2307/3213787 (20.3 % never hear)",
        "Rogers & Sorensen 1991, Diffusion of emergency warning",
        "Bass 1969, doi:10.1287/mnsc.15.5.215",
    ),
    assumptions=(
        Text("contacts: a fifth at home, half in the community, the rest anywhere in the city", "接触：五分之一在家庭，一半在社区，其余在全市"),
        Text("β .6, γ .1, δ .5 an hour; media reach half of the residents, within 4 h on average", "β 0.6、γ 0.1、δ 0.5（每小时）；媒体触达半数居民，平均 4 小时"),
        Text("reach and rates of the channels by age group; two thirds of those warned stay inside", "各渠道按年龄的覆盖率与速率；三分之二的被预警者留在室内"),
        Text("80 calls a day and 100,000 residents at 110, 119 and 120, with .4 call-takers", "110、119、120 每十万人每日 80 次呼叫、0.4 个接警席位"),
    ),
    valid=(CONTACTS_RANGE, RESIDENTS_RANGE),
    cases=(),
    limits=(
        Text("what is told does not change on the way, and nobody hears two rumours at once", "内容在传播中不变，且不考虑多个谣言并存"),
        Text("no feeds of a platform and no accounts with many followers: everybody tells one person at a time", "不含平台推荐与大号：每次仅告知一人"),
        Text("people meet by night as by day", "昼夜接触率相同"),
        Text("who heard the statement first can still believe the rumour, as in the equations of the domain", "先听到官方发布者仍可能相信谣言，与所用方程一致"),
    ),
)  # fmt: skip
