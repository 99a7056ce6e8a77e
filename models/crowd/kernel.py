"""One step of people on foot: walk within pieces, queue at their ends, pass on where there is room.

Within a piece everybody walks at their own speed, slowed by its density (Weidmann), but never by more than at the
density at which most pass. What is denser shows in how few the piece lets in (its supply), so that the flow between
pieces is the smaller of demand and supply: a kinematic wave by Godunov's scheme (Lebacque 1996; Daganzo 1995,
doi:10.1016/0191-2615(94)00022-R), carried by individuals. Times within a step are kept, so that results hardly depend
on its length.
"""

from __future__ import annotations

import numba
import numpy as np

from models.crowd.diagram import BEST, PACKED, admitted, opposed, slowing
from models.crowd.ground import Cells, Passages
from models.crowd.state import GONE, STAYS, WAITS, WALKS, Counts, People, Queues, Ways

NEARLY = 0.95  #: of the density of a full piece, from which on people press into it (assumption)
SQUEEZED = 1.25  #: of the density up to which people press on, that pressure makes at most (assumption; Itaewon: 10.7)
LOOK = 3.0  #: persons a m² from which on nobody stops for a while, where they had meant to (assumption)


@numba.njit(cache=True, error_model="numpy")
def line_up(people: People, queues: Queues, who: int, passage: int) -> None:
    """Put a person at the end of the queue of a passage."""
    people.behind[who] = -1
    if queues.front[passage] < 0:
        queues.front[passage] = who
    else:
        people.behind[queues.back[passage]] = who
    queues.back[passage] = who
    queues.length[passage] += 1


@numba.njit(cache=True, error_model="numpy")
def slow_down(cells: Cells, queues: Queues) -> None:
    """Set the density of every piece, and the share of the free speed in it."""
    for c in range(len(cells.length)):
        persons = queues.inside[c]
        if cells.twin[c] >= 0:
            persons += queues.inside[cells.twin[c]]
        queues.density[c] = persons / cells.area[c]
        queues.factor[c] = cells.pace[c] * slowing(min(queues.density[c], BEST))


@numba.njit(cache=True, error_model="numpy")
def choose(passage: Passages, queues: Queues, ways: Ways, goal: int, c: int) -> int:
    """Return the passage out of a piece by which the goal is nearest with the queues that people see, -1 for none.

    Only those count that lead nearer as of the last look, so that nobody walks in circles.
    """
    best, least = -1, np.inf
    for k in range(passage.first_out[c], passage.first_out[c + 1]):
        p = passage.out[k]
        h = passage.head[p]
        if ways.rate[p] <= 0.0 or not ways.far[goal, h] < ways.far[goal, c]:
            continue
        cost = (queues.length[p] + 1) / ways.rate[p] + ways.walk[h] + ways.far[goal, h]
        if cost < least:
            best, least = p, cost
    return best


@numba.njit(cache=True, error_model="numpy")
def walk(people: People, cells: Cells, passage: Passages, queues: Queues, ways: Ways, now: float, dt: float) -> None:
    """Let everybody inside walk for `dt`; who comes to the end of a piece lines up, and waits there if nothing leads on."""
    for i in range(len(people.state)):
        if people.state[i] == WALKS:
            pace = people.speed[i] * queues.factor[people.cell[i]]
            stuck = people.left[i] == 0.0
            people.left[i] -= pace * dt
            if people.left[i] > 0.0:
                continue
            p = choose(passage, queues, ways, people.plan[i, people.stop[i]], people.cell[i])
            if p < 0:
                people.ready[i] = people.ready[i] if stuck else now + dt
                people.left[i] = 0.0
                continue
            if passage.head[p] == cells.twin[people.cell[i]]:
                turn(people, cells, queues, ways, i, now + dt)
                continue
            people.ready[i] = now + dt if stuck else now + dt + people.left[i] / max(pace, 1e-9)
            people.state[i] = WAITS
            people.way[i] = p
            line_up(people, queues, i, p)
        elif people.state[i] == STAYS and people.ready[i] <= now + dt:
            go_on(people, cells, queues, ways, i, now + dt)


@numba.njit(cache=True, error_model="numpy")
def arrive(people: People, queues: Queues, i: int, time: float) -> None:
    """Let a person stay at the goal that they have come to, unless it is too dense to stop for a while."""
    stay = people.stay[i, people.stop[i]]
    people.state[i] = STAYS
    people.ready[i] = time + (stay if queues.density[people.cell[i]] < LOOK or np.isinf(stay) else 0.0)
    people.came[i] = time


@numba.njit(cache=True, error_model="numpy")
def turn(people: People, cells: Cells, queues: Queues, ways: Ways, i: int, time: float) -> None:
    """Let a person at the end of a piece turn round and walk back: nobody else has to make room for that."""
    c = cells.twin[people.cell[i]]
    queues.inside[people.cell[i]] -= 1
    queues.inside[c] += 1
    people.cell[i] = c
    people.way[i] = -1
    people.left[i] = cells.length[c]
    people.state[i] = WALKS
    if ways.goals[people.plan[i, people.stop[i]]] == c:
        arrive(people, queues, i, time)


