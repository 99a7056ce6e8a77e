"""The tall buildings that burn in a run: smoke in their stairs, people above, and orders for those who are hurt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR
from models.fire.evacuees import Well, injured, people_at_home
from models.fire.grounds import Grounds
from models.fire.stairs import Stair
from models.fire.state import GROWING, INVOLVED, Fire
from models.fire.tower import Tower
from models.fire.town import STOREY_M, Town
from models.world import World

TALL = 7  #: storeys from which stairs are followed person by person
STAIR_LEAK = 0.02  #: share of the smoke that passes the doors where nothing else is said (assumption)
CASUALTY = "smoke_casualty"


class Towers:
    """Smoke and people in every tall building that burns."""

    def __init__(self, world: World, town: Town) -> None:
        self._world, self._town = world, town
        self.smoke_ways: dict[int, tuple[float, Well]] = {}  #: share that enters the stair and the well, where set
        self.inside: dict[int, Tower] = {}
        self._called: set[int] = set()
        self._event: dict[int, int] = {}
        self._order: dict[int, int] = {}
        self._told_caught: set[int] = set()

    def residents(self, building: int) -> int:
        """Return how many live in a building."""
        return int((self._world.population.home == building).sum())

    def enter(self, building: int, since: float, event: int, order: int) -> None:
        """Follow a building that took fire, where it is tall and people live there."""
        site = self._town.site[building]
        if site["storeys"] < TALL:
            return
        world = self._world
        leak, well = self.smoke_ways.get(building, (STAIR_LEAK, Well(0.0, 0.0)))
        hour = since / HOUR % 24.0
        people = people_at_home(world.rules.stream, self.keys(building), int(site["storeys"]), hour, well)
        self.inside[building] = Tower(Stair(int(site["storeys"]), STOREY_M), people, since, leak)
        self._event[building], self._order[building] = event, order

    def keys(self, building: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return the keys of a building's residents, and of the first resident of the flat of each."""
        population = self._world.population
        here = population.home == building
        key = population.key[here]
        _, first, flat = np.unique(population.household[here], return_index=True, return_inverse=True)
        return key, key[first][flat]

    def step(self, now: float, beat: float, fire: Fire, grounds: Grounds) -> None:
        """Let smoke rise and people act for a beat; who is hurt calls an ambulance."""
        for building, tower in self.inside.items():
            home = fire.home[building]
            burns = home["state"] in (GROWING, INVOLVED)
            ground = grounds.of_building(building)
            crews = ground.engines(self._world) if ground is not None else 0
            heat = float(home["heat"]) if burns else 0.0
            for i in range(6):
                tower.step(now + i * beat / 6, beat / 6, (heat, self._lowest(fire, building)), crews)
            self._call(building, tower)

    def _lowest(self, fire: Fire, building: int) -> int:
        """Return the lowest storey that has burnt or burns."""
        site = self._town.site[building]
        units = fire.unit[site["first_unit"] : site["first_unit"] + site["units"]]["state"]
        return int(np.argmax(units > 0) // site["across"])

    def _call(self, building: int, tower: Tower) -> None:
        """Open an order for everyone who is newly hurt, and tell once that people are caught."""
        caught, _, _ = tower.counts()
        world, node = self._world, int(self._world.city.buildings.drive_node[building])
        if caught and building not in self._told_caught:
            self._told_caught.add(building)
            self._event[building] = world.recorder.event(
                world.engine.now, "people_caught", order=self._order[building], node=node, cause=self._event[building]
            )
        for key in tower.people.key[injured(tower.people)].tolist():
            if key not in self._called:
                self._called.add(key)
                world.open_order(CASUALTY, key=key, building=building, severity=0.8, cause=self._event[building])

    def dead(self, building: int) -> float:
        """Return the deaths in a tall building; 0 elsewhere."""
        return float(self.told(building)[2])

    def told(self, building: int) -> tuple[int, int, int]:
        """Return how many are caught, hurt and dead in a building now."""
        return self.inside[building].counts() if building in self.inside else (0, 0, 0)

    def write(self, smoke: NDArray[np.float64]) -> None:
        """Write the share of each stair in which one cannot see."""
        for building, tower in self.inside.items():
            smoke[building] = tower.smoky()
