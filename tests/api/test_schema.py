"""The service survives what a schema can think of: never a 5xx."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from api.app import create_app
from api.settings import Settings

HOSTS = ("127.0.0.1", "localhost", "testserver")
app = create_app(Settings(home=Path(mkdtemp(prefix="jinling-schema-")), hosts=HOSTS, queue=0))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_service_fall(case):
    case.call_and_validate(checks=[not_a_server_error])
