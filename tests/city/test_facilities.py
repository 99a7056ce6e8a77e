"""Facilities: what the map tells, what a user gives, and what is placed because there is too little."""

from __future__ import annotations

import json
from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from sim.city.build import CitySource, build_city, facility_counts
from sim.city.facilities import (
    LEAST_PER_100K,
    Site,
    build_facilities,
    kind_of,
    placed_sites,
    sites_in_file,
    sites_on_map,
)
from sim.city.gcj02 import to_gcj02
from sim.city.model import FACILITY_KINDS, City
from sim.city.osm_file import RawMap, RawPlace
from sim.errors import InputError, NotFoundError

LON, LAT = 118.70, 32.00
#: A degree of each, in steps of about 1.5 km: junctions so far apart that a shifted file shows.
STEP = (0.016, 0.0135)
SIDE = 5
UTM = Transformer.from_crs("EPSG:4326", "EPSG:32650", always_xy=True)


def project(lonlat: np.ndarray) -> np.ndarray:
    return np.column_stack(UTM.transform(lonlat[:, 0], lonlat[:, 1]))


def junction(column: int, row: int) -> tuple[float, float]:
    return LON + column * STEP[0], LAT + row * STEP[1]


def map_of_wide_streets() -> str:
    """A lattice of streets; on the map stand one hospital and three fire stations."""
    lines, at = ["<osm version='0.6'>"], lambda column, row: 1 + column * SIDE + row
    for column in range(SIDE):
        for row in range(SIDE):
            lon, lat = junction(column, row)
            lines.append(f"<node id='{at(column, row)}' lon='{lon}' lat='{lat}'/>")
    for number, tags in enumerate(["hospital", *["fire_station"] * 3]):
        lon, lat = junction(number, number)
        lines.append(f"<node id='{900 + number}' lon='{lon}' lat='{lat}'><tag k='amenity' v='{tags}'/>"
                     f"<tag k='name' v='{tags} {number}'/></node>")  # fmt: skip
    for i in range(SIDE):
        for refs in ([at(i, row) for row in range(SIDE)], [at(column, i) for column in range(SIDE)]):
            lines.append(f"<way id='{len(lines)}'>" + "".join(f"<nd ref='{ref}'/>" for ref in refs)
                         + "<tag k='highway' v='residential'/></way>")  # fmt: skip
    return "\n".join([*lines, "</osm>"])


@pytest.fixture(scope="module")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("map") / "wide.osm"
    file.write_text(map_of_wide_streets(), encoding="utf-8")
    return file


@pytest.fixture
def built(map_file: Path, tmp_path: Path):
    def build(*overlays: Path, residents: int = 20_000, gcj02: bool = False) -> City:
        return build_city(CitySource(map_file, "wide", residents, overlays, gcj02=gcj02), tmp_path / "cities")

    return build


def csv_file(folder: Path, *rows: str, head: str = "kind,lon,lat,name") -> Path:
    file = folder / "stations.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return file


def geojson_file(folder: Path, *features: tuple[object, object], name: str = "stations.geojson") -> Path:
    file = folder / name
    data = [{"type": "Feature", "properties": properties, "geometry": shape} for properties, shape in features]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": data}), encoding="utf-8")
    return file


def point(lon: object, lat: object) -> dict:
    return {"type": "Point", "coordinates": [lon, lat]}


# What the map tells


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "fire_station"}, "fire_station"),
        ({"amenity": "hospital"}, "hospital"),
        ({"amenity": "police"}, "police"),
        ({"amenity": "school"}, "school"),
        ({"amenity": "shelter"}, "shelter"),
        ({"emergency": "assembly_point"}, "shelter"),
        ({"emergency": "defibrillator"}, "aed"),
        ({"emergency": "defibrillator", "amenity": "hospital"}, "aed"),
        ({"emergency": "ambulance_station"}, "ambulance_point"),
        ({"railway": "station", "station": "subway"}, "metro"),
        ({"railway": "station", "subway": "yes"}, "metro"),
        ({"railway": "station"}, None),
        ({"amenity": "cafe"}, None),
        ({}, None),
    ],
)
def test_tags_tell_the_kind(tags: dict[str, str], kind: str | None):
    assert kind_of(tags) == kind


