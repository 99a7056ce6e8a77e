"""The service survives what a schema can think of: never a 5xx."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from api.app import create_app
from api.settings import Settings
from scenarios.comparing import compare
from scenarios.library import load_policy, load_scenario

HOSTS = ("127.0.0.1", "localhost", "testserver")
app = create_app(Settings(home=Path(mkdtemp(prefix="jinling-schema-")), hosts=HOSTS, queue=0))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_service_fall(case):
    case.call_and_validate(checks=[not_a_server_error])


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """The ids of a stored run and of a stored comparison, which no schema guesses."""
    tiny, home = load_scenario("tiny_day"), app.state.settings.home
    compared = compare(tiny, [load_policy("P1"), load_policy("P2")], [0, 1], home)
    return {"run_id": compared.runs["P1"][0], "job_id": compared.id}


@schema.include(path_regex="run_id|job_id").parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_nor_does_one_about_what_is_there(case, known: dict[str, str]):
    case.path_parameters |= {name: value for name, value in known.items() if name in case.path_parameters}
    case.call_and_validate(checks=[not_a_server_error])
