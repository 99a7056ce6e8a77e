"""The epidemic among residents against the exact law, the equations and a plain twin; and what must never happen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chisquare
from scipy.stats import t as student

from models.contagion.laws import dies_out, exponential_period, final_size, fixed_period, seir_curve, size_law
from models.contagion.meeting import near
from models.contagion.spread import DECISIONS, Disease, Epidemic, Setting
from sim.errors import InputError, PhysicsError
from sim.streams import Stream

FLU = Disease(latent_d=3.0, infectious_d=4.0)
FIXED = Disease(1.0, 4.0, np.inf, np.inf)


def agree(values: Iterable[float], expected: float, width: float = 0.03) -> bool:
    """Whether at least 10 replications agree: |mean − θ| ≤ t(0.9995)·s/√n, and that half-width is at most 3 % of θ."""
    got = np.fromiter(values, dtype=np.float64)
    assert len(got) >= 10
    half = float(student.ppf(0.9995, len(got) - 1) * got.std(ddof=1) / len(got) ** 0.5)
    assert half <= width * abs(expected), f"the interval ±{half:g} is too wide to tell {expected:g}"
    return abs(float(got.mean()) - expected) <= half


def town(n: int, rate: float, disease: Disease = FLU, seed: int = 1, first: int = 1) -> Epidemic:
    """One community in which everybody meets everybody; residents 0 … first − 1 are infectious."""
    setting = Setting("town", np.zeros(n, dtype=np.int32), rate)
    epidemic = Epidemic(disease, (setting,), np.arange(n, dtype=np.uint64) + np.uint64(1000), Stream(seed, DECISIONS))
    epidemic.infect(np.arange(first), infectious=True)
    return epidemic


def end(epidemic: Epidemic, dt: float, days: float) -> Epidemic:
    for _ in range(round(days / dt)):
        epidemic.step(dt)
        if not len(epidemic._live):
            break
    return epidemic


def households(size: int, pair_rate: float, disease: Disease, dt: float, count: int = 6000) -> np.ndarray:
    """How many of the others are infected in each of many households with one first case."""
    group = np.repeat(np.arange(count, dtype=np.int32), size)
    keys = np.arange(len(group), dtype=np.uint64) * np.uint64(7)
    epidemic = Epidemic(disease, (Setting("home", group, pair_rate, 0.0),), keys, Stream(3, DECISIONS))
    epidemic.infect(np.arange(count) * size, infectious=True)
    end(epidemic, dt, 400.0)
    return np.bincount(group[np.isfinite(epidemic.infected_at)], minlength=count) - 1


@pytest.mark.parametrize("dt", [1 / 24, 1.0])
@pytest.mark.parametrize(("disease", "period"), [(FLU, exponential_period(4.0)), (FIXED, fixed_period(4.0))],
                         ids=["exponential", "fixed"])  # fmt: skip
def test_households_follow_the_exact_law_whatever_the_step(disease, period, dt):
    size, rate = 5, 0.12
    found = np.bincount(households(size, rate, disease, dt), minlength=size)
    law = size_law(size - 1, 1, rate, period)
    assert chisquare(found, law / law.sum() * found.sum()).pvalue > 1e-3
    wrong = size_law(size - 1, 1, rate * 1.1, period)  # a planted fault
    assert chisquare(found, wrong / wrong.sum() * found.sum()).pvalue < 1e-3


def test_a_major_outbreak_comes_to_the_final_size():
    sizes = []
    for seed in range(24):
        share = np.isfinite(end(town(4000, 2.0 / 4.0, FIXED, seed, first=3), 0.5, 300.0).infected_at).mean()
        if share > 0.1:  # it did not die out by chance
            sizes.append(share)
    assert agree(sizes, final_size(2.0, 3 / 4000))
    assert not agree(sizes, final_size(2.2, 3 / 4000))  # a planted fault


@pytest.mark.parametrize(("disease", "period"), [(FLU, exponential_period(4.0)), (FIXED, fixed_period(4.0))],
                         ids=["exponential", "fixed"])  # fmt: skip
def test_outbreaks_die_out_as_often_as_the_law_says(disease, period):
    """Many towns beside each other, each with one first case; a minor outbreak ends below a tenth of the town."""
    n, count, rate = 400, 700, 2.0 / 4.0
    group = np.repeat(np.arange(count, dtype=np.int32), n)
    keys = np.arange(len(group), dtype=np.uint64)
    epidemic = Epidemic(disease, (Setting("towns", group, rate),), keys, Stream(9, DECISIONS))
    epidemic.infect(np.arange(count) * n, infectious=True)
    end(epidemic, 0.5, 90.0)
    minor = float((np.bincount(group[np.isfinite(epidemic.infected_at)], minlength=count) < n / 10).mean())
    expected, wrong = dies_out(rate, period), dies_out(rate * 1.3, period)  # a planted fault

    def likely(chance: float) -> bool:
        return abs(minor - chance) < 3.3 * (chance * (1.0 - chance) / count) ** 0.5 + 0.01

    assert likely(expected)
    assert not likely(wrong)


def infectious_share(n: int, beta: float, first: float, seed: int, days: np.ndarray) -> np.ndarray:
    epidemic = town(n, beta, FLU, seed, first=int(first * n))
    shares = [first]
    for _ in days[1:]:
        for _ in range(6):
            epidemic.step(1 / 12)
        shares.append(epidemic.counts()[2] / n)
    return np.array(shares)


def test_a_large_town_peaks_as_the_equations_do():
    beta, first, days = 2.5 / 4, 0.002, np.arange(0.0, 70.0, 0.5)
    curve = seir_curve(beta, 1 / 3, 1 / 4, first, days).infectious
    got = infectious_share(100_000, beta, first, 5, days)
    assert np.abs(got - curve).max() < 0.004
    assert got.max() == pytest.approx(curve.max(), rel=0.02)
    other = seir_curve(beta, 1 / 3, 1 / 4.4, first, days).infectious  # a planted fault
    assert np.abs(got - other).max() > 0.004


def test_a_large_town_grows_as_the_equations_do():
    beta, first, days = 2.5 / 4, 0.01, np.arange(0.0, 12.5, 0.5)

    def slope(shares: np.ndarray) -> float:
        return float(np.polyfit(days[12:], np.log(shares[12:]), 1)[0])

    got = [slope(infectious_share(120_000, beta, first, seed, days)) for seed in range(100, 112)]
    assert agree(got, slope(seir_curve(beta, 1 / 3, 1 / 4, first, days).infectious))
    assert not agree(got, slope(seir_curve(beta, 1 / 3, 1 / 4.4, first, days).infectious))  # a planted fault


def towns(rate: float, seed: int, own: float = 0.6, around: float = 0.3) -> Epidemic:
    """Eight towns in a row, of unequal size, whose people meet near home; the first cases live in the first."""
    sizes = [300, 900, 200, 600, 500, 400, 700, 400]
    group = np.repeat(np.arange(8, dtype=np.int32), sizes)
    place = (500.0 * group, np.zeros(len(group)))
    setting = Setting("town", group, rate, links=near(group, place, own, around, 600.0))
    epidemic = Epidemic(FIXED, (setting,), np.arange(len(group), dtype=np.uint64), Stream(seed, DECISIONS))
    epidemic.infect(np.arange(30), infectious=True)
    return epidemic


def test_people_who_meet_near_home_come_to_the_same_final_size():
    """Everybody has as many contacts, so z = 1 − exp(−R0·z) holds in each town and in all."""
    sizes = [np.isfinite(end(towns(2.0 / 4.0, seed), 0.5, 400.0).infected_at) for seed in range(24)]
    assert agree([one.mean() for one in sizes], final_size(2.0, 30 / 4000))
    farthest = np.repeat(np.arange(8), [300, 900, 200, 600, 500, 400, 700, 400]) == 6
    assert np.mean([one[farthest].mean() for one in sizes]) == pytest.approx(final_size(2.0, 30 / 4000), abs=0.02)
    assert not agree([one.mean() for one in sizes], final_size(2.2, 30 / 4000))  # a planted fault


def test_one_town_with_links_is_the_town_without():
    linked = towns(2.0 / 4.0, 1, own=0.0, around=0.0)
    plain = Epidemic(FIXED, (Setting("town", np.zeros(4000, dtype=np.int32), 0.5),), linked.key, linked.stream)
    plain.infect(np.arange(30), infectious=True)
    for one in (linked, plain):
        end(one, 0.5, 60.0)
    assert linked.infected_at == pytest.approx(plain.infected_at, rel=1e-9)


def test_it_comes_later_to_towns_farther_away():
    group = np.repeat(np.arange(8), [300, 900, 200, 600, 500, 400, 700, 400])
    when = []
    for own, around in ((0.6, 0.39), (0.0, 0.0)):
        day = end(towns(2.0 / 4.0, 3, own, around), 0.5, 400.0).infected_at
        when.append([np.median(day[(group == g) & np.isfinite(day)]) for g in range(8)])
    assert np.corrcoef(when[0], np.arange(8))[0, 1] > 0.8
    assert when[0][-1] > when[0][0] + 10.0
    assert abs(when[1][-1] - when[1][1]) < 3.0


def test_without_contact_nobody_is_infected():
    epidemic = end(town(500, 0.0, first=50), 0.25, 60.0)
    assert np.isfinite(epidemic.infected_at).sum() == 50


def test_people_are_kept_at_every_step():
    epidemic = town(3000, 0.8, first=5)
    before = epidemic.counts()
    for _ in range(200):
        epidemic.step(0.25)
        now = epidemic.counts()
        assert sum(now) == 3000
        assert now[0] <= before[0]
        assert now[3] >= before[3]
        before = now


def mixed(order: np.ndarray, seed: int = 2, factor: float = 1.0, first: int = 4) -> Epidemic:
    n = len(order)
    keys = np.arange(n, dtype=np.uint64) * np.uint64(13) + np.uint64(5)
    home, work = (np.arange(n) // 3).astype(np.int32), (np.arange(n) * 7 % 40).astype(np.int32)
    work[::5] = -1
    day = tuple(float(8 <= h < 18) for h in range(24))
    settings = (Setting("home", home[order], 0.2 * factor, 0.0), Setting("work", work[order], 0.4 * factor, 1.0, day),
                Setting("town", np.zeros(n, dtype=np.int32), 0.3 * factor))  # fmt: skip
    epidemic = Epidemic(Disease(1.5, 3.0, 2.0, 3.0), settings, keys[order], Stream(seed, DECISIONS))
    epidemic.infect(np.flatnonzero(order < first))
    return epidemic


def test_the_order_of_residents_means_nothing():
    order = np.random.default_rng(1).permutation(900)
    a, b = end(mixed(np.arange(900)), 1 / 24, 60.0), end(mixed(order), 1 / 24, 60.0)
    assert np.isfinite(a.infected_at).sum() > 50
    assert b.infected_at == pytest.approx(a.infected_at[order], rel=1e-9)


def test_less_contact_infects_nobody_more():
    full, less = (end(town(2000, rate, FLU, 3, 20), 1 / 24, 200.0) for rate in (0.6, 0.4))
    assert not (np.isfinite(less.infected_at) & np.isinf(full.infected_at)).any()
    assert np.isfinite(less.infected_at).sum() < np.isfinite(full.infected_at).sum()


def test_half_the_step_changes_little():
    sizes = [[end(mixed(np.arange(900), seed), dt, 80.0).counts()[3] for seed in range(6)] for dt in (1 / 12, 1 / 24)]
    assert np.mean(sizes[0]) == pytest.approx(np.mean(sizes[1]), rel=0.03)


def test_days_for_hours_scale():
    """Twice as fast a disease with twice the contacts infects the same people in half the time."""
    slow = end(town(800, 0.5, FLU, 4, 5), 0.25, 200.0)
    fast = end(town(800, 1.0, Disease(1.5, 2.0), 4, 5), 0.125, 100.0)
    ever = np.isfinite(slow.infected_at)
    assert (ever == np.isfinite(fast.infected_at)).all()
    assert fast.infected_at[ever] == pytest.approx(slow.infected_at[ever] / 2, rel=1e-9)


class Twin:
    """The same epidemic person by person and group by group, in plain Python."""

    def __init__(self, e: Epidemic) -> None:
        self.e, self.now, n = e, 0.0, len(e.key)
        self.infected, self.start, self.stop = e.infected_at.tolist(), e.infectious_at.tolist(), e.removed_at.tolist()
        self.acted, self.pressure = list(self.start), [0.0] * n
        self.threshold = [-np.log(e.stream.uniform("contagion.threshold", int(k))) for k in e.key]
        self.size = [[int((one.group == g).sum()) ** one.exponent for g in one.group] for one in e.settings]

    def step(self, dt: float) -> None:
        force = [dict.fromkeys(one.group.tolist(), 0.0) for one in self.e.settings]
        for i, stop in enumerate(self.stop):
            days = min(stop, self.now + dt) - self.acted[i]
            if self.infected[i] == np.inf or days <= 0:
                continue
            self.acted[i] += days
            for s, one in enumerate(self.e.settings):
                force[s][int(one.group[i])] += one.rate(self.now % 1.0 * 86400 + 1e-3) * days / self.size[s][i]
        for i in range(len(self.stop)):
            if self.infected[i] == np.inf:
                self._act(
                    i, sum(force[s][int(o.group[i])] for s, o in enumerate(self.e.settings) if o.group[i] >= 0), dt
                )
        self.now += dt

    def _act(self, i: int, added: float, dt: float) -> None:
        if added > 0 and self.pressure[i] + added >= self.threshold[i]:
            e, key = self.e, self.e.key[i : i + 1]
            self.infected[i] = self.now + dt * (self.threshold[i] - self.pressure[i]) / added
            latent, lasts = (e.stream.uniforms(f"contagion.{what}", key)[0] for what in ("latent", "infectious"))
            self.start[i] = self.acted[i] = self.infected[i] - e.disease.latent_d * np.log(latent)
            self.stop[i] = self.start[i] - e.disease.infectious_d * np.log(lasts)
        self.pressure[i] += added


def test_the_kernel_does_what_plain_python_does():
    def one() -> Epidemic:
        epidemic = mixed(np.arange(120), 7, 1.5, first=0)
        epidemic.disease = Disease(1.5, 3.0)
        epidemic.infect(np.arange(4))
        return epidemic

    epidemic, twin = one(), Twin(one())
    for _ in range(240):
        epidemic.step(1 / 12)
        twin.step(1 / 12)
    assert np.isfinite(twin.infected).sum() > 20
    assert epidemic.infected_at == pytest.approx(np.array(twin.infected), rel=1e-9)


def test_isolation_leaves_the_contacts_that_it_leaves():
    n, sizes = 4000, []
    apart = Setting("town", np.zeros(n, dtype=np.int32), 1.0, works_isolated=0.0)
    for after in (np.inf, 2.0, 0.0):
        epidemic = Epidemic(FIXED, (apart,), np.arange(n, dtype=np.uint64), Stream(1, DECISIONS))
        epidemic.infect(np.arange(10), infectious=True)
        for _ in range(400):
            ever = np.isfinite(epidemic.infected_at)
            epidemic.isolated_at[ever] = epidemic.infectious_at[ever] + after
            epidemic.step(0.25)
        sizes.append(np.isfinite(epidemic.infected_at).mean())
    assert sizes[0] == pytest.approx(final_size(4.0, 10 / n), abs=0.02)
    assert sizes[1] == pytest.approx(final_size(2.0, 10 / n), abs=0.04)  # two of four days: half of R0
    assert sizes[2] == pytest.approx(10 / n)


@pytest.mark.parametrize("leaky", [True, False])
def test_the_immune_leave_a_smaller_epidemic(leaky):
    n = 8000
    epidemic = town(n, 3.0 / 4.0, FIXED, 3, 20)
    epidemic.susceptibility[:] = 0.5 if leaky else (np.arange(n) % 2).astype(float)
    end(epidemic, 0.25, 200.0)
    share = np.isfinite(epidemic.infected_at).mean()
    half = final_size(1.5, 20 / n) if leaky else final_size(3.0, 20 / n, 0.5 - 10 / n)
    assert share == pytest.approx(half, abs=0.04)


def test_luck_does_not_depend_on_who_else_there_is():
    small, large = town(300, 0.0, first=10), town(3000, 0.0, first=10)
    assert (small.removed_at[:10] == large.removed_at[:10]).all()
    assert (small.who.threshold == large.who.threshold[:300]).all()


@pytest.mark.parametrize("call", [
    lambda: Disease(-1.0, 3.0), lambda: Disease(1.0, 0.0), lambda: replace(FLU, latent_shape=0.0),
    lambda: Setting("x", np.zeros(3, dtype=np.int32), -1.0),
    lambda: Setting("x", np.zeros(3, dtype=np.int32), 1.0, 1.0, (0.0,) * 24),
    lambda: Epidemic(FLU, (Setting("x", np.zeros(3, dtype=np.int32), 1.0),), np.arange(4, dtype=np.uint64), Stream(1)),
    lambda: Epidemic(FLU, (Setting("x", np.zeros(3, dtype=np.int32), 1.0, links=np.eye(2)),), np.arange(3, dtype=np.uint64), Stream(1)),
    lambda: town(10, 1.0).step(0.0), lambda: town(10, 1.0).step(5.0),
])  # fmt: skip
def test_what_cannot_be_is_told(call):
    with pytest.raises(InputError):
        call()


@pytest.mark.parametrize("factor", [float("nan"), -1.0])
def test_a_run_stops_where_the_force_is_no_force(factor):
    epidemic = town(50, 1.0, first=5)
    epidemic.factor[0] = factor
    with pytest.raises(PhysicsError, match=r"group 0 on day 0"):
        epidemic.step(0.5)
