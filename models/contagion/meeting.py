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
Floats = NDArray[np.float64]
Groups = NDArray[np.int32]
SETTINGS = ("home", "school", "work", "community")
#: 8 to 18 h, as `models.population.occupants` has it.
DAYTIME = tuple(float(8 <= hour < 18) for hour in range(24))
HOME_EXPONENT = (
    0.8  #: contacts of a pair fall with the size of a household (Cauchemez et al. 2004, doi:10.1002/sim.1912)
)
_BALANCED = 100  #: rounds until rows add up to 1 within 1e-12
HOME_ISOLATED = 0.5  #: of the contacts at home that isolation leaves (assumption)


@dataclass(frozen=True)
class Mixing:
    """How many a case infects where nobody is immune, and where: shares of `SETTINGS`.

    The default shares, a third at home, a third at school and work, a third elsewhere, are those of Ferguson et al.
    2006, doi:10.1038/nature04795. Most contacts elsewhere are within a kilometre of home (Read et al. 2014,
    doi:10.1098/rspb.2014.0268, in Guangdong).
    """

    r0: float
    shares: tuple[float, float, float, float] = (0.30, 0.13, 0.20, 0.37)
    school_class: float = 40.0  #: children who meet in a school (assumption)
    team: float = 20.0  #: people who meet at work (assumption)
    own: float = 0.5  #: share of the contacts of the community that are in one's own (assumption)
    around: float = (
        0.35  #: share that is with others, the fewer the farther they live (assumption); the rest is anywhere
    )
    reach_m: float = 1000.0  #: distance at which there are e times fewer (assumption)

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
        for share in (self.own, self.around, self.own + self.around):
            require(Text("a share of the contacts of the community", "社区接触比例"), share, 0.0, 1.0)
        require(Text("the reach of contacts (m)", "接触距离（米）"), self.reach_m, 1.0)

    def settings(
        self, people: Population, homes: tuple[Groups, Floats, Floats], disease: Disease, stream: Stream
    ) -> tuple[Setting, ...]:
        """Return the four settings of a city's residents, in the order of `SETTINGS`.

        homes : the community of each resident, and x and y of the home (m).

        Rates are such that a case infects r0 · share people in each setting on average, before anybody who is met twice
        or immune is taken off. Children are in class with those of their community (Compulsory Education Law of China,
        article 12: enrolment near home).
        """
        away, child = people.day_place != people.home, people.age_group == 0
        draw = stream.uniforms("contagion.class", people.key)
        community = numbered(homes[0])
        links = near(community, homes[1:], self.own, self.around, self.reach_m)
        groups = (
            people.household,
            parts(np.where(away & child, homes[0], -1), self.school_class, draw),
            parts(np.where(away & ~child, people.day_place, -1), self.team, draw),
            community,
        )
        exponents, activity = (HOME_EXPONENT, 1.0, 1.0, 1.0), ((1.0,) * 24, DAYTIME, DAYTIME, (1.0,) * 24)
        apart, between = (HOME_ISOLATED, 0.0, 0.0, 0.0), (None, None, None, links)
        return tuple(
            Setting(name, group, rate_of(group, exponent, self.r0 * share / disease.infectious_d, link), exponent,
                    hours, left, link)
            for name, group, exponent, share, hours, left, link in zip(
                SETTINGS, groups, exponents, self.shares, activity, apart, between, strict=True
            )
        )  # fmt: skip


def near(group: Groups, place: tuple[Floats, Floats], own: float, around: float, reach: float) -> Floats:
    """Return how much a case of each group acts on a member of each, [groups, groups], where people meet near home.

    group, place : of each resident, from 0, and x and y of the home, m. Of the contacts a share is `own`, a share
    `around` falls with the distance between the middles of groups as exp(−d/reach), the rest is with anybody.
    Contacts are mutual and everybody has as many: the matrix is symmetric and Σ over h of links[g, h]·n_h = 1, so that
    the final size is that of a town in which everybody meets everybody.
    """
    n = np.bincount(group).astype(np.float64)
    x, y = (np.bincount(group, weights=one) / n for one in place)
    kernel = np.exp(-np.hypot(x[:, None] - x, y[:, None] - y) / reach)
    scale = np.ones(len(n))
    for _ in range(_BALANCED):  # that the matrix scale·kernel·scale has rows that add up to 1 over residents
        scale = np.sqrt(scale / (kernel @ (n * scale)))
    gravity = scale[:, None] * kernel * scale
    return own * np.diag(1.0 / n) + around * gravity + (1.0 - own - around) / n.sum()


def rate_of(group: Groups, exponent: float, wanted: float, links: Floats | None = None) -> float:
    """Return the rate at which a resident, on average over all, infects `wanted` others a day in their group of n.

    A case infects (n − 1)·rate/n^exponent, or with `links` rate·(Σ over g of n_g·links[g, h] − links[h, h]); who has no
    group infects nobody there.
    """
    inside = group[group >= 0]
    if len(inside) == 0:
        return 0.0
    n = np.bincount(inside).astype(np.float64)
    n = n[n > 0.0] if links is None else n
    others = (n - 1.0) / n**exponent if links is None else links @ n - np.diag(links)
    met = float((n * others).sum()) / len(group)
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
