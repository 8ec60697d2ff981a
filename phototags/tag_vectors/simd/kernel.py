"""An epoch of set-wise skip-gram, compiled: some twelve times as fast as pair by pair.

A block's rows are copied side by side, meet the same K negatives in three matrix products, and
each photo its own tags in three small ones; then every row moves by Adagrad. The rows of the next
block are asked for while this one is worked on.
"""

import numpy as np
from numba import njit

from phototags.tag_vectors.simd.blocks import Corpus, Table, assemble, new_block, workspace
from phototags.tag_vectors.simd.gradients import copy_rows, descend, pull_together, push_apart

MANY = 10_000  # photos; the loss of so many is measured on every sixteenth block, because a
# logarithm costs more than all else that is done for a pair


def epoch(
    table: Table,
    corpus: Corpus,
    photos: np.ndarray,
    batch: int,
    shared: int,
    negatives: float,
    pace: float,
    seed: int,
) -> tuple[int, float, int]:
    """Learn once from these photos, in this order.

    Args:
        photos: (n,) int64, which photos.
        batch: tags a block, about.
        shared: K, negatives of a block, a multiple of 16.
        negatives: how many of them a pair meets, in expectation.
        pace: Adagrad's step.
        seed: of the negatives and of the tags left out; not 0.

    Returns:
        the pairs learned from, the loss in nats summed over some of them, and their number.
    """
    longest = int((corpus.ends[photos + 1] - corpus.ends[photos]).max(initial=0))
    factors = np.float32(negatives / shared), np.float32(pace)
    every, state = 16 if len(photos) >= MANY else 1, np.array([seed], np.uint64)
    return _epoch(table, corpus, photos, batch, shared, longest, *factors, every, state)


@njit(nogil=True)
def _epoch(table, corpus, photos, batch, shared, longest, share, pace, every, state):
    width = (table.words.shape[1] + 15) // 16 * 16
    rows, scores = workspace(batch + longest, longest, shared, width)
    block, following = new_block(batch, longest, shared), new_block(batch, longest, shared)
    pairs, loss, measured, number = 0, 0.0, 0, 0
    where, size, sets = assemble(block, table, corpus, photos, np.int64(0), batch, state)
    while sets:
        where, next_size, next_sets = assemble(
            following, table, corpus, photos, where, batch, state
        )
        copy_rows(rows, table, block, size)
        measure = number % every == 0
        loss += push_apart(rows, scores, block, size, share, measure)
        loss += pull_together(rows, scores, block, sets, measure)
        learned = descend(table, rows, block, size, pace)
        pairs, measured, number = pairs + learned, measured + learned * measure, number + 1
        block, following, size, sets = following, block, next_size, next_sets
    return pairs, loss, measured
