"""Calibration: the bands are read as they should be, and today's city lands in them."""

from __future__ import annotations

import re

import pytest

from scenarios.calibration import Landing, calibrate, targets
from scenarios.library import load_policy, load_scenario


@pytest.mark.parametrize(
    ("mean", "interval", "says"),
    [(12.0, (1.0, 30.0), "within"), (14.0, (13.0, 15.0), "open"), (14.0, (13.6, 14.4), "outside"),
     (10.0, (9.0, 10.4), "outside"), (10.0, (9.0, 10.6), "open")],
)  # fmt: skip
def test_a_landing_is_judged_by_its_band_and_interval(mean: float, interval: tuple[float, float], says: str):
    target = next(t for t in targets() if t.name == "T_arrive.medical")
    assert (target.low, target.high) == (10.5, 13.5)
    assert Landing(target, mean, interval).verdict == says


def test_without_data_nothing_is_judged():
    assert Landing(targets()[0], float("nan"), (float("nan"), float("nan"))).verdict == "none"


def test_every_target_is_told_in_both_languages_with_its_source():
    names = [target.name for target in targets()]
    assert len(set(names)) == len(names) > 10
    for target in targets():
        assert target.low < target.high
        for text in (target.title, target.unit, target.source):
            assert text.en
            assert re.search(r"[\u4e00-\u9fff]", text.zh)


def test_todays_default_city_lands_where_the_real_one_is(home):
    landings = calibrate(load_scenario("flagship_day"), load_policy("P1"), list(range(10)), home)
    outside = [(one.target.name, one.mean, one.interval) for one in landings if one.verdict == "outside"]
    assert outside == []
    sure = {one.target.name for one in landings if one.verdict == "within"}
    assert {"T_arrive.medical", "T_handle.hotline_ticket", "on_time.hotline_ticket", "satisfaction.hotline_ticket",
            "households_a_grid"} <= sure  # fmt: skip


def test_the_siloed_city_does_not(home):
    landings = calibrate(load_scenario("flagship_day"), load_policy("P0"), list(range(6)), home)
    outside = {one.target.name for one in landings if one.verdict == "outside"}
    assert {"T_arrive.medical", "T_handle.hotline_ticket", "on_time.hotline_ticket"} <= outside
