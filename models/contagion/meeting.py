"""Where the residents of a city meet: at home, in a class, at work, and in their community."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.contagion.spread import Disease, Setting
from models.population import Population
from sim.streams import Stream
from sim.text import Text

DECISIONS = ("contagion.class",)
SETTINGS = ("home", "school", "work", "community")
#: 8 to 18 h, as `models.population.occupants` has it.
DAYTIME = tuple(float(8 <= hour < 18) for hour in range(24))
HOME_EXPONENT = (
    0.8  #: contacts of a pair fall with the size of a household (Cauchemez et al. 2004, doi:10.1002/sim.1912)
)
HOME_ISOLATED = 0.5  #: of the contacts at home that isolation leaves (assumption)


@dataclass(frozen=True)
class Mixing:
    """How many a case infects where nobody is immune, and where: shares of `SETTINGS`.

    The default shares, a third at home, a third at school and work, a third elsewhere, are those of Ferguson et al.
    2006, doi:10.1038/nature04795.
    """

    r0: float
    shares: tuple[float, float, float, float] = (0.30, 0.13, 0.20, 0.37)
    school_class: float = 40.0  #: children who meet in a school (assumption)
    team: float = 20.0  #: people who meet at work (assumption)

    def __post_init__(self) -> None:
        require(Text("R0", "基本再生数"), self.r0, 0.0)
        for share in self.shares:
            require(Text("a share of the places of infection", "感染场所比例"), share, 0.0, 1.0)
        require(
            Text("the sum of the shares of the places of infection", "感染场所比例之和"),
            sum(self.shares),
            1.0 - 1e-9,
            1.0 + 1e-9,
        )
        for size in (self.school_class, self.team):
            require(Text("the size of a group", "群体规模"), size, 1.0)

    def settings(
        self, people: Population, community: NDArray[np.int32], disease: Disease, stream: Stream
    ) -> tuple[Setting, ...]:
        """Return the four settings of a city's residents, in the order of `SETTINGS`.

        community : int32 [residents] of the home. Rates are such that a case infects r0 · share people in each setting
        on average, before anybody who is met twice or immune is taken off.
        """
        away, child = people.day_place != people.home, people.age_group == 0
        draw = stream.uniforms("contagion.class", people.key)
        groups = (
            people.household,
            parts(np.where(away & child, people.day_place, -1), self.school_class, draw),
            parts(np.where(away & ~child, people.day_place, -1), self.team, draw),
            numbered(community),
        )
        exponents, activity = (HOME_EXPONENT, 1.0, 1.0, 1.0), ((1.0,) * 24, DAYTIME, DAYTIME, (1.0,) * 24)
        apart = (HOME_ISOLATED, 0.0, 0.0, 0.0)
        return tuple(
            Setting(
                name, group, rate_of(group, exponent, self.r0 * share / disease.infectious_d), exponent, hours, left
            )
            for name, group, exponent, share, hours, left in zip(
                SETTINGS, groups, exponents, self.shares, activity, apart, strict=True
            )
        )


def rate_of(group: NDArray[np.int32], exponent: float, wanted: float) -> float:
    """Return the rate at which a resident, on average over all, infects `wanted` others a day in their group of n.

    A case infects (n − 1)·rate/n^exponent; who has no group infects nobody there.
    """
    inside = group[group >= 0]
    if len(inside) == 0:
        return 0.0
    n = np.bincount(inside).astype(np.float64)
    n = n[n > 0.0]
    met = float((n * (n - 1.0) / n**exponent).sum()) / len(group)
    return wanted / met if met > 0.0 else 0.0


def numbered(place: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """Return the places, -1 for none, numbered without gaps."""
    found, number = np.unique(place, return_inverse=True)
    return (number - int(len(found) > 0 and found[0] < 0)).astype(np.int32)


def parts(place: NDArray[np.int32], size: float, draw: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return groups of about `size` within each place, numbered without gaps, -1 for who has no place.

    draw : float64 [residents] in (0, 1): the part of the place that each belongs to.
    """
    inside = place >= 0
    count = np.maximum(np.round(np.bincount(place[inside], minlength=1) / size), 1.0)
    part = np.zeros(len(place))
    part[inside] = np.floor(draw[inside] * count[place[inside]])
    whole = np.where(inside, place.astype(np.int64) * (int(count.max()) + 1) + part.astype(np.int64), -1)
    return numbered(whole)
