"""The default city resembles the real extracts, and is the same file every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sim.city.build import GENERATED, CitySource, build_city
from sim.city.generated import CityParameters, generate_pbf
from sim.city.indicators import network_indicators
from sim.city.model import AREA_LEVELS, City

#: Ranges of the Chinese extracts (Dongcheng, Jinan, Shanghai, Shenzhen) on the same indicators, as this builder
#: measures them; `test_the_ranges_are_those_of_the_real_extracts` measures them again.
REAL = {
    "mean_m": (98, 205), "median_m": (70, 125), "p95_m": (269, 622), "dead_end": (0.05, 0.14),
    "three_way": (0.48, 0.66), "four_way": (0.14, 0.41), "circuity": (1.01, 1.06), "orientation_order": (0.14, 0.69),
}  # fmt: skip
#: How far outside the default city may lie: gates on streets make three-way junctions, rings of compounds detours.
BEYOND = {"mean_m": 5, "median_m": 5, "p95_m": 10, "dead_end": 0.01, "three_way": 0.03, "circuity": 0.025}


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("default")
    parameters = CityParameters()
    file = generate_pbf(parameters, folder / "city.osm.pbf")
    return build_city(CitySource(file, parameters.name, parameters.residents), folder)


def test_the_same_parameters_give_the_same_bytes(tmp_path: Path):
    one = generate_pbf(CityParameters.tiny(), tmp_path / "a.osm.pbf").read_bytes()
    assert generate_pbf(CityParameters.tiny(), tmp_path / "b.osm.pbf").read_bytes() == one
    assert generate_pbf(CityParameters.tiny(seed=2), tmp_path / "c.osm.pbf").read_bytes() != one
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.osm.pbf", "b.osm.pbf", "c.osm.pbf"]


def test_the_default_city_is_as_large_as_jianye(default: City):
    assert 2200 <= default.drive.nodes <= 3200
    assert default.residents == 500_000
    assert 4000 <= len(default.buildings) <= 9000
    assert default.walk.nodes > 2.5 * default.drive.nodes
    households = default.areas.households[default.areas.of_level("grid")]
    assert ((households > 160) & (households < 480)).mean() > 0.95
    assert [len(default.areas.of_level(level)) > 1 for level in AREA_LEVELS] == [False, False, True, True, True]


def test_its_network_is_like_the_real_ones(default: City):
    found = network_indicators(default.drive)
    for name, (low, high) in REAL.items():
        slack = BEYOND.get(name, 0)
        assert low - slack <= found[name] <= high + slack, (name, found[name])


def test_the_ranges_are_those_of_the_real_extracts(shared_data: Path, tmp_path: Path):
    names = ["beijing_dongcheng.osm.pbf", "jinan_drive.osm.pbf", "shanghai_center_20250809.osm.pbf",
             "shenzhen_futian_20230525.graphml"]  # fmt: skip
    found = [network_indicators(build_city(CitySource(shared_data / "osm" / n, "x"), tmp_path).drive) for n in names]
    for name, (low, high) in REAL.items():
        values = [indicators[name] for indicators in found]
        assert min(values) == pytest.approx(low, rel=0.05, abs=0.02)
        assert max(values) == pytest.approx(high, rel=0.05, abs=0.02)


def test_nearly_all_of_it_hangs_together(default: City):
    lost = sum(line.count for line in default.dropped if line.what == "drive.cut_off")
    assert lost < 0.04 * default.drive.edges


def test_only_its_bridges_join_the_two_banks(default: City):
    drive = default.drive
    dry = ~drive.link_bridge[drive.link]
    matrix = coo_matrix((np.ones(dry.sum()), (drive.tails()[dry], drive.head[dry])), shape=(drive.nodes,) * 2)
    _, part = connected_components(matrix.tocsr(), directed=False)
    sizes = np.sort(np.bincount(part))[::-1]
    assert sizes[1] > 0.2 * drive.nodes
    assert sizes[:2].sum() > 0.98 * drive.nodes
    crossings = {name for i, name in enumerate(drive.link_name.tolist()) if drive.link_bridge[i]}
    assert 2 <= len(crossings) <= 8


def test_it_says_that_it_is_synthetic(default: City):
    assert default.synthetic
    assert default.facilities.synthetic.all()
    assert default.source["attribution"] == GENERATED
    assert "synthetic" in default.name
    assert "合成" in default.name


def test_an_extract_poor_in_facilities_builds_with_placed_ones(tmp_path: Path):
    poor = CityParameters.tiny().model_copy(update={"facilities_tagged": 0.0, "levels_tagged": 0.0, "named": 0.0})
    city = build_city(CitySource(generate_pbf(poor, tmp_path / "poor.osm.pbf"), "poor", 20_000), tmp_path)
    assert len(city.facilities.of_kind("fire_station")) >= 2
    assert len(city.facilities.of_kind("aed")) >= 4
