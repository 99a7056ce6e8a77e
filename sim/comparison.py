"""A compared decision: policies over the same seeds, indicator by indicator, with error bars."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.index import against_nothing, overall, score, theme_scores
from sim.statistics import PairedDifference, holm, mean_interval, paired_difference, worst_tenth
from sim.text import Text
from sim.themes import Theme

Values = dict[str, dict[int, dict[str, float | None]]]  #: policy → seed → indicator → value
AreaValues = dict[str, dict[int, dict[str, dict[str, float | None]]]]  #: policy → seed → area → …


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class Described(_Strict):
    """An indicator as people read it."""

    name: str
    title: Text
    unit: Text
    better: Literal["lower", "higher", "none"]
    theme: Theme = "result"


class Interval(_Strict):
    """A mean and its confidence interval."""

    mean: float
    low: float
    high: float


class Row(_Strict):
    """One indicator: each policy's mean, and the difference of each later policy to the first."""

    indicator: Described
    means: dict[str, Interval]
    differences: dict[str, PairedDifference]


class AreaRow(_Strict):
    """One indicator in one area, or in the worst tenth of areas."""

    indicator: str
    area: str
    differences: dict[str, PairedDifference]


RowT = TypeVar("RowT", Row, AreaRow)


class LeverInfo(_Strict):
    """A lever of a compared policy, and how far it is on."""

    kind: str
    title: Text
    mechanism: str
    share: float
    scope: str = ""  #: what it is limited to


class CostInfo(_Strict):
    """What the levers of a policy cost."""

    capex_yuan: float
    opex_yuan_per_year: float
    staff_h_per_case: float


class PolicyInfo(_Strict):
    """A compared policy: its levers, their price, and what they make worse elsewhere."""

    name: str
    title: Text
    base: str
    levers: list[LeverInfo]
    cost: CostInfo
    side_effects: list[Text]  #: titles of the parameters that are the price


class Expected(_Strict):
    """What was expected of a policy before it was tried."""

    policy: str
    indicator: str
    low: float  #: of the difference
    high: float
    relative: bool = False  #: whether low and high are shares of the first policy's mean
    because: Text


class Together(_Strict):
    """Whether two things do more, or less, together than one by one: a factorial of four policies."""

    first: str  #: policy with the one
    second: str  #: policy with the other
    both: str
    rows: dict[str, PairedDifference]  #: by indicator: the sum of the two effects, and that of both together


class Bar(_Strict):
    """What an answer becomes with one assumption at either end."""

    name: str
    title: Text
    unit: Text
    low: float  #: value of the parameter
    high: float
    at_low: float  #: the answer with it
    at_high: float
    changed: bool  #: whether it is what the policy changes: then `low` is its value without the policy

    @property
    def width(self) -> float:
        """How far it moves the answer."""
        return abs(self.at_high - self.at_low)


class LandingRow(_Strict):
    """Where the model of today's city lands against a figure of the real one."""

    title: Text
    unit: Text
    basis: Text
    low: float  #: of the real figure
    high: float
    mean: float
    interval: tuple[float, float]
    verdict: Literal["within", "open", "outside", "none"]


class Index(_Strict):
    """The composite index, theme by theme and as a whole, of each later policy against the first."""

    weights: dict[Theme, float]
    themes: dict[Theme, dict[str, PairedDifference]]
    overall: dict[str, PairedDifference]


class Tornado(_Strict):
    """Which assumptions carry an answer: a policy's difference in one indicator."""

    policy: str
    indicator: str
    answer: float
    seeds: int
    bars: list[Bar]


class ParameterRow(_Strict):
    """A parameter that differs between the compared policies."""

    name: str
    title: Text
    unit: Text
    values: dict[str, float]
    basis: Text | None
    assumption: bool


class WarningRow(_Strict):
    """What a hazard's model warned of: that it was used beyond what was checked, or that something was assumed."""

    hazard: Text
    text: Text
    runs: int  #: in how many runs
    of: int  #: runs in all


class FacilityCount(_Strict):
    """How many facilities of a kind there are, and how many of them are synthetic."""

    kind: str
    title: Text
    count: int
    synthetic: int


class CityInfo(_Strict):
    """The city of a comparison."""

    name: str
    hash: str
    synthetic: bool
    residents: int
    streets_km: float
    junctions: int
    buildings: int
    facilities: list[FacilityCount]
    source: dict[str, str]


class Comparison(_Strict):
    """A whole comparison, as it is stored and shown."""

    format: Literal[1] = 1
    id: str
    created: str
    scenario: str
    title: Text
    question: Text
    hours: float
    city: CityInfo
    policies: list[PolicyInfo]
    parameters: list[ParameterRow]
    seeds: list[int]
    rows: list[Row]
    area_level: str
    areas: list[AreaRow]
    worst: list[AreaRow]
    runs: dict[str, list[str]]
    log_hashes: dict[str, list[str]]
    versions: dict[str, str]
    command: str
    wall_s: float
    limits: list[Text] = Field(default_factory=list)
    warnings: list[WarningRow] = Field(default_factory=list)
    case: Text | None = None  #: the case of an experiment that it compares in
    expected: list[Expected] = Field(default_factory=list)
    together: Together | None = None
    tornado: Tornado | None = None
    index: Index | None = None
    landings: list[LandingRow] = Field(default_factory=list)

    def measured(self) -> list[Row]:
        """Return the rows in which there was something to measure."""
        return [row for row in self.rows if any(difference.n for difference in row.differences.values())]

    def asked(self, policy: str) -> list[Row]:
        """Return the rows that answer the question for a policy: what was expected of it or of others, else what was measured."""
        by_name = {row.indicator.name: row for row in self.measured()}
        own = [one.indicator for one in self.expected if one.policy == policy]
        names = dict.fromkeys(own or (one.indicator for one in self.expected))
        return [by_name[name] for name in names if name in by_name] or self.measured()[:1]


