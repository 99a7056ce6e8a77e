"""A threshold public good among parties: each weighs what it may still change against its own trouble; Mesa asks them.

A problem is solved if the weighted efforts and what a convener adds reach a threshold: Σ wᵢeᵢ + c ≥ θ (Palfrey and
Rosenthal, 1984, doi:10.1016/0047-2727(84)90023-9). A party first shows the effort that its trust suggests, then answers
what the others show, in turn, until nobody changes. Its answer maximises (1 − φ)·b·P(solved) − k·w·e²/2, where P is
a logistic curve, for nobody knows the others quite, and φ is free-riding: what it leaves for others to care about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import mesa

EFFORTS = (0.0, 0.25, 0.5, 0.75, 1.0)
ROUNDS = 6  #: of answers at most; mostly two or three are enough
NEARLY = 1e-9


class Role(NamedTuple):
    """A kind of party: what its effort weighs."""

    name: str
    weight: float


@dataclass(frozen=True)
class Terms:
    """What holds at one table: the threshold, what the chair adds, and how parties weigh."""

    threshold: float
    chair: float  #: what a convener adds
    free_riding: float  #: share of its benefit that a party leaves for others to care about
    trouble: float  #: of a full effort, against a benefit of 1
    doubt: float  #: about what the others will do, in units of the threshold


def evened(benefits: Sequence[float], roles: Sequence[Role], share: float) -> list[float]:
    """Return the benefits after side payments, which even out a share of them; their weighted sum stays."""
    whole = sum(role.weight for role in roles)
    level = sum(role.weight * benefit for role, benefit in zip(roles, benefits, strict=True)) / whole
    return [(1.0 - share) * benefit + share * level for benefit in benefits]


def best_effort(benefit: float, weight: float, others: float, terms: Terms) -> float:
    """Return the effort in EFFORTS that is worth most to a party; the smaller of two that are worth the same.

    `others` is Σ wᵢeᵢ of the other parties.
    """
    stake, best, worth = (1.0 - terms.free_riding) * benefit, 0.0, float("-inf")
    for effort in EFFORTS:
        short = (terms.threshold - terms.chair - others - weight * effort) / terms.doubt
        found = stake / (1.0 + exp(min(short, 700.0))) - terms.trouble * weight * effort * effort / 2.0
        if found > worth + NEARLY:
            best, worth = effort, found
    return best


class Party(mesa.Agent):
    """One party of one table; it keeps its trust from one problem to the next."""

    def __init__(self, model: mesa.Model, table: int, role: Role, trust: float) -> None:
        super().__init__(model)
        self.table, self.role, self.trust = table, role, trust
        self.benefit, self.effort = 0.0, 0.0

    def show(self, benefit: float) -> None:
        """Take up a problem, with the effort that trust suggests."""
        self.benefit, self.effort = benefit, self.trust

    def answer(self, talk: Talk) -> None:
        """Answer what the others show now."""
        weight = self.role.weight
        effort = best_effort(self.benefit, weight, talk.sum - weight * self.effort, talk.terms)
        talk.changed |= effort != self.effort
        talk.sum += weight * (effort - self.effort)
        self.effort = effort

    def learn(self, gain: float) -> None:
        """Trust more after a success (`gain` > 0), less after a failure; between 0 and 1."""
        self.trust += gain * (1.0 - self.trust) if gain > 0.0 else gain * self.trust


@dataclass
class Talk:
    """A round of answers at one table: what the efforts sum to, and whether anybody changed."""

    terms: Terms
    sum: float
    changed: bool = False


def settle(parties: mesa.agent.AgentSet, benefits: Iterable[float], terms: Terms) -> bool:
    """Let the parties of a table settle a problem; their efforts stand, and whether it is solved is returned."""
    talk = Talk(terms, 0.0)
    for party, benefit in zip(parties, benefits, strict=True):
        party.show(benefit)
        talk.sum += party.role.weight * party.effort
    for _ in range(ROUNDS):
        talk.changed = False
        parties.do("answer", talk)
        if not talk.changed:
            break
    return talk.sum + terms.chair >= terms.threshold - NEARLY
