"""What a user's photos have in common, for each photo without the photo itself."""

import numpy as np
from numpy.typing import NDArray


def means_of_others(
    values: NDArray[np.float64], users: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mean over the user's other photos that count.

    Summed before and after the photo, not as all less its own: so not even the rounding of a
    photo's own values reaches what is said of its user.

    Args:
        values: (N, d), whatever a photo says; may be nan where it does not count.
        users: (N,) number of each photo's user, negative when unknown.
        counted: (N,) which photos may be looked at.

    Returns:
        (N, d), zero where there is no other; and (N,) how many others there are.

    >>> means, others = means_of_others(
    ...     np.array([[1.0], [2.0], [9.0], [5.0]]), np.array([0, 0, 0, -1]), np.ones(4, bool)
    ... )
    >>> means.ravel().tolist(), others.tolist()
    ([5.5, 5.0, 1.5, 0.0], [2, 2, 2, 0])
    """
    held = np.where(counted[:, None], values, 0.0)
    means, others = np.zeros_like(held), np.zeros(len(held), np.int64)
    for photos in _of_each(users):
        here, known = held[photos], counted[photos].astype(np.int64)
        others[photos] = known.sum() - known
        means[photos] = (_before(here) + _before(here[::-1])[::-1]) / np.maximum(others[photos], 1)[
            :, None
        ]
    return means, others


def _of_each(users: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The photos of each known user, in their order."""
    order = np.argsort(users, kind="stable")
    order = order[users[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(users[order])) + 1)


def _before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, d) sums of the rows before each row."""
    return np.concatenate([np.zeros_like(values[:1]), np.cumsum(values[:-1], axis=0)])
