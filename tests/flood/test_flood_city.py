"""A cloudburst in the small city: streets close, people are fetched out, crews pump, and the log says why."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events
from pydantic import ValidationError

from models.hazards.flood import Flood
from sim.errors import InputError

#: Cells of 30 m keep these runs short; what they show does not hang on it.
STORM = {"hour": 8.5, "cell_m": 30.0, "minutes": 120.0, "garages": 40, "barriers": 0.5}
FLOOD = {"flood": STORM}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def storm(runs: InCity, **other):
    return runs.run({"flood": {**STORM, **other}})


def of_kind(simulation, kind: str):
    orders = simulation.tables()["orders"].to_pandas()
    return orders[orders["kind"] == kind]


def places(simulation, place: str):
    rows = simulation.tables()["flood"].to_pandas()
    return rows[rows["place"] == place]


def test_the_storm_tells_its_story_in_order(runs):
    told = events(storm(runs))
    first = {kind: float(rows["time"].min()) for kind, rows in told.groupby("kind")}
    assert first["flood_rain"] < first["flood_underpass_wet"] <= first["flood_underpass_closed"]
    assert first["flood_underpass_wet"] < first["flood_pumping_begins"]
    for event in told[told["kind"].isin(["flood_underpass_closed", "flood_trapped", "flood_streets"])].index:
        assert causes(told, int(event))[-1] == "flood_rain"


def test_no_water_is_lost_in_the_city(runs):
    basin = storm(runs).courses["flood"]._basin
    assert basin.lost == 0
    volumes = basin.volumes()
    assert volumes["rain"] > volumes["drained"] > 0
    assert volumes["pumped"] > 0
    assert basin.depth.min() >= 0.0


def test_water_makes_streets_slow_and_closes_them_and_no_crew_enters(runs):
    simulation = storm(runs)
    roads = simulation.tables()["roads"].to_pandas()
    assert set(roads["owner"]) == {"flood"}
    assert (roads["factor"] == 0.0).any()
    assert ((roads["factor"] > 0.0) & (roads["factor"] < 1.0)).any()
    assert entered_closed(simulation) == 0
    bridges = np.flatnonzero(runs.city.drive.link_bridge[runs.city.drive.link])
    assert not set(roads["edge"]) & set(bridges.tolist())


@pytest.mark.slow
def test_a_closed_underpass_traps_nobody_and_a_late_one_many(runs):
    soon, late = storm(runs, close_min=0.0, close_m=0.05), storm(runs, close_min=500.0)
    trapped = [float(places(s, "underpass")["trapped"].sum()) for s in (soon, late)]
    assert trapped[0] < trapped[1]
    assert trapped[1] > 5
    rescues = of_kind(late, "flood_rescue")
    assert len(rescues) > 0
    assert rescues["t_arrive"].notna().mean() > 0.8  # some places are cut off


def test_pumping_crews_bring_the_water_down(runs):
    with_them, without = storm(runs, crew_m3_per_h=6000.0), storm(runs, crew_m3_per_h=0.0)
    pumped = [s.courses["flood"]._basin.volumes()["pumped"] for s in (with_them, without)]
    assert pumped[0] > pumped[1] + 100.0
    depth = [sum(one.depth for one in s.courses["flood"]._under) for s in (with_them, without)]
    assert depth[0] < depth[1]
    assert (events(with_them)["kind"] == "flood_pumped_dry").any()


@pytest.mark.slow
def test_pumps_that_fail_leave_more_water(runs):
    hold, fail = storm(runs, pumps_fail=0.0), storm(runs, pumps_fail=1.0, pumps_fail_min=0.0)
    count = [int((events(s)["kind"] == "flood_pump_failed").sum()) for s in (hold, fail)]
    assert count == [0, 8]
    peak = [float(places(s, "underpass")["peak"].sum()) for s in (hold, fail)]
    assert peak[0] <= peak[1]


@pytest.mark.slow
def test_barriers_keep_garages_dry(runs):
    none, all_of_them = storm(runs, barriers=0.0, garages=60), storm(runs, barriers=1.0, garages=60)
    assert len(places(none, "garage")) > len(places(all_of_them, "garage"))


@pytest.mark.slow
def test_more_rain_and_worse_drains_flood_more(runs):
    def wet(**other) -> float:
        field = storm(runs, **other).tables()["field.flood.depth"].to_pandas()
        return float((field.groupby("index")["value"].max() >= 0.15).sum())

    base = wet()
    assert wet(years=5.0) < base < wet(drain_mm_per_h=5.0)


@pytest.mark.slow
def test_a_river_in_flood_holds_the_drains_back(runs):
    low, high = (runs.run({"flood": {**STORM, "river_m": level}}, drain_days=0.0) for level in (6.0, 9.0))
    drained = [s.courses["flood"]._basin.volumes()["drained"] for s in (low, high)]
    assert drained[1] < 0.8 * drained[0]
    assert high.courses["flood"]._basin.lost == 0


def test_a_low_river_is_no_wall_and_one_that_rises_comes_over_its_bank(runs):
    ends = {"hour": 8.5, "minutes": 10.0, "years": 1.0, "cell_m": 30.0, "garages": 0}
    free, low, rising = (runs.run({"flood": {**ends, **river}}, hours=2.0, drain_days=0.0)
                         for river in ({}, {"river_m": 0.0}, {"river_series_m": [0.0, 14.0]}))  # fmt: skip
    wet = [
        float((s.courses["flood"]._depth.reshape(-1)[s.courses["flood"]._land] > 0.3).sum())
        for s in (free, low, rising)
    ]
    assert wet[1] <= wet[0]
    assert wet[2] > 10.0 * (wet[1] + 1.0)


def test_the_flood_leaves_all_other_luck_alone(runs):
    calm, wet = runs.run({}), storm(runs)
    n = len(calm.demand)
    assert np.array_equal(wet.demand.onset, calm.demand.onset)
    a, b = (s.tables()["orders"].to_pandas().set_index("order").head(n) for s in (calm, wet))
    assert (a["t_report"].dropna() == b.loc[a["t_report"].dropna().index, "t_report"]).all()


def test_the_same_seed_tells_the_same(runs, tiny, tiny_city, tiny_people):
    again = InCity(tiny, tiny_city, tiny_people).run(FLOOD)
    for name, table in storm(runs).tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name


@pytest.mark.slow
def test_a_beat_of_half_the_length_changes_little(runs):
    whole, half = storm(runs), runs.run(FLOOD, beat_s=30.0)
    peaks = [places(s, "underpass")["peak"].to_numpy() for s in (whole, half)]
    assert np.abs(peaks[0] - peaks[1]).mean() < 0.1 * peaks[0].mean()


def test_a_given_ground_is_used_and_a_bad_one_refused(runs, tmp_path):
    x, y = runs.city.drive.x, runs.city.drive.y
    z = np.full((130, 130), 5.0)
    file = tmp_path / "flat.npz"
    corner = {"x": float(x.min()) - 100, "y": float(y.min()) - 100, "size": 30.0}
    np.savez(file, z=z, crs=runs.city.crs, **corner)
    simulation = storm(runs, dem=str(file), underpasses=2)
    assert simulation.courses["flood"]._basin.terrain.z.max() == 5.0
    assert not any("ground of this city is invented" in text for _, text in simulation.world.warnings)
    for changed, says in (
        ({"crs": "EPSG:1"}, "no projection"),
        ({"crs": "EPSG:4547"}, "overlap"),
        ({"x": 0.0}, "overlap"),
    ):
        bad = tmp_path / f"{next(iter(changed))}.npz"
        np.savez(bad, **{"z": z, "crs": runs.city.crs, **corner, **changed})
        with pytest.raises(InputError, match=says):
            storm(runs, dem=str(bad))


def test_bad_figures_are_refused():
    for wrong in (
        {"years": 0.5},
        {"hour": 25.0},
        {"blocked": 2.0},
        {"cell_m": float("nan")},
        {"series_mm_per_h": (10.0, -5.0)},
    ):
        with pytest.raises(ValidationError):
            Flood(**wrong)


def test_an_observed_series_takes_the_place_of_the_design_storm():
    assert Flood(series_mm_per_h=(20.0, 60.0, 10.0)).rain().total == pytest.approx(0.09)
    assert Flood(years=100.0, minutes=180.0).rain().total == pytest.approx(0.1370, abs=5e-4)


def test_the_pumps_of_underpasses_stand_still_without_power(tiny, tiny_city, tiny_people):
    runs = InCity(tiny, tiny_city, tiny_people)
    rain = {"hour": 9.0, "underpasses": 8, "pumps_fail": 0.0, "cell_m": 20.0}
    power = {"hour": 9.0, "transformers": 2, "hottest_c": 55.0, "transformer_share": 3.0}
    dark = runs.run({"flood": rain, "power_failure": power})
    told = events(dark)
    stops = told[told["kind"] == "flood_pump_stops"]
    assert len(stops) > 0
    for event in stops.index:
        assert causes(told, int(event))[-1] == "power_fails"
    lit = runs.run({"flood": rain})
    assert "flood_pump_stops" not in set(events(lit)["kind"])
    peak = [simulation.tables()["flood"].to_pandas()["peak"].sum() for simulation in (lit, dark)]
    assert peak[1] >= peak[0]
