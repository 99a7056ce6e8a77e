"""The first picture in the browser: from the address to the drawn map of a stored day."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from statistics import median

from benchmarks.cities import home
from benchmarks.harness import Row, note
from scenarios.library import load_policy, load_scenario
from scenarios.running import run_scenario
from sim.runs import RunStore

NAME = "first picture in the browser, both policies of a default day"
FLAGS = ["--headless=new", "--no-sandbox", "--ignore-gpu-blocklist", "--use-gl=angle", "--use-angle=swiftshader",
         "--enable-unsafe-swiftshader"]  # fmt: skip


def measure() -> list[Row]:
    """Return the row of the page, drawn with WebGL in software."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [Row(NAME, "not measured: no Chromium here")]
    note("the page")
    scenario, store = load_scenario("flagship_day"), RunStore(home() / "runs")
    runs = [run_scenario(scenario, load_policy(name), 1, store, home() / "cities").id for name in ("P1", "P2")]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--home", str(home())]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/api/health")
        seconds = _draw(chromium, f"http://127.0.0.1:{port}/#lang=en&runs={','.join(runs)}")
    finally:
        server.terminate()
        server.wait(20)
    first, again = seconds[0], median(seconds[1:])
    return [Row(NAME, f"{again:.1f} s (first visit {first:.1f} s)", target="< 2 s", met=again < 2)]


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.25)
        else:
            return


def _draw(chromium: str, address: str) -> list[float]:
    from playwright.sync_api import sync_playwright

    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for _ in range(6):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            started = time.perf_counter()
            page.goto(address)
            page.wait_for_selector("html[data-drawn]", state="attached", timeout=60_000)
            seconds.append(time.perf_counter() - started)
            page.close()
        browser.close()
    return seconds
