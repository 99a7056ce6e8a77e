"""Where residents meet: groups of the right size, and rates that make a case infect as many as R0 says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.contagion.meeting import DECISIONS, SETTINGS, Mixing, numbered, parts, rate_of
from models.contagion.spread import Disease
from sim.errors import InputError
from sim.streams import Stream

FLU = Disease(1.4, 2.5)


@pytest.fixture(scope="module")
def settings(tiny_city, tiny_people):
    areas = tiny_city.areas
    community = areas.ancestor("community")[tiny_city.buildings.grid[tiny_people.home]]
    return Mixing(1.5).settings(tiny_people, community, FLU, Stream(1, DECISIONS))


def infects(settings, disease: Disease) -> np.ndarray:
    """How many a resident would infect in each setting on average, counted one by one."""
    found = []
    for one in settings:
        size = np.bincount(one.group[one.group >= 0])[one.group] * (one.group >= 0)
        each = np.where(
            size > 0, (size - 1) * one.rate_d * disease.infectious_d / np.maximum(size, 1) ** one.exponent, 0
        )
        found.append(each.mean())
    return np.array(found)


def test_a_case_infects_r0_in_the_shares_of_the_settings(settings):
    assert infects(settings, FLU) == pytest.approx(1.5 * np.array(Mixing(1.5).shares), rel=1e-9)
    wrong = [replace(one, exponent=1.0) for one in settings]  # a planted fault: no exponent at home
    assert infects(wrong, FLU) != pytest.approx(1.5 * np.array(Mixing(1.5).shares), rel=1e-3)


def test_everybody_has_a_home_and_children_are_at_school(settings, tiny_people):
    home, school, work, community = settings
    assert tuple(one.name for one in settings) == SETTINGS
    assert (home.group >= 0).all()
    assert (community.group >= 0).all()
    assert not ((school.group >= 0) & (work.group >= 0)).any()
    assert (tiny_people.age_group[school.group >= 0] == 0).all()
    for one in (school, work):
        together = one.group >= 0
        places = tiny_people.day_place[together]
        for group in np.unique(one.group[together])[:50]:
            assert len(np.unique(places[one.group[together] == group])) == 1
    assert 20 < np.bincount(school.group[school.group >= 0]).mean() < 60
    assert 10 < np.bincount(work.group[work.group >= 0]).mean() < 30


@given(arrays(np.int32, st.integers(1, 80), elements=st.integers(-1, 9)), st.integers(1, 7))
def test_parts_divide_places_and_leave_out_who_has_none(place, size):
    draw = np.linspace(0.0, 1.0, len(place), endpoint=False)
    group = parts(place, float(size), draw)
    assert ((group < 0) == (place < 0)).all()
    assert len(np.unique(group[group >= 0])) == group.max(initial=-1) + 1
    for one in np.unique(group[group >= 0]):
        assert len(np.unique(place[group == one])) == 1


def test_places_are_numbered_without_gaps():
    assert numbered(np.array([7, -1, 3, 7])).tolist() == [1, -1, 0, 1]
    assert numbered(np.array([5, 5])).tolist() == [0, 0]
    assert numbered(np.array([-1])).tolist() == [-1]


def test_alone_nobody_infects():
    assert rate_of(np.arange(5, dtype=np.int32), 1.0, 2.0) == 0.0
    assert rate_of(np.full(5, -1, dtype=np.int32), 1.0, 2.0) == 0.0
    assert rate_of(np.zeros(4, dtype=np.int32), 0.0, 3.0) == pytest.approx(1.0)


@pytest.mark.parametrize("call", [
    lambda: Mixing(-1.0), lambda: Mixing(1.0, (0.5, 0.5, 0.5, 0.5)), lambda: Mixing(1.0, team=0.0),
    lambda: Mixing(float("nan")),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()
