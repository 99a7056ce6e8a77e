"""The volunteer corps: who comes, who stays, what is left of a course."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pytest

from models.calendar import DAY, WorkingHours
from models.lines.volunteer_corps import VolunteerCorps, _Corps
from models.literacy.knowledge import fade
from models.parameters import preset_values
from models.stages import Rules
from sim.streams import Stream

TODAY = preset_values("P1")
#: All alike, everywhere and always there, never tired, never leaving: the plain formulas.
ALIKE = VolunteerCorps(
    radius_m=20_000.0, available_day=1.0, available_night=1.0, rescues=0.0, willing_sigma=0.0, tiring_load=1e12,
    leaving=0.0, leaving_tired=0.0, needs_per_100k=2000.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def corps(tiny_city, tiny_people):
    """Return half a year of a corps under given parameters."""

    def of(values: Mapping[str, float], line: VolunteerCorps, seed: int = 1) -> dict[str, np.ndarray]:
        rules = Rules({**TODAY, **values}, {}, {}, WorkingHours(), Stream(seed, VolunteerCorps.decisions))
        world = SimpleNamespace(city=tiny_city, population=tiny_people, rules=rules, window=(0.0, 180.0 * DAY))
        return _Corps(line, world).rows()

    return of


def told(rows: dict[str, np.ndarray]) -> dict[str, float]:
    return {kind.name.removesuffix(".corps"): kind.fold(rows) for kind in VolunteerCorps.indicators}


@pytest.mark.parametrize("alerted", [1, 3, 7])
def test_somebody_comes_with_the_chance_that_not_all_stay_away(corps, alerted: int):
    rows = corps({"corps.p_respond": 0.25, "corps.alerted": alerted}, ALIKE)
    needs, came = rows["needs"].sum(), rows["answered_day"].sum() + rows["answered_night"].sum()
    expected = 1.0 - (1.0 - 0.25) ** alerted
    assert needs > 2000
    assert came / needs == pytest.approx(expected, abs=4 * (expected * (1 - expected) / needs) ** 0.5)
    # Where all can be alerted, as many are as should be, and tasks come on top.
    alerts = rows["load"].sum() - TODAY["corps.tasks"] * rows["loaded"].sum()
    assert alerts == pytest.approx(alerted * needs)


def test_without_feedback_three_in_a_hundred_leave_a_month_and_with_it_none(corps):
    many = ALIKE.model_copy(update={"leaving": 0.03, "needs_per_100k": 1.0, "registered_per_100k": 20_000.0})
    rows = corps({"corps.feedback": 0.0, "corps.recruited": 0.0}, many)
    months, left = rows["loaded"].sum(), rows["left"].sum()
    assert left / months == pytest.approx(0.03, abs=4 * (0.03 * 0.97 / months) ** 0.5)
    last = rows["active"][rows["month"] == 5].sum()
    assert last / rows["loaded"][rows["month"] == 0].sum() == pytest.approx(0.97**6, abs=0.02)
    assert corps({"corps.feedback": 1.0}, many)["left"].sum() == 0


def test_everybody_who_came_is_there_or_has_left(corps):
    rows = corps({"corps.recruited": 0.05}, VolunteerCorps())
    sums = {name: np.bincount(rows["month"], weights=rows[name]) for name in ("active", "joined", "left", "loaded")}
    assert sums["joined"][1:].sum() > 10
    assert (sums["loaded"][1:] == sums["active"][:-1] + sums["joined"][1:]).all()
    assert (sums["active"] == sums["loaded"] - sums["left"]).all()


def test_skill_fades_unless_it_is_refreshed(corps):
    values = {"corps.recruited": 0.0}
    never = corps({**values, "corps.refresher_d": 1e9}, ALIKE)
    mean = told(never)["skill"]
    since = np.linspace(0, 365, 10_001)
    assert mean == pytest.approx(fade(0.9, 0.2, since + 180.0, 180.0).mean(), abs=0.02)
    assert fade(0.9, 0.2, 180.0, 180.0) == pytest.approx(0.4575, abs=1e-4)  # half a year after a course
    skills = [
        told(corps({**values, "corps.refresher_d": days}, ALIKE))["skill"] for days in (30.0, 180.0, 365.0, 720.0)
    ]
    assert skills == sorted(skills, reverse=True)
    assert skills[0] == pytest.approx(0.9)
    assert told(never)["skill"] < skills[0] / 2


def test_fewer_are_there_by_night(corps):
    line = VolunteerCorps(needs_per_100k=2000.0, registered_per_100k=2000.0)
    found = told(corps({}, line))
    assert found["answered_night"] < found["answered_day"] - 0.05
    awake = told(corps({}, line.model_copy(update={"available_night": 0.4})))
    assert awake["answered_night"] > found["answered_night"] + 0.05


def test_who_is_asked_often_comes_less_often_and_leaves_sooner(corps):
    line = VolunteerCorps(needs_per_100k=1000.0, tiring_load=5.0)
    easy, hard = (told(corps({"corps.tasks": tasks}, line)) for tasks in (0.1, 8.0))
    assert hard["load"] > easy["load"] + 5
    assert hard["answered_day"] < easy["answered_day"]
    assert hard["left"] > easy["left"]


def test_more_are_alerted_more_answers_and_more_load(corps):
    found = [told(corps({"corps.alerted": n}, VolunteerCorps(needs_per_100k=1000.0))) for n in (1, 3, 7, 15)]
    for name in ("answered_day", "load"):
        values = [one[name] for one in found]
        assert values == sorted(values)
    gains = np.diff([one["answered_day"] for one in found])
    assert gains[0] > gains[-1]  # the same few come again and again


def test_the_wider_the_radius_the_more_come(corps):
    lines = [VolunteerCorps(radius_m=radius, needs_per_100k=1000.0) for radius in (0.001, 200.0, 500.0, 20_000.0)]
    found = [told(corps({}, line))["answered_day"] for line in lines]  # first those of the same building
    assert found == sorted(found)
    assert found[0] < found[2] / 2
