"""Exact search of the vectors nearest to queries, among all: by matrix products, without an index.

Products in float32 find candidates: rows that come within their rounding error of the best. Sums
in float64, which add each row in one order, rank these, so that equal rows have equal scores; a
BLAS product may split them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phototags.search.ranking import pick_best

SCORES = 1 << 20
"""Scores of a block: 4 MB, which caches hold until the best are found among them."""
GROUP = 256
"""Rows of a group: one maximum says whether any of them can be among the best."""
COMPACTED = 4  # times `top` candidates of a query, on average, before the worse ones are dropped
ROUNDING = 2.0**-24  # of float32, relative


def find_nearest(
    vectors: NDArray, query: NDArray, top: int, longest: float | None = None
) -> list[tuple[int, float]]:
    """The `top` rows with the highest dot product, best first; of equal ones the earlier first.

    Args:
        vectors: (n, D). query: (D,). longest: of `measure_longest`, if it is known.

    >>> find_nearest(np.float32([[1, 0], [0, 1], [1, 0]]), np.float32([1, 0.5]), 2)
    [(0, 1.0), (2, 1.0)]
    """
    return find_all_nearest(vectors, query[None], top, longest)[0]


def find_all_nearest(
    vectors: NDArray, queries: NDArray, top: int, longest: float | None = None
) -> list[list[tuple[int, float]]]:
    """What `find_nearest` finds for each of several queries, (Q, D)."""
    if not len(vectors) or not len(queries):
        return [[] for _ in queries]
    longest = measure_longest(vectors) if longest is None else longest
    # A sum of D products errs by at most D roundings of what their absolute values sum up to.
    error = 2 * queries.shape[1] * ROUNDING * longest * np.linalg.norm(queries, axis=1)
    rows, owners = _find_candidates(vectors, queries, min(top, len(vectors)), 2 * error)
    order = np.lexsort((rows, owners))
    rows, ends = rows[order], np.searchsorted(owners[order], np.arange(len(queries) + 1))
    found = []
    for query, start, end in zip(queries, ends[:-1], ends[1:], strict=True):
        own = rows[start:end]
        exact = np.einsum("nd,d->n", vectors[own], query, dtype=np.float64).astype(np.float32)
        found.append([(int(own[place]), score) for place, score in pick_best(exact, top)])
    return found


def measure_longest(vectors: NDArray) -> float:
    """The length of the longest vector."""
    squares = np.einsum("nd,nd->n", vectors, vectors)
    return float(np.sqrt(squares.max(initial=0)))


def _find_candidates(
    vectors: NDArray, queries: NDArray, top: int, margin: NDArray
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows whose product is at most `margin` (Q,) below the `top`th of a query; the query of each.

    Blocks of rows are scored one after the other; what is below the `top`th so far is passed over.
    """
    size = max(GROUP, SCORES // len(queries) // GROUP * GROUP, min(top, len(vectors)))
    candidates, waiting = [], 0
    for start in range(0, len(vectors), size):
        scores = vectors[start : start + size] @ queries.T  # (b, Q)
        if start == 0:
            lowest = np.partition(scores, -top, axis=0)[-top] - margin
        candidates.append(_select(scores, lowest, start))
        waiting += len(candidates[-1][0])
        if waiting > COMPACTED * top * len(queries):
            candidates, lowest = _compact(candidates, top, margin)
            waiting = len(candidates[0][0])
    rows, owners, _ = _compact(candidates, top, margin)[0][0]
    return rows, owners


Candidates = tuple[NDArray[np.int64], NDArray[np.int64], NDArray]
"""Rows, their queries, and their products."""


def _select(scores: NDArray, lowest: NDArray, start: int) -> Candidates:
    """The scores (b, Q) that reach the lowest (Q,), group by group."""
    whole = len(scores) // GROUP * GROUP
    groups = scores[:whole].reshape(-1, GROUP, scores.shape[1])
    group, owner = np.nonzero(groups.max(axis=1) >= lowest)
    near, row = np.nonzero(groups[group, :, owner] >= lowest[owner, None])
    rows, owners = group[near] * GROUP + row, owner[near]
    last, of = np.nonzero(scores[whole:] >= lowest)
    rows, owners = np.concatenate([rows, whole + last]), np.concatenate([owners, of])
    return start + rows, owners, scores[rows, owners]


def _compact(
    candidates: list[Candidates], top: int, margin: NDArray
) -> tuple[list[Candidates], NDArray]:
    """Drop what is below a query's `top`th by more than the margin; (Q,) what is the lowest now."""
    rows, owners, scores = (np.concatenate(parts) for parts in zip(*candidates, strict=True))
    order = np.lexsort((-scores, owners))
    rows, owners, scores = rows[order], owners[order], scores[order]
    lowest = scores[np.searchsorted(owners, np.arange(len(margin))) + top - 1] - margin
    kept = scores >= lowest[owners]
    return [(rows[kept], owners[kept], scores[kept])], lowest
