import numpy as np
import pytest
from numba import njit

from phototags.tag_vectors.simd.intrinsics import add_scaled, sigmoids, squares
from phototags.tag_vectors.simd.matmul import four_by_four, product


@njit
def times(left, right, out, transposed, add):
    rows, columns, width = out.shape[0], out.shape[1], left.shape[1]
    a, b, o = left.ctypes.data, right.ctypes.data, out.ctypes.data
    if transposed:
        product(a, 1, width, b, columns, o, columns, rows, columns, left.shape[0], add)
    else:
        product(a, width, 1, b, columns, o, columns, rows, columns, width, add)


@njit
def dots(left, right, out):
    a, b, o = left.ctypes.data, right.ctypes.data, out.ctypes.data
    four_by_four(a, left.shape[1], b, right.shape[1], o, out.shape[1], left.shape[1])


@njit
def row_functions(row, to, factor, plus):
    total = squares(row.ctypes.data, len(row) // 16 * 16)
    add_scaled(to.ctypes.data, row.ctypes.data, factor, len(to))
    sigmoids(row.ctypes.data, len(row) // 16 * 16, factor, plus)
    return total


def numbers(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


SIZES = [(1, 1, 16), (3, 5, 32), (9, 7, 64), (13, 64, 48), (8, 2, 144), (4, 300, 64)]


@pytest.mark.parametrize("rows,depth,columns", SIZES)
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("add", [0, 1])
def test_a_product_equals_numpys(rows, depth, columns, transposed, add):
    left, right, out = numbers(rows, depth), numbers(depth, columns), numbers(rows, columns)
    expected = left.astype(float) @ right + add * out
    times(np.ascontiguousarray(left.T) if transposed else left, right, out, transposed, add)
    assert out == pytest.approx(expected, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("depth", [16, 64, 304])
def test_sixteen_dots_at_once_land_in_their_places(depth):
    left, right, out = numbers(4, depth), numbers(4, depth) + 1, np.zeros((4, 7), np.float32)
    dots(left, right, out)
    assert out[:, :4] == pytest.approx(left.astype(float) @ right.T, rel=1e-5, abs=1e-4)
    assert not out[:, 4:].any()


@pytest.mark.parametrize("length", [16, 50, 64, 300])
def test_rows_are_squared_and_added_whatever_their_length(length):
    row, to = numbers(length), numbers(length) + 1
    square = (row[: length // 16 * 16].astype(float) ** 2).sum()
    expected = to + np.float64(-0.5) * row
    assert row_functions(row, to, np.float32(-0.5), np.float32(0)) == pytest.approx(square)
    assert to == pytest.approx(expected, rel=1e-6)


def test_sigmoids_are_exact_to_float_precision_and_bounded():
    row = np.linspace(-30, 30, 4096).astype(np.float32)
    expected = 1 / (1 + np.exp(-row.astype(float)))
    row_functions(row, np.zeros(16, np.float32), np.float32(1), np.float32(0))
    assert np.abs(row - expected).max() < 3e-7
    assert row.min() >= 0 and row.max() <= 1


def test_sigmoids_are_scaled_and_shifted():
    row = np.zeros(16, np.float32)
    row_functions(row, np.zeros(16, np.float32), np.float32(3), np.float32(-1))
    assert row.tolist() == [0.5] * 16
