"""Where residents meet: groups of the right size, and rates that make a case infect as many as R0 says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.contagion.meeting import DECISIONS, SETTINGS, Mixing, near, numbered, parts, rate_of
from models.contagion.spread import Disease
from sim.errors import InputError
from sim.streams import Stream

FLU = Disease(1.4, 2.5)


def homes_of(city, people) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    community = city.areas.ancestor("community")[city.buildings.grid[people.home]]
    return community, city.buildings.x[people.home], city.buildings.y[people.home]


@pytest.fixture(scope="module")
def settings(tiny_city, tiny_people):
    return Mixing(1.5).settings(tiny_people, homes_of(tiny_city, tiny_people), FLU, Stream(1, DECISIONS))


def infects(settings, disease: Disease) -> np.ndarray:
    """How many a resident would infect in each setting on average, counted one by one."""
    found = []
    for one in settings:
        if one.links is not None:
            n = np.bincount(one.group)
            others = [sum(one.links[g, h] * (n[g] - (g == h)) for g in range(len(n))) for h in range(len(n))]
            found.append(np.array(others)[one.group].mean() * one.rate_d * disease.infectious_d)
            continue
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


def test_everybody_has_a_home_and_children_are_at_school(settings, tiny_city, tiny_people):
    home, school, work, community = settings
    assert tuple(one.name for one in settings) == SETTINGS
    assert (home.group >= 0).all()
    assert (community.group >= 0).all()
    assert not ((school.group >= 0) & (work.group >= 0)).any()
    assert (tiny_people.age_group[school.group >= 0] == 0).all()
    for one, place in ((school, homes_of(tiny_city, tiny_people)[0]), (work, tiny_people.day_place)):
        together = one.group >= 0
        places = place[together]
        for group in np.unique(one.group[together])[:50]:
            assert len(np.unique(places[one.group[together] == group])) == 1
    assert 20 < np.bincount(school.group[school.group >= 0]).mean() < 60
    assert 10 < np.bincount(work.group[work.group >= 0]).mean() < 30


@given(st.integers(1, 12), st.integers(0, 1000), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(50.0, 5000.0))
def test_contacts_near_home_are_mutual_and_everybody_has_as_many(count, seed, own, around, reach):
    rng = np.random.default_rng(seed)
    group = np.concatenate([np.arange(count), rng.integers(0, count, 200)])
    place = rng.uniform(0.0, 4000.0, (2, len(group)))
    links = near(group, (place[0], place[1]), own, around * (1.0 - own), reach)
    n = np.bincount(group)
    assert links == pytest.approx(links.T, rel=1e-9)
    assert links @ n == pytest.approx(np.ones(count), rel=1e-9)
    assert (links >= 0.0).all()


def test_the_farther_the_fewer_and_alone_or_anywhere_are_limits():
    group, x = np.repeat(np.arange(4), 50), np.repeat([0.0, 500.0, 1000.0, 4000.0], 50)
    place = (x, np.zeros(200))
    links = near(group, place, 0.5, 0.4, 800.0)
    assert (np.diff(links[0]) < 0.0).all()
    assert near(group, place, 1.0, 0.0, 800.0) == pytest.approx(np.eye(4) / 50)
    assert near(group, place, 0.0, 0.0, 800.0) == pytest.approx(np.full((4, 4), 1 / 200))
    plain = np.exp(-np.abs(x[::50, None] - x[::50]) / 800.0)
    assert near(group, place, 0.0, 1.0, 800.0) != pytest.approx(
        plain / plain.sum(), rel=0.1
    )  # a planted fault: unbalanced


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
    lambda: Mixing(float("nan")), lambda: Mixing(1.0, own=0.8, around=0.3), lambda: Mixing(1.0, reach_m=0.0),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()
