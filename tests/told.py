"""Whether a text is told in both languages."""

from __future__ import annotations

import re

from sim.text import Text

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")


def is_told_in_both(text: Text) -> bool:
    return bool(LATIN.search(text.en)) and not CHINESE.search(text.en) and bool(CHINESE.search(text.zh))
