"""An epidemic among residents: each with a household, a place by day and a community.

Infection by thresholds (Sellke 1983, doi:10.2307/3213811): a resident is infected when the force of infection that has
acted on them, Σ over settings of β·I/n^a, adds up to a threshold drawn once, −ln(u). Whoever is infectious acts on each
setting for exactly their infectious period, whatever the step; so the law of the final size does not depend on it,
and less contact never infects anybody more in a community that meets at all hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from models.checks import require
from sim.errors import InputError, PhysicsError
from sim.streams import Stream
from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Groups = NDArray[np.int32]
DECISIONS = ("contagion.threshold", "contagion.latent", "contagion.infectious")
ALWAYS = (1.0,) * 24


@dataclass(frozen=True)
class Disease:
    """How long it takes, days, and how much that differs: 1 is exponential, infinity always the same (gamma shape)."""

    latent_d: float
    infectious_d: float
    latent_shape: float = 1.0
    infectious_shape: float = 1.0

    def __post_init__(self) -> None:
        require(Text("the latent period", "潜伏期"), self.latent_d, 0.0)
        require(Text("the infectious period", "传染期"), self.infectious_d, 0.0, open_low=True)
        for shape in (self.latent_shape, self.infectious_shape):
            if not shape > 0.0:
                raise InputError(en="the shape of a period must be above 0", zh="时长的形状参数须大于 0")


@dataclass(frozen=True)
class Setting:
    """Where people meet: who belongs together, and how much they infect each other.

    The force on a member is rate · activity(hour) · I / members^exponent, per day; exponent 1 shares the contacts of a
    person among the members (venues, community), 0 lets every pair meet (households). With `links` people of one group
    meet those of others too: the force on a member of g is rate · activity(hour) · Σ over h of links[g, h] · I_h.
    """

    name: str
    group: Groups  #: [residents] number of the group, -1 for none
    rate_d: float  #: β per day, as a mean over the hours of a day
    exponent: float = 1.0
    activity: tuple[float, ...] = ALWAYS  #: by hour of the day; only their ratios count
    works_isolated: float = 0.0  #: share of the contacts that isolation leaves
    links: Floats | None = None  #: [groups, groups] of how much a case in the second acts on a member of the first

    def __post_init__(self) -> None:
        require(Text("a rate of contacts", "接触率"), self.rate_d, 0.0)
        require(Text("the exponent of a setting", "场所指数"), self.exponent, 0.0, 1.0)
        require(Text("contacts in isolation", "隔离后的接触比例"), self.works_isolated, 0.0, 1.0)
        if len(self.activity) != 24 or min(self.activity) < 0.0 or not sum(self.activity) > 0.0:
            raise InputError(en="the activity of a setting has 24 hours, none below 0 and one above",
                             zh="场所活动强度须有 24 个小时值，均不小于 0 且至少一个大于 0")  # fmt: skip

    def rate(self, day_s: float) -> float:
        """Return the rate per day at a second of the day."""
        weights = self.activity
        return self.rate_d * weights[int(day_s // 3600.0) % 24] * 24.0 / sum(weights)


class _Columns(NamedTuple):
    group: NDArray[np.int32]  #: [settings, residents]
    pressure: Floats  #: [residents] what has acted on a resident
    threshold: Floats  #: [residents]
    susceptibility: Floats  #: [residents] factor
    infected_at: Floats  #: [residents] day, inf before


@numba.njit(cache=True, error_model="numpy")
def press(
    who: _Columns, force: NDArray[np.float64], first: NDArray[np.int64], now: float, dt: float
) -> NDArray[np.int64]:
    """Let a step's `force` act on everybody who is not infected, and return whom it infects, in order of number.

    force : what each group does to a member in this step, all settings one after the other;  first : where each setting
    begins;  now, dt : days. The day of infection lies within the step where the threshold is crossed.
    """
    found = np.empty(16, dtype=np.int64)
    count = 0
    settings = who.group.shape[0]
    for i in range(len(who.pressure)):
        if who.infected_at[i] < np.inf:
            continue
        added = 0.0
        for s in range(settings):
            g = who.group[s, i]
            if g >= 0:
                added += force[first[s] + g]
        added *= who.susceptibility[i]
        if added <= 0.0:
            continue
        before = who.pressure[i]
        who.pressure[i] = before + added
        if before + added < who.threshold[i]:
            continue
        who.infected_at[i] = now + dt * max(0.0, who.threshold[i] - before) / added
        if count == len(found):
            found = np.concatenate((found, np.empty(count, dtype=np.int64)))
        found[count] = i
        count += 1
    return found[:count]


@dataclass
class Epidemic:
    """An epidemic in one run; days count from the start of the run's clock.

    `key` names the residents for their luck. It keeps 72 + 8·settings bytes a resident, and 8 a group. Change
    `susceptibility` (vaccines), `isolated_at` (isolation) and `factor` (closed schools, masks) between steps.
    """

    disease: Disease
    settings: tuple[Setting, ...]
    key: NDArray[np.uint64]
    stream: Stream
    now: float = 0.0  #: day
    factor: Floats = field(init=False)  #: [settings] of the contacts, by measures
    isolated_at: Floats = field(init=False)  #: [residents] day from which a case stays apart
    _live: Ints = field(init=False)  #: cases that have not yet acted in full

    def __post_init__(self) -> None:
        n = len(self.key)
        for setting in self.settings:
            if len(setting.group) != n or (n and (setting.group.min() < -1)):
                raise InputError(en=f"setting {setting.name!r} needs a group for each of {n} residents",
                                 zh=f"场所 {setting.name!r} 须为 {n} 名居民各给出一个组")  # fmt: skip
            if setting.links is not None and setting.links.shape != (int(setting.group.max(initial=-1)) + 1,) * 2:
                raise InputError(en=f"setting {setting.name!r} needs links from each of its groups to each",
                                 zh=f"场所 {setting.name!r} 须给出各组之间的联系")  # fmt: skip
        groups = [np.asarray(one.group, dtype=np.int32) for one in self.settings]
        sizes = [int(one.max(initial=-1)) + 1 for one in groups]
        self._first = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
        self._members = [np.bincount(one[one >= 0], minlength=size) for one, size in zip(groups, sizes, strict=True)]
        threshold = -np.log(self.stream.uniforms("contagion.threshold", self.key))
        self.who = _Columns(np.ascontiguousarray(groups).reshape(len(groups), n), np.zeros(n), threshold, np.ones(n),
                            np.full(n, np.inf))  # fmt: skip
        self.infectious_at, self.removed_at = np.full(n, np.inf), np.full(n, np.inf)
        self.isolated_at, self._acted = np.full(n, np.inf), np.zeros(n)
        self.factor, self._live = np.ones(len(self.settings)), np.zeros(0, dtype=np.int64)

    @property
    def susceptibility(self) -> Floats:
        """The factor on everything that acts on a resident, [residents]; change it in place."""
        return self.who.susceptibility

    @property
    def infected_at(self) -> Floats:
        """The day on which each resident was infected, inf for nobody yet, [residents]."""
        return self.who.infected_at

    def infect(self, residents: Ints, *, infectious: bool = False) -> None:
        """Infect residents now, from outside; `infectious` ones have no latent period."""
        new = np.unique(residents[np.isinf(self.infected_at[residents])])
        self.infected_at[new] = self.now
        self._begin(new, 0.0 if infectious else 1.0)

    def _begin(self, new: Ints, latent: float = 1.0) -> None:
        """Draw the periods of new cases."""
        ill, key = self.disease, self.key[new]
        draws = self.stream.uniforms("contagion.latent", key), self.stream.uniforms("contagion.infectious", key)
        self.infectious_at[new] = self.infected_at[new] + latent * _period(ill.latent_d, ill.latent_shape, draws[0])
        self.removed_at[new] = self.infectious_at[new] + _period(ill.infectious_d, ill.infectious_shape, draws[1])
        self._acted[new] = self.infectious_at[new]
        self._live = np.concatenate([self._live, new])

    def step(self, dt: float) -> Ints:
        """Go on by `dt` days, and return who was infected."""
        require(Text("a step of an epidemic", "疫情时间步"), dt, 0.0, 1.0, open_low=True)
        force = self._force(self.now + dt)
        if not (np.isfinite(force).all() and force.min(initial=0.0) >= 0.0):
            group = int(np.argmin(np.where(np.isfinite(force), force, -np.inf)))
            raise PhysicsError(en=f"the force of infection in group {group} on day {self.now:g} is {force[group]:g}",
                               zh=f"第 {self.now:g} 天、第 {group} 组的感染力为 {force[group]:g}")  # fmt: skip
        new = press(self.who, force, self._first, self.now, dt)
        self.now += dt
        self._begin(new)
        return new

    def _force(self, until: float) -> Floats:
        """Return what each group does to a member in the step that ends `until`, and note that the cases have acted."""
        live = self._live
        start, end = self._acted[live], np.minimum(self.removed_at[live], until)
        free = np.maximum(np.minimum(end, self.isolated_at[live]) - start, 0.0)
        apart = np.maximum(end - start, 0.0) - free
        parts = []
        second = (self.now % 1.0) * 86_400.0 + 1e-3  # a step that begins with an hour belongs to it
        for s, (setting, members) in enumerate(zip(self.settings, self._members, strict=True)):
            group, acts = self.who.group[s, live], free + setting.works_isolated * apart
            inside = group >= 0
            days = np.bincount(group[inside], weights=acts[inside], minlength=len(members))
            scale = np.maximum(members, 1).astype(np.float64) ** setting.exponent
            met = days / scale if setting.links is None else setting.links @ days
            parts.append(setting.rate(second) * self.factor[s] * met)
        self._acted[live] = np.maximum(start, end)
        self._live = live[self.removed_at[live] > until]
        return np.concatenate(parts) if parts else np.zeros(0)

    def counts(self) -> tuple[int, int, int, int]:
        """Return how many are susceptible, exposed, infectious and removed now."""
        ever = self.infected_at <= self.now
        exposed = int((ever & (self.infectious_at > self.now)).sum())
        infectious = int(((self.infectious_at <= self.now) & (self.removed_at > self.now)).sum())
        total = int(ever.sum())
        return len(ever) - total, exposed, infectious, total - exposed - infectious


def _period(mean: float, shape: float, draw: Floats) -> Floats:
    if np.isinf(shape):
        return np.full(len(draw), mean)
    if shape == 1.0:
        return -mean * np.log(draw)
    return np.asarray(gammaincinv(shape, draw) * mean / shape)
