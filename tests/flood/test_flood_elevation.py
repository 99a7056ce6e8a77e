"""Elevation models as users have them: which files are read, in which projections, and which are refused and how."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin
from pyproj import CRS, Transformer

from models.flood.elevation_files import read_elevations
from models.flood.terrain import Elevations, Terrain
from models.hazards.flood import Flood
from sim.errors import InputError, UnavailableError

ASC = "ncols 3\nnrows 2\nxllcorner 100\nyllcorner 200\ncellsize 10\nNODATA_value -9999\n1 2 3\n4 5 {last}\n"


def written(folder: Path, text: str, prj: str | None = "EPSG:32650") -> Path:
    file = folder / "dem.asc"
    file.write_text(text, encoding="utf-8")
    if prj is not None:
        file.with_suffix(".prj").write_text(prj, encoding="utf-8")
    return file


def whole(file: Path) -> Terrain:
    """Return all that a file holds, in cells of its own."""
    dem = read_elevations(file)
    rows, columns = dem.z.shape
    bounds = (dem.x, dem.y, dem.x + columns * dem.dx, dem.y + rows * dem.dy)
    return dem.over(bounds, dem.crs, dem.dx)[0]


def test_an_ascii_grid_is_read_with_its_first_row_in_the_north(tmp_path):
    dem = whole(written(tmp_path, ASC.format(last=6)))
    assert np.array_equal(dem.z, [[4, 5, 6], [1, 2, 3]])
    assert (dem.raster.x, dem.raster.y, dem.raster.size) == (100, 200, 10)
    assert dem.crs == "EPSG:32650"
    assert dem.cell_of(115.0, 215.0) == 4


def test_an_npz_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "dem.npz"
    z = np.arange(12.0).reshape(3, 4)
    np.savez(file, z=z, x=5.0, y=6.0, size=2.0, crs="EPSG:4547")
    dem = read_elevations(file)
    assert np.array_equal(dem.z, z)
    assert dem.crs == "EPSG:4547"


@pytest.mark.parametrize(
    ("text", "prj", "says"),
    [
        (ASC.format(last=-9999), "EPSG:32650", "holes"),
        (ASC.format(last="nan"), "EPSG:32650", "holes"),
        (ASC.format(last=6), None, "projection"),
        (ASC.format(last=6), "PROJCS[...]", "projection"),
        (ASC.format(last="6 7"), "EPSG:32650", "7 values"),
        (ASC.format(last="x"), "EPSG:32650", "no ESRI ASCII"),
        (ASC.format(last=6).replace("cellsize 10\n", ""), "EPSG:32650", "cellsize"),
        (ASC.format(last=6).replace("cellsize 10", "cellsize 0"), "EPSG:32650", "size"),
        (ASC.format(last=6).replace("ncols 3", "ncols 3000000000"), "EPSG:32650", "at most"),
        (ASC.format(last=99999), "EPSG:32650", "metres"),
        ("", "EPSG:32650", "no ESRI ASCII"),
        ("\x00\x01\xff", "EPSG:32650", "no ESRI ASCII"),
    ],
)
def test_a_bad_elevation_model_is_refused_with_a_sentence(tmp_path, text, prj, says):
    with pytest.raises(InputError, match=says) as caught:
        whole(written(tmp_path, text, prj))
    assert caught.value.text.zh


def test_other_files_and_missing_ones_are_refused(tmp_path):
    (tmp_path / "dem.tif").write_bytes(b"II*\0")
    (tmp_path / "dem.jpg").write_bytes(b"")
    np.savez(tmp_path / "half.npz", z=np.zeros((2, 2)))
    np.savez(tmp_path / "odd.npz", z=np.array([{}], dtype=object), x=0, y=0, size=1, crs="EPSG:1")
    for name, says in (
        ("dem.tif", "no GeoTIFF"),
        ("dem.jpg", "GeoTIFF"),
        ("no.asc", "no elevation"),
        ("half.npz", "holds"),
        ("odd.npz", "holds"),
    ):
        with pytest.raises(InputError, match=says):
            read_elevations(tmp_path / name)


def test_a_corner_may_be_told_by_the_middle_of_its_cell(tmp_path):
    text = ASC.format(last=6).replace("xllcorner 100", "xllcenter 105").replace("yllcorner 200", "yllcenter 205")
    dem = read_elevations(written(tmp_path, text))
    assert (dem.x, dem.y) == (100, 200)


# Where it lies

#: What ArcGIS writes beside a grid in UTM 50 N.
ESRI = (
    'PROJCS["WGS_1984_UTM_Zone_50N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
UTM = "EPSG:32650"
NANJING = (660_000.0, 3_540_000.0, 661_000.0, 3_540_800.0)  #: m in UTM 50 N, at 118.69° E


def plane(x, y):
    """Return a ground that rises to the east and the north: what is linear, bilinear sampling keeps."""
    return 10.0 + (x - NANJING[0]) / 200.0 + (y - NANJING[1]) / 400.0


def in_degrees(cell: float = 1.0 / 3600.0) -> Elevations:
    """Return the plane as a model in degrees holds it, somewhat larger than the place."""
    back = Transformer.from_crs("EPSG:4326", UTM, always_xy=True)
    west, south = back.transform(NANJING[0], NANJING[1], direction="INVERSE")
    x, y = west - 3 * cell, south - 3 * cell
    columns, rows = 48, 40
    lon, lat = np.meshgrid(x + (np.arange(columns) + 0.5) * cell, y + (np.arange(rows) + 0.5) * cell)
    return Elevations(plane(*back.transform(lon, lat)), x, y, cell, cell, "EPSG:4326")


def test_the_projection_of_esri_is_the_same_as_its_code(tmp_path):
    dem = read_elevations(written(tmp_path, ASC.format(last=6), ESRI))
    terrain, said = dem.over((100.0, 200.0, 130.0, 220.0), UTM, 10.0)
    assert said is None
    assert np.array_equal(terrain.z, [[4, 5, 6], [1, 2, 3]])


@pytest.mark.parametrize("cell_m", [10.0, 30.0, 100.0])
def test_a_model_in_degrees_is_resampled_to_metres_and_says_so(cell_m):
    terrain, said = in_degrees().over(NANJING, UTM, cell_m)
    assert said is not None
    assert "WGS 84" in said.en
    assert terrain.crs == UTM
    assert terrain.raster.size == pytest.approx(cell_m)
    x, y = terrain.raster.centres()
    assert terrain.z.ravel() == pytest.approx(plane(x, y), abs=2e-3)


def test_another_zone_is_resampled_too():
    x, y = np.meshgrid(np.arange(60) * 30.0 + 93_000.0, np.arange(60) * 30.0 + 3_542_000.0)
    there = Transformer.from_crs("EPSG:32651", UTM, always_xy=True)
    dem = Elevations(plane(*there.transform(x + 15.0, y + 15.0)), 93_000.0, 3_542_000.0, 30.0, 30.0, "EPSG:32651")
    middle = there.transform(93_900.0, 3_542_900.0)
    bounds = (middle[0] - 400.0, middle[1] - 400.0, middle[0] + 400.0, middle[1] + 400.0)
    terrain, said = dem.over(bounds, UTM, 30.0)
    assert said is not None
    assert terrain.z.ravel() == pytest.approx(plane(*terrain.raster.centres()), abs=2e-3)


def test_what_does_not_cover_the_city_or_has_holes_there_is_refused():
    flat = Elevations(np.zeros((10, 10)), 0.0, 0.0, 10.0, 10.0, UTM)
    assert flat.over((10.0, 10.0, 50.0, 60.0), UTM, 10.0)[0].z.shape == (5, 4)
    degrees = in_degrees()
    west, south, east, north = NANJING
    for dem, bounds, says in (
        (flat, (500, 500, 900, 900), "does not overlap"),
        (flat, (50, 50, 900, 90), "only a part"),
        (flat, NANJING, "does not overlap"),
        (degrees, (west + 50_000, south, east + 50_000, north), "does not overlap"),
        (degrees, (west, south, east + 2000, north), "only a part"),
        (degrees, (0.0, 0.0, 1e9, 1e9), "does not overlap"),
    ):
        with pytest.raises(InputError, match=says):
            dem.over(bounds, UTM, 10.0)
    degrees.z[20, 20] = np.nan
    with pytest.raises(InputError, match="holes here"):
        degrees.over(NANJING, UTM, 10.0)
    flat.z[9, 9] = np.nan  # outside what is asked for
    assert flat.over((10.0, 10.0, 50.0, 60.0), UTM, 10.0)[0].z.max() == 0.0


@pytest.mark.parametrize("crs", ["", "EPSG:1", "somewhere", "PROJCS[]"])
def test_what_is_no_projection_is_refused(crs):
    with pytest.raises(InputError, match="is no projection") as caught:
        Elevations(np.zeros((3, 3)), 0.0, 0.0, 1.0, 1.0, crs)
    assert "坐标系" in caught.value.text.zh


# GeoTIFF


def geotiff(file: Path, z: np.ndarray, keys: tuple[int, ...], unknown: str = "", **save) -> Path:
    """Write a GeoTIFF of cells of 30 m with its upper left corner at (660000, 3541000), by tags as GDAL writes them."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, kind, value in ((33550, 12, (30.0, 30.0, 0.0)), (33922, 12, (0.0, 0.0, 0.0, 660_000.0, 3_541_000.0, 0.0)),
                             (34735, 3, (1, 1, 0, len(keys) // 4, *keys))):  # fmt: skip
        tags.tagtype[tag] = kind
        tags[tag] = value
    if unknown:
        tags.tagtype[42113] = 2
        tags[42113] = unknown
    Image.fromarray(z).save(file, format="TIFF", tiffinfo=tags, **save)
    return file


HEIGHTS = (np.arange(12.0, dtype=np.float32) / 8.0).reshape(3, 4)
IN_UTM = (1025, 0, 1, 1, 3072, 0, 1, 32650)


@pytest.mark.parametrize(
    ("z", "save"),
    [(HEIGHTS, {}), (HEIGHTS, {"compression": "tiff_lzw"}), (HEIGHTS, {"compression": "tiff_adobe_deflate"}),
     ((HEIGHTS * 8).astype(np.int32), {}), ((HEIGHTS * 8).astype(np.uint16), {"compression": "tiff_lzw"})],
    ids=["plain", "lzw", "deflate", "whole", "short"],
)  # fmt: skip
def test_a_geotiff_is_read_with_its_place_and_projection(tmp_path, z, save):
    dem = read_elevations(geotiff(tmp_path / "dem.tif", z, IN_UTM, **save))
    assert np.array_equal(dem.z, z[::-1])
    assert (dem.x, dem.y, dem.dx, dem.dy, dem.crs) == (660_000.0, 3_540_910.0, 30.0, 30.0, UTM)


def test_the_points_of_a_geotiff_are_the_middles_of_its_cells(tmp_path):
    by_points = (1025, 0, 1, 2, 3072, 0, 1, 32650)
    dem = read_elevations(geotiff(tmp_path / "dem.tif", HEIGHTS, by_points))
    assert (dem.x, dem.y) == (659_985.0, 3_540_925.0)


def test_what_a_geotiff_does_not_know_are_holes(tmp_path):
    z = HEIGHTS.copy()
    z[0, 0], z[1, 1] = -9999.0, 77.0
    dem = read_elevations(geotiff(tmp_path / "dem.tif", z, IN_UTM, unknown="77"))
    assert np.flatnonzero(np.isnan(dem.z)).tolist() == [5, 8]


def test_a_prj_beside_a_geotiff_says_its_projection(tmp_path):
    file = geotiff(tmp_path / "dem.tif", HEIGHTS, (1025, 0, 1, 1))
    with pytest.raises(InputError, match="add a \\.prj"):
        read_elevations(file)
    file.with_suffix(".prj").write_text(ESRI)
    assert CRS(read_elevations(file).crs).to_epsg() == 32650


def test_a_picture_or_a_tif_without_a_place_is_refused(tmp_path):
    Image.fromarray(np.zeros((4, 4, 3), dtype=np.uint8)).save(tmp_path / "picture.tif")
    Image.fromarray(HEIGHTS).save(tmp_path / "nowhere.tif")
    (tmp_path / "nowhere.prj").write_text(UTM)
    (tmp_path / "cut.tif").write_bytes(geotiff(tmp_path / "dem.tif", HEIGHTS, IN_UTM).read_bytes()[:150])
    for name, says in (("picture", "is a picture"), ("nowhere", "where its cells lie"), ("cut", "no GeoTIFF")):
        with pytest.raises(InputError, match=rf"{name}\.tif: .*{says}") as caught:
            read_elevations(tmp_path / f"{name}.tif")
        assert caught.value.text.zh


def test_without_pillow_a_geotiff_says_what_to_install(tmp_path, monkeypatch):
    file = geotiff(tmp_path / "dem.tif", HEIGHTS, IN_UTM)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(UnavailableError, match=r"jinling\[dem\]"):
        read_elevations(file)


# Files and runs


def test_a_run_is_known_by_what_stands_in_its_file(tmp_path: Path):
    first = Flood(dem=str(written(tmp_path, ASC.format(last=6)))).contents()
    assert Flood(dem=str(written(tmp_path, ASC.format(last=7)))).contents() != first
    assert Flood(dem=str(written(tmp_path, ASC.format(last=6)))).contents() == first
    assert Flood().contents() == {}
    with pytest.raises(InputError, match=r"dem: there is no file 'gone\.asc'"):
        Flood(dem="gone.asc").contents()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY\x01\x00"])
def test_a_broken_npz_is_one_sentence(tmp_path: Path, content: bytes):
    file = tmp_path / "broken.npz"
    file.write_bytes(content)
    with pytest.raises(InputError, match="holds z, x, y, size and crs"):
        read_elevations(file)


@pytest.mark.parametrize("size", ["ncols inf\nnrows 2", "ncols -2\nnrows -2", "ncols 1e400\nnrows 2"])
def test_a_size_that_cannot_be_is_one_sentence(tmp_path: Path, size: str):
    file = written(tmp_path, f"{size}\nxllcorner 0\nyllcorner 0\ncellsize 10\n1 2\n3 4\n")
    with pytest.raises(InputError):
        read_elevations(file)


def test_a_corner_that_is_no_number_is_refused(tmp_path: Path):
    file = written(tmp_path, "ncols 2\nnrows 2\nxllcorner nan\nyllcorner 0\ncellsize 10\n1 2\n3 4\n")
    with pytest.raises(InputError, match="finite"):
        read_elevations(file)
