"""Ways to guess a photo's missing tag from its other tags, each a scorer for `missing_tag`."""

import numpy as np
from scipy.sparse import diags_array

from phototags.tag_vectors.tag_completion import Scorer
from phototags.tags.encoding import TagSets


def by_frequency(counts: np.ndarray) -> Scorer:
    """The commonest tags for every photo: the control.

    Args:
        counts: (T,) training photos of each tag.
    """
    return lambda shown: np.tile(counts.astype(np.float64), (len(shown), 1))


def by_cooccurrence(training: TagSets, vocabulary: int) -> Scorer:
    """The mean over the shown tags s of P(t | s), counted.

    Sigurbjörnsson & van Zwol, WWW 2008 (their `sum` of asymmetric co-occurrence).
    """
    photos = training.to_csr(vocabulary)
    together = (photos.T @ photos).tocsr()
    together.setdiag(0)
    counts = np.maximum(training.count(vocabulary), 1)
    conditional = diags_array(1 / counts) @ together
    return lambda shown: (shown.to_csr(vocabulary) @ conditional).toarray()


def by_cosine(vectors: np.ndarray) -> Scorer:
    """The tags nearest to the sum of the shown tags' unit vectors.

    Args:
        vectors: (T, D) float.
    """
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return lambda shown: (shown.to_csr(len(unit)) @ unit) @ unit.T


def by_context(
    vectors: np.ndarray, contexts: np.ndarray, counts: np.ndarray, power: float
) -> Scorer:
    """What skip-gram itself believes: the sum of w_s . c_t over the shown tags, plus a prior.

    Negatives drawn in proportion to count ** power make w_s . c_t the log of P(t | s) less
    power log count(t), up to a constant of s, so `power` of the training is the natural prior.

    Args:
        vectors, contexts: (T, D) float.
        counts: (T,) training photos of each tag.
    """
    prior = power * np.log(np.maximum(counts, 0.5))
    return lambda shown: (shown.to_csr(len(vectors)) @ vectors) @ contexts.T + prior
