"""Tags as bags of character n-grams, as fastText has them."""

import zlib
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

BUCKETS = 1 << 20
SHORTEST, LONGEST = 3, 6


def ngrams(tag: str) -> list[str]:
    """The n-grams of a tag with its ends marked, and the marked tag itself.

    >>> ngrams("cat")
    ['<ca', 'cat', 'at>', '<cat', 'cat>', '<cat>']
    """
    marked = f"<{tag}>"
    pieces = [
        marked[begin : begin + length]
        for length in range(SHORTEST, LONGEST + 1)
        for begin in range(len(marked) - length + 1)
    ]
    return list(dict.fromkeys([*pieces, marked]))


def ngram_counts(tags: Sequence[str]) -> csr_matrix:
    """(n, BUCKETS) float64: which n-grams a tag has, each row of length 1.

    N-grams are hashed by their bytes, the same on every machine.
    """
    pieces = [ngrams(tag) for tag in tags]
    columns = [zlib.crc32(piece.encode()) % BUCKETS for own in pieces for piece in own]
    sizes = np.array([len(own) for own in pieces], np.int64)
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    return csr_matrix(
        (values, columns, np.concatenate([[0], np.cumsum(sizes)])), shape=(len(tags), BUCKETS)
    )
