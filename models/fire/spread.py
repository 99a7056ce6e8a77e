"""The fire in a town, step by step: units grow, flash over and hand on; facades radiate; brands fly; water holds.

A unit (one fire compartment) grows as α·t², flashes over at the MQH heat, burns at its peak and dies as its store of
energy ends. Behind each barrier the next unit waits for a median time times a log-logistic factor of luck. Flashed
storeys radiate as one rectangle towards every neighbour, whose facade takes fire by the flux-time product. Where walls
burn through, wind through the rooms quickens growth (Thomas 1971), and the flame stands over the roof (Heskestad 1983:
L = .235·Q^⅖ − 1.02·D) and leans with the wind (American Gas Association 1974: cos θ = 1/√u*). It radiates as a wall as
wide as the facade, as tall as it still stands and as much nearer as it leans, on the top of what stands downwind, past
houses between that are no taller than that. An upright flame adds nothing, as in BR 187; one that leans counts by the
share of its length that it leans (assumption). A house that flames over roofs alone would light burns from the top, too.
Every draw is of (key, building, unit, brand or neighbour): adding a building leaves all others' luck alone.
"""

from __future__ import annotations

from math import exp, inf, log, sqrt
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from models.fire.firebrands import landing, normal_quantile, poisson
from models.fire.flames import FLAME, flame, wall_factor
from models.fire.growth import draught_factor, dying_heat, growing_heat
from models.fire.ignition import CRITICAL, EXPONENT, PRODUCT, dose_rate
from models.fire.neighbours import TOUCHING
from models.fire.state import (
    BRAND,
    BURNT,
    CONTACT,
    GROWING,
    INVOLVED,
    OUT,
    RADIATION,
    SET,
    WHOLE,
    Fire,
    Luck,
    Wind,
    ignite,
)  # fmt: skip
from models.fire.town import STOREY_M, Town, building_at
from models.fire.water import KNOCK_DOWN, absorbed_heat
from sim.streams import uniform

SPENT = 0.002  #: share of the store at which a unit counts as burnt out
BARRIER_SPREAD = 0.22  #: of the log-logistic factor on barrier times, near a lognormal of σ .4 (assumption)
PUT_OUT = 0.02  #: share of its heat at which a fire under water counts as put out (assumption)
FLAME_STEP = 0.5  #: m by which a flame changes before factors are found again


@numba.njit(cache=True, error_model="numpy")
def advance(town: Town, classes: NDArray[np.void], fire: Fire, wind: Wind, luck: Luck, now: float, dt: float) -> None:
    """Let the town burn from `now` to `now + dt` seconds; `dt` at most a minute. `classes` are records of `CLASS`."""
    readiest = classes[np.argmax(classes["lights"])].lights
    for i in range(fire.counts[1]):
        home = fire.home[fire.touched[i]]
        home.flux = home.flames = home.most = 0.0
    fire.counts[1] = 0
    for i in range(fire.counts[0]):
        b = fire.active[i]
        site, home = town.site[b], fire.home[b]
        own = classes[site.structure]
        units = fire.unit[site.first_unit : site.first_unit + site.units]
        flashed, released = _burn(site, home, own, units, luck.barrier, (now, dt, wind.speed))
        if flashed <= 0.0:
            continue
        if _look(site, home, own, wind.speed):
            _measure(town, fire, wind, b, own)
        _radiate(town, classes, fire, luck, b, now + dt, flashed)
        expected = released * own.brands * readiest
        if expected > 0.0:
            _throw(town, classes, fire, wind, luck, (b, expected, now, readiest))
    for i in range(fire.counts[1]):
        _warm(town, fire, fire.touched[i], now, dt)
    _retire(fire)


@numba.njit(cache=True, error_model="numpy")
def _retire(fire: Fire) -> None:
    """Forget the buildings that burn no more."""
    left = 0
    for i in range(fire.counts[0]):
        home = fire.home[fire.active[i]]
        if home.state in (GROWING, INVOLVED):
            fire.active[left] = fire.active[i]
            left += 1
        else:
            home.heat = 0.0
    fire.counts[0] = left


