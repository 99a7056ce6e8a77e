"""The cities that are measured: the default one, and the real extracts where they lie beside the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from scenarios.cities import city_of
from scenarios.language import CityChoice
from scenarios.library import load_scenario
from sim.city.model import City

ROOT = Path(__file__).resolve().parent.parent
EXTRACTS = {
    "Beijing Dongcheng": "beijing_dongcheng.osm.pbf",
    "Jinan": "jinan_drive.osm.pbf",
    "Shanghai centre": "shanghai_center_20250809.osm.pbf",
}


@cache
def home() -> Path:
    """Return a fresh folder for this measurement."""
    return Path(mkdtemp(prefix="jinling-bench-"))


@cache
def default_city() -> City:
    """Return the city of the flagship scenario."""
    return city_of(load_scenario("flagship_day").city, home() / "cities")


def extract(name: str) -> Path | None:
    """Return a real extract, None where it is not there."""
    file = ROOT.parent / "shared" / "data" / "osm" / EXTRACTS[name]
    return file if file.is_file() else None


@cache
def real_city(name: str) -> City | None:
    """Return a real city, None where its extract is not there."""
    file = extract(name)
    return None if file is None else city_of(CityChoice(file=file), home() / "cities")
