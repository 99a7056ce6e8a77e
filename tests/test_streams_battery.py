"""The statistical battery for the hash behind every draw: uniform, independent, without an order of drawing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.streams import Stream, draw_bits, uniforms

#: Some sixty tests are made here: a true hash fails one of them once in a hundred batteries.
LEAST_P = 1e-4
N = 200_000
words = st.integers(min_value=0, max_value=2**64 - 1)


def key(seed: int, decision: str = "a") -> np.uint64:
    return Stream(seed).key(decision)


def draws(seed: int, decision: str = "a", n: int = N) -> np.ndarray:
    return uniforms(key(seed, decision), np.arange(n, dtype=np.uint64), np.zeros(n, dtype=np.uint64))


def along_moments(seed: int, entity: int, n: int = N) -> np.ndarray:
    return uniforms(key(seed), np.full(n, entity, dtype=np.uint64), np.arange(n, dtype=np.uint64))


def over_seeds(entity: int, n: int = 20_000) -> np.ndarray:
    return np.array([Stream(seed).uniform("a", entity) for seed in range(n)])


SAMPLES = {
    "entities of seed 0": lambda: draws(0),
    "entities of seed 1": lambda: draws(1),
    "entities of a large seed": lambda: draws(2**53 - 1),
    "another decision": lambda: draws(0, "demand.medical.count"),
    "moments of one entity": lambda: along_moments(0, 0),
    "moments of a large entity": lambda: along_moments(0, 2**63 + 12345),
    "seeds of one entity": lambda: over_seeds(7),
    "entities a million apart": lambda: uniforms(key(3), np.arange(N, dtype=np.uint64) * np.uint64(10**6),
                                                 np.zeros(N, dtype=np.uint64)),
    "entities that are powers of two apart": lambda: uniforms(key(4), np.arange(N, dtype=np.uint64) << np.uint64(32),
                                                              np.zeros(N, dtype=np.uint64)),
    "entity and moment together": lambda: uniforms(key(5), np.arange(N, dtype=np.uint64),
                                                   np.arange(N, dtype=np.uint64)),
}  # fmt: skip


@pytest.fixture(scope="module", params=SAMPLES, ids=str)
def sample(request: pytest.FixtureRequest) -> np.ndarray:
    return SAMPLES[request.param]()


def test_draws_are_uniform(sample: np.ndarray):
    assert sample.min() > 0.0
    assert sample.max() < 1.0
    assert stats.kstest(sample, "uniform").pvalue > LEAST_P
    counts = np.bincount((sample * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > LEAST_P


def test_neighbours_are_independent(sample: np.ndarray):
    for lag in (1, 2, 16):
        r = np.corrcoef(sample[:-lag], sample[lag:])[0, 1]
        assert 2 * stats.norm.sf(abs(r) * np.sqrt(len(sample))) > LEAST_P
    grid = np.bincount((sample[:-1:2] * 32).astype(int) * 32 + (sample[1::2] * 32).astype(int), minlength=1024)
    assert stats.chisquare(grid).pvalue > LEAST_P


def test_runs_up_and_down_are_as_long_as_they_should_be(sample: np.ndarray):
    # Runs of ups and downs: mean (2n − 1)/3, variance (16n − 29)/90 (Knuth, TAOCP 2, 3.3.2).
    n = len(sample)
    runs = 1 + int((np.diff(np.sign(np.diff(sample))) != 0).sum())
    z = (runs - (2 * n - 1) / 3) / np.sqrt((16 * n - 29) / 90)
    assert 2 * stats.norm.sf(abs(z)) > LEAST_P


def test_gaps_below_a_tenth_are_geometric(sample: np.ndarray):
    gaps = np.diff(np.flatnonzero(sample < 0.1)) - 1
    expected = 0.1 * 0.9 ** np.arange(60)
    counts = np.bincount(np.minimum(gaps, 60), minlength=61)
    assert stats.chisquare(counts, len(gaps) * np.append(expected, 0.9**60)).pvalue > LEAST_P


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (lambda: draws(0), lambda: draws(1)),
        (lambda: draws(0, "a"), lambda: draws(0, "b")),
        (lambda: along_moments(0, 1), lambda: along_moments(0, 2)),
        (lambda: draws(0), lambda: along_moments(0, 0)),
    ],
    ids=["seeds", "decisions", "entities", "roles"],
)
def test_streams_beside_each_other_are_independent(a, b):
    x, y = a(), b()
    r = np.corrcoef(x, y)[0, 1]
    assert 2 * stats.norm.sf(abs(r) * np.sqrt(len(x))) > LEAST_P
    grid = np.bincount((x * 32).astype(int) * 32 + (y * 32).astype(int), minlength=1024)
    assert stats.chisquare(grid).pvalue > LEAST_P


@pytest.mark.parametrize("part", ["key", "entity", "moment"])
def test_every_bit_of_every_part_turns_half_of_the_bits_of_the_draw(part: str):
    rng = np.random.default_rng(1)
    trials = 400
    turned = np.zeros((64, 64))
    for words_of in rng.integers(0, 2**63, (trials, 3)).astype(np.uint64):
        before = int(draw_bits(*words_of))
        for bit in range(64):
            changed = list(words_of)
            at = ("key", "entity", "moment").index(part)
            changed[at] = np.uint64(int(changed[at]) ^ (1 << bit))
            difference = before ^ int(draw_bits(*changed))
            turned[bit] += [(difference >> k) & 1 for k in range(64)]
    share = turned / trials
    # 4,096 cells of 400 coins each: six standard errors on any cell, and the mean far closer.
    assert abs(share - 0.5).max() < 6 * 0.5 / np.sqrt(trials)
    assert abs(share.mean() - 0.5) < 0.002


def test_a_million_draws_have_no_twins():
    bits = [int(draw_bits(key(0), np.uint64(i), np.uint64(j))) for i in range(1000) for j in range(1000)]
    assert len(set(bits)) == len(bits)


@given(words, words, words)
def test_a_draw_lies_strictly_between_0_and_1(seed_key: int, entity: int, moment: int):
    (draw,) = uniforms(np.uint64(seed_key), np.array([entity], dtype=np.uint64), np.array([moment], dtype=np.uint64))
    assert 0.0 < draw < 1.0


@given(st.integers(0, 2**53 - 1), words, words)
def test_a_draw_depends_on_nothing_but_its_name(seed: int, entity: int, moment: int):
    again, other = Stream(seed), Stream(seed)
    other.uniform("b", entity, moment)
    assert again.uniform("a", entity, moment) == other.uniform("a", entity, moment)


def test_derived_draws_have_the_right_moments():
    stream, n = Stream(11), 40_000
    lognormal = np.log([stream.lognormal(60.0, 0.4, "l", i) for i in range(n)])
    assert abs(lognormal.mean() - np.log(60.0)) < 5 * 0.4 / np.sqrt(n)
    assert abs(lognormal.std() - 0.4) < 5 * 0.4 / np.sqrt(2 * n)
    exponential = np.array([stream.exponential(3.0, "e", i) for i in range(n)])
    assert stats.kstest(exponential, "expon", args=(0, 3.0)).pvalue > LEAST_P
    chances = sum(stream.chance(0.3, "c", i) for i in range(n))
    assert stats.binomtest(chances, n, 0.3).pvalue > LEAST_P


def test_a_name_that_was_not_declared_is_refused():
    stream = Stream(0, ["known"])
    assert stream.uniform("known", 1) == Stream(0).uniform("known", 1)
    with pytest.raises(KeyError, match="unknown"):
        stream.uniform("unknown", 1)
    with pytest.raises(ValueError, match="twice"):
        Stream(0, ["twice", "twice"])
