"""The cities that scenarios play in: generated, built from a map file, or built before and kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scenarios.language import CityChoice, Scenario
from sim.city import store
from sim.city.build import CitySource, build_city, source_hash
from sim.city.generated import generate_pbf
from sim.city.model import City
from sim.errors import InputError, NotFoundError
from sim.runs import digest_of
from sim.source import source_digest
from sim.text import Text

CITY_ID = re.compile(r"^[0-9a-f]{32}$")
Progress = Callable[[Text, float], None]


@dataclass(frozen=True)
class KeptCity:
    """A city that lies built below a data folder."""

    id: str  #: of its source: a scenario names it as `city: {built: id}`
    name: str
    residents: int
    synthetic: bool
    attribution: str


def kept_cities(cities: Path) -> list[KeptCity]:
    """Return the built cities below `cities` by name, of equal ones the latest; what is damaged is left out."""
    found = {}
    for file in sorted(cities.glob("*/city.json"), key=lambda file: file.stat().st_mtime):
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            kept = KeptCity(file.parent.name, said["name"], said["residents"], said["synthetic"],
                            said["source"]["attribution"])  # fmt: skip
            found[kept.name, kept.residents] = kept
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found.values(), key=lambda city: (city.name, city.residents))


def city_of(choice: CityChoice, cities: Path, progress: Progress | None = None) -> City:
    """Return the city that a scenario plays in, from the cache below `cities` where it is there."""
    if choice.built is not None:
        return store.load(cities / choice.built)
    return build_city(_source(choice, cities), cities, progress)


def id_of(choice: CityChoice, cities: Path) -> str:
    """Return the id under which the city of a choice is kept below `cities`."""
    return choice.built if choice.built is not None else source_hash(_source(choice, cities))


def choice_of(city: str, cities: Path) -> CityChoice:
    """Return the choice that a user means by a map file, or by the id of a city that was built before."""
    if not CITY_ID.match(city):
        return CityChoice(file=Path(city))
    if not (cities / city / "city.json").is_file():
        raise NotFoundError(en=f"there is no city {city!r}", zh=f"没有城市 {city!r}")
    return CityChoice(built=city)


def where_kept(choice: CityChoice, city_id: str, cities: Path) -> CityChoice:
    """Return the kept city of that id where it is there still, else the choice, from which it can be built again."""
    kept = CITY_ID.match(city_id) and (cities / city_id / "city.json").is_file()
    return CityChoice(built=city_id) if kept else choice


def moved_to(scenario: Scenario, city: str, cities: Path) -> Scenario:
    """Return the scenario in another city: a map file, or the id of a city that was built before."""
    return scenario.model_copy(update={"city": choice_of(city, cities)})


def _source(choice: CityChoice, cities: Path) -> CitySource:
    if choice.generated is not None:
        stamp = digest_of([choice.generated.model_dump(), source_digest("sim/city/generated")])
        file = cities / "generated" / f"{stamp}.osm.pbf"
        if not file.is_file():
            generate_pbf(choice.generated, file)
        return CitySource(file, choice.generated.name, choice.generated.residents)
    if choice.file is None:
        raise InputError(en="the scenario names no city", zh="场景未指定城市")
    name = choice.name or choice.file.name.split(".")[0]
    return CitySource(choice.file, name, choice.residents, choice.overlays, choice.boundaries, choice.gcj02)
