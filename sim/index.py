"""The composite index of governance: themes of indicators against the first policy, weighed by whoever asks.

An indicator's score is its paired difference towards the better, in standard deviations of the first policy's runs and
cut at ±5, so that no single one drowns the rest. A theme is the mean of its indicators, the index the weighted mean of
the themes. The parts always stand beside the whole: an index alone hides what was traded for what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.statistics import PairedDifference, paired_difference
from sim.themes import Theme

MOST = 5.0  #: standard deviations at which a score is cut
Scores = Mapping[str, NDArray[np.float64]]


def weights_of(said: str) -> dict[Theme, float]:
    """Return the weights of all themes from a text as `speed=2,burden=0`; those not named weigh 1."""
    weights: dict[Theme, float] = dict.fromkeys(get_args(Theme), 1.0)
    for part in filter(None, said.split(",")):
        name, _, value = part.partition("=")
        theme = next((known for known in weights if known == name.strip()), None)
        if theme is None:
            there_are = ", ".join(weights)
            raise InputError(en=f"theme {name.strip()!r} is unknown; there are: {there_are}",
                             zh=f"主题 {name.strip()!r} 未知；可用：{there_are}")  # fmt: skip
        try:
            weights[theme] = float(value)
        except ValueError:
            weights[theme] = -1.0
        if not 0.0 <= weights[theme] < 1e6:
            raise InputError(en=f"the weight of {theme!r} must be a number from 0; {value.strip()!r} came",
                             zh=f"{theme!r} 的权重须为不小于 0 的数；收到 {value.strip()!r}")  # fmt: skip
    if not any(weights.values()):
        raise InputError(en="at least one theme must weigh more than 0", zh="至少一个主题的权重须大于 0")
    return weights


def score(first: Sequence[float], second: Sequence[float], *, lower_is_better: bool) -> NDArray[np.float64]:
    """Return the score of an indicator, float64 [runs]: NaN where there is no spread to measure it in."""
    base, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    known = base[np.isfinite(base)]
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    if not spread > 0.0:
        return np.full(len(base), np.nan)
    towards = (base - other if lower_is_better else other - base) / spread
    return np.clip(towards, -MOST, MOST)


def theme_scores(scores: Mapping[str, tuple[Theme, NDArray[np.float64]]]) -> dict[Theme, NDArray[np.float64]]:
    """Return the mean score of each theme that has one, float64 [runs], from those of indicators by name."""
    found: dict[Theme, NDArray[np.float64]] = {}
    for theme in get_args(Theme):
        parts = [values for own, values in scores.values() if own == theme and np.isfinite(values).any()]
        if parts:
            stack = np.stack(parts)
            known = np.isfinite(stack)
            found[theme] = np.where(known, stack, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return found


def against_nothing(scores: NDArray[np.float64]) -> PairedDifference:
    """Return a mean score with its interval."""
    return paired_difference(np.zeros(len(scores)).tolist(), scores.tolist())


def overall(themes: Mapping[Theme, NDArray[np.float64]], weights: Mapping[Theme, float]) -> PairedDifference:
    """Return the weighted mean of the themes with its interval."""
    weighed = [(weights[theme], scores) for theme, scores in themes.items() if weights[theme] > 0.0]
    if not weighed:
        return against_nothing(np.array([np.nan]))
    total = sum(weight for weight, _ in weighed)
    return against_nothing(np.sum([weight * scores for weight, scores in weighed], axis=0) / total)