def on_map(*places: tuple[int, str, float], synthetic: bool = False) -> tuple[list[Site], int]:
    """Sites of places (id, kind, metres to the east of the first)."""
    degrees = 1 / 94_470  # of longitude a metre at 32 degrees north
    raw = RawMap(synthetic=synthetic, places=[
        RawPlace(number, {"emergency": "defibrillator"} if kind == "aed" else {"amenity": kind, "name": "n"},
                 LON + east * degrees, LAT) for number, kind, east in places])  # fmt: skip
    sites, dropped = sites_on_map(raw, project)
    return sites, dropped[0].count


def test_one_facility_drawn_twice_is_one():
    sites, doubles = on_map((3, "police", 0), (1, "police", 70), (2, "police", 200), (4, "hospital", 10))
    assert [(site.kind, site.osm_id) for site in sites] == [("police", 1), ("police", 2), ("hospital", 4)]
    assert doubles == 1


def test_defibrillators_may_stand_close_to_each_other():
    sites, doubles = on_map((1, "aed", 0), (2, "aed", 20), (3, "aed", 3))
    assert [site.osm_id for site in sites] == [1, 2]
    assert doubles == 1


@pytest.mark.parametrize("synthetic", [False, True])
def test_what_a_generated_map_tells_is_synthetic_and_what_a_real_one_tells_is_not(synthetic: bool):
    sites, _ = on_map((1, "police", 0), (2, "school", 0), synthetic=synthetic)
    assert [site.synthetic for site in sites] == [synthetic, synthetic]


# What a user gives


def test_a_csv_file_gives_facilities_where_it_says(tmp_path: Path):
    file = csv_file(tmp_path, "hospital,118.72,32.01,鼓楼医院", 'aed, 118.73 ,32.02,"a, b"', "metro,118.74,32.03,")
    sites = sites_in_file(file, project)
    assert [(site.kind, site.name, site.synthetic) for site in sites] == [
        ("hospital", "鼓楼医院", False), ("aed", "a, b", False), ("metro", "", False)]  # fmt: skip
    expected = project(np.array([[118.72, 32.01], [118.73, 32.02], [118.74, 32.03]]))
    assert np.array([[site.x, site.y] for site in sites]) == pytest.approx(expected)


def test_the_columns_of_a_csv_file_may_stand_in_any_order_and_the_name_may_lack(tmp_path: Path):
    file = csv_file(tmp_path, "32.01,x,118.72,police", head="lat,note,lon,kind")
    (site,) = sites_in_file(file, project)
    assert (site.kind, site.name) == ("police", "")
    assert (site.x, site.y) == pytest.approx(tuple(project(np.array([[118.72, 32.01]]))[0]))


def test_a_csv_file_of_a_spreadsheet_with_its_mark_and_line_ends_is_read(tmp_path: Path):
    file = tmp_path / "stations.CSV"
    file.write_bytes("kind,lon,lat,name\r\npolice,118.72,32.01,甲\r\n".encode("utf-8-sig"))
    assert [site.name for site in sites_in_file(file, project)] == ["甲"]


def test_geojson_gives_the_same_as_csv(tmp_path: Path):
    rows = sites_in_file(csv_file(tmp_path, "hospital,118.72,32.01,A", "aed,118.73,32.02,"), project)
    features = geojson_file(
        tmp_path,
        ({"kind": "hospital", "name": "A"}, point(118.72, 32.01)),
        ({"kind": "aed"}, {"type": "Point", "coordinates": [118.73, 32.02, 15.0]}),
    )
    assert sites_in_file(features, project) == rows


