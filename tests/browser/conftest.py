from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from serving import served

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
WEBGL = ["--ignore-gpu-blocklist", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
NO_WEBGL = ["--disable-3d-apis"]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI never skips the browser tests, and there is no Chromium")
        pytest.skip("no Chromium here")
    return found


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with an empty home."""
    with served(tmp_path_factory.mktemp("served")) as base:
        yield base


@pytest.fixture(params=["webgl", "canvas"])
def page(request: pytest.FixtureRequest, chromium: str, address: str):
    """A page of a real browser; it fails on any error of the page and on any request to another host."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        flags = FLAGS + (WEBGL if request.param == "webgl" else NO_WEBGL)
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith((address, "data:", "blob:"))
                else faults.append(f"asked {asked.url}"))  # fmt: skip
        page.renderer = request.param
        page.expected = ""  # what a test provokes and the browser reports
        yield page
        expected = page.expected
        browser.close()
    assert [fault for fault in faults if not expected or expected not in fault] == []
