from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from models.passport import Measured, measured, write_measured
from models.population import Population
from scenarios.cities import city_of
from scenarios.language import Scenario
from scenarios.library import load_scenario
from scenarios.running import people_of
from sim.city.model import City
from sim.text import Text

#: What tests have measured for the passports, by hazard and case.
MEASURED: dict[str, dict[str, Measured]] = {}
Benchmark = Callable[[str, Text, float, float, float], None]

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--passports", action="store_true", help="run what the passports tell of, and write it down")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--passports"):
        items[:] = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--passports") and not session.testsfailed:
        for hazard, rows in MEASURED.items():
            write_measured(hazard, rows.values())


@pytest.fixture
def benchmark(request: pytest.FixtureRequest) -> Benchmark:
    """Measure a case whose answer is known: it must be within its tolerance, and the passport must say the same."""

    def measure(hazard: str, case: Text, got: float, expected: float, tolerance: float) -> None:
        row = Measured(case, expected, float(got), tolerance)
        assert row.held, f"{case.en}: {got:g} instead of {expected:g}, an error of {row.error:.2g}"
        assert case.en not in MEASURED.setdefault(hazard, {}), f"{case.en!r} is measured twice"
        MEASURED[hazard][case.en] = row
        if request.config.getoption("--passports"):
            return
        said = {one.case.en: one for one in measured(hazard)}
        assert case.en in said, f"the passport of {hazard} does not tell of {case.en!r}: run `make passports`"
        same = abs(said[case.en].got - row.got) <= 0.05 * tolerance * (abs(expected) or 1.0) + 1e-5 * abs(expected)
        assert same, f"the passport of {hazard} tells another figure for {case.en!r}: run `make passports`"

    return measure
