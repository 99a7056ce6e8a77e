"""Luck as a run uses it: names, near neighbours, extremes and derived draws; beside `test_streams_battery.py`."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from scipy import stats

from models.demand import draw_onsets
from models.hazards.building_fire import BuildingFire
from models.hazards.cardiac_arrest import CardiacArrest
from models.simulation import all_decisions
from sim.streams import Stream, draw_bits, uniforms

#: About ninety tests are made here: a true hash fails one of them once in a hundred runs.
LEAST_P = 1e-4
GOLDEN, SILVER = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
MIX_1, MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
ONES = 2**64 - 1
SEEDS, DECISIONS, ENTITIES, MOMENTS = 24, 24, 64, 48
AXES = ("seed", "decision", "entity", "moment")


def mixed(z: int) -> int:
    z = (z ^ (z >> 30)) * MIX_1 & ONES
    z = (z ^ (z >> 27)) * MIX_2 & ONES
    return z ^ (z >> 31)


def unshifted(z: int, by: int) -> int:
    found = z
    for _ in range(64 // by + 1):
        found = z ^ (found >> by)
    return found


def unmixed(z: int) -> int:
    z = unshifted(z, 31) * pow(MIX_2, -1, 2**64) & ONES
    z = unshifted(z, 27) * pow(MIX_1, -1, 2**64) & ONES
    return unshifted(z, 30)


def by_hand(key: int, entity: int, moment: int) -> int:
    first = mixed((key + (entity + 1) * GOLDEN) & ONES)
    second = mixed(first ^ ((moment + 1) * SILVER + key) & ONES)
    return mixed((second + GOLDEN) & ONES)


def entity_that_draws(bits: int, key: int, moment: int) -> int:
    """The hash run backwards."""
    second = (unmixed(bits) - GOLDEN) & ONES
    first = unmixed(second) ^ ((moment + 1) * SILVER + key) & ONES
    return ((unmixed(first) - key) * pow(GOLDEN, -1, 2**64) - 1) & ONES


def words(values) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def bits_of(draws: np.ndarray) -> np.ndarray:
    """The 52 bits that a draw was made from."""
    return np.floor(draws * 2.0**52).astype(np.uint64)


def two_sided(z: float) -> float:
    return float(2 * stats.norm.sf(abs(z)))


def are_independent(x: np.ndarray, y: np.ndarray, cells: int = 32) -> None:
    x, y = x.ravel(), y.ravel()
    assert two_sided(np.corrcoef(x, y)[0, 1] * np.sqrt(x.size)) > LEAST_P
    counts = np.bincount((x * cells).astype(int) * cells + (y * cells).astype(int), minlength=cells**2)
    assert stats.chisquare(counts).pvalue > LEAST_P


def names_of_a_run(kinds) -> list[str]:
    return all_decisions(kinds, {"building_fire": BuildingFire(), "cardiac_arrest": CardiacArrest()})


@pytest.fixture(scope="module")
def lattice() -> np.ndarray:
    """Draws of neighbours in all four directions at once: [seed, decision, entity, moment]."""
    entity, moment = (words(a.ravel()) for a in np.meshgrid(range(ENTITIES), range(MOMENTS), indexing="ij"))
    names = [f"decision{number}" for number in range(DECISIONS)]
    draws = [uniforms(Stream(seed).key(name), entity, moment) for seed in range(SEEDS) for name in names]
    return np.array(draws).reshape(SEEDS, DECISIONS, ENTITIES, MOMENTS)


@pytest.fixture(scope="module")
def long() -> np.ndarray:
    n = 1_000_000
    return uniforms(Stream(2024).key("long"), np.arange(n, dtype=np.uint64), np.zeros(n, dtype=np.uint64))


def test_the_compiled_hash_is_the_one_written_down():
    rng = np.random.default_rng(3)
    for key, entity, moment in rng.integers(0, ONES, (2000, 3), dtype=np.uint64, endpoint=True):
        assert int(draw_bits(key, entity, moment)) == by_hand(int(key), int(entity), int(moment))


@pytest.mark.parametrize("word", [0, 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, ONES])
def test_words_at_the_edges_wrap_round(word: int):
    for key, entity, moment in ((word, 5, 5), (5, word, 5), (5, 5, word), (word, word, word)):
        assert int(draw_bits(*words([key, entity, moment]))) == by_hand(key, entity, moment)


@pytest.mark.parametrize(
    ("name", "key", "draw"),
    [
        ((0, "a", 0, 0), 16563745722614342077, 0.04574683020867332),
        ((1, "demand.medical.count", -5, 3), 9359518703607058540, 0.4268068275011704),
        ((2**53 - 1, "stage.bounces", 2**63, 10**6), 12861395474367142618, 0.3260944185839846),
    ],
)
def test_a_draw_stays_the_same_from_release_to_release(name: tuple[int, str, int, int], key: int, draw: float):
    seed, decision, entity, moment = name
    assert int(Stream(seed).key(decision)) == key
    assert Stream(seed).uniform(decision, entity, moment) == draw


def test_one_draw_and_many_draws_are_the_same_luck():
    stream = Stream(9)
    entity, moment = np.arange(-50, 50), np.arange(100) * 7
    many = uniforms(stream.key("a"), entity.astype(np.uint64), words(moment))
    assert many.tolist() == [stream.uniform("a", e, m) for e, m in zip(entity.tolist(), moment.tolist(), strict=True)]


@pytest.mark.parametrize("bits", [0, ONES, 1, ONES - 1, 2**63, 2**12 - 1, ONES - 2**12 + 1])
def test_the_most_extreme_draws_are_neither_0_nor_1(bits: int):
    stream, moment = Stream(5), 17
    entity = entity_that_draws(bits, int(stream.key("a")), moment)
    assert int(draw_bits(stream.key("a"), np.uint64(entity), np.uint64(moment))) == bits
    assert 0.0 < stream.uniform("a", entity, moment) < 1.0
    assert 0.0 < stream.exponential(1.0, "a", entity, moment) < 37.0
    assert 1e-9 < stream.lognormal(1.0, 1.0, "a", entity, moment) < 1e9
    assert stream.chance(1.0, "a", entity, moment)
    assert not stream.chance(0.0, "a", entity, moment)


def test_the_whole_lattice_is_uniform(lattice: np.ndarray):
    assert stats.kstest(lattice.ravel(), "uniform").pvalue > LEAST_P
    assert stats.chisquare(np.bincount((lattice.ravel() * 4096).astype(int), minlength=4096)).pvalue > LEAST_P


@pytest.mark.parametrize("axis", range(4), ids=AXES)
def test_every_line_through_the_lattice_is_uniform(lattice: np.ndarray, axis: int):
    lines = np.moveaxis(lattice, axis, -1).reshape(-1, lattice.shape[axis])
    z = (lines.mean(axis=1) - 0.5) * np.sqrt(12 * lines.shape[1])
    assert two_sided((z.var() - 1) * np.sqrt(len(z) / 2)) > LEAST_P
    assert two_sided(np.abs(z).max()) * len(z) > LEAST_P
    # The mean over all other axes: one for each place along this one.
    means = (lattice.mean(axis=tuple({0, 1, 2, 3} - {axis})) - 0.5) * np.sqrt(12 * len(lines))
    assert stats.chi2.sf((means**2).sum(), len(means)) > LEAST_P


@pytest.mark.parametrize("axis", range(4), ids=AXES)
@pytest.mark.parametrize("lag", [1, 2, 8])
def test_neighbours_in_every_direction_are_independent(lattice: np.ndarray, axis: int, lag: int):
    along = np.moveaxis(lattice, axis, 0)
    are_independent(along[:-lag], along[lag:])


@pytest.mark.parametrize(("a", "b"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)],
                         ids=lambda axis: AXES[axis])  # fmt: skip
def test_diagonal_neighbours_are_independent(lattice: np.ndarray, a: int, b: int):
    plane = np.moveaxis(lattice, (a, b), (0, 1))
    are_independent(plane[:-1, :-1], plane[1:, 1:])
    are_independent(plane[:-1, 1:], plane[1:, :-1])


def test_entity_and_moment_are_not_one_word():
    key = Stream(6).key("a")
    i, j = (words(a[np.triu_indices(500, 1)]) for a in np.indices((500, 500)))
    are_independent(uniforms(key, i, j), uniforms(key, j, i))
    both = np.concatenate([uniforms(key, i, j), uniforms(key, j, i)])
    assert len(np.unique(both)) == len(both)


def test_the_names_of_a_run_give_uniform_and_unlike_luck_to_the_people_and_buildings_of_a_city(
    tiny, tiny_city, tiny_people
):
    names = names_of_a_run(tiny.kinds())
    p = []
    for seed in range(3):
        stream = Stream(seed, names)
        for entities in (tiny_people.key.astype(np.uint64), tiny_city.walk.osm_id.astype(np.uint64)):
            none = np.zeros(len(entities), dtype=np.uint64)
            draws = np.array([uniforms(stream.key(name), entities, none) for name in names])
            p += [stats.chisquare(np.bincount((row * 32).astype(int), minlength=32)).pvalue for row in draws]
            r = np.corrcoef(draws)[np.triu_indices(len(names), 1)] * np.sqrt(len(entities))
            assert two_sided(np.abs(r).max()) * len(r) > LEAST_P
    assert len(p) > 200
    assert min(p) * len(p) > LEAST_P
    assert stats.kstest(p, "uniform").pvalue > LEAST_P


def test_seed_and_name_are_not_run_together():
    names = [(1, "1:a"), (11, "a"), (1, "1a"), (11, ":a"), (111, ""), (11, "1"), (-1, "a"), (1, "-a"), (1, "a ")]
    assert len({int(Stream(seed).key(name)) for seed, name in names}) == len(names)


def test_a_hundred_thousand_keys_have_no_twins():
    names = [f"name{number}" for number in range(100)]
    keys = {int(stream.key(name)) for stream in map(Stream, range(1000)) for name in names}
    assert len(keys) == 100_000


@pytest.mark.parametrize("part", ["key", "entity", "moment"])
def test_a_turned_bit_of_a_small_number_turns_half_of_the_bits_of_the_draw(part: str):
    n = 4000
    at = np.arange(n, dtype=np.uint64)
    entity, moment, key = at // np.uint64(25), at % np.uint64(25), Stream(8).key("avalanche")
    before = bits_of(uniforms(key, entity, moment))
    shares, pairs = [], []
    for bit in range(64):
        one = np.uint64(1 << bit)
        after = uniforms(
            key ^ one if part == "key" else key,
            entity ^ one if part == "entity" else entity,
            moment ^ one if part == "moment" else moment,
        )
        turned = (before ^ bits_of(after))[:, None] >> np.arange(52, dtype=np.uint64) & np.uint64(1)
        shares.append(turned.mean(axis=0))
        pairs.append(np.corrcoef(turned.T.astype(np.float64))[np.triu_indices(52, 1)])
    z = (np.array(shares) - 0.5) * 2 * np.sqrt(n)
    assert two_sided(np.abs(z).max()) * z.size > LEAST_P
    assert abs(z.mean()) * np.sqrt(z.size) < 5
    # No two bits of the draw turn together either.
    r = np.array(pairs) * np.sqrt(n)
    assert two_sided(np.abs(r).max()) * r.size > LEAST_P


@pytest.mark.parametrize("what", ["seed", "decision"])
def test_a_turned_bit_of_seed_or_name_turns_half_of_the_bits_of_the_draw(what: str):
    def bits(seed: int, name: str) -> int:
        return int(draw_bits(Stream(seed).key(name), np.uint64(1), np.uint64(1)))

    turned = []
    for number in range(200):
        name = f"name{number}"
        for bit in range(53) if what == "seed" else range(4):
            other = (number ^ 1 << bit, name) if what == "seed" else (number, name[:-1] + chr(ord(name[-1]) ^ 1 << bit))
            turned.append((bits(number, name) ^ bits(*other)).bit_count())
    # Seeds that differ in one bit meet twice, once from either side.
    assert abs(np.mean(turned) - 32) < 5 * 4 * np.sqrt(2 / len(turned))
    assert min(turned) > 8
    assert max(turned) < 56


def test_a_million_mixed_keys_have_no_more_twins_than_chance_gives():
    entity, moment = (words(a.ravel()) for a in np.meshgrid(range(500), range(100), indexing="ij"))
    keys = [Stream(seed).key(name) for seed in range(5) for name in ("a", "b", "c", "d")]
    bits = np.concatenate([bits_of(uniforms(key, entity, moment)) for key in keys])
    n = len(bits)
    assert n == 1_000_000
    assert len(np.unique(bits)) == n
    for shift in (0, 10, 20):
        part = (bits >> np.uint64(shift)) & np.uint64(2**32 - 1)
        twins = n - len(np.unique(part))
        low, high = stats.poisson.interval(1 - LEAST_P, n * (n - 1) / 2**33)
        assert low <= twins <= high


def test_every_bit_of_a_draw_is_a_fair_coin(long: np.ndarray):
    bits = bits_of(long)
    ones = np.array([int((bits >> np.uint64(k) & np.uint64(1)).sum()) for k in range(52)])
    z = (ones - len(long) / 2) * 2 / np.sqrt(len(long))
    assert two_sided(np.abs(z).max()) * 52 > LEAST_P
    assert stats.chi2.sf((z**2).sum(), 52) > LEAST_P
    low = np.bincount((bits & np.uint64(1023)).astype(int), minlength=1024)
    assert stats.chisquare(low).pvalue > LEAST_P


def test_three_draws_in_a_row_fill_the_cube(long: np.ndarray):
    at = (long[: len(long) // 3 * 3].reshape(-1, 3) * 16).astype(int)
    assert stats.chisquare(np.bincount(at @ [256, 16, 1], minlength=4096)).pvalue > LEAST_P


def test_four_draws_in_a_row_come_in_every_order_alike(long: np.ndarray):
    order = np.argsort(long.reshape(-1, 4), axis=1) @ [64, 16, 4, 1]
    counts = np.unique(order, return_counts=True)[1]
    assert len(counts) == 24
    assert stats.chisquare(counts).pvalue > LEAST_P


def test_no_lag_up_to_a_thousand_is_correlated(long: np.ndarray):
    spectrum = np.fft.rfft(long - 0.5, 2 * len(long))
    r = np.fft.irfft(np.abs(spectrum) ** 2)[1:1001] / (len(long) / 12) * np.sqrt(len(long))
    assert two_sided(np.abs(r).max()) * len(r) > LEAST_P
    assert stats.kstest(r, "norm").pvalue > LEAST_P


def test_birthdays_are_spaced_as_birthdays_are(long: np.ndarray):
    # Marsaglia's test: 512 birthdays in a year of 2^24 days give Poisson(2) equal spacings.
    days = np.sort((long[: 512 * 1900] * 2**24).astype(np.int64).reshape(-1, 512), axis=1)
    spacing = np.sort(np.diff(days, axis=1, prepend=0), axis=1)
    equal = (np.diff(spacing, axis=1) == 0).sum(axis=1)
    counts = np.bincount(np.minimum(equal, 7), minlength=8)
    expected = np.append(stats.poisson.pmf(range(7), 2), stats.poisson.sf(6, 2)) * len(equal)
    assert stats.chisquare(counts, expected).pvalue > LEAST_P


def test_exponential_draws_have_the_right_moments_and_no_memory():
    n = 40_000
    draws = np.array([Stream(12).exponential(250.0, "e", i, 3) for i in range(n)])
    assert two_sided((draws.mean() / 250 - 1) * np.sqrt(n)) > LEAST_P
    assert two_sided((draws.var() / 250**2 - 1) * np.sqrt(n / 8)) > LEAST_P
    later = draws[draws > 400] - 400
    assert stats.kstest(later, "expon", args=(0, 250)).pvalue > LEAST_P


def test_lognormal_draws_have_the_right_median_and_spread():
    n, sigma = 40_000, 0.7
    draws = np.array([Stream(13).lognormal(90.0, sigma, "l", i) for i in range(n)])
    assert stats.kstest(np.log(draws), "norm", args=(log(90), sigma)).pvalue > LEAST_P
    assert stats.binomtest(int((draws < 90).sum()), n).pvalue > LEAST_P
    assert draws.mean() == pytest.approx(90 * np.exp(sigma**2 / 2), rel=0.03)


def test_a_lognormal_of_no_median_takes_no_time_and_one_of_no_spread_is_its_median():
    assert Stream(1).lognormal(0.0, 1.0, "l", 1) == 0.0
    assert Stream(1).lognormal(60.0, 0.0, "l", 1) == 60.0


@pytest.mark.parametrize("probability", [0.001, 0.05, 0.5, 0.99])
def test_what_has_a_chance_happens_that_often(probability: float):
    n = 40_000
    happened = sum(Stream(14).chance(probability, "c", i) for i in range(n))
    assert stats.binomtest(happened, n, probability).pvalue > LEAST_P


def test_a_larger_chance_keeps_all_that_happened_with_a_smaller_one():
    stream = Stream(15)
    some, more = ({i for i in range(5000) if stream.chance(p, "c", i)} for p in (0.2, 0.3))
    assert some < more


@pytest.mark.parametrize("expected", [0.002, 0.7, 9.0])
def test_demand_counts_are_poisson(expected: float):
    n = 60_000
    stream, entities = Stream(16), np.arange(n, dtype=np.uint64)
    hours = np.linspace(0.0, 1.0, 25)
    index, _, _ = draw_onsets(stream.key("n"), stream.key("t"), entities, np.full(n, expected), hours, 4)
    counts = np.bincount(index, minlength=n)
    law = stats.poisson(expected)
    cells = np.arange(law.isf(1 - 10 / n), law.isf(10 / n) + 1).astype(int)
    found = np.bincount(np.clip(counts, cells[0], cells[-1]) - cells[0], minlength=len(cells))
    probability = law.pmf(cells)
    probability[0], probability[-1] = law.cdf(cells[0]), law.sf(cells[-1] - 1)
    assert stats.chisquare(found, n * probability).pvalue > LEAST_P


def test_demand_times_follow_the_hours():
    n = 40_000
    stream, entities = Stream(17), np.arange(n, dtype=np.uint64)
    weights = np.array([0.0, 0.0, 3.0, 1.0] * 6)
    hours = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    _, ids, times = draw_onsets(stream.key("n"), stream.key("t"), entities, np.full(n, 1.0), hours, 1)
    hour = (times // 3600).astype(int)
    counts = np.bincount(hour, minlength=24)
    assert not counts[weights == 0].any()
    assert stats.chisquare(counts[weights > 0], len(times) * weights[weights > 0] / weights.sum()).pvalue > LEAST_P
    assert stats.kstest(times / 3600 - hour, "uniform").pvalue > LEAST_P
    assert len(np.unique(ids)) == len(ids)
    assert ids.min() >= 0


@pytest.mark.parametrize(
    "draw",
    [
        lambda stream, name: stream.key(name),
        lambda stream, name: stream.uniform(name, 1),
        lambda stream, name: stream.chance(0.5, name, 1),
        lambda stream, name: stream.lognormal(1.0, 1.0, name, 1),
        lambda stream, name: stream.exponential(1.0, name, 1),
    ],
    ids=["key", "uniform", "chance", "lognormal", "exponential"],
)
def test_every_draw_refuses_a_name_that_was_not_declared(draw):
    stream = Stream(1, ["known"])
    draw(stream, "known")
    for name in ("unknown", "Known", "known ", ""):
        with pytest.raises(KeyError, match="not declared"):
            draw(stream, name)


def test_the_order_and_company_of_the_names_do_not_matter():
    alone, first, last = Stream(3, ["a"]), Stream(3, ["a", "b", "c"]), Stream(3, ["c", "b", "a"])
    assert alone.uniform("a", 4, 5) == first.uniform("a", 4, 5) == last.uniform("a", 4, 5)


def test_every_name_of_a_run_is_declared_once(tiny):
    names = names_of_a_run(tiny.kinds())
    assert len(names) == len(set(names))
    assert len({int(Stream(0, names).key(name)) for name in names}) == len(names)
