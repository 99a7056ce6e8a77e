"""The units of parameters, fields and indicators as people read them, each named once."""

from __future__ import annotations

from sim.errors import InputError
from sim.text import Text

#: Symbols of the SI read the same in both languages and stand for themselves.
_SAME = ("m", "°C", "m²", "m³", "mm", "kg", "kg/s", "kPa", "MW", "kW/m²", "m/kg^(1/3)", "ppm", "°")
_TOLD = {
    "choice": "选项",
    "class": "类",
    "count": "件",
    "d per 1,000 premises and year": "天/千家·年",
    "d": "天",
    "degrees": "度",
    "deaths": "人",
    "exponent": "指数",
    "factor": "倍",
    "h per 1,000 premises and year": "小时/千家·年",
    "h per premises and year": "小时/家·年",
    "h per year": "小时/年",
    "h": "小时",
    "households": "户",
    "km/h": "公里/小时",
    "l": "升",
    "l/min": "升/分钟",
    "l/s": "升/秒",
    "levels": "级",
    "log": "对数标准差",
    "m/s": "米/秒",
    "min": "分钟",
    "mm/h": "毫米/小时",
    "m³/h": "立方米/小时",
    "m³/s": "立方米/秒",
    "operators": "家",
    "per 1,000 households and day": "每千户每天",
    "per 1,000 households": "每千户",
    "per 1,000 premises and month": "处/千家·月",
    "per 1,000 premises and year": "起/千家·年",
    "per 1,000 premises": "处/千家",
    "per 1,000 residents": "家/千居民",
    "per 100 contacts": "每百名责任人",
    "per 100 h": "处/百工时",
    "per 100 licences": "处/百件许可",
    "per 100,000 residents": "每十万居民",
    "per area and month": "每片区每月",
    "per day and 100,000 residents": "每天每十万居民",
    "per day": "每天",
    "per hour": "每小时",
    "per household and quarter": "每户每季度",
    "per household and year": "每户每年",
    "per km²": "每平方公里",
    "per month": "每月",
    "per premises and year": "次/家·年",
    "per year and 100,000 residents": "每年每十万居民",
    "per year and km": "每公里每年",
    "per year": "每年",
    "persons": "人",
    "persons/m²": "人/平方米",
    "persons/m·s": "人/米·秒",
    "persons/s": "人/秒",
    "place": "地点",
    "points": "分",
    "points/h": "分/工时",
    "ratio": "比值",
    "rounds": "轮",
    "s": "秒",
    "scope": "适用范围",
    "share": "比例",
    "storeys": "层",
    "share/min": "比例/分钟",
    "vehicles": "辆",
    "working days": "工作日",
    "working h": "工作小时",
}


def unit_text(symbol: str) -> Text:
    """Return a unit in both languages, or raise an `InputError` that lists those there are."""
    if symbol in _SAME:
        return Text(symbol, symbol)
    if symbol not in _TOLD:
        there_are = ", ".join((*_SAME, *_TOLD))
        raise InputError(en=f"unit {symbol!r} is unknown; there are: {there_are}",
                         zh=f"单位 {symbol!r} 未知；可用：{there_are}")  # fmt: skip
    return Text(symbol, _TOLD[symbol])
