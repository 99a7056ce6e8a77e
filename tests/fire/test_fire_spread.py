"""The town on fire: exact fronts, symmetry, conserved energy, monotone causes, and the plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from fire_towns import CALM, CLASSES, burn, lattice, luck, row, town_of
from fire_twin import Twin

from models.fire.flames import flame
from models.fire.ignition import ignition_time
from models.fire.radiation import point_to_parallel
from models.fire.spread import advance
from models.fire.state import (  # fmt: skip
    BRAND,
    BURNT,
    CONTACT,
    GROWING,
    INVOLVED,
    OUT,
    RADIATION,
    SET,
    WHOLE,
    Wind,
    ignite,
    no_fire,
    wind_from,
)
from models.fire.structures import MASONRY, RESISTANT, WOODEN, standard_classes
from models.fire.water import needed_flow
from sim.errors import InputError

SOUTHERLY = Wind(10.0, 0.0, 1.0)


def without_luck() -> np.ndarray:
    """Classes whose fire hands on by radiation only: no brands, no flame over the roof."""
    classes = standard_classes()
    classes["brands"] = 0.0
    classes["open_flames"] = 0.0
    return classes


def test_a_row_burns_at_a_fixed_pace_that_follows_from_growth_and_flux():
    gap, side, dt = 3.0, 9.0, 1.0
    town = row(15, gap, side, storeys=1)
    fire = burn(town, 3.0, at=(0,), dt=dt, classes=without_luck())
    site = town.site[0]
    to_flashover = float(np.sqrt(site["flash"] / site["alpha"]))
    flux = 168.0 * point_to_parallel(side, 3.0, gap)
    delay = to_flashover + ignition_time(flux)
    since = fire.home["since"]
    assert np.isfinite(since).all()
    # Each house waits for its neighbour alone: those further off are hidden. Steps of dt round each delay up.
    np.testing.assert_allclose(np.diff(since), delay, atol=3 * dt)
    assert since[-1] / 14 == pytest.approx(delay, rel=0.005)
    speed = 14 * (side + gap) / since[-1]
    assert speed == pytest.approx((side + gap) / delay, rel=0.005)


def test_without_wind_the_fire_is_a_mirror_of_itself():
    # The radiation of a unit that burns out is the same on all sides, and so must be the times.
    fire = burn(lattice(9, 9, storeys=1), 1.5, at=(40,), classes=without_luck())
    since = fire.home["since"].reshape(9, 9)
    for turned in (since[::-1], since[:, ::-1], since.T):
        np.testing.assert_allclose(since, turned, atol=20.0)
    assert np.isfinite(since).sum() > 20


def test_wind_carries_the_fire_downwind():
    fire = burn(lattice(15, 15, gap=7.0), 0.5, at=(7 * 15 + 7,), wind=Wind(12.0, 0.0, 1.0))
    rows = np.flatnonzero(np.isfinite(fire.home["since"])) // 15
    assert rows.max() - 7 > 7 - rows.min()


def test_wind_from_the_south_blows_to_the_north():
    assert wind_from(180.0, 7.0) == pytest.approx((7.0, 0.0, 1.0), abs=1e-12)
    assert wind_from(270.0, 7.0) == pytest.approx((7.0, 1.0, 0.0), abs=1e-12)
    with pytest.raises(InputError):
        wind_from(0.0, 200.0)


def test_energy_is_released_once():
    town = lattice(6, 6)
    fire, released, dt = no_fire(town), 0.0, 10.0
    ignite(town, fire, 14, 0, 0.0, (SET, -1))
    whole = fire.unit["left"].sum()
    for step in range(720):
        advance(town, CLASSES, fire, SOUTHERLY, luck(), step * dt, dt)
        released += fire.home["heat"].sum() * dt / 1000.0
    assert (fire.unit["left"] >= 0.0).all()
    assert fire.unit["left"].sum() + released == pytest.approx(whole, rel=2e-3)  # the last step of a unit is cut
    assert released > 0.5 * whole


def test_a_building_burns_out_and_no_unit_burns_twice():
    fire = burn(lattice(4, 4), 6.0, at=(5,))
    assert set(np.unique(fire.home["state"])) <= {WHOLE, BURNT}
    assert fire.counts[0] == 0
    assert (fire.home["heat"] == 0.0).all()


def burnt(fire) -> int:
    return int((fire.home["flashed"] < np.inf).sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_gap_better_walls_and_less_wind_burn_less(seed: int):
    counts = [burnt(burn(lattice(9, 9, gap=gap), 1.5, at=(40,), seed=seed, wind=SOUTHERLY)) for gap in (2.0, 8.0, 20.0)]
    assert counts[0] >= counts[1] >= counts[2]
    assert counts[0] > counts[2]
    by_class = [burnt(burn(lattice(9, 9, structure=s), 1.5, at=(40,), seed=seed)) for s in (WOODEN, MASONRY, RESISTANT)]
    assert by_class[0] > by_class[1] >= by_class[2]


def test_half_the_step_gives_the_same_fire():
    coarse, fine = (burn(lattice(8, 8, storeys=1), 1.5, at=(0,), dt=dt, classes=without_luck()) for dt in (10.0, 5.0))
    both = np.isfinite(coarse.home["since"]) & np.isfinite(fine.home["since"])
    assert both.sum() > 20
    lag = (coarse.home["since"] - fine.home["since"])[both] / fine.home["since"][both].max()
    assert np.abs(lag).max() < 0.05


def test_the_order_of_buildings_and_others_far_away_change_no_one_s_luck():
    x, y = (part.ravel() for part in np.meshgrid(np.arange(6) * 12.0, np.arange(6) * 12.0))
    key = np.arange(36) + 100
    order = np.argsort(np.sin(np.arange(36)))
    straight = burn(town_of(x, y, key=key), 1.0, at=(14,), wind=SOUTHERLY)
    turned = burn(
        town_of(x[order], y[order], key=key[order]), 1.0, at=(int(np.flatnonzero(order == 14)[0]),), wind=SOUTHERLY
    )
    np.testing.assert_allclose(straight.home["since"][order], turned.home["since"], atol=11.0)
    more = burn(town_of(np.append(x, 9e3), np.append(y, 9e3), key=np.append(key, 7)), 1.0, at=(14,), wind=SOUTHERLY)
    np.testing.assert_array_equal(straight.home["since"], more.home["since"][:36])


def test_fire_climbs_floor_by_floor_and_needs_flashover_to_do_so():
    tower = town_of(np.zeros(1), np.zeros(1), side=18.0, structure=RESISTANT, storeys=12)
    fire = burn(tower, 4.0)
    storeys = np.isfinite(fire.unit["since"]).reshape(12, -1).any(axis=1)
    first = np.nanmin(np.where(np.isfinite(fire.unit["since"]), fire.unit["since"], np.nan).reshape(12, -1)[:5], axis=1)
    assert storeys[0]
    assert (np.diff(first[np.isfinite(first)]) > 0).all()
    assert 2 < storeys.sum() < 12


def test_party_walls_hold_for_their_time_and_then_hand_on():
    touching = town_of(np.array([0.0, 9.0, 18.0]), np.zeros(3))
    fire = burn(touching, 3.0)
    assert list(fire.home["way"]) == [SET, CONTACT, CONTACT]
    assert list(fire.home["cause"]) == [-1, 0, 1]
    held = fire.home["since"][1] - fire.home["flashed"][0]
    assert 0.3 * 600 < held < 3 * 600


def test_brands_light_roofs_beyond_the_reach_of_radiation():
    classes = standard_classes()
    classes["lights"][WOODEN] = 2e-3
    x = np.concatenate([[0.0], np.full(6, 0.0)])
    y = np.concatenate([[0.0], 45.0 + 12.0 * np.arange(6)])
    fire = burn(town_of(x, y, reach=10.0), 1.0, wind=Wind(14.0, 0.0, 1.0), classes=classes)
    first = 1 + int(np.nanargmin(fire.home["since"][1:]))
    assert fire.home["way"][first] == BRAND
    assert RADIATION in fire.home["way"]
    calm = burn(town_of(x, y, reach=5.0), 1.0, wind=CALM, classes=classes)
    assert burnt(calm) == 1


def test_enough_water_puts_it_out_and_too_little_only_shades_the_neighbours():
    town = lattice(3, 1, gap=9.0)
    for share in (1.2, 0.3):
        fire, dt = no_fire(town), 10.0
        ignite(town, fire, 0, 0, 0.0, (SET, -1))
        flows = needed_flow(float(town.site["peak"][0]) * 2)
        for step in range(900):
            if fire.home["state"][0] == INVOLVED:
                fire.home["water"][0] = share * flows
            advance(town, CLASSES, fire, CALM, luck(), step * dt, dt)
        assert fire.home["state"][0] == OUT
        assert (fire.unit["left"][:2].sum() > 0.5 * 2 * town.site["store"][0]) == (share > 1.0)
        assert (fire.home["state"][1] == WHOLE) == (share > 1.0)


def test_water_that_leaves_too_early_lets_it_grow_again():
    town = row(1)
    fire, dt = no_fire(town), 10.0
    ignite(town, fire, 0, 0, 0.0, (SET, -1))
    heat = []
    for step in range(200):
        fire.home["water"][0] = 200.0 if 60 <= step < 70 else 0.0
        advance(town, CLASSES, fire, CALM, luck(), step * dt, dt)
        heat.append(float(fire.home["heat"][0]))
    assert heat[69] < 0.6 * heat[59]
    assert heat[110] > 0.95 * heat[59] or heat[110] > heat[69]
    assert fire.home["state"][0] in (INVOLVED, BURNT, GROWING)


def test_a_shield_keeps_the_neighbour_whole():
    town = lattice(2, 1)
    fire = no_fire(town)
    ignite(town, fire, 0, 0, 0.0, (SET, -1))
    fire.home["shield"][1] = 1.0
    for step in range(720):
        advance(town, CLASSES, fire, CALM, luck(), step * 10.0, 10.0)
    assert fire.home["state"][1] == WHOLE
    assert fire.home["dose"][1] == 0.0


def test_flames_stand_in_calm_and_lean_in_wind():
    lean, up = flame(60_000.0, 80.0, 0.0)
    assert lean == 0.0
    assert up == pytest.approx(0.235 * 60_000**0.4 - 1.02 * np.sqrt(4 * 80 / np.pi), rel=1e-9)
    leans = [flame(60_000.0, 80.0, wind)[0] for wind in (2.0, 6.0, 12.0, 25.0)]
    assert leans == sorted(leans)
    assert max(leans) < up
    assert flame(10.0, 80.0, 5.0) == (0.0, 0.0)


def test_a_leaning_flame_is_felt_downwind_past_lower_houses_only():
    for storeys, wind, far in ((2, SOUTHERLY, True), (3, SOUTHERLY, False), (2, CALM, False)):
        heights = np.array([2, storeys, 2, 2, 2])  # from north to south; the third burns
        town = town_of(np.zeros(5), 13.0 * np.arange(5)[::-1], storeys=heights)
        fire = burn(town, 0.125, at=(2,), wind=wind)
        assert fire.home["state"][2] == INVOLVED
        own = slice(town.site["first_pair"][2], town.site["first_pair"][2] + town.site["pairs"][2])
        felt = dict(zip(town.pair["to"][own].tolist(), fire.leaning[own].tolist(), strict=True))
        assert [felt[3], felt[4]] == [0.0, 0.0]
        assert (felt[0] > 0.0) == far
        assert (felt[1] > 0.0) == (wind is SOUTHERLY)


def test_a_house_under_flames_burns_from_ground_and_top_at_once():
    town, wind = row(2, gap=5.0, storeys=3), Wind(12.0, 1.0, 0.0)
    since = burn(town, 0.25, wind=wind).unit["since"].reshape(2, 3)[1]
    assert since[0] == since[2]
    assert not np.isfinite(burn(town, 0.25).unit["since"].reshape(2, 3)[1, 2])


@pytest.mark.parametrize(
    ("structure", "wind", "seed"), [(WOODEN, SOUTHERLY, 1), (MASONRY, CALM, 2), (WOODEN, Wind(14.0, 0.6, 0.8), 5)]
)
def test_the_kernel_is_its_plain_twin(structure: int, wind: Wind, seed: int):
    classes = standard_classes()
    classes["lights"] *= 50.0  # so that brands matter in so small a town
    town = lattice(4, 4, structure=structure, storeys=3, side=14.0)
    fire, twin, dt = no_fire(town), Twin(town, classes, wind, luck(seed)), 20.0
    ignite(town, fire, 5, 0, 0.0, (SET, -1))
    twin.ignite(5, 0, 0.0)
    for step in range(450):
        flow = 30.0 if 60 <= step < 90 else 0.0
        fire.home["water"][5] = twin.house[5]["water"] = flow
        advance(town, classes, fire, wind, luck(seed), step * dt, dt)
        twin.step(step * dt, dt)
    for name in ("state", "way", "cause", "heat", "dose", "damp", "flashed"):
        np.testing.assert_allclose(
            fire.home[name], [house[name] for house in twin.house], rtol=1e-5, atol=1e-6, err_msg=name
        )
    left = [unit["left"] for house in twin.house for unit in house["units"]]
    np.testing.assert_allclose(fire.unit["left"], left, rtol=1e-6, atol=1e-6)
    assert (fire.home["state"] != WHOLE).sum() > 1