def _series(values: dict[int, dict[str, float | None]], seeds: list[int], name: str) -> list[float]:
    found = (values[seed].get(name) for seed in seeds)
    return [nan if value is None else value for value in found]


def compared_rows(described: list[Described], values: Values, seeds: list[int]) -> list[Row]:
    """Return a row an indicator; p-values are corrected by Holm over all indicators of a policy."""
    policies = list(values)
    rows = []
    for indicator in described:
        series = {policy: _series(values[policy], seeds, indicator.name) for policy in policies}
        means = {policy: _interval(series[policy]) for policy in policies}
        differences = {policy: paired_difference(series[policies[0]], series[policy]) for policy in policies[1:]}
        rows.append(Row(indicator=indicator, means=means, differences=differences))
    return _corrected(rows, policies[1:])


def index_of(described: list[Described], values: Values, seeds: list[int], weights: dict[Theme, float]) -> Index:
    """Return the composite index of each later policy against the first."""
    base, *others = values
    themes: dict[Theme, dict[str, PairedDifference]] = {}
    whole = {}
    for policy in others:
        scores = {
            one.name: (one.theme, score(_series(values[base], seeds, one.name), _series(values[policy], seeds, one.name),
                                        lower_is_better=one.better == "lower"))
            for one in described if one.better != "none"
        }  # fmt: skip
        found = theme_scores(scores)
        for theme, series in found.items():
            themes.setdefault(theme, {})[policy] = against_nothing(series)
        whole[policy] = overall(found, weights)
    return Index(weights=weights, themes=themes, overall=whole)


def together(described: list[Described], values: Values, seeds: list[int], factors: tuple[str, str, str]) -> Together:
    """Return for each indicator the effect of both factors against the sum of the effects of each; p corrected by Holm."""
    first, second, both = factors
    base = next(iter(values))
    rows = {}
    for indicator in described:
        none, one, other, all_on = (
            np.array(_series(values[policy], seeds, indicator.name)) for policy in (base, first, second, both)
        )
        rows[indicator.name] = paired_difference(one - none + other - none, all_on - none)
    corrected = holm([row.p for row in rows.values()])
    rows = {name: replace(row, p_holm=p) for (name, row), p in zip(rows.items(), corrected, strict=True)}
    return Together(first=first, second=second, both=both, rows=rows)


def _interval(series: list[float]) -> Interval:
    mean, low, high = mean_interval(series)
    return Interval(mean=mean, low=low, high=high)


def _corrected(rows: list[RowT], policies: list[str]) -> list[RowT]:
    """Correct the p-values by Holm over all these rows of a policy."""
    for policy in policies:
        corrected = holm([row.differences[policy].p for row in rows])
        rows = [
            row.model_copy(update={"differences": {
                **row.differences, policy: replace(row.differences[policy], p_holm=p)}})
            for row, p in zip(rows, corrected, strict=True)
        ]  # fmt: skip
    return rows


def area_rows(
    described: list[Described], values: AreaValues, seeds: list[int], names: dict[str, str]
) -> tuple[list[AreaRow], list[AreaRow]]:
    """Return the differences by area, and those of the worst tenth of areas of each seed."""
    policies = list(values)
    areas = sorted({area for seed in seeds for policy in policies for area in values[policy][seed]}, key=int)
    by_area, worst = [], []
    for indicator in described:
        for area in areas:
            series = {policy: _area_series(values[policy], seeds, area, indicator.name)
                      for policy in policies}  # fmt: skip
            by_area.append(_area_row(indicator, names.get(area, area), series, policies))
        if indicator.better == "none" or indicator.name == "deaths":
            continue
        series = {
            policy: [
                worst_tenth(
                    [nan if (v := row.get(indicator.name)) is None else v for row in values[policy][seed].values()],
                    lower_is_better=indicator.better == "lower",
                )
                for seed in seeds
            ]
            for policy in policies
        }
        worst.append(_area_row(indicator, "", series, policies))
    return _corrected(by_area, policies[1:]), _corrected(worst, policies[1:])


def _area_series(
    values: dict[int, dict[str, dict[str, float | None]]], seeds: list[int], area: str, name: str
) -> list[float]:
    found = (values[seed].get(area, {}).get(name) for seed in seeds)
    return [nan if value is None else value for value in found]


def _area_row(indicator: Described, area: str, series: dict[str, list[float]], policies: list[str]) -> AreaRow:
    differences = {p: paired_difference(series[policies[0]], series[p]) for p in policies[1:]}
    return AreaRow(indicator=indicator.name, area=area, differences=differences)
