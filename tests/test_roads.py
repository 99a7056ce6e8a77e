"""Streets that close: everybody hears at once, and no crew ever enters a closed one."""

from __future__ import annotations

import numpy as np
import pytest

from models.simulation import Simulation
from models.travel import WORTH_S, WORTH_SHARE, Travel
from scenarios.language import IncidentChange
from scenarios.library import load_policy
from scenarios.running import resolved, simulate
from sim.fields import FieldKind, Fields, Points, Raster
from sim.text import Text


def played(tiny, tiny_city, tiny_people, disturb=None, seed: int = 1) -> Simulation:
    """Return a busy day in which `disturb(world)` was called before the first beat."""
    busy = tiny.model_copy(update={"incidents": {"medical": IncidentChange(rate_factor=60.0)}})
    start = Simulation.execute

    def execute(self, *arguments):
        if disturb is not None:
            disturb(self.world)
        start(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "execute", execute)
        return simulate(tiny_city, tiny_people, busy, resolved(busy, load_policy("P1")), seed)


def close_at_random(world) -> None:
    """Close a twentieth of the streets, others every 37 s until the window ends; each closing is an event of the log."""
    luck = np.random.default_rng(4)

    def close() -> None:
        if world.engine.now >= world.window[1] - 60.0:
            world.roads.set("test", np.ones(world.city.drive.edges))
            return
        cause = world.recorder.event(world.engine.now, "closed")
        factors = np.where(luck.random(world.city.drive.edges) < 0.05, 0.0, 1.0)
        world.roads.set("test", factors, cause)
        world.engine.at(world.engine.now + 37.0, close)

    world.engine.at(world.window[0] + 10.0, close)


def entries(simulation: Simulation):
    """Yield each edge that a crew entered, with the time at which it did; crews drive at the speed of the departure."""
    world = simulation.world
    open_time = world.router._open_time
    for leg in world.recorder.tables()["tracks"].to_pylist():
        edges = np.array(leg["edges"], dtype=np.int64)
        if not len(edges):  # it stood at the place already
            continue
        seconds = open_time[world.hour(leg["t_start"]), edges]
        share = np.concatenate([[0.0], np.cumsum(seconds)[:-1]]) / max(seconds.sum(), 1e-9)
        yield from zip(edges.tolist(), (leg["t_start"] + share * (leg["t_end"] - leg["t_start"])).tolist(), strict=True)


def test_no_crew_ever_enters_a_closed_street(tiny, tiny_city, tiny_people):
    simulation = played(tiny, tiny_city, tiny_people, close_at_random)
    log = simulation.tables()["roads"].to_pandas()
    spans = {edge: rows[["time", "factor"]].to_numpy() for edge, rows in log.groupby("edge")}
    count = 0
    for edge, time in entries(simulation):
        changes = spans.get(edge, np.empty((0, 2)))
        before = changes[changes[:, 0] < time - 1e-6]
        # Who has waited for a street to open sets out at that very moment.
        opened = changes[np.abs(changes[:, 0] - time) <= 1e-6]
        if len(before):
            open_now = before[-1, 1] == 1.0 or (len(opened) and opened[-1, 1] == 1.0)
            assert open_now, f"edge {edge} was entered at {time:.1f} s while it was closed"
            count += 1
    assert count > 1000


def test_a_crew_turns_back_for_a_reason(tiny, tiny_city, tiny_people):
    events = played(tiny, tiny_city, tiny_people, close_at_random).tables()["events"].to_pandas()
    turned = events[events["kind"] == "turned_back"]
    assert len(turned) > 20
    causes = events.set_index("event").loc[turned["cause"], "kind"]
    assert set(causes) == {"closed"}


def test_legs_join_where_a_crew_turns_back(tiny, tiny_city, tiny_people):
    simulation = played(tiny, tiny_city, tiny_people, close_at_random)
    drive, tails = tiny_city.drive, tiny_city.drive.tails()
    tracks = simulation.tables()["tracks"].to_pandas()
    tracks = tracks[tracks["edges"].map(len) > 0]
    for _, legs in tracks.sort_values(["t_start", "t_end"]).groupby("crew"):
        first = [int(tails[edges[0]]) for edges in legs["edges"]]
        last = [int(drive.head[edges[-1]]) for edges in legs["edges"]]
        assert first[1:] == last[:-1]


