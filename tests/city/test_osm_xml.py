"""A map small enough to know every street of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.city.build import projection
from sim.city.osm_file import read_osm
from sim.city.streets import build_streets, direction, hilbert_index
from sim.errors import InputError

# A square 1-2-3-4 with a bend (5) in 1-2, a one-way diagonal 3→1, a loop at 2, a parallel detour 1-6-2,
# a private drive and a footpath 4-7.
NODES = {1: (0, 0), 2: (4, 0), 3: (4, 4), 4: (0, 4), 5: (2, 0.1), 6: (2, -3), 7: (-1, 5), 8: (5, 1), 9: (6, 0)}
WAYS = {
    10: ([1, 5, 2], {"highway": "residential", "name": "甲路"}),
    11: ([2, 3], {"highway": "residential"}),
    12: ([3, 4, 1], {"highway": "residential"}),
    13: ([1, 3], {"highway": "tertiary", "oneway": "-1"}),
    14: ([2, 8, 9, 2], {"highway": "residential"}),
    15: ([1, 6, 2], {"highway": "residential"}),
    16: ([4, 7], {"highway": "footway"}),
    17: ([3, 8], {"highway": "service", "access": "no"}),
    18: ([1, 2, 3, 4, 1], {"building": "yes"}),
}


def osm_xml(nodes=NODES, ways=WAYS) -> str:
    lines = ["<osm version='0.6'>"]
    lines += [f"<node id='{i}' lon='{118.7 + x / 1000}' lat='{32 + y / 1000}'/>" for i, (x, y) in nodes.items()]
    for number, (refs, tags) in ways.items():
        lines.append(f"<way id='{number}'>" + "".join(f"<nd ref='{ref}'/>" for ref in refs))
        lines += [f"<tag k='{key}' v='{value}'/>" for key, value in tags.items()]
        lines.append("</way>")
    return "\n".join([*lines, "</osm>"])


@pytest.fixture
def raw(tmp_path: Path):
    file = tmp_path / "small.osm"
    file.write_text(osm_xml(), encoding="utf-8")
    return read_osm(file)


def pairs(streets):
    ids = streets.osm_id
    return set(zip(ids[streets.tails()].tolist(), ids[streets.head].tolist(), strict=True))


def test_every_street_is_where_it_should_be(raw):
    _, project = projection(raw)
    drive, dropped = build_streets(raw, "drive", project)
    # 4 and 5 are bends; 8 and 9 only lie on a loop; the detour over 6 is longer than the way over 5.
    assert pairs(drive) == {(1, 2), (2, 1), (2, 3), (3, 2), (3, 1), (1, 3)}
    counts = {line.what: line.count for line in dropped}
    assert counts["drive.loops"] == 2
    # The detour both ways, and the square over 4 where the one-way diagonal is shorter.
    assert counts["drive.parallels"] == 3
    edge = {pair: i for i, pair in enumerate(zip(drive.osm_id[drive.tails()].tolist(),
                                                 drive.osm_id[drive.head].tolist(), strict=True))}  # fmt: skip
    assert drive.length[edge[3, 1]] < drive.length[edge[1, 3]]
    assert drive.length[edge[1, 2]] == pytest.approx(377, rel=0.02)
    assert "甲路" in drive.names


def test_people_walk_both_ways_and_on_footpaths(raw):
    _, project = projection(raw)
    walk, _ = build_streets(raw, "walk", project)
    assert {(4, 7), (7, 4), (1, 3), (3, 1)} <= pairs(walk)


@pytest.mark.parametrize(
    ("tags", "sense"),
    [({"oneway": "yes"}, 1), ({"oneway": "-1"}, -1), ({"junction": "roundabout"}, 1), ({"highway": "motorway"}, 1),
     ({"highway": "motorway", "oneway": "no"}, 0), ({}, 0)],
)  # fmt: skip
def test_one_way_rules(tags, sense):
    assert direction(tags) == sense


@pytest.mark.parametrize(
    "text",
    ["", "<osm>", "hello", "<osm></osm", '<!DOCTYPE x [<!ENTITY a "b">]><osm></osm>', "<osm><way id='1'></osm>",
     "<osm></osm>"],
)  # fmt: skip
def test_what_is_no_map_is_refused_in_one_sentence(tmp_path: Path, text: str):
    from sim.city.build import CitySource, build_city

    file = tmp_path / "bad.osm"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build_city(CitySource(file, "bad"), tmp_path / "cache")
    assert "bad.osm" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_hilbert_order_keeps_neighbours_together():
    x, y = np.meshgrid(np.arange(32.0), np.arange(32.0))
    order = np.argsort(hilbert_index(x.ravel(), y.ravel()))
    steps = np.hypot(np.diff(x.ravel()[order]), np.diff(y.ravel()[order]))
    assert steps.max() == 1.0
