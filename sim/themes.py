"""The themes of indicators, which a composite index weighs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sim.text import Text

Theme = Literal["speed", "accuracy", "result", "prevention", "people", "fairness", "burden", "system"]
THEMES: Mapping[Theme, Text] = {
    "speed": Text("Speed", "速度"),
    "accuracy": Text("Accuracy", "精准"),
    "result": Text("Results", "成效"),
    "prevention": Text("Prevention", "预防"),
    "people": Text("People", "群众"),
    "fairness": Text("Fairness", "公平"),
    "burden": Text("Burden", "负担"),
    "system": Text("Resilience of the system", "体系韧性"),
}
