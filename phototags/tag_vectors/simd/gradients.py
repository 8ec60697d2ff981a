"""What a block of photos teaches: gradients of the skip-gram loss, and the step they make."""

import math

import numpy as np
from numba import njit

from phototags.tag_vectors.simd.intrinsics import add_scaled, copy_row, sigmoids, squares
from phototags.tag_vectors.simd.matmul import four_by_four, product


@njit(inline="always")
def copy_rows(rows, table, block, size):
    """Bring the block's rows and its negatives together."""
    width, step = table.words.shape[1], 4 * rows.words.shape[1]
    from_words, from_contexts = table.words.ctypes.data, table.contexts.ctypes.data
    words, contexts = rows.words.ctypes.data, rows.contexts.ctypes.data
    noise = rows.noise.ctypes.data
    for row in range(size):
        at = 4 * width * block.tags[row]
        copy_row(words + row * step, from_words + at, width)
        copy_row(contexts + row * step, from_contexts + at, width)
    for k in range(len(block.negatives)):
        copy_row(noise + k * step, from_contexts + 4 * width * block.negatives[k], width)
    for column in range(width):
        for k in range(len(block.negatives)):
            rows.noise_columns[column, k] = rows.noise[k, column]


@njit(inline="always")
def push_apart(rows, scores, block, size, share, measure):
    """Every row meets every negative, each pair of its photo `share` of each; the loss of it."""
    width, shared = rows.words.shape[1], len(block.negatives)
    words, noise, far = rows.words.ctypes.data, rows.noise.ctypes.data, scores.far.ctypes.data
    columns, to_words = rows.noise_columns.ctypes.data, rows.to_words.ctypes.data
    to_noise, loss = rows.to_noise.ctypes.data, 0.0
    product(words, width, 1, columns, shared, far, shared, size, shared, width, 0)
    for row in range(size):
        weight = block.pairs[row] * share
        if measure:
            for k in range(shared):
                loss += weight * softplus(scores.far[row, k])
        sigmoids(far + 4 * row * shared, shared, weight, np.float32(0))
    product(far, shared, 1, noise, width, to_words, width, size, width, shared, 0)
    product(far, 1, shared, words, width, to_noise, width, shared, width, size, 0)
    return loss


@njit(inline="always")
def pull_together(rows, scores, block, sets, measure):
    """Every tag meets the other tags of its photo; the loss of it."""
    width, near, loss = rows.words.shape[1], scores.near.ctypes.data, 0.0
    side = scores.near.shape[1]
    for photo in range(sets):
        begin, length = block.begins[photo], block.begins[photo + 1] - block.begins[photo]
        start = 4 * begin * width
        words, contexts = rows.words.ctypes.data + start, rows.contexts.ctypes.data + start
        to_words = rows.to_words.ctypes.data + start
        to_contexts = rows.to_contexts.ctypes.data + start
        for i in range(0, length, 4):
            for j in range(0, length, 4):
                left, right = words + 4 * i * width, contexts + 4 * j * width
                four_by_four(left, width, right, width, near + 4 * (i * side + j), side, width)
        for i in range(length):
            if measure:
                for j in range(length):
                    loss += 0.0 if i == j else softplus(-scores.near[i, j])
            lanes = (length + 15) // 16 * 16
            sigmoids(near + 4 * i * side, lanes, np.float32(1), np.float32(-1))
            scores.near[i, i] = 0
        product(near, side, 1, contexts, width, to_words, width, length, width, length, 1)
        product(near, 1, side, words, width, to_contexts, width, length, width, length, 0)
    return loss


@njit(inline="always")
def softplus(x):
    """log(1 + exp(x)) without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@njit(inline="always")
def descend(table, rows, block, size, pace):
    """Move every row of the block; return the pairs that it was learned from."""
    step, own = 4 * rows.words.shape[1], block.pairs[:size]
    words, contexts = rows.to_words.ctypes.data, rows.to_contexts.ctypes.data
    adagrad(table.words, table.word_sums, block.tags, words, step, own, pace)
    adagrad(table.contexts, table.context_sums, block.tags, contexts, step, own, pace)
    pairs = own.sum()
    mean = np.full(len(block.negatives), pairs / np.float32(size), np.float32)
    noise = rows.to_noise.ctypes.data
    adagrad(table.contexts, table.context_sums, block.negatives, noise, step, mean, pace)
    return np.int64(pairs)


@njit(error_model="numpy")
def adagrad(matrix, sums, tags, gradients, step, pairs, pace):
    """Adagrad with one accumulator a row; gradient n is a sum over `pairs[n]` pairs.

    It counts as their mean length times their square root, so that tags of large and of small
    photos move at the same pace. A sum of infinity keeps the row where it is.
    """
    width, base = matrix.shape[1], matrix.ctypes.data
    for row in range(len(pairs)):
        tag, gradient = tags[row], gradients + row * step
        square = squares(gradient, step // 4) / np.float32(width)
        total = sums[tag] + square / pairs[row]
        sums[tag] = total
        add_scaled(base + 4 * tag * width, gradient, -pace / np.sqrt(total * pairs[row]), width)