def test_sites_of_a_file_have_ids_of_their_own(tmp_path: Path):
    sites = sites_in_file(csv_file(tmp_path, *["aed,118.72,32.01,"] * 50), project)
    ids = {site.osm_id for site in sites}
    assert len(ids) == 50
    assert max(ids) < -1_000_000


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("hospitl,118.7,32.0,x", "facility kind 'hospitl' is unknown; there are: fire_station, hospital"),
        (",118.7,32.0,x", "facility kind '' is unknown"),
        ("Hospital,118.7,32.0,x", "facility kind 'Hospital' is unknown"),
        ("hospital,,32.0,x", "lon and lat must be degrees"),
        ("hospital,118.7,east,x", "lon and lat must be degrees"),
        ("hospital,118.7", "lon and lat must be degrees"),
        ("hospital,32.0,118.7,x", "lon and lat must be degrees"),
        ("hospital,661000,3541000,x", "lon and lat must be degrees"),
        ("hospital,nan,32.0,x", "lon and lat must be degrees"),
        ("hospital,118.7,inf,x", "lon and lat must be degrees"),
    ],
)
def test_a_bad_row_is_told_with_its_file_and_line(tmp_path: Path, row: str, says: str):
    file = csv_file(tmp_path, "hospital,118.7,32.0,good", "", "police,118.7,32.0,good", row)
    with pytest.raises(InputError) as caught:
        sites_in_file(file, project)
    assert caught.value.where == f"{file}:5"
    assert str(caught.value).startswith(f"{file}:5: {says}")
    assert caught.value.message("zh").startswith(f"{file}:5: ")


@pytest.mark.parametrize("head", ["kind,lon,name", "Kind,lon,lat", "kind;lon;lat", "118.7,32.0,hospital"])
def test_a_csv_file_without_its_columns_is_refused_at_its_first_line(tmp_path: Path, head: str):
    file = csv_file(tmp_path, "hospital,118.7,32.0", head=head)
    with pytest.raises(InputError, match="the columns kind, lon and lat are needed") as caught:
        sites_in_file(file, project)
    assert caught.value.where == f"{file}:1"


@pytest.mark.parametrize(
    ("properties", "shape", "says"),
    [
        ({"kind": "hospitl"}, point(118.7, 32.0), "facility kind 'hospitl' is unknown"),
        ({}, point(118.7, 32.0), "facility kind 'None' is unknown"),
        (None, point(118.7, 32.0), "facility kind 'None' is unknown"),
        ({"kind": "hospital"}, point("east", 32.0), "lon and lat must be degrees"),
        ({"kind": "hospital"}, point(None, 32.0), "lon and lat must be degrees"),
        ({"kind": "hospital"}, point(True, 32.0), "lon and lat must be degrees"),
        ({"kind": "hospital"}, point([118.7], 32.0), "lon and lat must be degrees"),
        ({"kind": "hospital"}, point(118.7, 132.0), "lon and lat must be degrees"),
        ({"kind": "hospital"}, {"type": "Point", "coordinates": [118.7]}, "feature 2 is no point"),
        ({"kind": "hospital"}, {"type": "Polygon", "coordinates": [[[1, 1]]]}, "feature 2 is no point"),
        ({"kind": "hospital"}, None, "feature 2 is no point"),
        ({"kind": "hospital"}, [118.7, 32.0], "feature 2: properties and geometry must be objects"),
    ],
)
def test_a_bad_feature_is_told_with_its_file(tmp_path: Path, properties: object, shape: object, says: str):
    file = geojson_file(tmp_path, ({"kind": "police"}, point(118.7, 32.0)), (properties, shape))
    with pytest.raises(InputError) as caught:
        sites_in_file(file, project)
    assert str(caught.value).startswith(f"{file}: {says}")


@pytest.mark.parametrize("name", ["no.csv", "no.geojson"])
def test_a_file_that_is_not_there_is_not_found(tmp_path: Path, name: str):
    with pytest.raises(NotFoundError, match="there is no such file"):
        sites_in_file(tmp_path / name, project)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"kind,lon,lat\nhospital,118.7,32.0\xff\n"])
def test_a_csv_file_that_is_not_utf_8_is_refused(tmp_path: Path, data: bytes):
    file = tmp_path / "stations.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match="not a CSV file in UTF-8"):
        sites_in_file(file, project)


