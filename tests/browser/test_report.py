"""The report in a real browser: seven arms fit, what scrolls says so, and every region can be reached and has a name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from compared import comparison

from viz.report import write_report

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
canvas = pytest.mark.parametrize("page", ["canvas"], indirect=True)
#: Whether the mark is there: the table is wider than its region, which then shows its background.
WIDER = "regions => regions.filter(r => r.scrollWidth > r.clientWidth).map(r => r.getAttribute('aria-label'))"


@canvas
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_of_seven_arms_is_read_wide_and_narrow(page, address: str, tmp_path: Path, language: str):
    file = write_report([comparison({"East": -3.0, "West": -1.0}, arms=8)], tmp_path / "r.html", language)
    page.expected = "asked file:"  # the report is no page of the service
    page.goto(f"{file.as_uri()}#{language}")
    here = page.locator(f"#{language}")
    assert page.eval_on_selector_all(f"#{language} .scroll", WIDER) == []
    for basis in here.locator(".basis span").all():
        box = basis.bounding_box()
        assert box["x"] + box["width"] <= 1280
    page.set_viewport_size({"width": 360, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = page.eval_on_selector_all(f"#{language} .scroll", WIDER)
    assert {"en": "Composite index", "zh": "综合指数"}[language] in wide
    assert all(wide)
    for basis in here.locator(".basis span").all():
        box = basis.bounding_box()
        assert box["x"] + box["width"] <= 360
    word = {"en": "scroll", "zh": "可滑动"}[language]
    for region in here.locator(".scroll").all():
        assert word in unquote(region.evaluate("r => getComputedStyle(r).backgroundImage"))
        assert region.get_attribute("tabindex") == "0"
        assert region.get_attribute("role") == "region"
    region = here.locator(".scroll").filter(has_text="arm7").first
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert region.evaluate("r => r.scrollLeft") > 0


@canvas
def test_nothing_serious_for_axe_in_the_report(page, address: str, tmp_path: Path):
    from axe_playwright_python.sync_playwright import Axe

    file = write_report([comparison({"East": -3.0, "West": -1.0}, arms=3)], tmp_path / "r.html")
    page.expected = "asked file:"
    page.goto(file.as_uri())
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in {"serious", "critical"}] == []
