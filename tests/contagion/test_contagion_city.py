"""An epidemic in the small city: severe cases become orders, crews wait for beds, measures act, other luck is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, events

from models.hazards.contagion import Contagion
from scenarios.language import IncidentChange

DAYS = 12
STRONG = {"r0": 3.0, "first_per_100k": 1000.0, "hospital": (0.02, 0.02, 0.1), "tests_per_100k": 1e5}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def play(runs: InCity, beat: float = 3600.0, rules: dict[str, float] | None = None, **changed):
    hazards, parameters = {"contagion": {**STRONG, **changed}}, {"epidemic.seeks": 0.9, **(rules or {})}
    return runs.run(hazards, start_hour=0, hours=24.0 * DAYS, beat_s=beat, incidents={"medical": IncidentChange()},
                    parameters=parameters)  # fmt: skip


def infected(simulation) -> np.ndarray:
    return simulation.courses["contagion"].epidemic.infected_at


def orders(simulation):
    found = simulation.tables()["orders"].to_pandas()
    return found[found["kind"] == "severe_infection"]


def test_severe_cases_become_ambulance_orders_because_of_the_epidemic(runs):
    simulation = play(runs)
    course, people, world = simulation.courses["contagion"], simulation.world.population, simulation.world
    severe = np.flatnonzero(course.severe_at * 86400 < world.window[1])
    called = [r for r in severe if world.rules.stream.chance(0.5, "contagion.ambulance", int(people.key[r]))]
    found = orders(simulation)
    assert len(found) == len(called) > 20
    assert sorted(found["building"]) == sorted(people.home[called])
    told = events(simulation)
    onsets = told[told["kind"] == "onset"].set_index("order")
    for order in found["order"]:
        assert causes(told, int(onsets.loc[order, "cause"]))[-1] == "contagion_begins"
    assert found["t_arrive"].notna().all()


def test_the_rows_count_everybody_once(runs):
    simulation = play(runs)
    course, rows = simulation.courses["contagion"], simulation.courses["contagion"].rows()
    assert rows["residents"][rows["day"] == 0].sum() == len(simulation.world.population)
    assert rows["infected"].sum() == np.isfinite(infected(simulation)).sum()
    assert rows["infectious"][rows["day"] == DAYS - 1].sum() == pytest.approx(course.epidemic.counts()[2])
    assert 0 < rows["severe"].sum() <= rows["infected"].sum()
    assert (rows["deaths"] <= rows["severe"] + 1e-9).all()
    assert rows["reported"].sum() <= rows["ill"].sum() + rows["infected"].sum() * 0.05
    shares = simulation.world.fields["contagion.infectious"]
    communities = simulation.world.city.areas.of_level("community")
    assert shares.max() <= 1.0
    assert shares.sum() == shares[communities].sum() > 0.0


def test_without_contact_or_with_a_perfect_vaccine_only_the_first_are_infected(runs):
    first = round(STRONG["first_per_100k"] * len(runs.people) / 1e5)
    for changed in ({"r0": 0.0}, {"vaccinated": 1.0, "effect": 1.0}):
        assert np.isfinite(infected(play(runs, **changed))).sum() == first


def test_isolation_and_closed_schools_spare_people(runs):
    loose = np.isfinite(infected(play(runs, rules={"epidemic.isolates": 0.0}))).sum()
    apart = np.isfinite(infected(play(runs, rules={"epidemic.isolates": 1.0}))).sum()
    closed = play(runs, rules={"epidemic.isolates": 0.0}, close_schools_per_100k=100.0)
    assert apart < loose
    assert np.isfinite(infected(closed)).sum() < loose
    told = events(closed)
    shut = told[told["kind"] == "schools_closed"]
    assert len(shut) == 1
    assert causes(told, int(shut.index[0])) == ["schools_closed", "contagion_confirmed", "contagion_begins"]


def test_governance_spares_people_through_its_parameters_alone(runs):
    """Later results, fewer tests, less isolation: each by itself infects more, and nothing else moves."""
    few = np.isfinite(infected(play(runs))).sum()
    for worse in ({"epidemic.result_d": 3.0}, {"epidemic.seeks": 0.3}, {"epidemic.isolates": 0.4}):
        assert np.isfinite(infected(play(runs, rules=worse))).sum() > few, worse


def test_the_first_live_about_a_place_and_it_reaches_the_other_community_later(runs):
    here = {"where": {"use": "residential"}, "first_per_100k": 300.0, "r0": 4.0}
    places, home = runs.city.buildings, runs.people.home
    community = runs.city.areas.ancestor("community")[places.grid[home]]

    def later(**changed) -> float:
        """How many days later the first fifth of its cases comes to the farther community."""
        day = infected(play(runs, **here, **changed))
        first = np.flatnonzero(day == day.min())
        away = np.hypot(places.x[home] - places.x[home[first]].mean(), places.y[home] - places.y[home[first]].mean())
        assert away[first].max() < 2 * 300.0 < np.quantile(away, 0.9)
        ill = np.isfinite(day) & (day > day.min())
        near, far = sorted(np.unique(community), key=lambda one: away[community == one].mean())
        return float(np.quantile(day[ill & (community == far)], 0.2) - np.quantile(day[ill & (community == near)], 0.2))

    assert later() > later(own_community=0.0, around=0.0) + 0.3


def test_ambulances_wait_where_there_is_no_bed(runs):
    enough, none = play(runs, beds_per_100k=1e5), play(runs, beds_per_100k=0.0)
    assert (infected(enough) == infected(none)).all()

    def away(simulation) -> float:  # from the hospital to the end of the order
        found = orders(simulation)
        return float((found["t_feedback"] - found["t_arrive"]).mean())

    assert away(none) - away(enough) == pytest.approx(3600.0, abs=120.0)
    assert orders(none)["deaths"].sum() == pytest.approx(3 * orders(enough)["deaths"].sum())
    assert "beds_full" in set(events(none)["kind"])
    assert "beds_full" not in set(events(enough)["kind"])


def test_the_length_of_the_beat_changes_nothing(runs):
    assert np.array_equal(infected(play(runs)), infected(play(runs, beat=900.0)))


def test_the_same_seed_tells_the_same(runs, tiny, tiny_city, tiny_people):
    again = play(InCity(tiny, tiny_city, tiny_people))
    for name, table in play(runs).tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name


def test_the_epidemic_leaves_all_other_luck_alone(runs):
    window = {"start_hour": 0, "hours": 24.0 * DAYS, "beat_s": 3600.0, "incidents": {"medical": IncidentChange()}}
    calm, ill = runs.run({}, **window), play(runs)
    n = len(calm.demand)
    assert np.array_equal(ill.demand.onset, calm.demand.onset)
    a, b = (s.tables()["orders"].to_pandas().set_index("order").head(n) for s in (calm, ill))
    assert (a["t_report"].dropna() == b.loc[a["t_report"].dropna().index, "t_report"]).all()


def test_figures_outside_of_what_was_checked_are_told(runs):
    hot = runs.run({"contagion": {"r0": 9.0}}, start_hour=0, hours=24.0, beat_s=3600.0)
    assert any("R0" in text for _, text in hot.world.warnings)
    assert not play(runs).world.warnings


def test_bad_figures_are_refused():
    for wrong in ({"r0": -1.0}, {"infectious_d": 0.0}, {"vaccinated": 2.0}, {"first_per_100k": float("nan")}):
        with pytest.raises(ValueError, match="Input should be"):
            Contagion(**wrong)
