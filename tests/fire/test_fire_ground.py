"""What limits crews on a fire ground: time to lay lines, room before walls, heat, smoke, sight and the mains."""

from __future__ import annotations

import numpy as np
import pytest
from fire_towns import CALM, CLASSES, luck, row, town_of

from models.fire.access import FREE_M, SMOKE_WIND, THROW_M, free_fronts, lines_about, tenable
from models.fire.fireground import SET_UP, SHOWS, place_water
from models.fire.growth import DRAUGHT, draught_factor
from models.fire.radiation import point_to_parallel
from models.fire.spread import advance
from models.fire.state import BRAND, GROWING, INVOLVED, RADIATION, SET, Fire, Wind, ignite, no_fire
from models.fire.structures import MASONRY, RESISTANT, WOODEN
from models.fire.town import Town
from models.fire.water import LINE, available, left_in_tanks, mains_flow, needed_flow

NORTHWARD = Wind(12.0, 0.0, 1.0)


def place(town: Town, fire: Fire, flow: float, now: float, front: float = 1e4) -> None:
    place_water(town, CLASSES, fire, np.arange(len(town.site)), np.full(len(town.site), front), flow, now)


def lit(town: Town, seconds: float, way: int = SET, wind: Wind = CALM) -> Fire:
    fire = no_fire(town)
    ignite(town, fire, 0, 0, 0.0, (way, -1))
    for step in range(round(seconds / 10.0)):
        advance(town, CLASSES, fire, wind, luck(), step * 10.0, 10.0)
    return fire


def test_a_house_by_itself_has_its_whole_outline_and_in_wind_all_but_the_lee():
    alone = row(1, side=9.0)
    assert free_fronts(alone, CALM)[0] == pytest.approx(36.0)
    assert free_fronts(alone, NORTHWARD)[0] == pytest.approx(27.0)
    assert free_fronts(alone, Wind(SMOKE_WIND - 0.1, 0.0, 1.0))[0] == pytest.approx(36.0)
    for east, north in ((1.0, 0.0), (-1.0, 0.0), (0.0, -1.0)):
        assert free_fronts(alone, Wind(12.0, east, north))[0] == pytest.approx(27.0)


def test_neighbours_nearer_than_a_fire_lane_take_the_room_before_a_wall():
    for gap, fronts in (
        (FREE_M + 0.5, [36.0, 36.0, 36.0]),
        (FREE_M - 0.5, [27.0, 18.0, 27.0]),
        (0.0, [27.0, 18.0, 27.0]),
    ):
        np.testing.assert_allclose(free_fronts(row(3, gap), CALM), fronts, atol=1e-3)
    # The lee of a row along the wind is that of its last house; the walls between them are shut already.
    column = town_of(np.zeros(3), np.arange(3) * 11.0)
    np.testing.assert_allclose(free_fronts(column, NORTHWARD), [27.0, 18.0, 18.0], atol=1e-3)
    assert [lines_about(front) for front in (0.0, 0.9, 9.0, 18.0, 27.0)] == [0, 0, 1, 2, 3]


def test_the_way_round_of_an_outline_changes_no_front():
    town = row(2, 3.0)
    turned = town._replace(corner=town.corner.reshape(2, 5, 2)[:, ::-1].reshape(-1, 2))
    np.testing.assert_allclose(free_fronts(turned, NORTHWARD), free_fronts(town, NORTHWARD))


def test_bare_wood_in_full_fire_keeps_crews_away_and_a_room_behind_walls_does_not():
    for structure, bearable in ((WOODEN, False), (RESISTANT, True)):
        town = row(1, structure=structure)
        fire = lit(town, 1500.0)
        assert fire.home["state"][0] == INVOLVED
        assert tenable(town, CLASSES, fire, 0) == bearable
    town = row(1)
    fire = lit(town, 1500.0)
    site, home = town.site[0], fire.home[0]
    full = 168.0 * point_to_parallel(9.0, 3.0 * float(home["high"] - home["low"] + 1), THROW_M)
    for share in (0.0, 0.99 * 4.5 / full, 1.01 * 4.5 / full):
        home["heat"] = share * site["peak"] * (home["high"] - home["low"] + 1)
        assert tenable(town, CLASSES, fire, 0) == (share * full <= 4.5)


