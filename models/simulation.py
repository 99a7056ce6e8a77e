"""One run put together: the world, its phases at every beat, and the tables it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import isnan

import numpy as np
import pyarrow as pa

from models import demand, dispatch, drills, hub, intake, missions, patrol, population, posting, stages, travel
from models.actors.base import Edict, Sight
from models.calendar import DAY, HOUR
from models.catalogue import IncidentKind
from models.command import Command, actor_kinds
from models.crews import AWAY, IDLE
from models.dispatch import Dispatcher
from models.hazards.base import Course, Hazard
from models.lines.base import Line, Rows
from models.matters import matter_of
from models.missions import Missions, Process
from models.orders import ARRIVE, CONTROL, DETECT, FEEDBACK, ONSET
from models.world import World
from sim.engine import Phase
from sim.kinds import Kind
from sim.recording import table_of
from sim.text import Text

#: Seconds between the points of time series.
SERIES_S = 300.0
#: Longest time after the window in which hazards go on, until streets are open and crews have them under control.
AFTERMATH_S = 12 * HOUR
DECISIONS = ("command.loss", "matter.which", "matter.urgent")
Progress = Callable[[float], None]


def all_decisions(kinds: dict[str, IncidentKind], hazards: dict[str, Hazard], lines: Iterable[Line] = ()) -> list[str]:
    """Return the name of every draw that a run may make."""
    names = [
        *population.DECISIONS,
        *dispatch.DECISIONS,
        *missions.DECISIONS,
        *travel.DECISIONS,
        *posting.DECISIONS,
        *hub.DECISIONS,
        *drills.DECISIONS,
        *patrol.DECISIONS,
        *intake.decisions(),
    ]
    names += [*stages.DECISIONS, *DECISIONS, *demand.decisions(kinds)]
    deciding: list[Kind | type[Kind]] = [*hazards.values(), *actor_kinds().values(), *lines]
    for kind in deciding:
        names += kind.decisions
    return names


def in_order(hazards: Mapping[str, Hazard]) -> list[str]:
    """Return the names of hazards so that a field is written before it is read.

    Where fields are read in a circle, one hazard sees what another wrote at the last beat.
    """
    writer = {field.name: name for name, hazard in hazards.items() for field in hazard.writes}
    left, done = sorted(hazards), list[str]()
    while left:
        needs = {
            name: {writer[field] for field in hazards[name].reads if field in writer} & set(left) - {name}
            for name in left
        }
        first = min(left, key=lambda name: len(needs[name]))  # of those that need each other, the one with least needs
        left.remove(first)
        done.append(first)
    return done


class Simulation:
    """A run: `execute` plays the window beat by beat and then lets what is open come to its end."""

    def __init__(
        self, world: World, hazards: dict[str, Hazard], seats: int, lines: Mapping[str, Line] | None = None
    ) -> None:
        self.world = world
        self.demand = world.incidents  #: before any hazard opened an order
        self.hazards = hazards
        self.lines = lines or {}
        self.courses = {name: hazards[name].start(world) for name in in_order(hazards)}
        self._done: dict[str, Rows] = {}
        ways = travel.Travel(world)
        self.dispatcher = Dispatcher(world, ways)
        self.missions = Missions(world, self.dispatcher, ways, self.courses, seats)
        world.serve = self.missions.start
        self.patrol = patrol.build_patrol(world.city, len(world.orders))
        self.command = Command(world.city.areas, world.rules.parameters, world.rules.stream)
        self._posting = posting.Posting(world, ways)
        self._street = world.city.areas.ancestor("street")
        in_window = self._in_window
        for phase in (self._step_hazards, in_window(self._patrol_beat), self._command_beat,
                      in_window(self._posting.step), self._desk_beat):  # fmt: skip
            world.engine.add_phase(phase)

    def execute(self, end: float, drain_days: float, progress: Progress | None = None) -> None:
        """Play the city until `end` (s), then up to `drain_days` in which nothing new happens."""
        world = self.world
        self._done = {name: line.begin(world) for name, line in self.lines.items()}
        happens = intake.happening(world.rules, world.incidents)
        world.orders.filed &= happens
        for order in np.flatnonzero(happens).tolist():
            onset = float(world.orders.stamps[order, ONSET])
            world.engine.at(onset, partial(self._onset, order))
        drills.plan(world, self.dispatcher)
        world.engine.run(end, progress)
        self._play_out(min(AFTERMATH_S, drain_days * DAY))
        world.fields.snapshot(world.engine.now)
        world.engine.drain(end + drain_days * DAY)
        self.missions.end_unserved()

    def _in_window(self, phase: Phase) -> Phase:
        """Return a phase that nobody needs any more once the window has ended."""
        return lambda now, beat: phase(now, beat) if now < self.world.window[1] else None

    def _play_out(self, most: float) -> None:
        """Let hazards go on after the window, up to `most` s, while they keep streets closed or crews at work."""
        world = self.world
        end, beat = world.engine.now, world.engine.beat
        while (left := self._going()) and world.engine.now + beat <= end + most:
            world.engine.run(world.engine.now + beat)
        hours = (world.engine.now - end) / HOUR
        for name in left:
            world.warn(name, Text(f"It was not over {hours:.3g} h after the end of the run: what was closed or out of control stayed so.",
                                  f"运行结束 {hours:.3g} 小时后仍未平息：封闭的道路与失控的险情保持原状。"))  # fmt: skip

    def _going(self) -> list[str]:
        """Return the hazards that step and still close a street, or hold an order that is not under control."""
        world = self.world
        stepping = {name for name, course in self.courses.items() if type(course).step is not Course.step}
        closing = stepping & set(world.roads.closers())
        alive = world.orders.filed & np.isnan(world.orders.stamps[:, CONTROL])
        kinds = [world.incidents.kinds[kind] for kind in np.unique(world.incidents.kind[alive]).tolist()]
        hazards = {world.rules.kinds[kind].hazard for kind in kinds}
        return sorted(name for name in stepping if name in closing or name in hazards)

    def tables(self) -> dict[str, pa.Table]:
        """Return the log of the run."""
        world = self.world
        tables = world.recorder.tables()
        number = world.orders.numbers()
        for name in ("events", "tracks"):
            tables[name] = _renumbered(tables[name], number)
        return {
            "orders": world.orders.table(world.city),
            "crews": world.crews.table(world.city),
            **tables,
            **{name: table_of(self.lines[name].table, rows()) for name, rows in self._done.items()},
            **self._hazard_tables(),
        }

    def _hazard_tables(self) -> dict[str, pa.Table]:
        """Return the tables of hazards that act on the city: none where there are but single incidents."""
        world = self.world
        roads = world.roads.table()
        own = [(name, kind.table) for name, kind in self.hazards.items() if kind.table is not None]
        return {
            **({"roads": roads} if len(roads) else {}),
            **world.fields.tables(),
            **{name: table_of(table, self.courses[name].rows()) for name, table in own},
        }

    def _onset(self, order: int) -> None:
        world = self.world
        kind = world.rules.kinds[world.orders.kind(order)]
        limit_h = kind.limit_h
        if kind.line == "patrol":
            draws = (
                world.rules.stream.uniform(name, world.incident(order)) for name in ("matter.which", "matter.urgent")
            )
            world.orders.matter[order], limit_h = matter_of(world.rules.matters, *draws)
        if limit_h > 0:
            world.orders.limit[order] = limit_h * HOUR
        if kind.line == "patrol":
            self._lie_open(order)
        else:
            self.missions.start(order)

    def _lie_open(self, order: int) -> None:
        """Let an event lie in the street until a patrol finds it or somebody reports it."""
        world = self.world
        patrol.put(self.patrol, int(world.incidents.walk_node[order]), order)
        wait, channel = intake.first_report(world.rules_of(order), world.incident(order))
        world.engine.at(world.engine.now + wait, lambda: self._reported(order, channel))

    def _reported(self, order: int, channel: str) -> None:
        if patrol.take(self.patrol, int(self.world.incidents.walk_node[order]), order):
            self.missions.file(order, channel)

    def _step_hazards(self, now: float, beat: float) -> None:
        for course in self.courses.values():
            course.step(now, beat)
        if now % SERIES_S == 0.0:
            self.world.fields.snapshot(now)

    def _patrol_beat(self, now: float, beat: float) -> None:
        world = self.world
        if not patrol.on_shift(now / HOUR % 24):
            return
        shift = (patrol.SHIFT[1] - patrol.SHIFT[0]) * HOUR
        rounds = world.rules["patrol.rounds_per_day"] * beat / shift
        found = patrol.walk_beat(
            self.patrol, world.incidents.id, world.rules.stream, rounds, world.rules["patrol.p_see"]
        )
        if not found:
            return
        worker_of = {int(self.patrol.grid[worker]): worker for worker, _ in found}
        shown = [Sight(int(self.patrol.grid[worker]), order, world.incident(order)) for worker, order in found]
        for edict in self.command.decide("finding", shown):
            self._obey_worker(edict, worker_of[edict.place])

    def _obey_worker(self, edict: Edict, worker: int) -> None:
        world, order = self.world, edict.order
        patrol.take(self.patrol, int(world.incidents.walk_node[order]), order)
        world.orders.found_by(order, "patrol")
        self.patrol.state[worker] = patrol.OCCUPIED
        if edict.what == "solve":
            world.engine.process(self._solve(order, worker))
            return
        self.missions.file(order, "patrol")
        busy = world.rules_of(order)["grid.report_min"] * 60.0
        world.engine.at(world.engine.now + busy, lambda: self._walk_on(worker))

    def _solve(self, order: int, worker: int) -> Process:
        """Let a grid worker solve what was found, on the spot."""
        world, incident = self.world, self.world.incident(order)
        for stage in range(DETECT, ARRIVE + 1):
            cause = world.reach(order, stage, "solved_at_grid" if stage == ARRIVE else "found")
        kind = world.rules.kinds[world.orders.kind(order)]
        yield world.engine.env.timeout(world.rules.draw(kind.self_work, "patrol.self_work", incident))
        world.reach(order, CONTROL, "control", cause=cause)
        self._walk_on(worker)
        yield from self.missions.routine(order, CONTROL)

    def _walk_on(self, worker: int) -> None:
        self.patrol.state[worker] = patrol.WALKING

    def _command_beat(self, now: float, beat: float) -> None:
        world = self.world
        burning = np.flatnonzero(world.orders.heat > 0)
        fires = [
            Sight(
                int(self._street[world.incidents.grid[order]]),
                order,
                world.incident(order),
                float(world.orders.heat[order]),
            )
            for order in burning.tolist()
            if not isnan(world.orders.stamps[order, ARRIVE])
        ]
        if fires:
            for edict in self.command.decide("fire", fires):
                self._relay(edict)

    def _relay(self, edict: Edict) -> None:
        """Pass a request for reinforcement up the levels, or to all at once; a lost relay costs its time again."""
        world, rules = self.world, self.world.rules_of(edict.order)
        incident = world.incident(edict.order)
        cause = world.recorder.event(world.engine.now, "asks_reinforcement", order=edict.order)
        level, relays = rules["command.level_min"] * 60.0, rules["command.levels"]
        if hub.fails(rules, incident, world.engine.now):
            cause = world.tell(edict.order, "hub_down", cause=cause)
            level *= rules["hub.fallback"]
        elif hub.serves(rules, incident):
            relays = 1.0
        lost = sum(
            rules.stream.chance(rules["command.p_loss"], "command.loss", incident, i) for i in range(round(relays))
        )
        wait = level * (relays + lost)
        world.orders.relay[edict.order] = wait
        arrive = world.engine.now + wait
        world.engine.at(arrive, lambda: self.missions.reinforce(edict.order, 2, cause))

    def _desk_beat(self, now: float, beat: float) -> None:
        self.dispatcher.match_all()
        if now % SERIES_S == 0.0 and now < self.world.window[1]:
            self._measure(now)

    def _measure(self, now: float) -> None:
        world = self.world
        started = world.orders.stamps[:, ONSET] <= now
        open_now = started & world.orders.filed & np.isnan(world.orders.stamps[:, FEEDBACK])
        counts = np.bincount(world.incidents.kind[open_now], minlength=len(world.incidents.kinds))
        for kind, count in zip(world.incidents.kinds, counts, strict=True):
            world.recorder.value(now, f"orders_open.{kind}", float(count))
        at_work = (world.crews.state != IDLE) & (world.crews.state != AWAY)
        busy = np.bincount(world.crews.kind[at_work], minlength=len(world.crews.kinds))
        for kind, count in zip(world.crews.kinds, busy, strict=True):
            world.recorder.value(now, f"crews_busy.{kind}", float(count))


def _renumbered(table: pa.Table, number: np.ndarray) -> pa.Table:
    """Name orders by their row in the table of orders instead of by incident."""
    old = table["order"].to_numpy()
    new = np.append(number, -1)[old]  # what belongs to no order has -1, also where there is no order at all
    index = table.schema.get_field_index("order")
    return table.set_column(index, table.schema.field(index), pa.array(new, type=pa.int32()))
