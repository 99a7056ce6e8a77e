"""A person watches hazards: every layer with its legend, closed streets, warnings, the story, and why somebody was late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hazard_day import MORE, hazard_run, with_more_fields
from serving import served
from test_page import look

from models.hazards.base import hazard_kinds
from sim.runs import Run

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
canvas = pytest.mark.parametrize("page", ["canvas"], indirect=True)
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
WORDS = {
    "en": {"warns": "The gas mains of this city are synthetic.", "story": "an excavator has struck a gas main", "closed": "Street closed",
           "unit": "Gas in cellars, of the lower explosive limit, ratio", "led": "What led to it:", "passport": "Equations"},
    "zh": {"warns": "本城市燃气管网为合成数据。", "story": "挖掘机挖断燃气管道", "closed": "道路封闭",
           "unit": "地下空间燃气浓度（占爆炸下限）, 比值", "led": "起因：", "passport": "方程"},
}  # fmt: skip


@pytest.fixture(scope="session")
def run(tiny, tiny_city, home: Path) -> Run:
    return with_more_fields(hazard_run(tiny, home), home)


@pytest.fixture(scope="session")
def address(home: Path, run: Run) -> Iterator[str]:
    """A real server over the runs of the tests."""
    with served(home) as base:
        yield base


def watch(page, address: str, run: Run, **state: object) -> None:
    page.goto("about:blank")
    page.goto(f"{address}/#runs={run.id}&" + "&".join(f"{key}={value}" for key, value in state.items()))
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)


@LANGUAGES
def test_the_story_of_a_gas_leak_is_seen_and_read(page, address: str, run: Run, tmp_path: Path, language: str):
    words = WORDS[language]
    watch(page, address, run, lang=language, t=37_000)
    assert page.input_value("#field") == "gas.level"  # what the scenario's first hazard writes first
    text = page.inner_text("body")
    assert words["warns"] in page.inner_text(".warnings")
    assert words["story"] in page.inner_text("#story")
    assert words["closed"] in text
    assert words["unit"] in page.inner_text(".field .title")
    assert page.locator(".scale li").count() == 4
    assert "0.1 – 0.2" in page.inner_text(".scale")
    page.click("#list summary")
    page.locator("#list tbody tr", has_text={"en": "Gas main struck", "zh": "燃气管道被挖断"}[language]).locator(
        ".ask"
    ).click()
    page.wait_for_selector("#why .parts")
    assert words["led"] in page.inner_text("#why")
    assert words["story"] in page.inner_text("#why")
    look(page, tmp_path, f"gas-{language}-{page.renderer}")


def test_every_kind_of_field_is_drawn_counted_and_read_by_keyboard(page, address: str, run: Run):
    """Fields of which the page knows nothing: by cell, street, area, point and building."""
    watch(page, address, run, lang="en", t=38_000, field="test.depth")
    seen = {}
    for _ in range(len(run.manifest["fields"]) + 1):
        name = page.input_value("#field")
        if name.startswith("test."):
            page.keyboard.press("z")
            page.wait_for_timeout(300)
            seen[name] = [
                int(line.split(": ")[1].replace(",", "")) for line in page.locator(".scale .soft").all_inner_texts()
            ]
            assert drawn(page, name), f"{name} is not drawn"
        page.keyboard.press("f")
        page.wait_for_timeout(400)
    for kind in MORE:
        table = run.table(f"field.{kind.name}").to_pandas().groupby("index").last()["value"]
        assert seen[kind.name][-1] == int((table >= kind.scale[-1] - 1e-6).sum()), kind.name
    assert len(seen) == len(MORE)


def drawn(page, name: str) -> bool:
    """Return whether the map comes to show a field: by deck.gl's own word, or by what stands on the canvas."""
    shown = {
        "webgl": "name => globalThis.jinlingMap.deck.props.layers.some((l) => l.id === `pane0-field.${name}` && l.isLoaded)",
        "canvas": "() => { const c = document.querySelectorAll('.map canvas')[1];"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((x, i) => i % 4 === 3 && x > 0); }",
    }[page.renderer]
    for _ in range(40):  # WebGL in software takes its time to draw
        if page.evaluate(shown, name):
            return True
        page.wait_for_timeout(250)
    return False


@canvas
def test_the_value_under_the_pointer_is_told_as_text(page, address: str, run: Run):
    watch(page, address, run, lang="en", t=38_000, field="test.depth")
    assert "Point at the map" in page.inner_text("#readout")
    page.keyboard.press("z")
    page.wait_for_timeout(400)
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 5)
    page.wait_for_timeout(300)
    assert page.inner_text("#readout").startswith("0.6 m")
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.wait_for_timeout(300)
    assert "nothing here" in page.inner_text("#readout")
    page.keyboard.press("v")
    page.wait_for_timeout(300)
    assert page.inner_text("#readout").startswith("0.6 m")


@canvas
def test_time_runs_both_ways(page, address: str, run: Run):
    def counts(moment: int) -> list[str]:
        page.fill("#time", str(moment))
        page.wait_for_timeout(500)
        return page.locator(".scale .soft").all_inner_texts()

    watch(page, address, run, lang="en", t=35_000, field="test.cases")
    before, first, second = counts(34_800), counts(36_600), counts(38_400)
    assert before == ["places: 0", "places: 0"]
    assert first != before
    assert second != first
    assert counts(36_600) == first
    assert counts(34_800) == before


@canvas
def test_a_link_keeps_the_layer(page, address: str, run: Run):
    watch(page, address, run, lang="en", t=38_000)
    page.select_option("#field", "test.pressure")
    page.wait_for_timeout(800)
    link = page.evaluate("location.href")
    assert "field=test.pressure" in link
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert page.input_value("#field") == "test.pressure"


@canvas
@LANGUAGES
def test_passports_are_read_wide_and_narrow(page, address: str, tmp_path: Path, language: str):
    page.goto(f"{address}/passports#lang={language}&hazard=gas_leak")
    page.wait_for_selector("#gas_leak")
    assert page.locator(".passport").count() == len(hazard_kinds())
    assert page.get_attribute("html", "lang") == language
    assert page.evaluate("document.activeElement.id") == "gas_leak"
    text = page.inner_text("#gas_leak")
    for word in (WORDS[language]["passport"], "Walski", "19206.7", "✓"):
        assert word in text
    assert "✗" not in page.inner_text("main")
    look(page, tmp_path, f"passports-{language}")


@canvas
@LANGUAGES
def test_nothing_serious_for_axe_at_hazards_and_passports(page, address: str, run: Run, language: str):
    from axe_playwright_python.sync_playwright import Axe

    watch(page, address, run, lang=language, t=37_000)
    page.click("#list summary")
    page.locator("#list .ask").first.click()
    page.wait_for_selector("#why .parts")
    for _ in range(2):
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in {"serious", "critical"}] == []
        page.goto(f"{address}/passports#lang={language}")
        page.wait_for_selector(".passport")
