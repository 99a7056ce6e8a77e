"""Plain data for JSON, which has no number for what is not there."""

from __future__ import annotations

from math import isfinite
from typing import Any


def with_null(value: Any) -> Any:
    """Return plain data with None for what JSON has no number for."""
    if isinstance(value, dict):
        return {key: with_null(part) for key, part in value.items()}
    if isinstance(value, list):
        return [with_null(part) for part in value]
    return None if isinstance(value, float) and not isfinite(value) else value
