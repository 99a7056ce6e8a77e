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


def whole(shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return `shares` if each is from 0 to 1 and they make up the whole, within 1e-6; else raise."""
    if all(0.0 <= share <= 1.0 for share in shares) and abs(sum(shares) - 1.0) <= 1e-6:
        return shares
    told = ", ".join(f"{share:g}" for share in shares)
    raise InputError(en=f"shares from 0 to 1 that sum to 1 are needed; {told} came",
                     zh=f"各比例须在 0 至 1 之间且合计为 1；收到 {told}")  # fmt: skip
