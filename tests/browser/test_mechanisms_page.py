"""A planner at the page of mechanisms: look, search, choose, read what it changes, keep it, take it to the city."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from test_page import look

from models.mechanisms import mechanisms
from models.policy import Policy
from sim.validation import load_model

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
canvas = pytest.mark.parametrize("page", ["canvas"], indirect=True)
WORDS = {
    "en": ("Acts on: acceptance · filing · dispatch · people", "Wrong first dispatch", "assumption"),
    "zh": ("作用环节：受理 · 立案 · 派遣 · 群众", "首次派遣错误率", "假设"),
}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def opened(page, address: str, state: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}/mechanisms#{state}")
    page.wait_for_selector("#A03")
    page.wait_for_selector("#cost")


@canvas
@LANGUAGES
def test_every_mechanism_is_there_and_fits_every_screen(page, address: str, tmp_path: Path, language: str):
    opened(page, address, f"lang={language}&own=P1;one_network*0.8*0.9&a=one_network")
    assert page.get_attribute("html", "lang") == language
    assert page.locator(".mechanism").count() == len(mechanisms())
    page.click("#A03 button[aria-expanded]")
    acts, parameter, assumption = WORDS[language]
    text = page.inner_text("#A03")
    for word in (acts, parameter, assumption, "一网统管", "0.026", "n = 30"):
        assert word in text
    assert page.get_attribute("#A03 svg", "aria-label") == acts
    assert page.locator("#A03 svg circle.on").count() == 3
    look(page, tmp_path, f"mechanisms-{language}")


@canvas
def test_nothing_serious_for_axe_at_the_mechanisms(page, address: str):
    from axe_playwright_python.sync_playwright import Axe

    opened(page, address, "lang=en&own=P1;one_network*0.8*0.9&a=one_network&q=A0")
    page.click("#A03 button[aria-expanded]")
    page.click("#scope-one_network summary")
    page.wait_for_selector("#district-one_network-D01", timeout=120_000)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in {"serious", "critical"}] == []


@canvas
def test_a_policy_is_put_together_by_keyboard_and_taken_to_the_city(page, address: str):
    opened(page, address, "lang=en&scenario=tiny_day")
    page.focus("#search")
    page.keyboard.type("一网统管")
    page.wait_for_selector("#A01", state="detached")
    page.focus("#lever-one_network")
    page.keyboard.press("Space")
    page.wait_for_selector("#intensity-one_network")
    page.focus("#intensity-one_network")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.focus("#compliance-one_network")
    page.keyboard.press("ArrowLeft")
    assert page.is_checked("#lever-one_network")
    page.wait_for_selector("#parameters-differ :text('Wrong first dispatch')")
    assert "intensity 80 % · compliance 95 %" in page.inner_text(".choices")
    page.wait_for_timeout(500)
    assert "own=P1;one_network*0.8*0.95" in unquote(page.evaluate("location.href"))
    assert "45.6" in page.inner_text("#cost")  # of 60 million yuan
    page.focus("#go")
    page.keyboard.press("Enter")
    page.wait_for_selector("#start:not([disabled])")
    assert page.is_checked("#lever-one_network")
    assert page.input_value("#policy-b") == "own"
    assert page.input_value("#scenario") == "tiny_day"
    page.click("nav a")
    page.wait_for_selector("#cost")
    assert page.is_checked("#lever-one_network")
    assert "compliance 95 %" in page.inner_text(".choices")


@canvas
@LANGUAGES
def test_a_lever_is_limited_by_keyboard_where_it_may_be(page, address: str, tmp_path: Path, language: str):
    opened(page, address, f"lang={language}&own=P1;matter_list*1;integrated_patrol*1&a=P1")
    assert page.locator("#scope-integrated_patrol").count() == 0
    refusal = {"en": "it takes no scope", "zh": "不能限定适用范围"}[language]
    assert refusal in page.inner_text("#no-scope-integrated_patrol")
    page.focus("#scope-matter_list summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#district-matter_list-D01", timeout=120_000)  # the default city may be built first
    for box in ("district-matter_list-D01", "incident-matter_list-hotline_ticket"):
        page.focus(f"#{box}")
        page.keyboard.press("Space")
    page.focus("#hourFrom-matter_list")
    page.keyboard.type("20")
    assert "⚠" in page.inner_text("#hours-told-matter_list")
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    assert "⚠" not in page.inner_text("#hours-told-matter_list")
    page.wait_for_selector(".choices :text('D01 · 20–8 h · hotline_ticket')")
    page.wait_for_selector("#go")
    assert page.locator("[role=alert]").count() == 0
    look(page, tmp_path, f"scope-{language}")
    page.wait_for_timeout(500)
    page.reload()  # the address keeps it, and what is limited is shown so
    page.wait_for_selector("#district-matter_list-D01:checked", state="attached", timeout=60_000)
    assert [page.input_value(f"#{hour}-matter_list") for hour in ("hourFrom", "hourTo")] == ["20", "8"]
    page.uncheck("#district-matter_list-D01")
    page.uncheck("#incident-matter_list-hotline_ticket")
    page.fill("#hourTo-matter_list", "")
    page.wait_for_selector(".choices :text('hotline_ticket')", state="detached")


@canvas
def test_a_policy_is_kept_in_a_file_and_read_back(page, address: str, tmp_path: Path):
    opened(page, address, "lang=en&own=P0;one_network*0.5;crew.turnout_s=60&name=mine")
    with page.expect_download() as waiting:
        page.click("#download")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    kept = load_model(Policy, file)
    assert (file.name, kept.base, kept.set) == ("mine.yaml", "P0", {"crew.turnout_s": 60.0})
    assert kept.resolved_levers()[0].share == 0.5
    text = file.read_text(encoding="utf-8").replace("kind: one_network", "kind: matter_list, scope: {hours: [20, 8]}")
    file.write_text(text, encoding="utf-8")
    page.set_input_files("#yaml-file", file)
    page.wait_for_selector("#lever-matter_list:checked", state="attached")
    assert not page.is_checked("#lever-one_network")
    page.wait_for_timeout(500)
    page.reload()  # the address keeps it whole
    page.wait_for_selector("#lever-matter_list:checked", state="attached")
    assert "only in: 20–8 h" in page.inner_text(".choices")
    assert "crew.turnout_s = 60" in page.inner_text(".choices")
    page.expected = "status of 422"
    file.write_text("format: 1\nname: mine\n", encoding="utf-8")
    page.set_input_files("#yaml-file", file)
    page.wait_for_selector("[role=alert]")
    assert "is missing" in page.inner_text("[role=alert]")
    assert page.is_checked("#lever-matter_list")
    page.click("#copy")
    page.wait_for_selector("text=Copied.")


@canvas
def test_what_is_lacking_or_unknown_is_told_and_can_be_mended(page, address: str):
    page.expected = "status of 422"
    opened(page, address, "lang=en")
    page.goto("about:blank")
    page.goto(f"{address}/mechanisms#lang=en&own=P1;magic*1&a=</script>")
    page.wait_for_selector("[role=alert]")
    assert "'magic' is unknown" in page.inner_text("[role=alert]")
    assert page.locator("#go").count() == 0
    page.click(".choices button.small")
    page.wait_for_selector("#go")
    assert page.input_value("#against") == "P1"

    def lacking(route) -> None:
        answer = route.fetch()
        wants = "matter_list" not in (route.request.post_data or "")
        missing = [{"lever": "one_network", "needs": "matter_list"}] if wants else []
        route.fulfill(response=answer, json={**answer.json(), "missing": missing})

    page.route("**/api/policies/check", lacking)
    page.check("#lever-one_network")
    page.wait_for_selector("text=needs Standard list of matters")
    assert page.locator("#go").count() == 0
    page.click("button:text('Add it')")
    page.wait_for_selector("#go")
    assert page.is_checked("#lever-matter_list")
