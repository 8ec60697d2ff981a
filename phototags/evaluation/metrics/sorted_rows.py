"""Counts in the sorted rows of a matrix, for many values at once."""

import numpy as np
from numpy.typing import NDArray


def count_above(rows: NDArray, numbers: NDArray, values: NDArray) -> NDArray[np.intp]:
    """Count the entries of a row that are above a value.

    Args:
        rows: (N, T) numbers, each row ascending.
        numbers: (M,) the row of each value. values: (M,).

    Returns:
        (M,).

    >>> count_above(np.array([[1, 2, 2, 3]]), np.array([0, 0]), np.array([2, 0]))
    array([1, 4])
    """
    return rows.shape[1] - _search(rows, numbers, values, np.less_equal)


def count_equal(rows: NDArray, numbers: NDArray, values: NDArray) -> NDArray[np.intp]:
    """(M,) how many entries of its row equal each value; arguments of `count_above`."""
    last = _search(rows, numbers, values, np.less_equal)
    return last - _search(rows, numbers, values, np.less)


def _search(
    rows: NDArray, numbers: NDArray, values: NDArray, is_below: np.ufunc
) -> NDArray[np.intp]:
    """(M,) entries of its row that are below each value: one binary search for all values."""
    low = np.zeros(len(numbers), np.intp)
    high = np.full(len(numbers), rows.shape[1], np.intp)
    for _ in range(rows.shape[1].bit_length()):
        middle = np.minimum((low + high) // 2, rows.shape[1] - 1)
        up = is_below(rows[numbers, middle], values)
        is_open = low < high
        low = np.where(is_open & up, middle + 1, low)
        high = np.where(is_open & ~up, middle, high)
    return low