@numba.njit(cache=True, error_model="numpy")
def go_on(people: People, cells: Cells, queues: Queues, ways: Ways, i: int, until: float) -> None:
    """Send a person whose stay has ended to the next goal, or away; who walks is told of at `until`."""
    time = people.ready[i]
    people.stop[i] += 1
    stop = people.stop[i]
    if stop >= people.plan.shape[1] or people.plan[i, stop] < 0:
        people.state[i] = GONE
        queues.inside[people.cell[i]] -= 1
        people.cell[i] = -1
        return
    if ways.goals[people.plan[i, stop]] == people.cell[i]:  # the goal is where they are
        arrive(people, queues, i, time)
        return
    people.state[i] = WALKS
    people.left[i] = people.first[i] if stop == 0 and people.first[i] >= 0.0 else cells.length[people.cell[i]]
    people.left[i] -= people.speed[i] * queues.factor[people.cell[i]] * (until - time)


@numba.njit(cache=True, error_model="numpy")
def enter(people: People, cells: Cells, queues: Queues, ways: Ways, passage: Passages, p: int, time: float) -> int:
    """Let the first in the queue of passage `p` pass at `time`; return who it is."""
    i = queues.front[p]
    queues.front[p] = people.behind[i]
    if queues.front[p] < 0:
        queues.back[p] = -1
    queues.length[p] -= 1
    queues.passed[p] = time
    queues.through[p] += 1
    c = passage.head[p]
    if people.cell[i] >= 0:
        queues.inside[people.cell[i]] -= 1
        people.left[i] = cells.length[c]
    else:
        people.left[i] = min(people.first[i], cells.length[c]) if people.first[i] >= 0.0 else cells.length[c]
    queues.inside[c] += 1
    queues.entered[c] = time
    people.cell[i] = c
    people.way[i] = -1
    if ways.goals[people.plan[i, people.stop[i]]] == c:
        arrive(people, queues, i, time)
    else:
        people.state[i] = WALKS
    return i


@numba.njit(cache=True, error_model="numpy")
def wanted(passage: Passages, queues: Queues, c: int) -> int:
    """Return how many wait to enter a piece by passages that are open."""
    total = 0
    for p in range(passage.first_in[c], passage.first_in[c + 1]):
        if passage.capacity[p] > 0.0:
            total += queues.length[p]
    return total


@numba.njit(cache=True, error_model="numpy")
def earliest(people: People, cells: Cells, passage: Passages, queues: Queues, c: int) -> tuple[int, float]:
    """Return the passage into a piece whose first may pass first, and when; of equal ones the lower number."""
    best, at = -1, np.inf
    for p in range(passage.first_in[c], passage.first_in[c + 1]):
        if queues.front[p] < 0 or passage.capacity[p] <= 0.0:
            continue
        takes = 1.0 / passage.capacity[p]
        time = max(people.ready[queues.front[p]], queues.passed[p] + (0.0 if passage.takes[p] else takes))
        if passage.takes[p]:
            time += takes
        tail = passage.tail[p]
        if tail >= 0:  # no more leave a piece than pass through it at best
            time = max(time, queues.passed[p] + 1.0 / (cells.most[tail] * cells.width[tail]))
        if time < at:
            best, at = p, time
    return best, at


@numba.njit(cache=True, error_model="numpy")
def admit(cells: Cells, before: Counts, waiting: Counts, c: int) -> tuple[float, float]:
    """Return for how many a piece has room, and the seconds between two who enter, infinite where nobody may.

    before, waiting : [cells] persons inside and persons who want to enter, at the beginning of the step. Streams that
    meet share room and flow by how many they are, but each keeps up to half of the room as a lane of its own.
    """
    twin = cells.twin[c]
    others = before[twin] if twin >= 0 else 0
    rival = waiting[twin] if twin >= 0 else 0
    persons = before[c] + others
    room = cells.hold[c] - persons
    if rival > 0:
        room = max(np.floor(room / 2.0), room - rival)
    if rival + others > 0:
        share = min(0.5, (rival + others) / (rival + persons + waiting[c]))
        room = min(room, np.floor(cells.hold[c] * (1.0 - share)) - before[c])
    against = others / persons if persons > 0 else 0.0
    supply = min(admitted(persons / cells.area[c], cells.packed[c]), cells.most[c]) * cells.width[c]
    supply *= opposed(against) * waiting[c] / (waiting[c] + rival)
    return room, 1.0 / supply if supply > 0.0 else np.inf


