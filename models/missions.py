"""What happens to each order in continuous time: SimPy processes for calls, tickets and crews' missions."""

from __future__ import annotations

from collections.abc import Generator
from math import isnan
from typing import Any

import numpy as np
import simpy

from models import intake
from models.dispatch import Dispatcher
from models.hazards.base import Course
from models.orders import (
    ACCEPT,
    ACK,
    ARRIVE,
    CLOSE,
    CONTROL,
    DETECT,
    FEEDBACK,
    FILE,
    REPORT,
    ROUTE,
    STAGES,
    VERIFY,
)  # fmt: skip
from models.stages import TRANSITIONS
from models.travel import Travel
from models.world import World

DECISIONS = (
    "call.detect", "call.decision", "call.feedback",
    "hotline.talk", "hotline.ticket",
    "mission.missing_role", "mission.turnout", "mission.work", "mission.transport", "mission.handover",
)  # fmt: skip
Process = Generator[simpy.Event, Any, Any]
FORGOTTEN_S = 360.0  #: until somebody notices that a role was not alerted (assumption)


class Missions:
    """Runs every order from its onset, and every crew from its order to its station."""

    def __init__(
        self, world: World, dispatcher: Dispatcher, travel: Travel, courses: dict[str, Course], seats: int
    ) -> None:
        self._world = world
        self._dispatcher = dispatcher
        self._courses = courses
        self._travel = travel
        self._seats = simpy.Resource(world.engine.env, capacity=seats)
        self._community = world.city.areas.ancestor("community")
        self._released: dict[int, int] = {}  #: the event with which each crew last came free
        self._first: dict[
            tuple[str, int], list[tuple[int, int]]
        ] = {}  #: tickets that told of something, with the event

    def start(self, order: int) -> None:
        """Begin the life of an order at its onset; patrol events wait to be found."""
        line = self._world.rules.kinds[self._world.orders.kind(order)].line
        if line == "emergency":
            self._world.engine.process(self._emergency(order))
        elif line == "hotline":
            self._world.engine.process(self._hotline(order))

    def file(self, order: int, channel: str) -> None:
        """Take up an order that was found by `channel`, and let it run its stages."""
        world = self._world
        world.orders.found_by(order, channel)
        for stage in (DETECT, REPORT, ACCEPT):
            if isnan(world.orders.stamps[order, stage]):
                world.reach(order, stage, STAGES[stage])
        world.engine.process(self.routine(order))

    def routine(self, order: int, stage: int = ACCEPT) -> Process:
        """Run an order on from `stage` through its stages until it is closed."""
        world, rules = self._world, self._world.rules_of(order)
        cause = -1
        while stage != CLOSE:
            step = TRANSITIONS[stage](world.orders, order, world.engine.now, rules)
            for time, name in step.meanwhile:
                yield world.engine.env.timeout(max(0.0, time - world.engine.now))
                cause = world.tell(order, name, cause=cause)
            yield world.engine.env.timeout(max(0.0, step.time - world.engine.now))
            if not step.stamped:
                cause = world.tell(order, step.name, cause=cause)
                stage = step.stage
                continue
            cause = world.reach(order, step.stage, step.name or STAGES[step.stage], cause=cause)
            if step.stage == CONTROL and not world.orders.stamps[order, ARRIVE] >= world.orders.stamps[order, ACK]:
                world.orders.stamp(order, ARRIVE, world.orders.stamps[order, ACK])
            stage = step.stage

    def _hotline(self, order: int) -> Process:
        """Take a request at the hotline: wait for a seat, talk; some become orders, the rest are answered."""
        world, incident = self._world, self._world.incident(order)
        kind = world.rules.kinds[world.orders.kind(order)]
        called = world.engine.now
        with self._seats.request() as seat:
            yield seat
            world.recorder.value(world.engine.now, "hotline_wait_s", world.engine.now - called)
            talk = world.rules.draw(kind.talk, "hotline.talk", incident)
            if world.rules.stream.chance(kind.ticket_share, "hotline.ticket", incident):
                world.orders.stamps[order, [DETECT, REPORT]] = called
                told = world.reach(order, ACCEPT, STAGES[ACCEPT])
                yield world.engine.env.timeout(talk)
                self._file_unless_known(order, told, kind.duplicate_share)
                return
            world.orders.filed[order] = False
            yield world.engine.env.timeout(talk)

    def _file_unless_known(self, order: int, told: int, share: float) -> None:
        """File a ticket; one that repeats another is closed against it, or goes its own way if nobody notices."""
        world, incident = self._world, self._world.incident(order)
        place = world.orders.kind(order), int(self._community[world.incidents.grid[order]])
        if not intake.is_duplicate(world.rules_of(order), share, incident):
            self._first.setdefault(place, []).append((order, told))
            self.file(order, "hotline")
            return
        first, cause = self._repeated(place)
        world.orders.duplicate[order] = True
        world.orders.repeats[order] = world.incident(first) if first >= 0 else -1
        if intake.is_merged(world.rules_of(order), incident):
            world.orders.filed[order] = False
            world.tell(first if first >= 0 else order, "merged", cause=cause)
            return
        self.file(order, "hotline")

    def _repeated(self, place: tuple[str, int]) -> tuple[int, int]:
        """Return the last ticket of a community that is still open and repeats no other, and the event of its call.

        Both are -1 where there is none: what is repeated was told before the window, or elsewhere.
        """
        known = self._first.get(place, [])
        known[:] = [(order, told) for order, told in known if isnan(self._world.orders.stamps[order, CLOSE])]
        return known[-1] if known else (-1, -1)

    def _emergency(self, order: int) -> Process:
        """Take an emergency call: noticed, reported, taken, decided, and crews asked for."""
        world, incident = self._world, self._world.incident(order)
        rules, env = world.rules_of(order), world.engine.env
        kind = rules.kinds[world.orders.kind(order)]
        world.orders.found_by(order, "call")
        yield env.timeout(rules.draw(kind.detect, "call.detect", incident))
        for stage in (DETECT, REPORT):
            world.reach(order, stage, STAGES[stage])
        taker = None if world.takers is None else world.takers.request()
        if taker is not None:
            yield taker
        cause = world.reach(order, ACCEPT, STAGES[ACCEPT])
        if kind.hazard is not None:
            self._courses[kind.hazard].called(order)
        yield env.timeout(intake.interview_s(rules, incident))
        if taker is not None:
            taker.resource.release(taker)
        cause = world.reach(order, FILE, STAGES[FILE], cause=cause)
        decision = rules.stream.lognormal(rules["command.decision_s"], 0.5, "call.decision", incident)
        yield env.timeout(decision)
        cause = world.reach(order, ROUTE, STAGES[ROUTE], cause=cause)
        done = [env.process(self._mission(order, rank, kind.crews_needed, cause))
                for rank in range(1, kind.crews_needed + 1)]  # fmt: skip
        yield env.all_of(done)
        yield from self._finish(order)

    def reinforce(self, order: int, crews: int, cause: int) -> None:
        """Send `crews` more to an order: an edict of command."""
        kind = self._world.rules.kinds[self._world.orders.kind(order)]
        expected = kind.crews_needed + crews
        for rank in range(kind.crews_needed + 1, expected + 1):
            self._world.engine.process(self._mission(order, rank, expected, cause))

    def _finish(self, order: int) -> Process:
        """Feed back, verify and close an emergency: the case is looked at by the desk."""
        world, incident = self._world, self._world.incident(order)
        hazard = world.rules.kinds[world.orders.kind(order)].hazard
        if hazard is not None:
            self._courses[hazard].ended(order)
        cause = world.reach(order, FEEDBACK, STAGES[FEEDBACK])
        wait = world.rules.stream.lognormal(600.0, 0.6, "call.feedback", incident)
        yield world.engine.env.timeout(wait)
        cause = world.reach(order, VERIFY, STAGES[VERIFY], cause=cause)
        world.reach(order, CLOSE, STAGES[CLOSE], cause=cause)

    def end_unserved(self) -> None:
        """Let the hazards that nobody came to end too, so that whoever is not reached counts."""
        world = self._world
        for order in np.flatnonzero(np.isnan(world.orders.stamps[:, FEEDBACK])).tolist():
            hazard = world.rules.kinds[world.orders.kind(order)].hazard
            if hazard is not None:
                self._courses[hazard].ended(order)

    def _mission(self, order: int, rank: int, expected: int, cause: int) -> Process:
        """One crew: granted, out, on the way, at work, at the hospital, back."""
        world, rules, env = self._world, self._world.rules_of(order), self._world.engine.env
        kind = rules.kinds[world.orders.kind(order)]
        if rank > 1 and rules.stream.chance(rules["playbook.p_missing_role"], "mission.missing_role",
                                            world.incident(order), rank):  # fmt: skip
            yield env.timeout(FORGOTTEN_S)
        asked = world.engine.now
        crew = yield self._dispatcher.request(order, str(kind.crew), rank)
        if world.engine.now > asked:
            world.tell(order, "granted", crew=crew, cause=self._released.get(crew, -1))
        if rank == 1:
            world.orders.crew[order] = crew
            cause = world.reach(order, ACK, STAGES[ACK], crew=crew, cause=cause)
        luck = world.incident(order)
        turnout = rules.stream.lognormal(rules["crew.turnout_s"], 0.4, "mission.turnout", luck, rank)
        yield env.timeout(self._travel.recall(crew))
        yield env.timeout(turnout)
        node = int(world.incidents.node[order])
        yield from self._travel.go(crew, node, order, "to_scene")
        world.orders.present[order] += 1
        if isnan(world.orders.stamps[order, ARRIVE]):
            cause = world.reach(order, ARRIVE, STAGES[ARRIVE], crew=crew, cause=cause)
        yield from self._work(order, crew, rank, expected)
        self._travel.send_home(crew)
        self._released[crew] = world.tell(order, "released", crew=crew)
        self._dispatcher.release(crew)

    def _work(self, order: int, crew: int, rank: int, expected: int) -> Process:
        """Control, work on the scene and, for some, the way to hospital and the handover there."""
        world, rules, env = self._world, self._world.rules_of(order), self._world.engine.env
        kind, luck = rules.kinds[world.orders.kind(order)], self._world.incident(order)
        if kind.hazard is not None:
            yield from self._fight(order, expected, kind.hazard)
        yield env.timeout(rules.draw(kind.on_scene, "mission.work", luck, rank))
        if isnan(world.orders.stamps[order, CONTROL]):
            world.reach(order, CONTROL, STAGES[CONTROL], crew=crew)
        if rules.stream.chance(kind.transport_share, "mission.transport", luck):
            hospital = self._travel.nearest_hospital(int(world.incidents.node[order]))
            yield from self._travel.go(crew, hospital, order, "to_hospital")
            ramp = 0.0 if kind.hazard is None else self._courses[kind.hazard].ramp(order)
            yield env.timeout(rules.draw(kind.handover, "mission.handover", luck) + ramp)

    def _fight(self, order: int, expected: int, hazard: str) -> Process:
        """Wait on the scene until the hazard is under control, or has ended by itself."""
        world, course = self._world, self._courses[hazard]
        if course.arrival(order, int(world.orders.present[order]), expected):
            return
        limit = world.engine.now + course.lasts_s
        while isnan(world.orders.stamps[order, CONTROL]):
            if world.engine.now >= limit:
                world.reach(order, CONTROL, "burnt_out")
                return
            yield world.engine.env.timeout(30.0)
