"""The hub: how long it is down, and what its cases lose while it is."""

from __future__ import annotations

import numpy as np
import pytest
from trials import measured

from models import hub
from models.calendar import HOUR, WorkingHours
from models.catalogue import catalogue
from models.levers.base import lever_kinds
from models.matters import matters
from models.parameters import preset_values
from models.policy import Policy
from models.simulation import all_decisions
from models.stages import Rules
from scenarios.language import IncidentChange
from scenarios.library import load_policy
from scenarios.running import resolved, simulate
from sim.recording import log_hash
from sim.statistics import paired_difference
from sim.streams import Stream
from sim.text import Text

OFTEN = {"hub.outage_per_h": 0.1, "hub.outage_h": 12.0}


def rules_of(seed: int, **changes: float) -> Rules:
    stream = Stream(seed, all_decisions(dict(catalogue()), {}))
    return Rules({**preset_values("P2"), **changes}, catalogue(), matters(), WorkingHours(), stream)


@pytest.mark.parametrize(("chance", "mean"), [(0.001, 3.0), (0.02, 1.0), (0.1, 6.0)])
def test_the_hub_is_down_for_the_share_that_chance_and_duration_say(chance: float, mean: float):
    rules = rules_of(4, **{"hub.outage_per_h": chance, "hub.outage_h": mean})
    middles = (np.arange(60_000) + 0.5) * HOUR
    ages = np.arange(hub.LONGEST_H) + 0.5
    share = 1.0 - np.prod(1.0 - chance * np.exp(-ages / mean))
    found = np.mean([hub.is_down(rules, float(now)) for now in middles])
    assert found == pytest.approx(share, rel=0.15 if chance < 0.01 else 0.04)


def test_an_outage_is_one_spell_and_everybody_sees_the_same(tiny):
    rules = rules_of(2, **OFTEN)
    seconds = np.arange(0.0, 40 * 24 * HOUR, 600.0)
    down = np.array([hub.is_down(rules, now) for now in seconds.tolist()])
    begins = seconds[1:][~down[:-1] & down[1:]]
    assert len(begins) > 10
    assert (begins % HOUR == 0.0).all()  # an outage begins with an hour, and ends at any time
    assert [hub.is_down(rules, now) for now in seconds.tolist()] == down.tolist()


def test_a_hub_that_never_fails_is_never_down():
    rules = rules_of(1, **{"hub.outage_per_h": 0.0})
    assert not any(hub.is_down(rules, hour * HOUR) for hour in range(5_000))


def test_what_stands_in_no_hub_loses_nothing(tiny, tiny_city, tiny_people):
    values = {**resolved(tiny, load_policy("P1")), "hub.shared_picture": 0.0}
    hashes = {
        log_hash(simulate(tiny_city, tiny_people, tiny, {**values, **outage}, 2).tables()) for outage in ({}, OFTEN)
    }
    assert len(hashes) == 1


def test_an_outage_takes_away_what_the_hub_gives(tiny, tiny_city):
    """Measured with the same luck: requests climb all levels again, and tickets wait longer for their dispatch."""
    crews = {name: kind.model_copy(update={"count": 40, "night_share": 1.0}) for name, kind in tiny.crews.items()}
    often = {"building_fire": IncidentChange(rate_factor=700.0), "hotline_ticket": IncidentChange(rate_factor=5.0)}
    scenario = tiny.model_copy(update={"incidents": often, "crews": crews})

    def told(*levers: str, **changes: float) -> list[dict[str, float]]:
        entries = tuple({"kind": name} for name in levers)
        policy = Policy(format=1, name="test", title=Text("Test", "测试"), base="P0", levers=entries)
        changed = scenario.model_copy(update={"parameters": changes})
        return measured(tiny_city, changed, policy, range(8))

    without = told()
    never, always = (told("governance_hub", **{**OFTEN, "hub.outage_per_h": p}) for p in (0.0, 0.1))
    for name in ("T_reinforce.building_fire", "T_dispatch.hotline_ticket"):
        lost = paired_difference([run[name] for run in never], [run[name] for run in always])
        assert lost.low > 0.0, (name, lost)
    helps = paired_difference(*([run["T_reinforce.building_fire"] for run in arm] for arm in (without, never)))
    fails = paired_difference(*([run["T_reinforce.building_fire"] for run in arm] for arm in (without, always)))
    assert helps.high < 0.0
    assert fails.difference > 0.5 * helps.difference  # most of the gain is gone while the hub is mostly down


def test_a_case_that_falls_back_says_so(tiny, tiny_city, tiny_people):
    often = {"hotline_ticket": IncidentChange(rate_factor=10.0)}
    values = {**resolved(tiny, load_policy("P2")), **OFTEN}
    tables = simulate(tiny_city, tiny_people, tiny.model_copy(update={"incidents": often}), values, 3).tables()
    events = tables["events"].to_pandas()
    down = events[events["kind"] == "hub_down"]
    orders = tables["orders"].to_pandas().set_index("order")
    assert 5 < len(down) < len(orders)
    triage = orders["t_route"] - orders["t_file"]
    fell_back = orders.index.isin(down["order"])
    assert np.median(triage[fell_back]) > 2.0 * np.median(triage[~fell_back])


def test_the_lever_brings_the_outage_along_and_the_domains_chance():
    own = lever_kinds()["governance_hub"].own
    assert own["hub.outage_per_h"].values == (0.001, 0.001, 0.001)
    assert all(own[name].assumption for name in own)
