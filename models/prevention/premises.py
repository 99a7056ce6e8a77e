"""Premises (nine-small places, estates, firms): where they are, how risky, what is known of it, and who looks at them.

Every premises lies in a building and has a risk of its own, lognormal, on top of that of its grid: so a few grids hold
many of the incidents. A risk model knows a part of it, as much as its AUC says. Layers look at premises: the
inspectors of the departments, patrollers of the territory, residents, and the firm's own checks or those of its leading enterprise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from models.population import allocate
from sim.city.model import BUILDING_USES, City
from sim.streams import Stream

DECISIONS = ("stock.grid_risk", "stock.risk", "stock.score", "stock.blind", "stock.sight", "stock.engineered")
KINDS = ("nine_small", "estate", "firm")  #: 九小场所, 住宅小区（电动自行车）, 企业
LAYERS = ("inspectors", "patrol", "residents", "owner")
#: Share of each kind that lies in buildings of homes (shops on the ground floor, offices in flats; assumption), and how
#: floor area of other uses draws the rest.
_IN_HOMES = (0.85, 1.0, 0.6)
_DRAWN_TO: tuple[Mapping[str, float], ...] = (
    {"commercial": 1.0, "public": 0.6, "school": 0.5, "office": 0.3},
    {},
    {"office": 1.0, "industrial": 1.0, "commercial": 0.3},
)
#: How many times over each layer looks at each kind of premises: residents see estates, owners check firms (assumption).
_SIGHT = ((1.0, 1.05, 0.9, 0.8), (0.7, 1.05, 1.6, 0.8), (1.18, 0.85, 0.88, 1.6))
_KIND_SHIFT, _KEY_SHIFT = np.uint64(18), np.uint64(20)


@dataclass(frozen=True)
class Premises:
    """All premises of a city, arrays [premises] unless noted."""

    key: NDArray[np.uint64]  #: of every draw about the premises
    area: NDArray[np.int32]  #: grid
    kind: NDArray[np.int8]  #: index into KINDS
    log_risk: NDArray[np.float64]  #: normal
    risk: NDArray[np.float64]  #: relative, mean 1
    noise: NDArray[np.float64]  #: standard normal: what a risk model takes for risk
    blind: NDArray[np.float64]  #: standard normal: how much the premises escapes all layers alike
    sight: NDArray[np.float64]  #: [premises, LAYERS] standard normal: how much it escapes each
    engineered: NDArray[np.float64]  #: in (0, 1): below the share that is engineered, it is
    sigma: float  #: of `log_risk`

    def __len__(self) -> int:
        return len(self.key)

    def scores(self, auc: float) -> NDArray[np.float64]:
        """Return what a risk model of `auc` says of the logarithm of risk, float64 [premises].

        Those with an event have a log-risk σ² higher (a normal tilted by its own exponential), so a score of
        correlation ρ with it tells them apart with AUC = Φ(σρ/√2). The score is the mean of log-risk given what the
        model sees; nothing is better than to know the risk itself, ρ = 1.
        """
        rho = min(1.0, float(np.sqrt(2.0) * ndtri(auc)) / max(self.sigma, 1e-9))
        return rho**2 * self.log_risk + rho * np.sqrt(1.0 - rho**2) * self.sigma * self.noise

    def seen(self, covered: NDArray[np.float64], correlation: float) -> NDArray[np.bool_]:
        """Return which layers look at which premises, bool [premises, LAYERS].

        covered : float64 [LAYERS] share of premises that each layer looks at;  correlation : of what escapes them.

        At a kind of premises a layer covers 1 − (1 − c)^times. A Gaussian copula with one factor: with correlation 0 the share that all miss is Π(1 − c), with 1 it is that
        of the widest layer alone (slices of Swiss cheese whose holes lie in line; Reason, 2000,
        doi:10.1136/bmj.320.7237.768).
        """
        latent = np.sqrt(correlation) * self.blind[:, None] + np.sqrt(1.0 - correlation) * self.sight
        return np.asarray(ndtr(latent) < 1.0 - (1.0 - covered) ** np.asarray(_SIGHT)[self.kind])


def place_premises(
    city: City, stream: Stream, per_1000: float, shares: tuple[float, float, float], sigmas: tuple[float, float]
) -> Premises:
    """Return the premises of `city`, at least one: `per_1000` residents, by `shares` of KINDS, on floor area.

    sigmas : of the logarithm of risk, of the grid and of the premises in it.
    """
    building, kind, slot = _places(city, max(1, round(per_1000 * city.residents / 1000.0)), shares)
    own = (kind.astype(np.uint64) << _KIND_SHIFT) + slot.astype(np.uint64)
    key = (city.buildings.osm_id[building].astype(np.uint64) << _KEY_SHIFT) + own
    area = city.buildings.grid[building]
    log_risk = sigmas[0] * ndtri(stream.uniforms("stock.grid_risk", area))
    log_risk += sigmas[1] * ndtri(stream.uniforms("stock.risk", key))
    risk = np.exp(log_risk)
    sight = [ndtri(stream.uniforms("stock.sight", key, layer)) for layer in range(len(LAYERS))]
    return Premises(
        key=key, area=area, kind=kind, log_risk=log_risk, risk=risk / risk.mean(),
        noise=ndtri(stream.uniforms("stock.score", key)), blind=ndtri(stream.uniforms("stock.blind", key)),
        sight=np.column_stack(sight), engineered=stream.uniforms("stock.engineered", key),
        sigma=float(np.hypot(*sigmas)),
    )  # fmt: skip


def _places(
    city: City, total: int, shares: tuple[float, float, float]
) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.int64]]:
    """Return the building, the kind and the number within both of every premises, each [premises]."""
    buildings, kinds, slots = [], [], []
    for kind, count in enumerate(allocate(np.asarray(shares), total)):
        counts = allocate(_weights(city, kind), int(count))
        buildings.append(np.repeat(np.arange(len(counts)), counts))
        slots.append(np.arange(int(count)) - np.repeat(np.cumsum(counts) - counts, counts))
        kinds.append(np.full(int(count), kind, dtype=np.int8))
    return np.concatenate(buildings), np.concatenate(kinds), np.concatenate(slots)


def _weights(city: City, kind: int) -> NDArray[np.float64]:
    """Return how much each building draws premises of a kind, float64 [buildings]; any floor will do where none fits."""
    use, floor = city.buildings.use, city.buildings.floor_area
    weights = np.zeros(len(floor))
    drawn = np.array([_DRAWN_TO[kind].get(name, 0.0) for name in BUILDING_USES])[use] * floor
    homes = np.where(use == BUILDING_USES.index("residential"), floor, 0.0)
    for part, share in ((homes, _IN_HOMES[kind]), (drawn, 1.0 - _IN_HOMES[kind])):
        if part.sum() > 0.0:
            weights += share * part / part.sum()
    return weights if weights.sum() > 0.0 else floor


def spread(weights: NDArray[np.float64], total: float, most: float) -> NDArray[np.float64]:
    """Return `total` divided in proportion to `weights`, none above `most`; what none can take is left."""
    given = np.zeros(len(weights))
    if total >= most * np.count_nonzero(weights):
        return np.where(weights > 0.0, most, 0.0)
    order = np.argsort(-weights)
    sorted_weights = weights[order]
    below = np.cumsum(sorted_weights[::-1])[::-1]  # of the rest, once the first have what they may
    scale = (total - most * np.arange(len(weights))) / np.maximum(below, 1e-300)
    full = int(np.argmax(scale * sorted_weights <= most))  # the first that stays below `most`
    given[order] = np.where(np.arange(len(weights)) < full, most, scale[full] * sorted_weights)
    return given
