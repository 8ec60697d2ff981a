"""Skip-gram over tag sets by compiled code: the engine for large corpora on a processor."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numba import njit

from phototags.tag_vectors.simd import blocks
from phototags.tag_vectors.simd.kernel import epoch
from phototags.tag_vectors.vector_table import Table
from phototags.tags.encoding import TagSets

PHOTOS = 100_000  # between two looks at the pace


class Compiled:
    """Epochs of small steps; the same bytes for the same seed and one worker."""

    def __init__(self, table: Table, sets: TagSets, settings, generator: torch.Generator):
        counts = sets.count(len(table.words))
        self.settings, self.generator = settings, generator
        self.photos = torch.from_numpy(np.flatnonzero(sets.sizes > 1))
        self.table = blocks.Table(*(part.numpy() for part in table))
        draws = draw_tables(counts.astype(np.float64) ** settings.power)
        keep = settings.keep(counts)
        self.corpus = blocks.Corpus(np.asarray(sets.ids), np.asarray(sets.offsets), keep, *draws)
        self._learn(np.zeros(0, np.int64), 0.0, 1)  # compiled before workers ask for it at once

    def epoch(self, passed: int) -> float:
        """Learn from every photo once; return the mean loss of a pair in nats, estimated."""
        order = self.photos[torch.randperm(len(self.photos), generator=self.generator)]
        loss = measured = done = 0
        for part in order.split(PHOTOS * self.settings.workers):
            pace = self.settings.pace(passed + done / max(len(order), 1))
            done += len(part)
            shares = [share.numpy() for share in part.tensor_split(self.settings.workers)]
            seeds = torch.randint(1, 2**62, (len(shares),), generator=self.generator).tolist()
            with ThreadPoolExecutor(len(shares)) as pool:
                found = pool.map(self._learn, shares, [pace] * len(shares), seeds)
            for _, part_loss, part_measured in found:
                loss, measured = loss + part_loss, measured + part_measured
        return loss / max(measured, 1)

    def _learn(self, photos: np.ndarray, pace: float, seed: int) -> tuple[int, float, int]:
        batch = self.settings.batch or 64
        shared = -(-(self.settings.shared or 32) // 16) * 16
        negatives = float(self.settings.negatives)
        return epoch(self.table, self.corpus, photos, batch, shared, negatives, pace, seed)


def draw_tables(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tables from which one of T things is drawn in proportion to its weight, by two looks.

    Thing i is drawn itself with the first table's probability, else the second table's thing
    (Walker, 1977; made in one pass as Vose, 1991).

    Args:
        weights: (T,) float64, not negative.

    Returns:
        (T,) float32 and (T,) int32.
    """
    total = weights.sum()
    return _draw_tables(weights * (len(weights) / total) if total else np.ones(len(weights)))


@njit
def _draw_tables(share):
    number = len(share)
    own, other = np.ones(number, np.float32), np.arange(number).astype(np.int32)
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
        own[poor], other[poor] = share[poor], rich
        share[rich] -= 1 - share[poor]
        if share[rich] < 1:
            small[few - 1] = rich
            many -= 1
        else:
            few -= 1
    return own, other
