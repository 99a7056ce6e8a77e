"""The table of matters and the calendar of working days: what must be dealt with, by whom, and by when."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import HOUR, WorkingHours
from models.matters import matter_of, matters
from scenarios.language import IncidentChange, Scenario
from scenarios.library import load_policy
from scenarios.running import resolved, simulate
from sim.errors import InputError
from sim.validation import load_model

DAY = 24 * HOUR
TINY = (Path(__file__).parent.parent / "scenarios/library/scenarios/tiny_day.yaml").read_text(encoding="utf-8")
ROW = """  {name}:
    title: {{en: One, zh: 一}}
    of: event
    category: {{en: A, zh: 甲}}
    filing: {{en: seen, zh: 看到}}
    closing: {{en: gone, zh: 消失}}
    unit: {{en: us, zh: 我们}}
    share: {share}
    limit_h: {{normal: {normal}, urgent: {urgent}}}
"""


@pytest.mark.parametrize("name", matters())
def test_a_matter_is_told_in_both_languages(name: str):
    matter = matters()[name]
    for text in (matter.title, matter.category, matter.filing, matter.closing, matter.unit):
        assert text.en
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
    assert 0 < matter.limit_h.urgent <= matter.limit_h.normal


def test_matters_fall_by_their_shares_and_some_are_urgent():
    draws = (np.arange(20_000) + 0.5) / 20_000
    found = Counter(matter_of(matters(), draw, 0.99)[0] for draw in draws)
    for name, matter in matters().items():
        assert found[name] / 20_000 == pytest.approx(matter.share, abs=1e-3)
    inside = next(d for d in draws if matter_of(matters(), d, 0.99)[0] == "manhole")
    assert matter_of(matters(), inside, 0.39) == ("manhole", 3.0)
    assert matter_of(matters(), inside, 0.41) == ("manhole", 8.5)


def test_every_public_event_of_a_run_has_its_matter_and_limit(tiny, tiny_city, tiny_people):
    often = tiny.model_copy(update={"incidents": {"patrol_event": IncidentChange(rate_factor=10.0)}})
    tables = simulate(tiny_city, tiny_people, often, resolved(often, load_policy("P1")), 1).tables()
    orders = tables["orders"].to_pandas()
    assert set(orders["matter"]) <= set(matters())
    for name, rows in orders.groupby("matter"):
        limits = matters()[name].limit_h
        allowed = {limits.normal, limits.urgent}
        assert {round(hours, 6) for hours in rows["limit"] / HOUR} <= {round(hours, 6) for hours in allowed}
    assert (orders["matter"] == "exposed_rubbish").mean() == pytest.approx(0.34, abs=0.08)


def own(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(TINY + "matters:\n" + "".join(rows), encoding="utf-8")
    return file


def test_a_city_brings_a_table_of_its_own(tmp_path: Path, tiny_city, tiny_people):
    first, second = (
        ROW.format(name="a", share=0.4, normal=3, urgent=1),
        ROW.format(name="b", share=0.6, normal=9, urgent=9),
    )
    scenario = load_model(Scenario, own(tmp_path, first, second))
    tables = simulate(tiny_city, tiny_people, scenario, resolved(scenario, load_policy("P1")), 1).tables()
    assert set(tables["orders"]["matter"].to_pylist()) == {"a", "b", ""}


@pytest.mark.parametrize(
    ("share", "normal", "urgent", "says"),
    [(0.9, 3, 1, "must add up to 1; they are 0.9"), (1.0, 3, 4, "must not be longer than the normal"),
     (1.0, 0, 0, "limit_h.normal"), (1.0, 3, -1, "limit_h.urgent"), (0, 3, 1, "share")],
)  # fmt: skip
def test_a_table_with_a_gap_is_refused_with_its_line(tmp_path: Path, share, normal, urgent, says: str):
    file = own(tmp_path, ROW.format(name="a", share=share, normal=normal, urgent=urgent))
    with pytest.raises(InputError, match=says) as caught:
        load_model(Scenario, file)
    assert re.search(r"own\.yaml:\d+: ", str(caught.value))


def test_clocks_pause_on_holidays_and_run_on_worked_weekends():
    plain = WorkingHours()
    assert plain.add(4 * DAY + 17 * HOUR, HOUR) == 7 * DAY + 9.5 * HOUR  # from Friday evening to Monday
    golden = WorkingHours(holidays=(7, 8), workdays=(5,))
    assert golden.add(4 * DAY + 17 * HOUR, HOUR) == 5 * DAY + 9.5 * HOUR  # Saturday is worked
    assert golden.add(5 * DAY + 17 * HOUR, HOUR) == 9 * DAY + 9.5 * HOUR  # Monday and Tuesday are off
    assert golden.between(5 * DAY, 10 * DAY) == 2 * golden.day
    assert golden.between(6 * DAY, 9 * DAY) == 0.0


def test_a_day_is_not_both_off_and_worked():
    with pytest.raises(ValueError, match="either off or worked"):
        WorkingHours(holidays=(5,), workdays=(5,))


@given(
    st.integers(0, 6), st.integers(1, 7), st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)), st.integers(1, 60)
)
def test_the_share_of_worked_days_is_counted_day_by_day(weekday, days_a_week, off, on, days):
    usual = WorkingHours(weekday=weekday, days_a_week=days_a_week)
    assert usual.worked_share(0.0, days * 24 * HOUR) == pytest.approx(max(days_a_week / 7, 1 / days))
    working = WorkingHours(weekday=weekday, days_a_week=days_a_week, holidays=tuple(off), workdays=tuple(on - off))
    weeks = 7 * (days // 7)
    if weeks:
        counted = sum(working.works(day) for day in range(weeks)) / weeks
        assert working.worked_share(0.0, weeks * 24 * HOUR) == pytest.approx(max(counted, 1 / weeks))