@numba.njit(cache=True, error_model="numpy")
def pass_on(people: People, cells: Cells, passage: Passages, queues: Queues, ways: Ways, until: float) -> None:
    """Let people pass into pieces with room, the earliest first, up to `until`; rooms are those of the beginning."""
    before = queues.inside.copy()
    waiting = np.zeros(len(cells.length), dtype=np.int64)
    for c in range(len(waiting)):
        waiting[c] = wanted(passage, queues, c)
    for c in range(len(waiting)):
        if waiting[c] == 0:
            continue
        room, gap = admit(cells, before, waiting, c)
        while True:
            p, time = earliest(people, cells, passage, queues, c)
            if p < 0:
                break
            time = max(time, queues.entered[c] + gap)
            if room < 1.0 or gap == np.inf:
                p = pressed(cells, passage, queues, before, c)
                time = queues.entered[c] + gap
                if p < 0 or time > until:
                    hold_back(people, passage, queues, c, until)
                    break
                time = max(time, people.ready[queues.front[p]])
            if time > until:
                break
            i = enter(people, cells, queues, ways, passage, p, time)
            room -= 1.0
            if people.state[i] == WALKS:
                people.left[i] -= people.speed[i] * queues.factor[c] * (until - time)
    shut(people, passage, queues, until)


@numba.njit(cache=True, error_model="numpy")
def pressed(cells: Cells, passage: Passages, queues: Queues, before: Counts, c: int) -> int:
    """Return the passage whose people are pressed into a full piece from one at least as dense, -1 for none.

    So a crowd in which everybody stands in the way of others creeps on instead of standing for ever, as long as people
    press on at all, and nowhere is denser than SQUEEZED times the `packed` density.
    """
    if cells.packed[c] <= PACKED:
        return -1
    here = crowding(cells, before, c)
    if here >= SQUEEZED * cells.packed[c]:
        return -1
    best, longest = -1, 0
    for p in range(passage.first_in[c], passage.first_in[c + 1]):
        tail = passage.tail[p]
        if tail < 0 or passage.capacity[p] <= 0.0 or queues.length[p] <= longest:
            continue
        if crowding(cells, before, tail) >= NEARLY * here:
            best, longest = p, queues.length[p]
    return best


@numba.njit(cache=True, error_model="numpy")
def crowding(cells: Cells, before: Counts, c: int) -> float:
    """Return the density of a piece by the persons inside `before`, both ways together."""
    persons = before[c]
    if cells.twin[c] >= 0:
        persons += before[cells.twin[c]]
    return persons / cells.area[c]


@numba.njit(cache=True, error_model="numpy")
def hold_back(people: People, passage: Passages, queues: Queues, c: int, until: float) -> None:
    """Let nobody who waits to enter a full piece pass before `until`."""
    for p in range(passage.first_in[c], passage.first_in[c + 1]):
        if queues.front[p] >= 0:
            people.ready[queues.front[p]] = max(people.ready[queues.front[p]], until)


@numba.njit(cache=True, error_model="numpy")
def shut(people: People, passage: Passages, queues: Queues, until: float) -> None:
    """Let nobody pass before `until` where a passage is shut."""
    for p in range(len(passage.capacity)):
        if passage.capacity[p] <= 0.0 and queues.front[p] >= 0:
            people.ready[queues.front[p]] = max(people.ready[queues.front[p]], until)


@numba.njit(cache=True, error_model="numpy")
def set_out(people: People, queues: Queues, after: int, until: float) -> int:
    """Line up those who set out before `until`, from number `after` on; return the number of the next one."""
    i = after
    while i < len(people.start) and people.start[i] < until:
        if people.entry[i] < 0:
            i += 1
            continue
        people.state[i] = WAITS
        people.ready[i] = people.start[i]
        people.way[i] = people.entry[i]
        line_up(people, queues, i, people.entry[i])
        i += 1
    return i


@numba.njit(cache=True, error_model="numpy")
def give_up(people: People, since: float) -> None:
    """Let those who have waited since before `since` make for their last goal; who has not come in yet turns back."""
    for i in range(len(people.state)):
        if people.state[i] == WAITS and people.cell[i] < 0 and people.start[i] < since:
            people.state[i] = GONE
        waits = people.state[i] == WAITS or (people.state[i] == WALKS and people.left[i] == 0.0)
        if waits and people.cell[i] >= 0 and people.ready[i] < since:
            last = people.plan.shape[1] - 1
            while last > people.stop[i] and people.plan[i, last] < 0:
                last -= 1
            people.stop[i] = max(people.stop[i], last)


@numba.njit(cache=True, error_model="numpy")
def turn_round(
    people: People, cells: Cells, passage: Passages, queues: Queues, ways: Ways, order: Counts, now: float
) -> None:
    """Let those who wait inside choose their way anew; all who wait line up again, in the given `order`."""
    for p in range(len(queues.front)):
        queues.front[p] = queues.back[p] = -1
        queues.length[p] = 0
    for i in order:
        if people.cell[i] >= 0:
            people.way[i] = choose(passage, queues, ways, people.plan[i, people.stop[i]], people.cell[i])
        if people.way[i] >= 0 and people.cell[i] >= 0 and passage.head[people.way[i]] == cells.twin[people.cell[i]]:
            turn(people, cells, queues, ways, i, now)
        elif people.way[i] >= 0:
            line_up(people, queues, i, people.way[i])
        else:
            people.state[i] = WALKS
            people.left[i] = 0.0
