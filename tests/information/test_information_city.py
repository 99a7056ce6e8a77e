"""A scare in the small city: who was warned is hurt less, calls load the desks, a check leads to the answer."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, events

from models.hazards.information import Alert, Information
from models.information.laws import never_hear
from scenarios.language import IncidentChange
from sim.errors import InputError

HOURS = 24.0
STORM = {"at_h": 9.0, "onset_h": 10.0, "lasts_h": 6.0, "injuries_per_100k": 2000.0}
LOUD = {
    "rumour_h": 10.0,
    "first_per_100k": 500.0,
    "calls_per_100k": 2000.0,
    "questions_per_100k": 2000.0,
    "takers_per_100k": 0.1,
}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def play(runs: InCity, beat: float = 300.0, parameters: dict | None = None, **changed):
    incidents = {"medical": IncidentChange(rate_factor=5.0)}
    hazards = {"information": {**LOUD, **changed}}
    return runs.run(hazards, start_hour=8, hours=HOURS, beat_s=beat, incidents=incidents, parameters=parameters or {})


def of_kind(simulation, kind: str):
    orders = simulation.tables()["orders"].to_pandas()
    return orders[orders["kind"] == kind]


def told(simulation) -> dict[str, float]:
    rows = dict(simulation.courses["information"].rows())
    return {kind.name.removesuffix(".information"): kind.fold(rows) for kind in Information.indicators}


def test_a_rumour_is_noticed_checked_and_answered_in_this_order(runs):
    simulation = play(runs, alert=STORM)
    log = events(simulation)
    check = of_kind(simulation, "rumour_check").iloc[0]
    stated = log[log["kind"] == "official_statement"]
    assert len(stated) == 1
    assert causes(log, int(stated.index[0])) == [
        "official_statement",
        "rumour_noticed",
        "rumour_begins",
        "storm_begins",
        "storm_warning",
    ]
    assert float(stated["time"].iloc[0]) >= check["t_arrive"] > check["t_onset"]
    onset = log[(log["kind"] == "onset") & (log["order"] == check["order"])]
    assert causes(log, int(onset.index[0]))[1] == "rumour_noticed"


def test_without_a_patrol_there_is_no_answer_and_more_hear(runs):
    answered = play(runs)
    nobody = play(runs, noticed=1.0, noticed_after=100_000, delta=0.5, parameters={"rumour.first_statement_h": 24.0})
    assert np.isnan(told(nobody)["statement"])
    assert "official_statement" not in set(events(nobody)["kind"])
    assert told(nobody)["heard"] > told(answered)["heard"]
    assert told(nobody)["peak"] > told(answered)["peak"]


def test_the_sooner_the_answer_the_fewer_hear(runs):
    heard = [told(play(runs, parameters={"rumour.first_statement_h": hours}))["heard"] for hours in (1.0, 5.0, 12.0)]
    assert heard == sorted(heard)
    assert heard[0] < heard[-1]


def test_calls_of_the_scare_make_emergencies_wait(runs):
    calm, loud = play(runs, panic=0.0, questions_per_100k=0.0), play(runs)
    assert told(calm)["calls"] == told(calm)["asked"] == 0.0
    assert told(loud)["calls"] > 100.0
    assert told(loud)["desk_wait"] > told(calm)["desk_wait"] > 0.0

    def wait(simulation) -> np.ndarray:
        medical = of_kind(simulation, "medical").set_index("incident")
        return medical["t_accept"] - medical["t_report"]

    assert (wait(loud) - wait(calm)).mean() > 0.0
    assert (wait(calm) >= 0.0).all()
    questions = simulation_calls(loud)
    assert questions == round(told(loud)["asked"] * len(runs.people) / 1e5)


def simulation_calls(simulation) -> int:
    """All questions at the hotline, those too that were answered at once."""
    world = simulation.world
    return int((world.incidents.kind == world.incidents.kinds.index("rumour_question")).sum())


def test_extra_calls_are_those_of_the_domain(runs):
    simulation = play(runs)
    rows, kind = simulation.courses["information"].rows(), simulation.hazards["information"]
    shares = np.bincount(rows["hour"], weights=rows["spreading"]) / len(runs.people)
    expected = float((kind.emergency_calls(shares) / 24.0).sum() * len(runs.people) / 1e5)
    got = rows["calls"].sum()
    assert got == pytest.approx(expected, abs=4 * expected**0.5 + 0.05 * expected)
    assert rows["usual_calls"].sum() == pytest.approx(2000 * 0.2 * HOURS / 24, abs=4 * 20)


def test_who_was_warned_is_hurt_less(runs):
    nobody, some, all_ways = (
        set(of_kind(play(runs, alert={**STORM, **changed}), "storm_injury")["incident"])
        for changed in ({"follows": 0.0}, {"channels": ["television"]}, {})
    )
    assert all_ways < some < nobody  # the same people but for those whom a warning spared
    assert len(nobody) == pytest.approx(2000 * 0.2, abs=80)
    assert (
        told(play(runs, alert=STORM))["ready"] > told(play(runs, alert={**STORM, "channels": ["television"]}))["ready"]
    )


def test_the_rows_and_fields_count_everybody_once(runs):
    simulation = play(runs, alert=STORM)
    rows, rumour = simulation.courses["information"].rows(), simulation.courses["information"].rumour
    last = rows["hour"] == rows["hour"].max()
    assert rows["hour"].max() == HOURS - 1
    assert rows["residents"][last].sum() == len(runs.people)
    assert rows["heard"][last].sum() == sum(rumour.counts()[1:])
    assert (rows["spreading"] <= rows["heard"]).all()
    assert (rows["heard"] <= rows["residents"]).all()
    for name in ("spreading", "heard", "warned"):
        field = simulation.world.fields[f"information.{name}"]
        assert (field >= 0.0).all()
        assert (field <= 1.0).all()


def test_stifling_in_the_city_leaves_as_many_as_the_law(runs):
    """Everybody meets everybody, nobody answers: Maki and Thompson's fifth, in the city itself."""
    alone = {"beta": 30.0, "gamma": 0.0, "stifling": 1.0, "elsewhere": 1.0, "at_home": 0.0, "delta": 0.0, "panic": 0.0,
             "questions_per_100k": 0.0, "at_origin": 0.0}  # fmt: skip
    for pairs in (False, True):
        heard = told(play(runs, **alone, pairs=pairs))["heard"]
        first = LOUD["first_per_100k"] / 1e5
        assert 1.0 - heard == pytest.approx((1.0 - first) * never_hear(first), abs=0.012)