# What is placed


def sites_of(kind: str, count: int) -> list[Site]:
    return [Site(kind, 1 + number, 661_000.0 + 300 * number, 3_541_000.0, False, "") for number in range(count)]


@pytest.mark.parametrize("residents", [2_000, 250_000, 1_000_000])
def test_of_every_kind_there_are_at_least_as_many_as_the_rate_wants(tiny_city: City, residents: int):
    placed = placed_sites([], tiny_city.buildings, tiny_city.areas, residents)
    for kind, rate in LEAST_PER_100K.items():
        assert sum(site.kind == kind for site in placed) == max(2, ceil(rate * residents / 100_000))


@pytest.mark.parametrize(("have", "added"), [(0, 4), (1, 3), (3, 1), (4, 0), (9, 0)])
def test_only_what_lacks_is_placed(tiny_city: City, have: int, added: int):
    placed = placed_sites(sites_of("fire_station", have), tiny_city.buildings, tiny_city.areas, 250_000)
    assert sum(site.kind == "fire_station" for site in placed) == added


def test_what_is_placed_is_synthetic_has_an_id_of_its_own_and_stands_at_a_building(tiny_city: City):
    buildings = tiny_city.buildings
    placed = placed_sites(sites_of("aed", 3), buildings, tiny_city.areas, 250_000)
    assert all(site.synthetic and site.osm_id < 0 for site in placed)
    assert len({(site.kind, site.osm_id) for site in placed}) == len(placed)
    assert {(site.x, site.y) for site in placed} <= set(zip(buildings.x.tolist(), buildings.y.tolist(), strict=True))


def test_each_is_placed_as_far_as_can_be_from_all_of_its_kind(tiny_city: City):
    buildings = replace(tiny_city.buildings, floor_area=np.ones(len(tiny_city.buildings)))
    have = sites_of("police", 2)
    placed = [s for s in placed_sites(have, buildings, tiny_city.areas, 400_000) if s.kind == "police"]
    assert len(placed) == 4
    for number, site in enumerate(placed):
        others = have + placed[:number]
        far = np.min([np.hypot(buildings.x - o.x, buildings.y - o.y) for o in others], axis=0)
        assert min(np.hypot(site.x - o.x, site.y - o.y) for o in others) == pytest.approx(far.max())


def test_of_two_far_buildings_the_larger_is_chosen(tiny_city: City):
    floor = np.ones(len(tiny_city.buildings))
    have = sites_of("police", 1)
    far = np.hypot(tiny_city.buildings.x - have[0].x, tiny_city.buildings.y - have[0].y)
    second = int(np.argsort(far)[-2])
    floor[second] = 100.0
    buildings = replace(tiny_city.buildings, floor_area=floor)
    (placed,) = [s for s in placed_sites(have, buildings, tiny_city.areas, 100_000) if s.kind == "police"]
    assert (placed.x, placed.y) == (buildings.x[second], buildings.y[second])


def test_every_community_with_buildings_has_one_office_inside(tiny_city: City):
    areas, buildings = tiny_city.areas, tiny_city.buildings
    offices = [s for s in placed_sites([], buildings, areas, 20_000) if s.kind == "community_office"]
    at = {(x, y): grid for x, y, grid in zip(buildings.x, buildings.y, buildings.grid, strict=True)}
    communities = [areas.ancestor("community")[at[site.x, site.y]] for site in offices]
    assert sorted(communities) == np.unique(areas.ancestor("community")[buildings.grid]).tolist()
    assert [site.name for site in offices] == [areas.name[area] for area in communities]


def test_facilities_know_the_nearest_nodes_and_their_grid(tiny_city: City):
    sites = sites_of("police", 5) + sites_of("hospital", 3)
    found = build_facilities(sites, tiny_city.drive, tiny_city.walk, tiny_city.areas)
    assert [FACILITY_KINDS[kind] for kind in found.kind] == ["hospital"] * 3 + ["police"] * 5
    for streets, node in ((tiny_city.drive, found.drive_node), (tiny_city.walk, found.walk_node)):
        far = np.hypot(found.x[:, None] - streets.x, found.y[:, None] - streets.y)
        assert np.array_equal(far.argmin(axis=1), node)
    assert np.array_equal(found.grid, tiny_city.areas.grid_of_walk_node[found.walk_node])


