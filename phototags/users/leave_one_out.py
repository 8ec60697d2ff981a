"""Means over the other photos of each photo's user."""

import numpy as np
from numpy.typing import NDArray


def leave_one_out_means(
    values: NDArray[np.float64], users: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Average a value over the other photos of each photo's user.

    Summed before and after the photo, not as all less its own: so not even the rounding of a
    photo's own values reaches the description of its user.

    Args:
        values: (N, d); may be nan where a photo is not counted.
        users: (N,) number of each photo's user, negative when unknown.
        counted: (N,) which photos enter the means.

    Returns:
        (N, d), zero where there is no other; and (N,) how many others there are.

    >>> means, others = leave_one_out_means(
    ...     np.array([[1.0], [2.0], [9.0], [5.0]]), np.array([0, 0, 0, -1]), np.ones(4, bool)
    ... )
    >>> means.ravel().tolist(), others.tolist()
    ([5.5, 5.0, 1.5, 0.0], [2, 2, 2, 0])
    """
    held = np.where(counted[:, None], values, 0.0)
    means, others = np.zeros_like(held), np.zeros(len(held), np.int64)
    for photos in _group_photos(users):
        own, known = held[photos], counted[photos].astype(np.int64)
        others[photos] = known.sum() - known
        sums = _sum_before(own) + _sum_before(own[::-1])[::-1]
        means[photos] = sums / np.maximum(others[photos], 1)[:, None]
    return means, others


def _group_photos(users: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The photos of each known user, in their order."""
    order = np.argsort(users, kind="stable")
    order = order[users[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(users[order])) + 1)


def _sum_before(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, d) sums of the rows before each row."""
    return np.concatenate([np.zeros_like(values[:1]), np.cumsum(values[:-1], axis=0)])