def slow_at_random(least: float):
    """Return what slows all streets to random factors from `least` on, others every minute."""

    def disturb(world) -> None:
        luck = np.random.default_rng(5)

        def slow() -> None:
            factors = luck.uniform(least, 1.0, world.city.drive.edges)
            over = world.engine.now >= world.window[1] - 60.0
            world.roads.set("test", np.ones(len(factors)) if over else factors,
                            world.recorder.event(world.engine.now, "slowed"))  # fmt: skip
            if not over:
                world.engine.at(world.engine.now + 60.0, slow)

        world.engine.at(world.window[0], slow)

    return disturb


def turns_of(simulation: Simulation) -> int:
    kinds = simulation.tables()["events"].to_pandas()["kind"]
    return int(kinds.isin(["turned_back", "another_way"]).sum())


def test_nobody_leaves_a_way_for_one_that_is_hardly_shorter(tiny, tiny_city, tiny_people):
    """Where no street is slower than .92, no other way saves a tenth; where some crawl, one does now and then."""
    steady = played(tiny, tiny_city, tiny_people, slow_at_random(0.92))
    tracks = steady.tables()["tracks"].to_pandas()
    assert len(tracks) > len(played(tiny, tiny_city, tiny_people).tables()["tracks"])  # they did look anew
    assert turns_of(steady) == 0
    assert turns_of(played(tiny, tiny_city, tiny_people, slow_at_random(0.1))) > 20


@pytest.mark.parametrize(("slower", "leaves"), [(1.05, False), (4.0, True), (np.inf, True)])
def test_another_way_must_save_a_tenth_and_half_a_minute(tiny, tiny_city, tiny_people, slower, leaves):
    world = played(tiny, tiny_city, tiny_people).world
    travel, hour = Travel(world), world.hour(world.engine.now)
    planned, seconds = world.router.path(0, tiny_city.drive.nodes - 1, hour)
    world.router.travel_time[hour, planned[1:]] *= slower
    world.router._kept.clear()
    best = world.router.path(0, tiny_city.drive.nodes - 1, hour)[1]
    saves = seconds * slower - best
    edges, took = travel._onward(0, tiny_city.drive.nodes - 1, planned, ())
    assert leaves == (saves > max(WORTH_S, WORTH_SHARE * seconds * slower) or not np.isfinite(slower))
    assert np.array_equal(edges, planned) != leaves
    assert np.isfinite(took).all()


def test_closing_nothing_changes_nothing(tiny, tiny_city, tiny_people):
    def nothing(world) -> None:
        world.roads.set("test", np.ones(world.city.drive.edges))

    calm, same = (played(tiny, tiny_city, tiny_people, disturb) for disturb in (None, nothing))
    assert same.tables()["tracks"].equals(calm.tables()["tracks"])
    assert "roads" not in same.tables()


def test_who_cannot_get_through_waits_until_the_street_opens(tiny, tiny_city, tiny_people):
    opens = 12 * 3600.0

    def close_all(world) -> None:
        world.roads.set("test", np.zeros(world.city.drive.edges))
        world.engine.at(opens, lambda: world.roads.set("test", np.ones(world.city.drive.edges)))

    simulation = played(tiny, tiny_city, tiny_people, close_all)
    tracks = simulation.tables()["tracks"].to_pandas()
    moved = tracks[tracks["edges"].map(len) > 0]
    assert len(moved) > 50
    assert moved["t_start"].min() >= opens


def test_two_owners_multiply_and_each_takes_back_its_own(tiny, tiny_city, tiny_people):
    def disturb(world) -> None:
        edges = world.city.drive.edges
        before = world.router.travel_time.copy()
        half, closed = np.full(edges, 0.5), np.ones(edges)
        closed[7] = 0.0
        world.roads.set("flood", half)
        world.roads.set("police", closed)
        assert world.roads.closed.tolist() == (closed == 0.0).tolist()
        assert np.isinf(world.router.travel_time[:, 7]).all()
        assert np.allclose(np.delete(world.router.travel_time, 7, 1), 2.0 * np.delete(before, 7, 1))
        world.roads.set("police", np.ones(edges))
        world.roads.set("flood", np.ones(edges))
        assert np.array_equal(world.router.travel_time, before)
        with pytest.raises(ValueError, match="between 0 and 2"):
            world.roads.set("flood", np.full(edges, 2.5))

    played(tiny, tiny_city, tiny_people, disturb)


