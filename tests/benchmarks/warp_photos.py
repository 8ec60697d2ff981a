"""Photos whose features tell their tags, for both sides of bench_training's WARP. numpy only."""

from pathlib import Path

import numpy as np

WIDTH, NOISE = 128, 1.0


def write(path: Path, sets, tags: int, rng: np.random.Generator) -> None:
    """Save tag sets with features: the sum of a direction a tag and noise, of length one.

    Args:
        sets: TagSets.
    """
    directions = rng.standard_normal((tags, WIDTH)).astype(np.float32)
    owner = np.repeat(np.arange(len(sets.offsets) - 1), np.diff(sets.offsets))
    features = NOISE * rng.standard_normal((len(sets.offsets) - 1, WIDTH)).astype(np.float32)
    np.add.at(features, owner, directions[sets.ids])
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    np.savez(path, features=features, tags=sets.ids, ends=sets.offsets)


def recall(scores: np.ndarray, tags: np.ndarray, ends: np.ndarray, first: int = 10) -> float:
    """Share of a photo's tags that are among its first ten, mean over photos; 1 is perfect.

    Args:
        scores: (N, T), more is likelier. tags, ends: of the same N photos.
    """
    top = np.argpartition(-scores, first, axis=1)[:, :first]
    owner = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    hit = (top[owner] == tags[:, None]).any(1)
    return float((np.bincount(owner, hit) / np.diff(ends)).mean())
