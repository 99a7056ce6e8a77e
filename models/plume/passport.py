"""The passport of the toxic release."""

from __future__ import annotations

from models.passport import Passport, Valid
from models.plume.validity import CANYON, FARTHEST, NEAREST
from models.plume.weather import CALMEST, STRONGEST
from sim.text import Text

DISTANCE_RANGE = Valid(
    Text("Distance from the source", "距源距离"),
    NEAREST,
    FARTHEST,
    "m",
    Text("The plume is not to be relied on there.", "该处烟羽浓度不可靠。"),
)
WIND_RANGE = Valid(Text("Wind at 10 m", "10 米高风速"), CALMEST, STRONGEST, "m/s")
STREETS_RANGE = Valid(
    Text("Height over width of the streets", "街道高宽比"),
    0.0,
    CANYON,
    "ratio",
    Text(
        "The streets are canyons: gas stays longer and may be several times thicker there.",
        "街道呈峡谷状：气体滞留更久，浓度可能高出数倍。",
    ),
)
PASSPORT = Passport(
    equations=(
        Text(
            "Plume: C = Q/(2π·u·σy·σz)·exp(−y²/2σy²)·[exp(−(z−H)²/2σz²) + exp(−(z+H)²/2σz²)] and images below a lid",
            "烟羽：C = Q/(2π·u·σy·σz)·exp(−y²/2σy²)·[exp(−(z−H)²/2σz²) + exp(−(z+H)²/2σz²)]，并计混合层反射",
        ),
        Text(
            "In a run: puffs that drift with the wind as it turns and add up; σ by Briggs (urban), by distance travelled",
            "运行中：烟团随风向变化漂移并叠加；σ 按 Briggs 城市公式，以行程计",
        ),
        Text("Indoors: dCi/dt = n·(Co − Ci); toxic load ∫Cⁿ dt; deaths Φ(a + b·ln L − 5)", "室内：dCi/dt = n·(Co − Ci)；毒负荷 ∫Cⁿ dt；死亡率 Φ(a + b·ln L − 5)"),
        Text("Source: vapour through a hole, choked or not, until it is plugged or empty", "源强：蒸气经孔口（临界或亚临界）泄放，直至封堵或泄空"),
    ),
    sources=(
        "Briggs (1973), ATDL-79; EPA-454/B-95-003b (ISC3)",
        "Turner (1964), doi:10.1175/1520-0450(1964)003<0083:ADMFAU>2.0.CO;2",
        "CCPS (2000), ISBN 0-8169-0720-X",
        "Withers & Lees (1985), doi:10.1016/0304-3894(85)85013-4",
        "Britter & McQuaid (1988), HSE 17/1988",
        "National Research Council, Acute Exposure Guideline Levels, vol. 4 (2004), vol. 6 (2008)",
    ),
    assumptions=(
        Text("Wind and class are the same everywhere in the city, at 10 m, and turn at once.", "全市风速、风向与稳定度一致（10 米高），风向突变。"),
        Text("A tenth of the people are outdoors; windows are ajar until the order (1 air change an hour), then shut (.4).",
             "一成人员在室外；指令下达前窗户微开（每小时换气 1 次），其后关闭（0.4 次）。"),
        Text("Sectors are told by what the command reckons with: whoever leaves goes out after 5 min and is out of the gas 10 min later. "
             "With an evacuation in the scenario they leave as people do, and breathe what is where they are.",
             "指挥部按“5 分钟后出门、再过 10 分钟离开污染区”的设想下令；情景中含疏散时，人员按实际疏散过程离开，并按所在位置计算吸入量。"),
        Text("A team against dangerous goods closes the leak in about 30 min, once it and an engine are there; neighbours' ambulances come after 30 min.",
             "危险化学品处置队与一辆消防车到场后约 30 分钟封堵；外区救护车约 30 分钟后到达。"),
    ),
    valid=(
        DISTANCE_RANGE, WIND_RANGE, STREETS_RANGE,
    ),
    cases=(),
    limits=(
        Text("Dense gas slumps and spreads against the wind: not computed, but told by the criterion of Britter and McQuaid.",
             "重气沉降和逆风铺展不计算，但按布里特—麦奎德判据提示。"),
        Text("Buildings do not steer the gas; in canyons and nearer than 100 m it may be several times thicker.",
             "不计建筑对气流的引导；峡谷街道内及 100 米以内浓度可能高出数倍。"),
        Text("Liquid that flashes or pools, deposition and chemistry are not computed.", "不计闪蒸、液池、沉降与化学反应。"),
    ),
)  # fmt: skip
