"""What a photo has twice, found without sorting: a corpus has a tag ten million times."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def repeated(photos: NDArray, things: NDArray, different: int) -> NDArray[np.bool_]:
    """Which pairs of a photo and a thing stand further up already.

    Args:
        photos: (n,) integers, the pairs of a photo together. things: (n,) numbers below
            `different`.

    >>> repeated(np.array([7, 7, 7, 9]), np.array([0, 1, 0, 0]), 2).tolist()
    [False, False, True, False]
    """
    number = len(things)
    rows = sparse.csr_array(
        (np.ones(number, np.int8), things, np.arange(number + 1)), shape=(number, different)
    )
    places = rows.tocsc()  # sorts the places by thing as it counts; equal things stay in order
    owner, bounds = photos[places.indices], places.indptr[:-1]
    again = np.zeros(number, bool)
    again[1:] = owner[1:] == owner[:-1]
    again[bounds[bounds < number]] = False
    found = np.zeros(number, bool)
    found[places.indices] = again
    return found
