"""People in a burning tower, and crews on the fire ground."""

from __future__ import annotations

import numpy as np
import pytest
from fire_towns import CALM, CLASSES, burn, lattice, luck, row

from models.fire import evacuees as ev
from models.fire.fireground import SET_UP, SHIELDED, Placed, fire_ground, place_water, places_of
from models.fire.itoigawa import PUBLISHED, burnt_curve, compare
from models.fire.spread import advance
from models.fire.state import BURNT, OUT, SET, Fire, ignite, no_fire
from models.fire.structures import RESISTANT
from models.fire.town import Town
from models.fire.water import LINE, needed_flow
from sim.errors import InputError
from sim.streams import Stream

KEYS = np.arange(5000) + 10_000
NO_WELL = ev.Well(0.0, 0.0)


def at_home(keys: np.ndarray, storeys: int, hour: float, well: ev.Well = NO_WELL) -> ev.Evacuees:
    return ev.people_at_home(Stream(1), (keys, keys), storeys, hour, well)


def evacuated(soot: np.ndarray, *, hour: float = 3.0, fetched: int = 0, minutes: int = 60, storeys: int = 30):
    people = at_home(KEYS, storeys, hour)
    for step in range(minutes * 6):
        ev.go_on(people, soot, step * 10.0, 10.0, fetched)
    return people


def share(people, state) -> float:
    return float((people.state == state).mean())


def test_with_clear_stairs_everyone_gets_out_and_nobody_is_lost():
    people = evacuated(np.zeros(30), minutes=180)
    assert share(people, ev.OUT_OF_DANGER) > 0.999
    assert people.dose.max() == 0.0
    assert len(people.key) == pytest.approx(0.95 * len(KEYS), rel=0.02)


def test_the_way_down_takes_its_time():
    people = at_home(KEYS, 30, 3.0)
    people.leaves[:] = 0.0
    for step in range(90):
        ev.go_on(people, np.zeros(30), step * 10.0, 10.0)
        out = people.state == ev.OUT_OF_DANGER
        assert (people.storey[out] * 15.0 <= (step + 1) * 10.0 + 10.0).all()
    assert out.all()  # 29 storeys take 435 s


def test_smoke_turns_people_back_above_the_fire_and_not_below():
    soot = np.zeros(30)
    soot[10:] = 0.5
    people = evacuated(soot)
    assert (people.state[people.storey < 10] == ev.OUT_OF_DANGER).mean() > 0.99
    assert not (people.state[people.storey >= 10] == ev.OUT_OF_DANGER).any()
    assert (people.height[people.state == ev.CAUGHT] == people.storey[people.state == ev.CAUGHT]).all()


def test_more_smoke_kills_more_and_crews_save_the_worst():
    soot = [np.full(30, level) for level in (0.5, 3.0, 10.0)]
    deaths = [share(evacuated(level), ev.DEAD) for level in soot]
    assert deaths == sorted(deaths)
    assert deaths[2] > deaths[0]
    helped = share(evacuated(soot[2], fetched=5), ev.DEAD)
    assert helped < deaths[2]


def test_a_light_well_brings_smoke_into_the_flats_on_it():
    well = ev.Well(0.25, 0.4)
    people = at_home(KEYS, 30, 3.0, well)
    on_well = people.leak == 0.4
    assert on_well.mean() == pytest.approx(0.25, abs=0.03)
    for step in range(120):
        ev.go_on(people, np.full(30, 6.0), step * 10.0, 10.0)
    assert people.dose[on_well].mean() == pytest.approx(8.0 * people.dose[~on_well].mean(), rel=0.05)


def test_people_of_one_flat_live_on_one_storey():
    flats = KEYS - KEYS % 3
    people = ev.people_at_home(Stream(1), (KEYS, flats), 30, 3.0, ev.Well(0.5, 0.4))
    flat = people.key - people.key % 3
    for one in np.unique(flat)[:50]:
        assert len(set(people.storey[flat == one])) == len(set(people.leak[flat == one])) == 1


def test_by_night_more_are_at_home_and_leave_later():
    night, day = (at_home(KEYS, 30, hour) for hour in (3.0, 12.0))
    assert len(night.key) > 2 * len(day.key)
    assert np.median(night.leaves) > 2 * np.median(day.leaves)


def test_luck_belongs_to_the_resident():
    all_of_them, some = (at_home(keys, 30, 3.0) for keys in (KEYS, KEYS[::7]))
    both = np.isin(all_of_them.key, some.key)
    np.testing.assert_array_equal(all_of_them.leaves[both], some.leaves)
    np.testing.assert_array_equal(all_of_them.storey[both], some.storey)


