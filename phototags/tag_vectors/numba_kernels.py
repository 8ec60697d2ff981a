"""Set-wise skip-gram on a CPU, compiled by numba.

A block of some photos is copied into contiguous rows, so that its products with the negatives and
those within a photo are small dense matrices for BLAS. The rest are loops over float32 rows, which
numba vectorises. The gradients are those of `torch_trainer.train_step`. Functions that run once a
block take arrays and no tuples, whose arrays numba would count references of at each call.
"""

import math
from collections import namedtuple
from functools import partial

import numpy as np
from numba import njit

compiled = partial(njit, nogil=True, error_model="numpy", fastmath=True)
finite_or_not = {"contract", "reassoc", "nsz", "arcp", "afn"}  # fastmath where infinity counts
float32 = np.float32

Block = namedtuple("Block", "tags pairs begins negatives negative_pairs")
Block.__doc__ = """Photos trained on at once: (R,) tag of each row and pairs that it is in; first
row of each photo; (K,) negative tags and pairs that each stands for."""
Rows = namedtuple("Rows", "inputs outputs negatives")
Rows.__doc__ = """(R, D) input and output vectors of a block's tags and (K, D) output vectors of
its negatives, or the gradients of these."""
Scores = namedtuple("Scores", "far near product")
Scores.__doc__ = """(R, K) with the negatives; (L * L,) within a photo of L tags, and room for their
product with its rows, (L, D)."""


def make_workspace(
    rows: int, longest: int, negatives: int, width: int
) -> tuple[Block, Rows, Rows, Scores]:
    """Allocate a block of at most `rows` tags, at most `longest` of them of one photo."""

    def make_floats(*shapes) -> list[np.ndarray]:
        return [np.zeros(shape, np.float32) for shape in shapes]

    tags, begins, negative_tags = (np.zeros(n, np.int64) for n in (rows, rows + 1, negatives))
    pairs, negative_pairs = make_floats(rows, negatives)
    vectors, gradients = (
        Rows(*make_floats((rows, width), (rows, width), (negatives, width))) for _ in range(2)
    )
    scores = Scores(*make_floats((rows, negatives), longest * longest, (longest, width)))
    return Block(tags, pairs, begins, negative_tags, negative_pairs), vectors, gradients, scores


@compiled
def train_blocks(table, sets, photos, alias, workspace, batch_size, share, lr, measure_every, rng):
    """Train on photos block by block; see `numba_trainer.train_photos`."""
    table_inputs, table_outputs, input_sums, output_sums = table
    (tags, pairs, begins, negatives, negative_pairs), rows, gradients, scores = workspace
    (inputs, outputs, noise), (to_inputs, to_outputs, to_noise) = rows, gradients
    far, near, product = scores
    n_pairs, loss, measured, number, start = 0, 0.0, 0, 0, 0
    while start < len(photos):
        start, count = fill_block(tags, pairs, begins, *sets, photos, start, batch_size)
        size, measure = begins[count], number % measure_every == 0
        found = np.int64(pairs[:size].sum())
        sample_negatives(negatives, *alias, rng)
        negative_pairs[:] = float32(found) / float32(size)
        copy_rows(inputs, table_inputs, tags, size)
        copy_rows(outputs, table_outputs, tags, size)
        copy_rows(noise, table_outputs, negatives, len(negatives))
        loss += set_negative_gradients(
            inputs, noise, to_inputs, to_noise, far, pairs, size, share, measure
        )
        loss += add_positive_gradients(
            inputs, outputs, to_inputs, to_outputs, near, product, begins, count, measure
        )
        adagrad(table_inputs, input_sums, tags, to_inputs, pairs, size, lr)
        adagrad(table_outputs, output_sums, tags, to_outputs, pairs, size, lr)
        adagrad(table_outputs, output_sums, negatives, to_noise, negative_pairs, len(negatives), lr)
        n_pairs, measured, number = n_pairs + found, measured + found * measure, number + 1
    return n_pairs, loss, measured


@compiled
def fill_block(tags, pairs, begins, set_tags, set_ends, photos, start, batch_size):
    """Take photos from `start` on up to `batch_size` tags; return where to go on and how many."""
    size, count = 0, 0
    while start < len(photos) and size < batch_size:
        begin, end = set_ends[photos[start]], set_ends[photos[start] + 1]
        for place in range(begin, end):
            tags[size] = set_tags[place]
            pairs[size] = end - begin - 1
            size += 1
        start, count = start + 1, count + 1
        begins[count] = size
    return start, count


