"""A city in plain data and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.city.build import facility_counts
from sim.city.indicators import network_indicators
from sim.city.model import AREA_LEVELS, AREA_TITLES, FACILITY_TITLES, City
from sim.text import Language, Text
from viz.words import figure

_SYNTHETIC = Text("synthetic", "合成")
_TOLD = {
    "residents": Text("residents", "居民"),
    "buildings": Text("buildings", "建筑"),
    "drive": Text("junctions and directed edges to drive", "机动车路口与有向路段"),
    "walk": Text("junctions and directed edges to walk", "步行路口与有向路段"),
}
_NETWORK = {
    "km": Text("km of streets", "道路公里数"),
    "mean_m": Text("mean length of an edge, m", "路段平均长度（米）"),
    "median_m": Text("median length of an edge, m", "路段长度中位数（米）"),
    "dead_end": Text("share of dead ends", "断头路比例"),
    "three_way": Text("share of three-way junctions", "三岔路口比例"),
    "four_way": Text("share of four-way junctions", "四岔路口比例"),
    "circuity": Text("circuity", "迂回系数"),
    "one_way": Text("share of one-way edges", "单行路段比例"),
    "orientation_order": Text("orientation order (Boeing)", "方向有序度（Boeing）"),
}
_LEFT_OUT = Text("Left out or changed", "舍弃或更改")
_FACILITIES = Text("Facilities", "设施")


def city_facts(city: City) -> dict[str, Any]:
    """Return what a city is made of, as plain data."""
    return {
        "name": city.name,
        "hash": city.hash,
        "synthetic": city.synthetic,
        "residents": city.residents,
        "crs": city.crs,
        "source": city.source,
        "drive": {"nodes": city.drive.nodes, "edges": city.drive.edges},
        "walk": {"nodes": city.walk.nodes, "edges": city.walk.edges},
        "buildings": len(city.buildings),
        "areas": {level: len(city.areas.of_level(level)) for level in AREA_LEVELS},
        "facilities": {kind: list(counts) for kind, counts in facility_counts(city.facilities).items()},
        "indicators": network_indicators(city.drive),
        "dropped": [
            {"what": line.what, "count": line.count, "en": line.reason_en, "zh": line.reason_zh}
            for line in city.dropped
        ],
    }


def city_lines(facts: dict[str, Any], language: Language) -> Iterator[str]:
    """Yield the facts of a city and its id as lines to read."""

    def say(text: Text) -> str:
        return text.in_language(language)

    yield f"{facts['name']}{f' ({say(_SYNTHETIC)})' if facts['synthetic'] else ''}  {facts['id']}"
    yield from (_line(facts[key], say(_TOLD[key])) for key in ("residents", "buildings"))
    for key in ("drive", "walk"):
        yield _line(f"{facts[key]['nodes']:,} / {facts[key]['edges']:,}", say(_TOLD[key]))
    yield from (_line(facts["indicators"][key], say(title)) for key, title in _NETWORK.items())
    yield from (_line(facts["areas"][level], say(AREA_TITLES[level])) for level in AREA_LEVELS[1:])
    yield f"{say(_FACILITIES)}:"
    for kind, (count, made) in facts["facilities"].items():
        yield _line(count, say(FACILITY_TITLES[kind]) + (f" ({made} {say(_SYNTHETIC)})" if made else ""))
    yield f"{say(_LEFT_OUT)}:"
    yield from (_line(line["count"], f"{line['what']}: {line[language]}") for line in facts["dropped"])
    yield facts["source"].get("attribution", "")


def _line(value: float | str, told: str) -> str:
    shown = value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else figure(value)
    return f"  {shown:>16s}  {told}"
