"""Every text that a user reads exists in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from api.mechanisms import mechanism_facts
from models.catalogue import catalogue
from models.crews import DEFAULT_CREWS
from scenarios.reference import reference
from sim.fields import Place
from viz.report import TEXTS as REPORT_TEXTS

#: Texts that the page finds by a name that comes with the data.
NAMED_BY_DATA = {"indicator", "experiment", "policy", "scenario", "theme", "capex_yuan", "opex_yuan_per_year", "capexOf", "opexOf",
                 "staffOf", "intensity", "compliance", *(f"by_{place}" for place in get_args(Place))}  # fmt: skip
STATIC = Path(__file__).resolve().parents[2] / "api" / "static"


def page_texts() -> dict[str, tuple[str, str]]:
    source = (STATIC / "texts.js").read_text(encoding="utf-8")
    found = re.findall(r'(\w+): \{\s*en: "([^"]*)",\s*zh: "([^"]*)",?\s*\}', source)
    return {key: (en, zh) for key, en, zh in found}


def test_every_text_of_the_page_has_both_languages():
    source = (STATIC / "texts.js").read_text(encoding="utf-8")
    texts = page_texts()
    assert len(texts) == len(re.findall(r"^  \w+: \{", source, re.MULTILINE)) > 40
    for en, zh in texts.values():
        assert en
        assert re.search(r"[\u4e00-\u9fff]", zh) or zh == "English"


def test_the_page_uses_no_text_that_is_not_there():
    scripts = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
    assert {"app.js", "mechanisms.js", "editor.js"} <= set(scripts)
    used = {key for script in scripts.values() for key in re.findall(r'\bt\("(\w+)"', script)}
    assert used | NAMED_BY_DATA <= set(page_texts())
    # What things of a run are called comes with the run, whichever hazard brought them along.
    assert not (set(catalogue()) | set(DEFAULT_CREWS)) & set(page_texts())


def test_every_kind_and_report_text_has_both_languages():
    titles = [facts["title"] for family in reference().values() for facts in family.values()]
    titles += [text._asdict() for text in REPORT_TEXTS.values()]
    titles += [text for entry in mechanism_facts()["mechanisms"] for text in (entry["title"], entry["does"])]
    for title in titles:
        assert title["en"]
        assert title["zh"]
