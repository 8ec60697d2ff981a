"""Train skip-gram vectors with numba: the trainer for large corpora on a CPU."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch
from numba import njit
from threadpoolctl import threadpool_limits

from phototags.tag_vectors.numba_kernels import make_workspace, train_blocks
from phototags.tag_vectors.skipgram import SkipGram, Table, drop_frequent
from phototags.tags.encoding import TagSets

CHUNK_PHOTOS = 100_000  # that a worker trains on at one learning rate
MANY_PHOTOS = 10_000  # of so many, the loss of every 16th block is measured: a logarithm costs
MEASURE_EVERY = 16  # more than all else that is done for a pair


class NumbaTrainer:
    """Epochs of small steps; the same bytes for the same seed and one worker."""

    def __init__(self, table: Table, sets: TagSets, settings: SkipGram, generator: torch.Generator):
        counts = sets.count(len(table.input_vectors))
        self.sets, self.settings, self.generator = sets, settings, generator
        self.keep_probability = settings.keep_probability(counts)
        self.table = Table(*(part.numpy() for part in table))
        self.alias = build_alias_tables(counts.astype(np.float64) ** settings.power)
        self._train(sets, 0.0, np.zeros(0, np.int64), 1)  # compile before threads ask for it

    def train_epoch(self, epoch: int) -> float:
        """Train on every photo once; return the mean loss of a pair in nats, estimated."""
        sets = drop_frequent(self.sets, self.keep_probability, self.generator)
        photos, workers = torch.from_numpy(np.flatnonzero(sets.sizes > 1)), self.settings.workers
        order = photos[torch.randperm(len(photos), generator=self.generator)]
        loss = measured = done = 0
        with ThreadPoolExecutor(workers) as pool, threadpool_limits(1):  # one thread of BLAS each
            for chunk in order.split(CHUNK_PHOTOS * workers):
                learning_rate = self.settings.lr_at(epoch + done / max(len(order), 1))
                done += len(chunk)
                shares = [share.numpy() for share in chunk.tensor_split(workers)]
                seeds = torch.randint(1, 2**62, (workers,), generator=self.generator).tolist()
                found = pool.map(partial(self._train, sets, learning_rate), shares, seeds)
                for _, part_loss, part_measured in found:
                    loss, measured = loss + part_loss, measured + part_measured
        return loss / max(measured, 1)

    def _train(self, sets, learning_rate, photos, seed):
        return train_photos(
            self.table, sets, photos, self.alias, self.settings, learning_rate, seed
        )


def train_photos(
    table: Table,
    sets: TagSets,
    photos: np.ndarray,
    alias: tuple[np.ndarray, np.ndarray],
    settings: SkipGram,
    learning_rate: float,
    seed: int,
) -> tuple[int, float, int]:
    """Train once on these photos, in this order.

    Args:
        table: of numpy arrays, changed in place.
        photos: (n,) int64, indices of photos with two tags or more.
        alias: of `build_alias_tables`, for the negatives.
        seed: of the negatives.

    Returns:
        the pairs trained on, the loss in nats summed over some of them, and their number.
    """
    batch_size, negatives = settings.batch_size or 64, settings.shared_negatives or 32
    longest = int(sets.sizes[photos].max(initial=0))
    width = table.input_vectors.shape[1]
    return train_blocks(
        table,
        (np.asarray(sets.ids), np.asarray(sets.offsets)),
        photos,
        alias,
        make_workspace(batch_size + longest, longest, negatives, width),
        batch_size,
        np.float32(settings.negatives / negatives),
        np.float32(learning_rate),
        MEASURE_EVERY if len(photos) >= MANY_PHOTOS else 1,
        np.random.default_rng(seed),
    )


def build_alias_tables(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Build tables that sample one of T things in proportion to its weight in constant time.

    Thing i is drawn itself with the first table's probability, else the second table's thing
    (Walker, 1977; built in one pass as Vose, 1991).

    Args:
        weights: (T,) float64, not negative.

    Returns:
        (T,) float32 and (T,) int32.
    """
    total = weights.sum()
    return _build_alias_tables(weights * (len(weights) / total) if total else np.ones(len(weights)))


@njit
def _build_alias_tables(share):
    number = len(share)
    probability, other = np.ones(number, np.float32), np.arange(number).astype(np.int32)
    small, large = np.empty(number, np.int64), np.empty(number, np.int64)
    few = many = 0
    for thing in range(number):
        if share[thing] < 1:
            small[few] = thing
            few += 1
        else:
            large[many] = thing
            many += 1
    while few and many:
        poor, rich = small[few - 1], large[many - 1]
        probability[poor], other[poor] = share[poor], rich
        share[rich] -= 1 - share[poor]
        if share[rich] < 1:
            small[few - 1] = rich
            many -= 1
        else:
            few -= 1
    return probability, other
