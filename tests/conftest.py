from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.population import Population
from scenarios.cities import city_of
from scenarios.language import Scenario
from scenarios.library import load_scenario
from scenarios.running import people_of
from sim.city.model import City

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real extracts beside the repository; without them such tests skip, but never on CI."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data home for the session."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def tiny(home: Path) -> Scenario:
    return load_scenario("tiny_day")


@pytest.fixture(scope="session")
def tiny_city(tiny: Scenario, home: Path) -> City:
    return city_of(tiny.city, home / "cities")


@pytest.fixture(scope="session")
def tiny_people(tiny_city: City) -> Population:
    return people_of(tiny_city)


def on_ci() -> bool:
    return os.environ.get("CI") == "true"
