"""A tornado is played to its end: what cannot matter has no bar, and what can be worked out by hand has the right one."""

from __future__ import annotations

import pytest

from models.parameters import parameters
from models.policy import Policy
from scenarios.experiment import Experiment, conduct, with_tornado
from scenarios.language import Scenario
from sim.comparison import Bar, Comparison
from sim.text import Text
from viz.report import render_report

SEEDS = 3


@pytest.fixture(scope="module")
def found(tiny, home) -> Comparison:
    """A hall with one window for all: what it changes is that offices approve at once, and that figures appraise."""
    lines = {"service_hall": {"matters_per_100k": 2000.0, "windows_per_100k": 300.0, "patience_min": 1e9}}
    scenario = Scenario.model_validate({**tiny.model_dump(), "incidents": {}, "lines": lines, "beat_s": 3600.0})
    arms = (
        Policy(format=1, name="serial", title=Text("In a row", "串联"), base="P0", set={"hall.parallel": 0.0}),
        Policy(format=1, name="parallel", title=Text("At once", "并联"), base="P0", set={"hall.parallel": 1.0}),
    )
    asked = Experiment.model_validate({
        "format": 1, "name": "approvals", "title": {"en": "Approvals", "zh": "审批"}, "scenario": "hall_week",
        "question": {"en": "How many days less?", "zh": "少几天？"}, "arms": [arm.model_dump() for arm in arms],
        "expected": [{"arm": "parallel", "indicator": "elapsed.hall", "low": -5, "high": -1,
                      "because": {"en": "the longest, not the sum", "zh": "取最长而非总和"}}],
    })  # fmt: skip
    answers = conduct(asked, scenario, SEEDS, home, 1)
    told: list[float] = []
    [answer] = with_tornado(asked, scenario, answers, SEEDS, home, 1, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    return answer


def bar(found: Comparison, name: str) -> Bar:
    assert found.tornado is not None
    [one] = [bar for bar in found.tornado.bars if bar.name == name]
    return one


def test_the_answer_is_that_of_the_comparison(found):
    [row] = [row for row in found.rows if row.indicator.name == "elapsed.hall"]
    assert found.tornado.policy == "parallel"
    assert found.tornado.indicator == "elapsed.hall"
    assert found.tornado.seeds == SEEDS
    assert found.tornado.answer == row.differences["parallel"].difference


def test_what_the_policy_changes_takes_the_whole_answer_with_it(found):
    whole = bar(found, "hall.parallel")
    assert whole.changed
    assert (whole.low, whole.high) == (0.0, 1.0)
    assert whole.at_low == 0.0
    assert whole.at_high == found.tornado.answer < -2.0


def test_agreeing_among_the_offices_adds_its_time_to_what_is_approved_at_once(found):
    wrong = next(row for row in found.rows if row.indicator.name == "wrong.hall").means["parallel"].mean
    agreeing = bar(found, "hall.handover_d")
    assert not agreeing.changed
    assert (agreeing.low, agreeing.high) == parameters()["hall.handover_d"].range
    # Each decision waits for it once, and a wrong one is made again.
    assert agreeing.at_high - agreeing.at_low == pytest.approx((agreeing.high - agreeing.low) * (1.0 + wrong), rel=0.01)


def test_what_cannot_matter_has_no_bar(found):
    names = [bar.name for bar in found.tornado.bars]
    # Who waits or comes again does so under both, and whoever applies online has the same offices.
    assert set(names) == {"hall.parallel", "hall.handover_d", "hall.appraisal"}
    widths = [bar.width for bar in found.tornado.bars]
    assert widths == sorted(widths, reverse=True)


def test_more_appraisal_by_figures_means_more_decisions_made_again(found):
    appraised = bar(found, "hall.appraisal")
    assert appraised.at_high < appraised.at_low  # and so more days less
    share = (appraised.at_high - appraised.at_low) / found.tornado.answer
    assert share == pytest.approx(0.03 / 1.02, abs=0.012)


def test_the_report_shows_the_bars_in_both_languages(found):
    html = render_report([found])
    for text in ("Which assumptions carry the answer", "哪些假设左右结论", "◆", "Handing over from the pool to the offices",
                 "前后台流转与部门会商时间"):  # fmt: skip
        assert text in html
