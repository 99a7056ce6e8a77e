"""Laboratories, beds and vaccines: queues by hand, Little's law, and shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contagion.care import DECISIONS, Beds, Finding, Laboratory, Severity, Vaccine
from sim.errors import InputError
from sim.streams import Stream

KEYS = np.arange(20_000, dtype=np.uint64)


def test_a_laboratory_does_so_many_a_day():
    lab = Laboratory(Finding(a_day=4.0), Stream(1, DECISIONS))
    assert lab.queue(np.array([0.0, 0.0, 0.0, 5.0])) == pytest.approx([0.25, 0.5, 0.75, 5.25])
    assert lab.queue(np.array([5.0, np.inf])) == pytest.approx([5.5, np.inf])  # it still does the one before
    assert np.isinf(Laboratory(Finding(a_day=0.0), Stream(1, DECISIONS)).queue(np.array([1.0]))).all()


def test_who_is_found_is_the_product_of_the_shares():
    lab = Laboratory(Finding(0.5, 0.4, 1.5, 1e12, 0.8, 0.5, 0.6), Stream(2, DECISIONS))
    asked = lab.asks(KEYS, np.zeros(len(KEYS)))
    reported, isolated = lab.results(KEYS, asked)
    assert lab.symptoms(KEYS).mean() == pytest.approx(0.5, abs=0.015)
    assert np.isfinite(asked).mean() == pytest.approx(0.5 * 0.4, abs=0.01)
    assert np.isfinite(reported).mean() == pytest.approx(0.5 * 0.4 * 0.8, abs=0.01)
    assert np.isfinite(isolated).mean() == pytest.approx(0.5 * 0.4 * 0.8 * 0.6, abs=0.01)
    reported = reported[np.isfinite(reported)]
    assert reported.mean() == pytest.approx(1.5 + 0.5, abs=0.12)
    assert (reported >= 0.5).all()


def test_beds_obey_littles_law():
    stream, rate, stay = Stream(3, DECISIONS), 20.0, 5.0
    stays = Severity(stay_d=stay).stay(stream, KEYS)
    asked = np.arange(len(KEYS)) / rate
    beds = Beds(300)
    starts = np.array([beds.admit(float(t), float(s)) for t, s in zip(asked, stays, strict=True)])
    assert (starts == asked).all()
    moments = np.linspace(50.0, asked[-1], 400)
    taken = np.mean([((starts <= t) & (starts + stays > t)).sum() for t in moments])
    assert taken == pytest.approx(rate * stay, rel=0.03)
    assert taken != pytest.approx(rate * stay * 1.1, rel=0.03)  # a planted fault


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0.1, 10)), max_size=40), st.integers(1, 5))
def test_no_more_are_in_bed_than_there_are_beds_and_nobody_jumps_the_queue(asked, count):
    asked = sorted(asked)
    beds = Beds(count)
    starts = [beds.admit(t, stay) for t, stay in asked]
    assert starts == sorted(starts)
    for moment in starts:
        assert sum(s <= moment < s + stay for s, (_, stay) in zip(starts, asked, strict=True)) <= count
    assert all(s >= t for s, (t, _) in zip(starts, asked, strict=True))


def test_more_beds_are_no_later():
    stays, waits = Severity().stay(Stream(3, DECISIONS), KEYS[:500]), []
    for count in (40, 50, 60):
        beds = Beds(count)
        waits.append([beds.admit(i / 10.0, float(s)) for i, s in enumerate(stays)])
    assert (np.diff(waits, axis=0) <= 0).all()
    assert beds.taken(0.0) == 60
    assert Beds(0).admit(0.0, 1.0) == np.inf


def test_the_old_are_severe_more_often_and_waiting_kills():
    severity, stream = Severity(), Stream(4, DECISIONS)
    old, grown = (severity.severe(stream, KEYS, np.full(len(KEYS), age, dtype=np.int8)).mean() for age in (2, 1))
    assert old == pytest.approx(0.04, abs=0.005)
    assert grown == pytest.approx(0.003, abs=0.002)
    age = np.full(len(KEYS), 2, dtype=np.int8)
    at_once, late = (severity.deaths(stream, KEYS, age, np.full(len(KEYS), wait)) for wait in (0.0, 3.0))
    assert (late | ~at_once).all()
    assert late.mean() == pytest.approx(3 * at_once.mean(), rel=0.1)


def test_vaccines_protect_by_coverage_and_effect():
    stream = Stream(5, DECISIONS)
    leaky = Vaccine(0.4, 0.6, leaky=True).susceptibility(stream, KEYS)
    full = Vaccine(0.4, 0.6).susceptibility(stream, KEYS)
    assert sorted(set(leaky.round(9))) == [0.4, 1.0]
    assert sorted(set(full)) == [0.0, 1.0]
    assert full.mean() == pytest.approx(1 - 0.24, abs=0.01)
    assert leaky.mean() == pytest.approx(full.mean(), abs=0.01)


@pytest.mark.parametrize("call", [
    lambda: Finding(seeks=1.5), lambda: Finding(a_day=-1.0), lambda: Severity(stay_d=0.0), lambda: Beds(-1),
    lambda: Vaccine(1.2, 0.5), lambda: Severity(hospital=(0.1, float("nan"), 0.1)),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()
