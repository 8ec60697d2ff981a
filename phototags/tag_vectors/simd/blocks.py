"""Photos in blocks of some 64 tags, gathered while the block before is learned from."""

from collections import namedtuple

import numpy as np
from numba import njit

from phototags.tag_vectors.simd.intrinsics import prefetch

Table = namedtuple("Table", "words contexts word_sums context_sums")
Table.__doc__ = """What is learned, changed in place: (T, D) float32 words and contexts, and of
each row Adagrad's sum of squared gradients, (T,) float32; infinity keeps the row as it is."""
Corpus = namedtuple("Corpus", "tags ends keep chance alias")
Corpus.__doc__ = """TagSets' tags and ends; (T,) float32 probability of keeping a tag; (T,) float32
and (T,) int32 that `draw_tables` made for the negatives."""
Block = namedtuple("Block", "tags pairs begins negatives")
Block.__doc__ = """Tag of each row, pairs each row is in, first row of each photo, K negatives."""
Rows = namedtuple("Rows", "words contexts to_words to_contexts noise noise_columns to_noise")
Rows.__doc__ = "Copies of the block's rows, as wide as a multiple of 16, and their gradients."
Scores = namedtuple("Scores", "far near")
Scores.__doc__ = "(rows, K) with the negatives and (L, L) within a photo."


@njit(inline="always")
def new_block(batch, longest, shared):
    rows = batch + longest
    return Block(
        np.empty(rows, np.int64),
        np.empty(rows, np.float32),
        np.empty(batch + 2, np.int64),
        np.empty(shared, np.int64),
    )


@njit(inline="always")
def workspace(rows, longest, shared, width):
    rows, near = rows + 4, (longest + 19) // 16 * 16  # a tile of four may reach past the last
    many, few = (rows, width), (shared, width)
    return Rows(
        np.zeros(many, np.float32),
        np.zeros(many, np.float32),
        np.zeros(many, np.float32),
        np.zeros(many, np.float32),
        np.zeros(few, np.float32),
        np.zeros((width, shared), np.float32),
        np.zeros(few, np.float32),
    ), Scores(np.zeros((rows, shared), np.float32), np.zeros((near, near), np.float32))


@njit(inline="always")
def chance(state):
    """Uniform in [0, 1), by xorshift64* (Vigna, 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * 2.0**-53


@njit
def assemble(block, table, corpus, photos, where, batch, state):
    """Fill a block with photos from `where` on; return where to go on, its rows and photos."""
    words, contexts = table.words.ctypes.data, table.contexts.ctypes.data
    width, size, sets = table.words.shape[1], 0, 0
    while where < len(photos) and size < batch:
        photo, begin = photos[where], size
        where += 1
        for place in range(corpus.ends[photo], corpus.ends[photo + 1]):
            tag = np.int64(corpus.tags[place])
            if corpus.keep[tag] < 1 and chance(state) >= corpus.keep[tag]:
                continue
            block.tags[size] = tag
            size += 1
        if size - begin < 2:
            size = begin
            continue
        block.begins[sets] = begin
        sets += 1
        for row in range(begin, size):
            block.pairs[row] = size - begin - 1
            ask_for(words, block.tags[row], width)
            ask_for(contexts, block.tags[row], width)
    block.begins[sets] = size
    for k in range(len(block.negatives)):
        block.negatives[k] = draw(corpus, state)
        ask_for(contexts, block.negatives[k], width)
    return where, size, sets


@njit(inline="always")
def ask_for(matrix, row, width):
    for column in range(0, width, 16):
        prefetch(matrix + 4 * (row * width + column))


@njit(inline="always")
def draw(corpus, state):
    """A tag by the alias method (Walker, 1977): two looks, however many tags there are."""
    where = chance(state) * len(corpus.chance)
    tag = np.int64(where)
    return tag if where - tag < corpus.chance[tag] else np.int64(corpus.alias[tag])