@numba.njit(cache=True, error_model="numpy")
def _burn(
    site: Any, home: Any, own: Any, units: NDArray[np.void], key: np.uint64, moment: tuple[float, float, float]
) -> tuple[float, float]:
    """Burn the units of a building; return what its flashed units give, in units at their peak, and the MJ of these.

    `moment` is now, the step (s) and the wind (m/s).
    """
    now, dt, wind = moment
    hot, flashed, released, burning = 0.0, 0.0, 0.0, 0
    low, high, then = site.storeys, -1, now + dt
    held = _soak(home, dt)
    draught = draught_factor(wind, own.window) if own.open_flames > 0.0 and _broken(home) else 1.0
    for u in range(len(units)):
        unit = units[u]
        if unit.state not in (GROWING, INVOLVED):
            continue
        if held and unit.state == GROWING:
            unit.since += dt
        heat = _unit_heat(site, home, unit, draught, then) * home.damp
        gone = min(unit.left, heat * dt / 1000.0)
        unit.left -= gone
        hot += heat
        burning += 1
        if unit.state == INVOLVED:
            low, high = min(low, u // site.across), max(high, u // site.across)
            flashed += heat / site.peak
            released += gone
            if not held:
                _hand_on(site, own, units, u, key, then)
        if unit.left <= SPENT * site.store:
            unit.state = BURNT
    home.heat = hot
    if burning == 0:
        home.state = BURNT if home.flashed < inf else OUT
    elif home.damp < PUT_OUT:
        put_out(home, units)
    if home.low != low or home.high != high:
        home.low, home.high, home.lean = low, high, -1.0
    return flashed, released


@numba.njit(cache=True, error_model="numpy")
def _soak(home: Any, dt: float) -> bool:
    """Return whether water outweighs the fire; its heat nears what water leaves of it, as fast as `KNOCK_DOWN` says."""
    if home.water <= 0.0 and home.damp >= 1.0:
        return False
    full = home.heat / max(home.damp, 1e-9)
    stays = max(0.0, 1.0 - absorbed_heat(home.water) / full) if full > 0.0 else 1.0
    home.damp = stays + (home.damp - stays) * exp(-dt / KNOCK_DOWN)
    return stays <= 0.0


@numba.njit(cache=True, error_model="numpy")
def put_out(home: Any, units: NDArray[np.void]) -> None:
    """Put a building's fire out, unit by unit."""
    home.state = OUT
    for u in range(len(units)):
        if units[u].state == GROWING or units[u].state == INVOLVED:
            units[u].state = OUT


@numba.njit(cache=True, error_model="numpy")
def _broken(home: Any) -> bool:
    """Return whether windows are out: a fire outside has broken them, or a flashover inside."""
    return bool(home.way != SET or home.flashed < inf)


@numba.njit(cache=True, error_model="numpy")
def _unit_heat(site: Any, home: Any, unit: Any, draught: float, then: float) -> float:
    """Return the heat of a burning unit without water, kW; flash it over where the time has come."""
    heat = site.peak
    if unit.state == GROWING:
        heat = growing_heat(unit.alpha * draught, then - unit.since, site.peak)
        if heat >= site.flash:
            unit.state, unit.flashed = INVOLVED, then
            heat = site.peak
            if home.state == GROWING:
                home.state, home.flashed = INVOLVED, then
    return min(heat, dying_heat(site.peak, unit.left, site.store))


@numba.njit(cache=True, error_model="numpy")
def barrier_factor(draw: float) -> float:
    """Return the log-logistic factor of luck on a barrier's time, of median 1."""
    return exp(BARRIER_SPREAD * log(draw / (1.0 - draw)))


@numba.njit(cache=True, error_model="numpy")
def _hand_on(site: Any, own: Any, units: NDArray[np.void], u: int, key: np.uint64, then: float) -> None:
    """Light the units beside, above and below once the barrier between has had its time."""
    age, column = then - units[u].flashed, u % site.across
    for side in range(4):
        if side == 0:
            other, time = (u - 1 if column > 0 else -1), own.aside
        elif side == 1:
            other, time = (u + 1 if column < site.across - 1 else -1), own.aside
        elif side == 2:
            other, time = (u + site.across if u + site.across < len(units) else -1), own.upward
        else:
            other, time = u - site.across, own.downward
        if other < 0 or units[other].state != WHOLE or age < 0.2 * time:
            continue
        if age >= time * barrier_factor(uniform(key, site.key, np.uint64(u * 4 + side))):
            units[other].state, units[other].since = GROWING, then


@numba.njit(cache=True, error_model="numpy")
def _look(site: Any, home: Any, own: Any, wind: float) -> bool:
    """Return whether what radiates has changed since factors were last found: storeys, or the flame by a metre."""
    lean = 0.0
    if own.open_flames > 0.0:
        lean, _ = flame(home.heat, site.footprint, wind)
    if home.lean >= 0.0 and abs(home.lean - lean) < FLAME_STEP:
        return False
    home.lean = lean
    return True


@numba.njit(cache=True, error_model="numpy")
def _measure(town: Town, fire: Fire, wind: Wind, b: int, own: Any) -> None:
    """Find the configuration factors from the burning facade and the flame over the roof to each whole neighbour."""
    site, home = town.site[b], fire.home[b]
    low, high, roof = home.low * STOREY_M, (home.high + 1.0) * STOREY_M, site.storeys * STOREY_M
    lean, up = flame(home.heat, site.footprint, wind.speed) if own.open_flames > 0.0 else (0.0, 0.0)
    for p in range(site.first_pair, site.first_pair + site.pairs):
        pair = town.pair[p]
        if fire.home[pair.to].state != WHOLE:
            continue
        top = town.site[pair.to].storeys * STOREY_M
        eye = min((low + high) / 2.0, top)
        fire.factor[p] = wall_factor(pair, low - eye, high - eye, pair.gap) if pair.seen > 0.0 else 0.0
        near = lean * max(0.0, pair.east * wind.east + pair.north * wind.north)
        foot = max(roof, pair.over * STOREY_M)
        fire.leaning[p] = 0.0
        if near > 0.0 and pair.over * STOREY_M <= top and roof + up > foot:
            seen = wall_factor(pair, foot - top, roof + up - top, pair.gap - near)
            fire.leaning[p] = seen * near / sqrt(lean * lean + up * up)


@numba.njit(cache=True, error_model="numpy")
def _radiate(
    town: Town, classes: NDArray[np.void], fire: Fire, luck: Luck, b: int, then: float, flashed: float
) -> None:
    """Add this building's flux to its neighbours, and light those whose party wall has failed."""
    site, home = town.site[b], fire.home[b]
    own = classes[site.structure]
    share = min(1.0, flashed / ((home.high - home.low + 1.0) * site.across))
    emitted = site.emitted * own.unprotected * share
    for p in range(site.first_pair, site.first_pair + site.pairs):
        pair = town.pair[p]
        wall = pair.gap < TOUCHING  # such walls see each other
        if not wall and fire.factor[p] == 0.0 and fire.leaning[p] == 0.0:
            continue
        other = fire.home[pair.to]
        if other.state != WHOLE:
            continue
        struck = classes[town.site[pair.to].structure]
        if wall:
            holds = max(own.party, struck.party)
            draw = uniform(luck.wall, site.key, town.site[pair.to].key)
            if then - home.flashed >= holds * barrier_factor(draw):
                ignite(town, fire, pair.to, _unit_at(town, fire, b, pair.to), then, (CONTACT, b))
            continue
        acts = struck.receives * (1.0 - other.shield)
        flames = FLAME * fire.leaning[p] * acts
        flux = emitted * fire.factor[p] * pair.seen * acts + flames
        if flux <= 0.0:
            continue
        if other.flux == 0.0:
            fire.touched[fire.counts[1]] = pair.to
            fire.counts[1] += 1
        other.flux += flux
        other.flames += flames
        if flux > other.most:
            other.most, other.hottest = flux, b


@numba.njit(cache=True, error_model="numpy")
def _unit_at(town: Town, fire: Fire, b: int, r: int) -> int:
    """Return the unit of `r` that stands opposite the middle of what burns in `b`."""
    home, site = fire.home[b], town.site[r]
    storey = max(0, min((home.low + home.high) // 2, site.storeys - 1))
    return storey * site.across + site.across // 2


@numba.njit(cache=True, error_model="numpy")
def _top_unit(site: Any) -> int:
    return int((site.storeys - 1) * site.across + site.across // 2)


@numba.njit(cache=True, error_model="numpy")
def _warm(town: Town, fire: Fire, r: int, now: float, dt: float) -> None:
    """Add to the flux-time product of a facade, and light it when it is full."""
    home = fire.home[r]
    home.dose += dose_rate(home.flux, CRITICAL, EXPONENT) * dt
    if home.dose >= PRODUCT and home.state == WHOLE:
        ignite(town, fire, r, _unit_at(town, fire, home.hottest, r), now + dt, (RADIATION, home.hottest))
        if home.flames > CRITICAL:
            ignite(town, fire, r, _top_unit(town.site[r]), now + dt, (RADIATION, home.hottest))


@numba.njit(cache=True, error_model="numpy")
def _throw(
    town: Town, classes: NDArray[np.void], fire: Fire, wind: Wind, luck: Luck, source: tuple[int, float, float, float]
) -> None:
    """Let brands fly from a building: a Poisson number, `expected` of those that would light the readiest roof."""
    b, expected, now, readiest = source
    site = town.site[b]
    moment = np.uint64(now * 10.0) * np.uint64(1024)
    count = poisson(expected, uniform(luck.brands, site.key, moment))
    if count == 0:
        return
    centre, sigma, deviation = landing(fire.home[b].heat, wind.speed, sqrt(site.footprint))
    for k in range(count):
        when = moment + np.uint64(k)
        down = exp(centre + sigma * normal_quantile(uniform(luck.reach, site.key, when)))
        side = deviation * normal_quantile(uniform(luck.aside, site.key, when))
        x = site.x + down * wind.east - side * wind.north
        y = site.y + down * wind.north + side * wind.east
        r = building_at(town, x, y)
        if r < 0 or fire.home[r].state != WHOLE:
            continue
        ready = classes[town.site[r].structure].lights * (1.0 - fire.home[r].shield)
        if uniform(luck.lights, site.key, when) * readiest < ready:
            ignite(town, fire, r, _top_unit(town.site[r]), now, (BRAND, b))
