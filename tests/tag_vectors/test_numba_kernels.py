import math

import numpy as np
import pytest
import torch
from numba import njit

from phototags.tag_vectors.numba_kernels import adagrad, copy_rows, sigmoid, softplus
from phototags.tag_vectors.torch_trainer import adagrad_step


@njit
def scale_sigmoids(row, factor, plus):
    for place in range(len(row)):
        row[place] = factor * sigmoid(row[place]) + plus


def numbers(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("width", [16, 50, 64, 300])
def test_rows_are_copied_and_moved_whatever_their_length(width):
    """The sums of squares and the steps equal torch's; a row that comes twice moves twice."""
    matrix, sums, gradients = numbers(9, width), np.ones(9, np.float32), numbers(3, width)
    expected, expected_sums = torch.from_numpy(matrix.copy()), torch.ones(9)
    tags, pairs = np.array([7, 2, 7]), np.full(3, 4, np.float32)
    for tag, gradient in zip(tags.tolist(), torch.from_numpy(gradients), strict=True):
        one = torch.tensor([tag]), gradient[None]
        adagrad_step(expected, expected_sums, *one, pairs=4, learning_rate=0.1)
    adagrad(matrix, sums, tags, gradients, pairs, 3, np.float32(0.1))
    np.testing.assert_allclose(matrix, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums, expected_sums, rtol=1e-6)
    copied = np.zeros((3, width), np.float32)
    copy_rows(copied, matrix, tags, 2)
    assert np.array_equal(copied, [matrix[7], matrix[2], np.zeros(width)])


def test_an_infinite_sum_keeps_a_row():
    matrix, sums = numbers(2, 16), np.float32([np.inf, 1])
    before = matrix.copy()
    adagrad(matrix, sums, np.arange(2), numbers(2, 16), np.ones(2, np.float32), 2, np.float32(1))
    assert np.array_equal(matrix[0], before[0]) and (matrix[1] != before[1]).all()


def test_sigmoids_are_exact_to_float_precision_and_bounded():
    row = np.linspace(-30, 30, 4096).astype(np.float32)
    expected = 1 / (1 + np.exp(-row.astype(float)))
    scale_sigmoids(row, np.float32(1), np.float32(0))
    assert np.abs(row - expected).max() < 3e-7
    assert row.min() >= 0 and row.max() <= 1


def test_sigmoids_are_scaled_and_shifted():
    row = np.zeros(16, np.float32)
    scale_sigmoids(row, np.float32(3), np.float32(-1))
    assert row.tolist() == [0.5] * 16


@pytest.mark.parametrize("x", [-1000, -20, -1, 0, 1, 20, 1000])
def test_softplus_equals_its_definition_without_overflow(x):
    expected = x if x > 700 else math.log1p(math.exp(x))
    assert softplus(np.float32(x)) == pytest.approx(expected, rel=1e-5, abs=1e-7)