def place(town: Town, fire: Fire, members: np.ndarray, flow: float, now: float, front: float = 1e4) -> Placed:
    """Place water where every building has the same free front before it."""
    return place_water(town, CLASSES, fire, members, np.full(len(town.site), front), flow, now)


def test_water_is_neither_made_nor_lost():
    town = lattice(6, 6)
    fire = burn(town, 0.4, at=(14,))
    ground = fire_ground(places_of(town), fire, 14, 40.0)
    for flow in (0.0, 10.0, 100.0, 1e4):
        fire.home["sent"] = np.nan
        for now in (0.0, SET_UP - 1.0, SET_UP):
            placed = place(town, fire, ground, flow, now)
            assert sum(placed) == pytest.approx(flow, abs=1e-9)
            shields = int((fire.home["shield"] == SHIELDED).sum())
            assert placed.attack == pytest.approx(fire.home["water"].sum(), abs=1e-9)
            assert placed.shield == pytest.approx(shields * LINE, abs=1e-9)
            assert (placed.laying == 0.0) == (now == SET_UP or flow < LINE)
    with pytest.raises(InputError):
        place(town, fire, ground, -1.0, 0.0)


def test_the_smallest_fires_are_held_first():
    town = row(3, 40.0)
    fire = no_fire(town)
    for building, start in ((0, 0.0), (1, 300.0)):
        ignite(town, fire, building, 0, start, (SET, -1))
        for step in range(30):
            advance(town, CLASSES, fire, CALM, luck(), start + step * 10.0, 10.0)
    small, large = fire.home["heat"][1], fire.home["heat"][0]
    assert small < large
    for now in (600.0, 600.0 + SET_UP):
        place(town, fire, np.arange(3), 1.2 * needed_flow(float(small)) + LINE, now)
    assert fire.home["water"][1] > 0.0
    assert fire.home["water"][0] == 0.0


def test_a_fire_that_is_held_is_held_until_it_is_out():
    town = row(1, structure=RESISTANT)
    fire, flow = no_fire(town), 1.5 * needed_flow(float(2 * town.site["peak"][0]))
    ignite(town, fire, 0, 0, 0.0, (SET, -1))
    for step in range(240):
        if step >= 60 and step % 4 == 0:
            place(town, fire, np.array([0]), flow, step * 15.0)
        advance(town, CLASSES, fire, CALM, luck(), step * 15.0, 15.0)
    assert fire.home["state"][0] == OUT
    assert fire.unit["left"].sum() > 0.3 * 2 * town.site["store"][0]


def test_engines_in_time_save_the_quarter():
    def burnt(engines: int, after_s: float) -> int:
        town = lattice(7, 7)
        fire = no_fire(town)
        ignite(town, fire, 24, 0, 0.0, (SET, -1))
        for step in range(720):
            if step * 10.0 >= after_s and step % 6 == 0:
                place(town, fire, fire_ground(places_of(town), fire, 24, 30.0), 13.0 * engines, step * 10.0)
            advance(town, CLASSES, fire, CALM, luck(), step * 10.0, 10.0)
        return int(np.isin(fire.home["state"], (BURNT, OUT)).sum())

    early, late, few = burnt(8, 420.0), burnt(8, 2400.0), burnt(1, 600.0)
    assert early < late
    assert early < few


def test_a_fire_ground_is_what_lies_about_fires_that_hang_together():
    town = row(30, 10.0)
    fire = no_fire(town)
    for building in (2, 3, 20):
        ignite(town, fire, building, 0, 0.0, (SET, -1))
    assert fire_ground(places_of(town), fire, 2, 25.0).tolist() == [1, 2, 3, 4]
    assert fire_ground(places_of(town), fire, 20, 25.0).tolist() == [19, 20, 21]


def test_the_published_curve_stands_in_or_out_of_the_band():
    minutes = np.arange(0.0, 641.0, 10.0)
    exact = np.interp(minutes, *np.array(PUBLISHED).T)
    curves = np.array([exact * factor for factor in np.linspace(0.8, 1.2, 20)])
    assert all(row.inside for row in compare(curves, minutes))
    assert not any(row.inside for row in compare(curves * 3.0, minutes))
    with pytest.raises(InputError):
        compare(curves[:3], minutes)
    assert burnt_curve(np.array([np.inf, 60.0, 600.0]), np.array([0.0, 1.0, 9.0, 10.0])).tolist() == [0, 1, 1, 2]
