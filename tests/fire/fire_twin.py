"""The slow plain twin of `models.fire.spread.advance`: dictionaries and loops, written from the description."""

from __future__ import annotations

from math import exp, inf, pi, sqrt

import numpy as np

from models.fire import firebrands as fb
from models.fire.radiation import point_to_parallel
from models.fire.state import BURNT, GROWING, INVOLVED, OUT, WHOLE
from sim.streams import uniform


def lucky(key, entity, moment) -> float:
    return uniform(np.uint64(key), np.uint64(entity), np.uint64(moment))


class Twin:
    """A town on fire, told in plain Python."""

    def __init__(self, town, classes, wind, luck) -> None:
        self.town, self.classes, self.wind, self.luck = town, classes, wind, luck
        self.house = []
        for site in town.site:
            units = [{"state": WHOLE, "since": None, "flashed": inf, "left": float(site["store"])}
                     for _ in range(site["units"])]  # fmt: skip
            self.house.append({"site": site, "own": classes[site["structure"]], "state": WHOLE, "since": None,
                               "flashed": inf, "heat": 0.0, "dose": 0.0, "water": 0.0, "damp": 1.0, "units": units,
                               "view": None, "low": 0, "high": -1, "cause": -1, "way": 0})  # fmt: skip
        self.active = []

    def ignite(self, b, unit, now, way=1, cause=-1) -> None:
        house = self.house[b]
        if house["units"][unit]["state"] == WHOLE:
            house["units"][unit].update(state=GROWING, since=now)
        if house["state"] == WHOLE:
            house.update(state=GROWING, since=now, way=way, cause=cause)
            self.active.append(b)

    def step(self, now, dt) -> None:
        flux = {}
        for b in list(self.active):
            flashed, released = self.burn(b, now, dt)
            if flashed > 0:
                self.look(b)
                self.radiate(b, now + dt, flashed, flux)
                self.throw(b, released, now)
        for r, parts in flux.items():
            house = self.house[r]
            over = sum(q for q, _, _ in parts) - 13.1
            house["dose"] += over**1.828 * dt if over > 0 else 0.0
            if house["dose"] >= 11501 and house["state"] == WHOLE:
                hottest = max(parts, key=lambda part: part[0])[1]
                self.ignite(r, self.opposite(hottest, r), now + dt, 2, hottest)
                if sum(flames for _, _, flames in parts) > 13.1:
                    self.ignite(r, self.top(r), now + dt, 2, hottest)
        self.active = [b for b in self.active if self.house[b]["state"] in (GROWING, INVOLVED)]

    def burn(self, b, now, dt):  # noqa: C901, PLR0912 - the twin says it all in one place
        house, site, own = self.house[b], self.house[b]["site"], self.house[b]["own"]
        full = house["heat"] / max(house["damp"], 1e-9)
        held = False
        if house["water"] > 0 or house["damp"] < 1:
            stays = max(0.0, 1 - house["water"] * (4.19 * 90 + 2257) * 0.35 / full) if full > 0 else 1.0
            house["damp"] = stays + (house["damp"] - stays) * exp(-dt / 180)
            held = stays == 0
        broken = own["open_flames"] > 0 and (house["way"] != 1 or house["flashed"] < inf)
        draught = 1 + 0.6 * sqrt(1.3 / 2) * own["window"] * self.wind.speed if broken else 1.0
        hot = flashed = released = 0.0
        storeys, alive = [], 0
        across = int(site["across"])
        for u, unit in enumerate(house["units"]):
            if unit["state"] not in (GROWING, INVOLVED):
                continue
            if held and unit["state"] == GROWING:
                unit["since"] += dt
            heat = float(site["peak"])
            if unit["state"] == GROWING:
                heat = min(float(site["alpha"]) * draught * (now + dt - unit["since"]) ** 2, heat)
                if heat >= site["flash"]:
                    unit.update(state=INVOLVED, flashed=now + dt)
                    heat = float(site["peak"])
                    if house["state"] == GROWING:
                        house.update(state=INVOLVED, flashed=now + dt)
            dying = site["peak"] * min(1.0, sqrt(unit["left"] / (0.3 * site["store"])))
            heat = min(heat, dying) * house["damp"]
            gone = min(unit["left"], heat * dt / 1000)
            unit["left"] -= gone
            hot, alive = hot + heat, alive + 1
            if unit["state"] == INVOLVED:
                storeys.append(u // across)
                flashed += heat / site["peak"]
                released += gone
                if not held:
                    self.hand_on(house, own, u, now + dt)
            if unit["left"] <= 0.002 * site["store"]:
                unit["state"] = BURNT
        house["heat"] = hot
        if not alive:
            house["state"] = BURNT if house["flashed"] < inf else OUT
        elif house["damp"] < 0.02:
            house["state"] = OUT
            for unit in house["units"]:
                unit["state"] = OUT if unit["state"] in (GROWING, INVOLVED) else unit["state"]
        span = (min(storeys), max(storeys)) if storeys else (int(site["storeys"]), -1)
        if span != (house["low"], house["high"]):
            house.update(low=span[0], high=span[1], view=None)
        return flashed, released

    def hand_on(self, house, own, u, then) -> None:
        across, units = int(house["site"]["across"]), house["units"]
        ways = ((u - 1 if u % across else -1, own["aside"]), (u + 1 if u % across < across - 1 else -1, own["aside"]),
                (u + across if u + across < len(units) else -1, own["upward"]), (u - across, own["downward"]))  # fmt: skip
        for side, (other, time) in enumerate(ways):
            if other < 0 or units[other]["state"] != WHOLE:
                continue
            draw = lucky(self.luck.barrier, house["site"]["key"], u * 4 + side)
            if then - units[u]["flashed"] >= time * (draw / (1 - draw)) ** 0.22:
                units[other].update(state=GROWING, since=then)

    def look(self, b) -> None:
        house, site = self.house[b], self.house[b]["site"]
        lean = 0.0
        if house["own"]["open_flames"]:
            width = sqrt(4 * site["footprint"] / pi)
            length = 0.235 * max(house["heat"], 1.0) ** 0.4 - 1.02 * width
            if length > 0:
                rate = house["heat"] / (17500 * site["footprint"])
                number = self.wind.speed / (9.81 * rate * width / 1.2) ** (1 / 3)
                upright = 1.0 if number <= 1 else number**-0.5
                lean = length * sqrt(1 - upright**2)
        if house["view"] and abs(house["view"][0] - lean) < 0.5:
            return
        up = lean * upright / sqrt(1 - upright**2) if lean else 0.0
        house["view"] = (lean, self.factors(b, lean, up))

    def factors(self, b, lean, up):
        house, site = self.house[b], self.house[b]["site"]
        low, high = house["low"] * 3.0, (house["high"] + 1) * 3.0
        roof, found = site["storeys"] * 3.0, {}
        for pair in self.town.pair[site["first_pair"] : site["first_pair"] + site["pairs"]]:
            near = lean * max(0.0, pair["east"] * self.wind.east + pair["north"] * self.wind.north)
            top = self.town.site[pair["to"]]["storeys"] * 3.0
            eye = min((low + high) / 2, top)
            left, right, gap = float(pair["left"]), float(pair["right"]), float(pair["gap"])
            wide, aside = left + right, (right - left) / 2
            wall = point_to_parallel(wide, high - low, max(gap, 0.3), aside, (low + high) / 2 - eye)
            foot, flame = max(roof, pair["over"] * 3.0), 0.0
            if near and pair["over"] * 3.0 <= top and roof + up > foot:
                flame = point_to_parallel(
                    wide, roof + up - foot, max(gap - near, 0.3), aside, (foot + roof + up) / 2 - top
                )
                flame *= near / sqrt(lean**2 + up**2)
            found[int(pair["to"])] = wall * pair["seen"], flame
        return found

    def radiate(self, b, then, flashed, flux) -> None:
        house, site, own = self.house[b], self.house[b]["site"], self.house[b]["own"]
        share = min(1.0, flashed / ((house["high"] - house["low"] + 1) * site["across"]))
        for pair in self.town.pair[site["first_pair"] : site["first_pair"] + site["pairs"]]:
            r = int(pair["to"])
            other = self.house[r]
            if other["state"] != WHOLE:
                continue
            if pair["gap"] < 0.3:
                draw = lucky(self.luck.wall, site["key"], other["site"]["key"])
                holds = max(own["party"], other["own"]["party"]) * (draw / (1 - draw)) ** 0.22
                if then - house["flashed"] >= holds:
                    self.ignite(r, self.opposite(b, r), then, 4, b)
                continue
            wall, flame = house["view"][1][r]
            flames = 81 * flame * other["own"]["receives"]
            q = site["emitted"] * own["unprotected"] * share * wall * other["own"]["receives"] + flames
            if q > 0:
                flux.setdefault(r, []).append((q, b, flames))

    def opposite(self, b, r) -> int:
        site = self.house[r]["site"]
        storey = min((self.house[b]["low"] + self.house[b]["high"]) // 2, int(site["storeys"]) - 1)
        return int(storey * site["across"] + site["across"] // 2)

    def top(self, r) -> int:
        site = self.house[r]["site"]
        return int((site["storeys"] - 1) * site["across"] + site["across"] // 2)

    def throw(self, b, released, now) -> None:
        house, site = self.house[b], self.house[b]["site"]
        readiest = self.classes["lights"].max()
        moment = int(now * 10) * 1024
        key = site["key"]
        expected = released * house["own"]["brands"] * readiest
        if expected <= 0:
            return
        count = fb.poisson(expected, lucky(self.luck.brands, key, moment))
        centre, sigma, aside = fb.landing(house["heat"], self.wind.speed, sqrt(site["footprint"]))
        for k in range(count):
            down = exp(centre + sigma * fb.normal_quantile(lucky(self.luck.reach, key, moment + k)))
            side = aside * fb.normal_quantile(lucky(self.luck.aside, key, moment + k))
            x = site["x"] + down * self.wind.east - side * self.wind.north
            y = site["y"] + down * self.wind.north + side * self.wind.east
            for r, other in enumerate(self.house):
                ring = self.town.corner[self.town.first_corner[r] : self.town.first_corner[r + 1]]
                (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)  # the twin's houses are upright squares
                ready = other["own"]["lights"]
                if not (x0 <= x < x1 and y0 <= y < y1) or other["state"] != WHOLE:
                    continue
                if lucky(self.luck.lights, key, moment + k) * readiest < ready:
                    self.ignite(r, self.top(r), now, 3, b)