def test_an_order_that_is_opened_is_served(tiny, tiny_city, tiny_people):
    opened = []

    def disturb(world) -> None:
        def collapse() -> None:
            cause = world.recorder.event(world.engine.now, "collapse")
            opened.append(world.open_order("medical", key=5, building=3, cause=cause))
            opened.append(world.open_order("medical", key=6, node=4, cause=cause))

        world.engine.at(world.window[0] + 3600.0, collapse)

    calm, hit = (played(tiny, tiny_city, tiny_people, one) for one in (None, disturb))
    orders = hit.tables()["orders"].to_pandas().iloc[opened]
    assert orders["t_close"].notna().all()
    assert orders["building"].tolist() == [3, -1]
    assert (orders["t_arrive"] > orders["t_report"]).all()
    events = hit.tables()["events"].to_pandas()
    onset = events[(events["kind"] == "onset") & events["order"].isin(opened)]
    assert set(events.set_index("event").loc[onset["cause"], "kind"]) == {"collapse"}
    # What was to happen anyway happens as before.
    assert hit.demand.id.tolist() == calm.demand.id.tolist()
    assert len(hit.world.incidents) == len(calm.world.incidents) + 2


def test_fields_log_what_has_changed(tiny_city):
    fields = Fields(tiny_city)
    raster = Raster(0.0, 0.0, 10.0, 3, 2)
    depth = fields.add(FieldKind("a.depth", Text("Depth", "水深"), "cell", "m", (0.1, 0.5), 0.01), raster)
    heat = fields.add(FieldKind("b.heat", Text("Heat", "热量"), "building", "MW", (1.0,), 0.1))
    assert (len(depth), len(heat)) == (6, len(tiny_city.buildings))
    depth[2] = 0.123
    fields.snapshot(0.0)
    depth[2], depth[5], heat[1] = 0.1234, 0.5, 2.0  # the first change is too small to tell
    fields.snapshot(300.0)
    told = fields.tables()
    assert told["field.a.depth"].to_pylist() == [
        {"time": 0.0, "index": 2, "value": pytest.approx(0.12)},
        {"time": 300.0, "index": 5, "value": pytest.approx(0.5)},
    ]
    assert told["field.b.heat"].num_rows == 1
    assert fields.described()["a.depth"]["raster"]["columns"] == 3
    with pytest.raises(ValueError, match="two writers"):
        fields.add(FieldKind("b.heat", Text("Heat", "热量"), "building", "MW", (1.0,), 0.1))
    with pytest.raises(ValueError, match="must be Points"):
        fields.add(FieldKind("c", Text("C", "丙"), "point", "m", (1.0,), 0.1), raster)
    points = fields.add(FieldKind("c", Text("C", "丙"), "point", "m", (1.0,), 0.1), Points(np.zeros(2), np.ones(2)))
    assert len(points) == 2


def test_a_place_of_a_field_has_a_cause_of_its_own_where_one_was_named(tiny_city):
    fields = Fields(tiny_city)
    fields.add(
        FieldKind("test.alight", Text("Alight", "着火"), "building", "class", (1.0,), 1.0, (Text("alight", "着火"),))
    )
    assert fields.cause("test.alight", 3) == -1
    fields.because("test.alight", 7, 3)
    fields.because("test.alight", 9, 4)
    assert [fields.cause("test.alight", place) for place in (3, 4, 5)] == [7, 9, 9]
    assert fields.cause("test.alight") == 9


def test_a_raster_knows_its_cells():
    raster = Raster(100.0, 50.0, 10.0, 4, 3)
    x, y = raster.centres()
    assert raster.cell_of(x, y).tolist() == list(range(12))
    assert raster.cell_of(np.array([99.9, 140.0, 120.0]), np.array([55.0, 55.0, 80.0])).tolist() == [-1, -1, -1]
