"""A person at the page: choose, run, watch, compare; in both languages, with WebGL and without."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = {
    "en": {
        "play": "Play",
        "made": "Synthetic city",
        "kind": "Medical call",
        "verdict": "▲ better",
        "indicator": "Ambulance: call to arrival, min",
    },
    "zh": {
        "play": "播放",
        "made": "合成城市",
        "kind": "急救呼叫",
        "verdict": "▲ 更好",
        "indicator": "救护车：呼叫至到场, 分钟",
    },
}


def run_a_day(page, address: str, language: str) -> None:
    page.goto(f"{address}/#lang={language}&scenario=tiny_day")
    page.wait_for_selector("#start:not([disabled])")
    page.click("#start")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)


def look(page, folder: Path, name: str) -> None:
    """Look at the page wide and narrow: nothing is cut off, and the pictures are there for a person."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_choose_run_play_compare(page, address: str, tmp_path: Path, language: str):
    words = WORDS[language]
    run_a_day(page, address, language)
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute("html", "data-ready") == page.renderer
    text = page.inner_text("body")
    assert words["made"] in text
    assert words["kind"] in text
    assert "OpenStreetMap" in text or "generated" in text.lower()
    before = page.inner_text(".clock")
    page.click("#play")
    page.wait_for_timeout(1500)
    page.click("#play")
    assert page.inner_text(".clock") > before
    page.keyboard.press("ArrowRight")
    look(page, tmp_path, f"watch-{language}-{page.renderer}")
    page.click("#compare")
    page.wait_for_selector("#compared", timeout=240_000)
    assert words["verdict"] in page.inner_text("body")
    assert words["indicator"] in page.inner_text("#compared + .scroll")
    report = page.get_attribute("a[href$='/report']", "href")
    answer = page.request.get(address + report)
    assert answer.ok
    assert not re.search(r"(src|href)=.https?:", answer.text())
    page.goto(f"{address}{report}#{language}")
    look(page, tmp_path, f"report-{language}-{page.renderer}")


def test_a_permalink_restores_what_is_seen(page, address: str):
    run_a_day(page, address, "en")
    page.fill("#time", "36000")
    page.keyboard.press("-")
    page.wait_for_timeout(800)
    link = page.evaluate("location.href")
    assert "t=36000" in link
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert page.inner_text(".clock") == "10:00"
    assert page.evaluate("location.href") == link


@pytest.mark.parametrize("page", ["webgl"], indirect=True)
def test_what_the_map_shows_can_be_picked(page, address: str):
    run_a_day(page, address, "en")
    page.fill("#time", "36000")
    found: set[str] = set()
    for _ in range(40):  # WebGL in software takes its time to draw
        found |= set(page.evaluate(
            """() => { const d = globalThis.jinlingMap.deck; const v = d.getViewports()[0];
            return d.pickObjects({x: v.x, y: v.y, width: v.width, height: v.height}).map(p => p.layer.id); }"""
        ))  # fmt: skip
        if {"pane0-crews", "pane0-orders"} <= found:
            return
        page.wait_for_timeout(250)
    raise AssertionError(found)


def test_keys_work_wherever_the_focus_is(page, address: str):
    run_a_day(page, address, "en")
    scale = "Number(new URLSearchParams(location.hash.slice(1)).get('view').split(',')[2])"
    page.keyboard.press("0")
    page.wait_for_timeout(500)
    before = page.evaluate(scale)
    for control in ("#time", "fieldset input[type=checkbox]", "#play"):
        page.focus(control)
        page.keyboard.press("+")
    page.wait_for_timeout(500)
    assert page.evaluate(scale) == pytest.approx(before * 0.8**3, rel=0.02)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_serious_for_axe(page, address: str, language: str):
    from axe_playwright_python.sync_playwright import Axe

    run_a_day(page, address, language)
    found = Axe().run(page).response["violations"]
    serious = [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in {"serious", "critical"}]
    assert not serious


@pytest.mark.parametrize("page", ["canvas"], indirect=True)
def test_a_policy_of_ones_own_is_put_together_and_run(page, address: str, tmp_path: Path):
    page.goto(f"{address}/#lang=en&scenario=tiny_day&b=own&own=P0;one_network*0.5")
    page.wait_for_selector("#start:not([disabled])")
    assert page.is_checked("#lever-one_network")
    page.check("#lever-cloud_community")
    assert "Public events found" in page.inner_text(".levers")
    look(page, tmp_path, "own")
    page.click("#start")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    page.wait_for_timeout(800)
    assert "own=P0;one_network*0.5;cloud_community*1" in unquote(page.evaluate("location.href"))
    assert "own" in page.inner_text("thead")
    page.click("#compare")
    page.wait_for_selector("#compared", timeout=240_000)
    report = page.request.get(address + page.get_attribute("a[href$='/report']", "href")).text()
    assert "A16" in report
    assert "Own policy" in report


def test_hostile_names_are_shown_and_not_run(page, address: str):
    hostile = "</script><img src=x onerror=document.title='hit'>"
    page.expected = "status of 404"
    page.goto(f"{address}/#lang=en&scenario={hostile}&a=@@=1&runs={'0' * 32}")
    page.wait_for_selector("#start:not([disabled])")
    page.wait_for_selector("[role=alert]")
    assert page.title() != "hit"