@compiled
def sample_negatives(negatives, probability, other, rng):
    """Sample tags by the alias method: two memory reads each (Walker, 1977)."""
    for k in range(len(negatives)):
        place = rng.random() * len(probability)
        tag = np.int64(place)
        negatives[k] = tag if place - tag < probability[tag] else other[tag]


@compiled
def copy_rows(to, matrix, tags, size):
    """Copy the first `size` tags' rows of a matrix."""
    for row in range(size):
        tag = tags[row]
        for d in range(matrix.shape[1]):
            to[row, d] = matrix[tag, d]


@compiled
def set_negative_gradients(inputs, noise, to_inputs, to_noise, scores, pairs, size, share, measure):
    """Set the gradients of every row against every negative; return their loss if measured.

    Each of a row's pairs counts `share` of each negative.
    """
    loss, inputs, scores = 0.0, inputs[:size], scores[:size]
    np.dot(inputs, noise.T, scores)
    for row in range(size):
        weight = pairs[row] * share
        if measure:
            for k in range(scores.shape[1]):
                loss += weight * softplus(scores[row, k])
        for k in range(scores.shape[1]):
            scores[row, k] = weight * sigmoid(scores[row, k])
    np.dot(scores, noise, to_inputs[:size])
    np.dot(scores.T, inputs, to_noise)
    return loss


@compiled
def add_positive_gradients(
    all_inputs, all_outputs, to_inputs, to_outputs, near, product, begins, count, measure
):
    """Add the gradients of the pairs within each photo; return their loss if measured."""
    loss = 0.0
    for photo in range(count):
        begin, end = begins[photo], begins[photo + 1]
        inputs, outputs, size = all_inputs[begin:end], all_outputs[begin:end], end - begin
        scores, change = near[: size * size].reshape(size, size), product[:size]
        np.dot(inputs, outputs.T, scores)
        for i in range(size):
            if measure:
                for j in range(size):
                    loss += 0.0 if i == j else softplus(-scores[i, j])
            for j in range(size):
                scores[i, j] = sigmoid(scores[i, j]) - float32(1)
            scores[i, i] = 0
        np.dot(scores, outputs, change)
        for i in range(size):
            for d in range(change.shape[1]):
                to_inputs[begin + i, d] += change[i, d]
        np.dot(scores.T, inputs, to_outputs[begin:end])
    return loss


@compiled(fastmath=finite_or_not)
def adagrad(matrix, sums, tags, gradients, pairs, size, lr):
    """Adagrad with one accumulator a row, as `torch_trainer.adagrad`, but row after row.

    A sum of infinity keeps the row as it is.
    """
    width = matrix.shape[1]
    for row in range(size):
        tag, square = tags[row], float32(0)
        for d in range(width):
            square += gradients[row, d] * gradients[row, d]
        total = sums[tag] + square / float32(width) / pairs[row]
        sums[tag] = total
        factor = -lr / math.sqrt(total * pairs[row])
        for d in range(width):
            matrix[tag, d] += factor * gradients[row, d]


@compiled
def softplus(x):
    """log(1 + exp(x)) without overflow."""
    return max(x, float32(0)) + math.log1p(math.exp(-abs(x)))


@compiled
def sigmoid(x):
    """1 / (1 + exp(-x)) within 3e-7, of additions and products alone, so that loops vectorise.

    By tanh(x / 2) as a quotient of polynomials, from Eigen (MPL-2.0).
    """
    x = min(max(x * float32(0.5), float32(-7.9)), float32(7.9))
    s = x * x
    above = s * float32(-2.76076847742355e-16) + float32(2.00018790482477e-13)
    above = s * above + float32(-8.60467152213735e-11)
    above = s * above + float32(5.12229709037114e-08)
    above = s * above + float32(1.48572235717979e-05)
    above = s * above + float32(6.37261928875436e-04)
    above = s * above + float32(4.89352455891786e-03)
    below = s * float32(1.19825839466702e-06) + float32(1.18534705686654e-04)
    below = s * below + float32(2.26843463243900e-03)
    below = s * below + float32(4.89352518554385e-03)
    return float32(0.5) + float32(0.5) * x * above / below
