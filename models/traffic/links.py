"""Kernels of the link transmission model: one loop over links each; what they mean stands in `queues`."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from models.traffic.network import Floats, Ints


@numba.njit(cache=True, error_model="numpy", inline="always")
def count_at(counts: Floats, link: int, step: float) -> float:
    """Return a cumulative count at a fractional number of the step, from the ring of its last steps."""
    ring = counts.shape[1]
    whole = int(np.floor(step))
    part = step - whole
    early = counts[link, whole % ring]
    if part <= 1e-12:
        return early
    return early + part * (counts[link, (whole + 1) % ring] - early)


@numba.njit(cache=True, error_model="numpy")
def send_and_receive(
    up: Floats, down: Floats, lag: Floats, room: Floats, most: Floats, now: int
) -> tuple[Floats, Floats]:
    """Return what each link can send and receive in the step from `now` on, vehicles, float64 [links].

    up, down : counts at both ends, float64 [links, ring];  lag : steps that a vehicle and a wave need, float64
    [links, 2];  room : vehicles that fit, [links];  most : that leave and enter in a step, [links, 2].
    """
    ring = up.shape[1]
    sending, receiving = np.empty(len(room)), np.empty(len(room))
    for i in range(len(room)):
        here_up, here_down = up[i, now % ring], down[i, now % ring]
        sending[i] = max(0.0, min(count_at(up, i, now + 1 - lag[i, 0]) - here_down, most[i, 0]))
        receiving[i] = max(0.0, min(count_at(down, i, now + 1 - lag[i, 1]) + room[i] - here_up, most[i, 1]))
    return sending, receiving


@numba.njit(cache=True, error_model="numpy")
def pass_node(
    entering: Ints, sending: Floats, receiving: Floats, weight: Floats, first_turn: Ints, turn_to: Ints, share: Floats,
    passed: Floats,
) -> None:  # fmt: skip
    """Write to `passed` [links] what each of the links `entering` a junction sends on; `receiving` is used up.

    Each link that lacks room at its exits is held to what the scarcest of them grants it (in proportion to `weight`),
    and those that stay below what they are granted leave the rest to others.
    """
    open_ = np.ones(len(entering), dtype=np.bool_)
    for _ in range(len(entering) + 1):
        scarce, least = -1, np.inf
        for a in range(len(entering)):
            if not open_[a]:
                continue
            for turn in range(first_turn[entering[a]], first_turn[entering[a] + 1]):
                if share[turn] <= 0.0:
                    continue
                exit_ = turn_to[turn]
                wanted = 0.0
                for c in range(len(entering)):
                    if open_[c]:
                        for other in range(first_turn[entering[c]], first_turn[entering[c] + 1]):
                            if turn_to[other] == exit_:
                                wanted += share[other] * weight[entering[c]]
                level = max(receiving[exit_], 0.0) / wanted
                if level < least:
                    scarce, least = exit_, level
        settled = _settle(
            entering, open_, sending, weight, first_turn, turn_to, share, scarce, least, passed, receiving
        )
        if not settled:
            break


@numba.njit(cache=True, error_model="numpy")
def _settle(
    entering: Ints, open_: NDArray[np.bool_], sending: Floats, weight: Floats, first_turn: Ints, turn_to: Ints,
    share: Floats, scarce: int, level: float, passed: Floats, receiving: Floats,
) -> bool:  # fmt: skip
    """Settle the links that the scarcest exit does not hold, or else those that it holds; return whether any was left."""
    held = np.zeros(len(entering), dtype=np.bool_)
    free = False
    for a in range(len(entering)):
        i = entering[a]
        for turn in range(first_turn[i], first_turn[i + 1]):
            held[a] |= open_[a] and turn_to[turn] == scarce and share[turn] > 0.0
        if open_[a] and (scarce < 0 or (held[a] and sending[i] <= level * weight[i])):
            free = True
    any_ = False
    for a in range(len(entering)):
        i = entering[a]
        if not open_[a] or (scarce >= 0 and not held[a]):
            continue
        if free and scarce >= 0 and sending[i] > level * weight[i]:
            continue
        any_ = True
        open_[a] = False
        passed[i] = sending[i] if free else level * weight[i]
        for turn in range(first_turn[i], first_turn[i + 1]):
            receiving[turn_to[turn]] -= share[turn] * passed[i]
    return any_


@numba.njit(cache=True, error_model="numpy")
def _short_of_room(
    sending: Floats, receiving: Floats, first_turn: Ints, turn_to: Ints, share: Floats
) -> NDArray[np.bool_]:
    """Return for each link whether one of its exits lacks room for all who would turn into it; most have room."""
    wanted = np.zeros(len(sending))
    for i in range(len(sending)):
        for turn in range(first_turn[i], first_turn[i + 1]):
            wanted[turn_to[turn]] += share[turn] * sending[i]
    short = np.zeros(len(sending), dtype=np.bool_)
    for i in range(len(sending)):
        for turn in range(first_turn[i], first_turn[i + 1]):
            short[i] |= share[turn] > 0.0 and wanted[turn_to[turn]] > receiving[turn_to[turn]]
    return short


@numba.njit(cache=True, error_model="numpy")
def advance(
    up: Floats, down: Floats, waiting: Floats, lag: Floats, room: Floats, most: Floats, inflow: Floats, weight: Floats,
    first_in: Ints, link_in: Ints, first_turn: Ints, turn_to: Ints, share: Floats, now: int, steps: int,
) -> float:  # fmt: skip
    """Move all links on by `steps` steps from step `now`; return the vehicles that ended their trips.

    up, down : counts, float64 [links, ring], changed;  waiting : vehicles that find no room to begin their trip,
    [links], changed;  inflow : vehicles that begin in a step, [links];  weight : priority, [links];  first_in, link_in :
    the links that enter each junction;  share : of the drivers that take each turn, [turns].
    """
    ring = up.shape[1]
    ended = 0.0
    for step in range(now, now + steps):
        sending, receiving = send_and_receive(up, down, lag, room, most, step)
        passed, entered = np.zeros(len(room)), np.zeros(len(room))
        for i in range(len(room)):  # trips that begin on a link come before those that turn into it
            begun = min(waiting[i] + inflow[i], receiving[i])
            waiting[i] += inflow[i] - begun
            entered[i] = begun
            receiving[i] -= begun
        short = _short_of_room(sending, receiving, first_turn, turn_to, share)
        for v in range(len(first_in) - 1):
            entering = link_in[first_in[v] : first_in[v + 1]]
            if not short[entering].any():
                passed[entering] = sending[entering]
                continue
            pass_node(entering, sending, receiving, weight, first_turn, turn_to, share, passed)
        for i in range(len(room)):
            left = passed[i]
            for turn in range(first_turn[i], first_turn[i + 1]):
                entered[turn_to[turn]] += share[turn] * passed[i]
                left -= share[turn] * passed[i]
            ended += max(left, 0.0)
        for i in range(len(room)):
            up[i, (step + 1) % ring] = up[i, step % ring] + entered[i]
            down[i, (step + 1) % ring] = down[i, step % ring] + passed[i]
    return ended


@numba.njit(cache=True, error_model="numpy")
def late(up: Floats, down: Floats, lag: Floats, now: int) -> Floats:
    """Return the vehicles that are late on each link, float64 [links]: what would have left by now less what has."""
    out = np.empty(len(lag))
    for i in range(len(lag)):
        out[i] = max(0.0, count_at(up, i, now - lag[i, 0]) - down[i, now % up.shape[1]])
    return out
