"""Warnings by channel: shares that follow the law, luck that no other channel moves, and what a statement does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.information.laws import Diffusion
from models.information.statement import Statement, extra_calls, half_life
from models.information.warning import CHANNELS, DECISIONS, Channel, chosen, warned
from models.parameters import preset_values
from sim.errors import InputError
from sim.streams import Stream
from sim.text import Text

N = 40_000
KEY, AGE = np.arange(N, dtype=np.uint64), (np.arange(N) % 3).astype(np.int8)
STREAM = Stream(1, DECISIONS)
NAMES = [channel.name for channel in CHANNELS]


@pytest.mark.parametrize("channel", CHANNELS, ids=NAMES)
def test_each_channel_follows_its_law(channel):
    minutes, by = warned((channel,), KEY, AGE, STREAM)
    times = np.array([1.0, 5.0, 10.0, 30.0, 120.0])
    reach = np.mean(channel.reach)
    got = np.array([(minutes <= t).mean() for t in times])
    assert got == pytest.approx(reach * channel.diffusion.heard(times), abs=0.01)
    slower = channel.diffusion._replace(from_source=channel.diffusion.from_source / 2)  # a planted fault
    assert np.abs(got - reach * slower.heard(times)).max() > 0.01
    assert ((by == 0) == np.isfinite(minutes)).all()


def test_channels_together_are_the_first_of_each():
    alone = np.array([warned(chosen((name,)), KEY, AGE, STREAM).minutes for name in NAMES])
    minutes, by = warned(CHANNELS, KEY, AGE, STREAM)
    assert np.array_equal(minutes, alone.min(axis=0))
    heard = np.isfinite(minutes)
    assert np.array_equal(by[heard], alone.argmin(axis=0)[heard])
    assert (by[~heard] == -1).all()


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
def test_a_channel_more_makes_nobody_later(names):
    some = warned(chosen(tuple(names)), KEY[:500], AGE[:500], STREAM).minutes
    for name in NAMES:
        more = warned(chosen(tuple(dict.fromkeys((*names, name)))), KEY[:500], AGE[:500], STREAM).minutes
        assert (more <= some).all()


def test_the_order_of_residents_and_of_channels_means_nothing():
    order = np.random.default_rng(1).permutation(N)
    straight = warned(CHANNELS, KEY, AGE, STREAM).minutes
    assert np.array_equal(warned(CHANNELS, KEY[order], AGE[order], STREAM).minutes, straight[order])
    assert np.array_equal(warned(CHANNELS[::-1], KEY, AGE, STREAM).minutes, straight)


def test_older_residents_hear_more_from_knocks_than_from_groups():
    by = warned(CHANNELS, KEY, AGE, STREAM).channel
    groups, doors = NAMES.index("groups"), NAMES.index("loudspeaker")

    def odds(age: int) -> float:
        return float((by[age == AGE] == doors).sum() / (by[age == AGE] == groups).sum())

    assert odds(2) > odds(1)


def test_another_warning_has_other_luck_among_the_same_listeners():
    first, second = (warned(CHANNELS[:1], KEY, AGE, STREAM, issue).minutes for issue in (0, 1))
    assert np.array_equal(np.isfinite(first), np.isfinite(second))
    some = np.isfinite(first)
    assert abs(np.corrcoef(first[some], second[some])[0, 1]) < 0.03


def test_a_scare_adds_calls_up_to_twice_the_usual():
    assert extra_calls(np.array([0.0, 0.15, 0.5, 0.9]), 2.0) == pytest.approx([0.0, 0.3, 1.0, 1.0])


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_a_statement_works_more_and_more_and_never_beyond_its_rate(early, late):
    said, values = Statement(), preset_values("P2")
    a, b = (said.debunking(values, t) for t in sorted((early, late)))
    assert 0.0 <= a <= b + 1e-12
    assert b <= said.delta * values["rumour.trust"] * values["rumour.debunk_factor"]


def test_a_curve_that_does_not_fall_has_no_half_life():
    assert np.isnan(half_life(np.array([1.0, 2.0, 3.0])))
    assert half_life(np.array([0.0, 8.0, 6.0, 2.0])) == pytest.approx(1.5)


@pytest.mark.parametrize("call", [
    lambda: chosen(("pigeon",)), lambda: warned((), KEY, AGE, STREAM),
    lambda: Channel("message", Text("x", "某"), (0.5, 1.5, 0.5), Diffusion(0.5, 0.1, 0.1)),
    lambda: Channel("message", Text("x", "某"), (0.5, 0.5, 0.5), Diffusion(0.5, -0.1, 0.1)),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()
