"""Look-ups by bands find the pairs that comparing every pair finds, whatever the hashes."""

import numpy as np
import pytest

from phototags.features import hash_matching as module
from phototags.features.hash_matching import choose_bands, match_hashes, split_bits


def compare_all(train, test, max_distance):
    """(train index, test index, bits) of every pair within the distance: the slow loop."""
    return sorted(
        (one, other, bits)
        for one, a in enumerate(train.tolist())
        for other, b in enumerate(test.tolist())
        if (bits := (a ^ b).bit_count()) <= max_distance
    )


def find_by_bands(train, test, max_distance):
    """The same by bands; a pair that is found twice is there twice."""
    return sorted(
        triple
        for block in match_hashes(train, test, max_distance)
        for triple in zip(*(part.tolist() for part in block), strict=True)
    )


def draw_near(hashes, bits, generator):
    """(n,) uint64: each hash with this many of its bits, drawn anew for each, set the other way."""
    drawn = np.argsort(generator.random((len(hashes), 64)), axis=1)[:, :bits].astype(np.uint64)
    return hashes ^ np.bitwise_or.reduce(np.uint64(1) << drawn, axis=1, initial=np.uint64(0))


@pytest.fixture
def hashes():
    """60 hashes learned from, and 100 tested: 20 by 1 to 20 bits from one of them each."""
    generator = np.random.default_rng(0)
    train = generator.integers(0, 2**64, 60, np.uint64)
    near = [draw_near(train[bits : bits + 1], bits, generator) for bits in range(1, 21)]
    return train, np.concatenate([*near, generator.integers(0, 2**64, 80, np.uint64)])


@pytest.mark.parametrize("bands", [1, 3, 4, 5, 9, 16])
@pytest.mark.parametrize("max_distance", [0, 1, 8, 15])
def test_any_number_of_bands_finds_each_pair_once(hashes, bands, max_distance, monkeypatch):
    monkeypatch.setattr(module, "choose_bands", lambda *_: bands)
    expected = compare_all(*hashes, max_distance)
    assert len(expected) == max_distance  # random ones are farther apart
    assert find_by_bands(*hashes, max_distance) == expected


@pytest.mark.parametrize("pairs", [1, 7, 100, 10**6])
def test_blocks_of_any_size_find_the_same(hashes, pairs, monkeypatch):
    monkeypatch.setattr(module, "PAIRS", pairs)
    expected = compare_all(*hashes, 28)
    assert len(expected) > 500
    for bands in (1, 8):
        monkeypatch.setattr(module, "choose_bands", lambda *_, bands=bands: bands)
        assert find_by_bands(*hashes, 28) == expected


def test_pictures_of_one_hash_are_all_pairs_of_each_other():
    same, other = np.full(50, 2**63 + 5, np.uint64), np.array([0], np.uint64)
    found = find_by_bands(np.concatenate([same, other]), same, 2)
    assert found == [(one, two, 0) for one in range(50) for two in range(50)]


def test_nothing_is_found_among_nothing():
    nothing, one = np.zeros(0, np.uint64), np.zeros(1, np.uint64)
    for train, test in ((nothing, one), (one, nothing), (nothing, nothing)):
        assert find_by_bands(train, test, 64) == []


@pytest.mark.parametrize("bands", range(3, 17))
def test_the_bands_are_all_bits_once(bands):
    covered = [bit for low, width in split_bits(bands) for bit in range(low, low + width)]
    assert covered == list(range(64))


def test_few_hashes_or_far_ones_are_compared_with_each_other_and_many_are_looked_up():
    assert choose_bands(10, 8) == 1 and choose_bands(10**6, 40) == 1
    assert choose_bands(10**6, 8) > 1
