"""The web service: FastAPI over jobs, runs and frames."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from api.jobs import Jobs
from api.passports import router as passports
from api.planning import router as planning
from api.routes import router
from api.settings import Settings
from api.watching import router as watching
from sim.errors import BusyError, InputError, JinlingError, NotFoundError
from sim.text import Text
from sim.validation import told

HERE = Path(__file__).parent
MAX_BODY = 64 * 1024
#: deck.gl compiles shaders and decodes images of its own; nothing is asked of another host.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_STATUS: dict[type[JinlingError], int] = {NotFoundError: 404, InputError: 400, BusyError: 429, JinlingError: 503}
_HTTP = {
    404: Text("there is nothing at this address", "该地址没有内容"),
    405: Text("this address does not take this method", "该地址不支持此方法"),
}
Next = Callable[[Request], Awaitable[Response]]


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves `settings.home`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.jobs.close()

    app = FastAPI(
        title="Jinling 金陵",
        description="Runs and comparisons of governance policies in a digital twin · 数字孪生中的治理政策运行与对比",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.jobs = Jobs(settings.home, settings.workers, settings.queue)
    app.include_router(router)
    app.include_router(planning)
    app.include_router(watching)
    app.include_router(passports)
    app.add_api_route("/", _page("index.html"), include_in_schema=False)
    app.add_api_route("/mechanisms", _page("mechanisms.html"), include_in_schema=False)
    app.add_api_route("/passports", _page("passports.html"), include_in_schema=False)
    app.add_api_route("/assets/deck.js", _deck, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.middleware("http")(_guard)
    app.add_exception_handler(JinlingError, _tell)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    app.add_exception_handler(HTTPException, _tell_http)
    return app


async def _guard(request: Request, call_next: Next) -> Response:
    """Refuse foreign hosts, foreign origins and large bodies; send a strict policy with every answer."""
    hosts = request.app.state.settings.hosts
    host = request.headers.get("host", "").rsplit(":", 1)[0]
    origin = request.headers.get("origin")
    if host not in hosts or (origin is not None and origin.split("://")[-1].rsplit(":", 1)[0] not in hosts):
        return JSONResponse({"error": {"en": "this host is not served", "zh": "不服务该主机"}}, 403)
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY or "transfer-encoding" in request.headers:
        return JSONResponse({"error": {"en": "the request is too large", "zh": "请求过大"}}, 413)
    response = await call_next(request)
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


async def _tell(_: Request, error: Exception) -> JSONResponse:
    """Answer a fault that a user can mend with a 4xx and one sentence in each language."""
    assert isinstance(error, JinlingError)  # noqa: S101 - registered for this class
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    return JSONResponse({"error": error.text._asdict(), "where": error.where}, status)


async def _tell_invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer a request that does not fit its description."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"])
    return JSONResponse({"error": told(fault)._asdict(), "where": where}, 422)


async def _tell_http(_: Request, error: Exception) -> JSONResponse:
    """Answer a request for what is not served here."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    said = _HTTP.get(error.status_code, Text(f"the request cannot be answered ({error.detail})", "无法应答该请求"))
    return JSONResponse({"error": said._asdict(), "where": ""}, error.status_code, headers=error.headers)


def _page(name: str) -> Callable[[], HTMLResponse]:
    """Return the endpoint that serves a page, made once from its template."""
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template(name).render()

    def answer() -> HTMLResponse:
        return HTMLResponse(page, headers={"Cache-Control": "no-cache"})

    return answer


def _deck(request: Request) -> Response:
    """Serve pydeck's own bundle of deck.gl, packed once."""
    state = request.app.state
    if not hasattr(state, "deck"):
        import pydeck

        bundle = Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js"
        state.deck = gzip.compress(bundle.read_bytes(), 6)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=86400"}
    return Response(state.deck, media_type="text/javascript", headers=headers)