# All together


def test_on_a_poor_map_only_what_was_placed_is_marked_synthetic(built):
    city = built()
    assert not city.synthetic
    counts = facility_counts(city.facilities)
    assert counts["hospital"] == (2, 1)
    assert counts["fire_station"] == (3, 0)
    assert counts["police"] == (2, 2)
    known = ~city.facilities.synthetic
    assert sorted(city.facilities.osm_id[known].tolist()) == [900, 901, 902, 903]
    assert (city.facilities.osm_id[~known] < 0).all()


def test_what_a_user_gives_is_not_synthetic_and_needs_no_placing(built, tmp_path: Path):
    lon, lat = junction(2, 3)
    city = built(csv_file(tmp_path, f"hospital,{lon},{lat},mine", f"police,{lon},{lat},"))
    counts = facility_counts(city.facilities)
    assert counts["hospital"] == (2, 0)
    assert counts["police"] == (2, 1)
    mine = city.facilities.name.index("mine")
    x, y = project(np.array([[lon, lat]]))[0]
    assert (city.facilities.x[mine], city.facilities.y[mine]) == pytest.approx((x, y))
    assert np.hypot(city.drive.x[city.facilities.drive_node[mine]] - x,
                    city.drive.y[city.facilities.drive_node[mine]] - y) < 1.0  # fmt: skip


def test_several_files_are_all_read(built, tmp_path: Path):
    one = csv_file(tmp_path, "school,118.71,32.01,one")
    two = geojson_file(tmp_path, ({"kind": "school", "name": "two"}, point(118.72, 32.02)))
    facilities = built(one, two).facilities
    assert {facilities.name[i] for i in facilities.of_kind("school")} == {"one", "two"}


def test_a_bad_file_builds_no_city(built, tmp_path: Path):
    with pytest.raises(InputError, match=r"stations\.csv:2: "):
        built(csv_file(tmp_path, "castle,118.71,32.01,"))
    assert not list((tmp_path / "cities").glob("*"))


def at_junctions(shifted: bool) -> list[str]:
    places = np.array([junction(column, row) for column in range(SIDE) for row in range(2)])
    lon, lat = to_gcj02(*places.T) if shifted else places.T
    return [f"aed,{a!r},{b!r},{number}" for number, (a, b) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))]


def warned(city: City) -> bool:
    return "overlay.shifted" in {line.what for line in city.dropped}


def test_a_file_in_gcj02_is_put_back_to_the_metre_when_it_is_said_to_be_one(built, tmp_path: Path):
    rows = at_junctions(shifted=True)
    city = built(csv_file(tmp_path, *rows), gcj02=True)
    assert not warned(city)
    at = [city.facilities.name.index(str(number)) for number in range(len(rows))]
    true = project(np.array([junction(column, row) for column in range(SIDE) for row in range(2)]))
    assert np.hypot(city.facilities.x[at] - true[:, 0], city.facilities.y[at] - true[:, 1]).max() < 1.0


def test_a_shifted_file_among_wide_streets_is_warned_of_and_a_true_one_is_not(built, tmp_path: Path):
    assert warned(built(csv_file(tmp_path, *at_junctions(shifted=True))))
    assert not warned(built(csv_file(tmp_path, *at_junctions(shifted=False))))


def test_a_city_is_equipped_the_same_way_again(built, tmp_path: Path, map_file: Path):
    first = built().facilities
    again = build_city(CitySource(map_file, "wide", 20_000), tmp_path / "other").facilities
    for column in ("kind", "osm_id", "x", "y", "drive_node", "walk_node", "grid", "synthetic"):
        assert np.array_equal(getattr(first, column), getattr(again, column))
    assert first.name == again.name
