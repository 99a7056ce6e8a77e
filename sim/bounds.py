"""Physical quantities that must lie within bounds: refused in one sentence, never computed with."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import InputError
from sim.text import Text


def bounded(value: float, name: Text, least: float = -inf, most: float = inf) -> float:
    """Return `value`, or raise an `InputError` where it is no number within [least, most]."""
    if not least <= value <= most or value in (inf, -inf):
        raise InputError(
            en=f"{name.en} is {value:g}, but must be a number {_range(least, most, 'from', 'to')}",
            zh=f"{name.zh}为 {value:g}，但必须是{_range(least, most, '不小于', '不大于')}的数",
        )
    return value


def all_bounded(values: ArrayLike, name: Text, least: float = -inf, most: float = inf) -> None:
    """Refuse an array of which one value is no number within [least, most]; the first such is told."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    wrong = np.flatnonzero(~(np.isfinite(flat) & (flat >= least) & (flat <= most)))
    if len(wrong):
        at = int(wrong[0])
        bounded(float(flat[at]), Text(f"{name.en} at position {at}", f"第 {at} 位的{name.zh}"), least, most)


def _range(least: float, most: float, at_least: str, at_most: str) -> str:
    told = [f"{at_least} {least:g}"] if least > -inf else []
    told += [f"{at_most} {most:g}"] if most < inf else []
    return " ".join(told)
