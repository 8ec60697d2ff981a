"""Counts of tags over the photos of an index, and tags that are probable for the same photos."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

SURE = 0.5
"""Probability from which a photo counts as having a tag."""
CHUNK = 64  # tags whose probabilities are read at once: 13 MB of 100,000 photos


class TagStatistics:
    """Statistics of the probabilities of an index.

    Args:
        probabilities: (T, n) float16, mapped.
    """

    def __init__(self, probabilities: NDArray[np.float16]):
        self.probabilities = probabilities

    def list_commonest(self, top: int) -> list[tuple[int, int, int]]:
        """The tags of most photos: tag, number of photos, and the place of a photo to show.

        The photo is the most probable one that no commoner tag has taken.
        """
        counts = self._counts
        order = np.argsort(-counts, kind="stable")[:top]
        found, taken = [], set()
        for tag in order[counts[order] > 0].tolist():
            best = np.argsort(-self.probabilities[tag].astype(np.float32), kind="stable")
            cover = next((one for one in best[: top + 1].tolist() if one not in taken), best[0])
            taken.add(int(cover))
            found.append((tag, int(counts[tag]), int(cover)))
        return found

    def list_near(self, tag: int, top: int) -> list[tuple[int, float]]:
        """Tags by the cosine of their probabilities and those of a tag, highest first.

        >>> found = TagStatistics(np.float16([[1, 0], [1, 1], [0, 1], [0, 0]])).list_near(0, 9)
        >>> [(tag, round(cosine, 4)) for tag, cosine in found]
        [(1, 0.7071)]
        """
        wanted = self.probabilities[tag].astype(np.float32)
        products = np.concatenate([block @ wanted for block in self._read_blocks()])
        cosines = products / np.maximum(self._norms * self._norms[tag], 1e-12)
        order = np.argsort(-cosines, kind="stable")
        near = [(one, round(float(cosines[one]), 4)) for one in order.tolist() if one != tag]
        return [(one, cosine) for one, cosine in near[:top] if cosine > 0]

    def _read_blocks(self):
        for at in range(0, len(self.probabilities), CHUNK):
            yield self.probabilities[at : at + CHUNK].astype(np.float32)

    @functools.cached_property
    def _counts(self) -> NDArray[np.int64]:
        return np.concatenate([(block >= SURE).sum(axis=1) for block in self._read_blocks()])

    @functools.cached_property
    def _norms(self) -> NDArray[np.float32]:
        return np.concatenate([np.linalg.norm(block, axis=1) for block in self._read_blocks()])
