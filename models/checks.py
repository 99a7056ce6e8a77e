"""One sentence, in both languages, for a number that cannot be."""

from __future__ import annotations

from math import isfinite

from sim.errors import InputError
from sim.text import Text


def require(what: Text, value: float, least: float, most: float = float("inf"), *, open_low: bool = False) -> float:
    """Return `value` if it is a finite number in [`least`, `most`], or above `least` where `open_low`; else raise."""
    low_is_fine = value > least if open_low else value >= least
    if isfinite(value) and low_is_fine and value <= most:
        return value
    sign, sign_zh = ("above", "大于") if open_low else ("from", "不小于")
    upper = f" to {most:g}" if isfinite(most) else ""
    upper_zh = f"且不大于 {most:g}" if isfinite(most) else ""
    raise InputError(
        en=f"{what.en} must be a number {sign} {least:g}{upper}; {value:g} came",
        zh=f"{what.zh}须为{sign_zh} {least:g}{upper_zh}的数；收到 {value:g}",
    )