def test_water_flows_once_the_line_is_laid_and_a_line_that_was_taken_away_is_laid_anew():
    town = row(1)
    fire = lit(town, 300.0)
    for now, flows in ((300.0, False), (300.0 + SET_UP - 1.0, False), (300.0 + SET_UP, True)):
        place(town, fire, 1e3, now)
        assert (fire.home["water"][0] > 0.0) == flows
    place(town, fire, 0.0, 600.0)
    place(town, fire, 1e3, 660.0)
    assert fire.home["water"][0] == 0.0


def test_no_more_lines_work_than_find_room_and_one_enters_before_flashover():
    town = row(1, structure=MASONRY)
    fire = lit(town, 300.0)
    need = 1.2 * needed_flow(float(fire.home["heat"][0]))
    assert need < LINE
    for front in (0.0, 5.0):
        fire.home["sent"] = -1e4
        place(town, fire, 1e3, 300.0, front)
        assert fire.home["water"][0] == LINE
    fire = lit(town, 1500.0)
    assert fire.home["state"][0] == INVOLVED
    need = 1.2 * needed_flow(float(fire.home["heat"][0]))
    for lines, water in ((0, 0.0), (need // LINE, 0.0), (need // LINE + 1, need)):
        fire.home["sent"] = -1e4
        place(town, fire, 1e3, 1500.0, 10.0 * lines)
        assert fire.home["water"][0] == pytest.approx(water)


def test_a_facade_without_room_before_it_is_not_shielded():
    town = row(2, 9.0)
    fire = lit(town, 900.0)
    assert fire.home["flux"][1] > 0.0
    for front, kept in ((0.0, 0.0), (9.0, 0.7)):
        fire.home["sent"] = -1e4
        place(town, fire, 1e3, 900.0, front)
        assert fire.home["shield"][1] == kept


@pytest.mark.parametrize(("way", "watched"), [(BRAND, False), (RADIATION, True)])
def test_a_spot_fire_is_met_once_it_shows(way: int, watched: bool):
    town = row(1)
    seconds = float(np.sqrt(SHOWS / town.site["alpha"][0]))
    for share, seen in ((0.6, watched), (1.2, True)):
        fire = lit(town, round(share * seconds, -1), way)
        assert fire.home["state"][0] == GROWING
        place(town, fire, 1e3, seconds)
        assert np.isfinite(fire.home["sent"][0]) == seen


def test_mains_give_what_a_town_of_their_size_is_designed_for():
    assert [mains_flow(count, 1) for count in (8_000, 20_000, 44_000, 500_000, 8_000_000)] == [15, 20, 30, 75, 100]
    assert mains_flow(44_000, 2) == 30.0
    assert mains_flow(44_000, 4) == 15.0
    flows = [mains_flow(count, 1) for count in range(1000, 1_000_000, 1000)]
    assert flows == sorted(flows)


def test_tanks_fill_what_hydrants_do_not_give_until_they_are_empty():
    tanks, drawn = 3000.0, 0.0
    for _ in range(20):
        flow = available(26.0, 10.0, tanks, 60.0)
        tanks = left_in_tanks(flow, 10.0, tanks, 60.0)
        drawn += flow * 60.0
    assert tanks == 0.0
    assert drawn == pytest.approx(3000.0 + 20 * 60.0 * 10.0)
    assert left_in_tanks(8.0, 10.0, 3000.0, 60.0) == 3000.0


def test_wind_through_broken_rooms_quickens_growth_by_thomas_and_only_there():
    assert draught_factor(0.0, 0.25) == draught_factor(10.0, 0.0) == 1.0
    assert draught_factor(10.0, 0.25) == pytest.approx(1.0 + 10.0 * 0.25 * 0.6 * np.sqrt(1.3 / 2.0))
    assert pytest.approx(0.4837, abs=1e-4) == DRAUGHT
    heats = {}
    for structure in (WOODEN, RESISTANT):
        town = row(1, structure=structure)
        for way in (SET, RADIATION):
            heats[structure, way] = [lit(town, 200.0, way, Wind(w, 0.0, 1.0)).home["heat"][0] for w in (0.0, 10.0)]
    calm, windy = heats[WOODEN, RADIATION]
    assert windy == pytest.approx(calm * draught_factor(10.0, CLASSES["window"][WOODEN]), rel=1e-9)
    for case in ((WOODEN, SET), (RESISTANT, SET), (RESISTANT, RADIATION)):
        assert heats[case][0] == heats[case][1]