def test_the_length_of_the_beat_changes_nothing_before_the_answer(runs):
    slow = {"parameters": {"rumour.first_statement_h": 24.0}}
    a, b = (play(runs, beat, **slow).courses["information"].rumour.people.heard_at for beat in (300.0, 60.0))
    assert np.array_equal(a, b)


def test_the_same_seed_tells_the_same(runs, tiny, tiny_city, tiny_people):
    again = play(InCity(tiny, tiny_city, tiny_people), alert=STORM)
    for name, table in play(runs, alert=STORM).tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name


def test_the_scare_leaves_all_other_luck_alone(runs):
    window = {
        "start_hour": 8,
        "hours": HOURS,
        "beat_s": 300.0,
        "incidents": {"medical": IncidentChange(rate_factor=5.0)},
    }
    calm, scared = runs.run({}, **window, parameters={}), play(runs)
    n = len(calm.demand)
    assert np.array_equal(scared.demand.onset, calm.demand.onset)
    a, b = (s.tables()["orders"].to_pandas().set_index("incident") for s in (calm, scared))
    assert len(a) == n
    assert (a["t_report"] == b.loc[a.index, "t_report"]).all()


def test_many_contacts_are_told_to_be_unchecked(runs):
    assert play(runs, beta=100.0, gamma=100.0).world.warnings
    assert not play(runs).world.warnings


def test_bad_figures_are_refused():
    for wrong in ({"beta": -1.0}, {"stifling": 2.0}, {"takers_per_100k": float("nan")}, {"noticed_after": 0}):
        with pytest.raises(ValueError, match="Input should be"):
            Information(**wrong)
    for wrong in ({"at_home": 0.8, "elsewhere": 0.5}, {"alert": {"channels": ["pigeon"]}}, {"alert": {"channels": []}}):
        with pytest.raises((InputError, ValueError)):
            Information(**wrong)
    assert Alert().channels
