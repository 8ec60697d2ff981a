"""Find perceptual hashes that differ in few bits, without comparing every pair.

Multi-index hashing (Norouzi, Punjani & Fleet, CVPR 2012): hashes that differ in at most k bits
differ in at most k // B bits of one of B bands at least. So each hash looks up its bands, and all
values that differ from them in so few bits, in a table of the other hashes' bands, and is compared
only with what it finds there. No pair is missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

BITS = 64
MAX_BAND_BITS = 22  # a table of all values of a band: 34 MB
PAIRS = 500_000  # compared at once: 20 MB
PROBE_COST = 2  # of a look-up in a table, in comparisons of a pair


@dataclass(frozen=True, eq=False)
class BandTable:
    """The values of some bits of hashes, and where each value occurs.

    Args:
        shift: of the band's lowest bit.
        width: bits of the band; none at all make one value of all hashes.
        masks: (K,) uint64, xor of a value and each value that differs in few bits.
        order: (m,) int64, indices of the hashes by value.
        offsets: (2**width + 1,) int64, where each value starts in `order`.
    """

    shift: int
    width: int
    masks: NDArray[np.uint64]
    order: NDArray[np.int64]
    offsets: NDArray[np.int64]

    @classmethod
    def build(cls, hashes: NDArray[np.uint64], shift: int, width: int, radius: int) -> "BandTable":
        values = _take_bits(hashes, shift, width)
        order = values.argsort(kind="stable")
        offsets = np.searchsorted(values[order], np.arange(2**width + 1, dtype=np.uint64))
        flips = [
            sum(1 << bit for bit in bits)
            for count in range(min(radius, width) + 1)
            for bits in combinations(range(width), count)
        ]
        return cls(shift, width, np.array(flips, np.uint64), order, offsets)

    def find(self, hashes: NDArray[np.uint64]) -> Iterator[tuple[NDArray, NDArray]]:
        """Yield index pairs of `hashes` and of the table's, each once, about PAIRS at a time."""
        probes = _take_bits(hashes, self.shift, self.width)[:, None] ^ self.masks
        starts = self.offsets[probes.ravel()]
        counts = self.offsets[probes.ravel() + np.uint64(1)] - starts
        hits = counts.nonzero()[0]
        ends = counts[hits].cumsum()
        borders = np.searchsorted(ends, np.arange(PAIRS, ends[-1] if len(ends) else 0, PAIRS))
        for chunk in np.split(hits, borders):
            number = counts[chunk]
            within = np.arange(number.sum()) - np.repeat(number.cumsum() - number, number)
            others = self.order[np.repeat(starts[chunk], number) + within]
            yield np.repeat(chunk // len(self.masks), number), others


def match_hashes(
    train: NDArray[np.uint64], test: NDArray[np.uint64], max_distance: int
) -> Iterator[tuple[NDArray, NDArray, NDArray]]:
    """Yield indices of pairs whose hashes differ in at most `max_distance` bits, and the bits.

    Each pair is yielded once, in no particular order.

    >>> hashes = np.array([0b0000, 0b1111], np.uint64)
    >>> [[part.tolist() for part in block] for block in match_hashes(hashes, hashes[1:] - 8, 1)]
    [[[1], [0], [1]]]
    """
    bands = split_bits(choose_bands(len(test), max_distance))
    radius = max_distance // len(bands)
    tables = [BandTable.build(test, shift, width, radius) for shift, width in bands]
    step = max(1, PAIRS // max(len(table.masks) for table in tables))
    for start in range(0, len(train), step):
        hashes = train[start : start + step]
        for number, table in enumerate(tables):
            for ones, others in table.find(hashes):
                differing = hashes[ones] ^ test[others]
                distances = np.bitwise_count(differing)
                new = distances <= max_distance
                for shift, width in bands[:number]:  # found by another band already
                    new &= np.bitwise_count(_take_bits(differing, shift, width)) > radius
                if new.any():
                    yield start + ones[new], others[new], distances[new]


def choose_bands(hashes: int, max_distance: int) -> int:
    """Return the number of bands that makes the fewest comparisons, one of no bits for few hashes.

    Args:
        hashes: in the table, taken as evenly distributed.

    >>> choose_bands(10, 8), choose_bands(2_000_000, 8), choose_bands(2_000_000, 40)
    (1, 3, 1)
    """
    costs = {1: PROBE_COST + hashes}
    for bands in range(-(-BITS // MAX_BAND_BITS), BITS // 4 + 1):
        width = BITS // bands
        probes = bands * sum(comb(width, bits) for bits in range(max_distance // bands + 1))
        costs[bands] = probes * (PROBE_COST + hashes / 2**width)
    return min(costs, key=costs.get)


def split_bits(bands: int) -> list[tuple[int, int]]:
    """Return the lowest bit and the number of bits of each band; one band has no bits.

    >>> split_bits(3), split_bits(1)
    ([(0, 21), (21, 21), (42, 22)], [(0, 0)])
    """
    if bands == 1:
        return [(0, 0)]
    edges = [BITS * band // bands for band in range(bands + 1)]
    return [(low, high - low) for low, high in zip(edges, edges[1:], strict=False)]


def _take_bits(hashes: NDArray[np.uint64], shift: int, width: int) -> NDArray[np.uint64]:
    return (hashes >> np.uint64(shift)) & np.uint64(2**width - 1)
