"""Predictors of a photo's missing tag from its other tags, for `tag_completion`."""

import numpy as np
from scipy.sparse import diags_array

from phototags.tag_vectors.tag_completion import Predictor
from phototags.tags.encoding import TagSets


def build_frequency_predictor(counts: np.ndarray) -> Predictor:
    """Score the tags of every photo by frequency, (T,) training photos of each: the baseline."""
    return lambda shown: np.tile(counts.astype(np.float64), (len(shown), 1))


def build_cooccurrence_predictor(training: TagSets, vocabulary: int) -> Predictor:
    """Score a tag t by the mean over the shown tags s of P(t | s), counted.

    Sigurbjörnsson & van Zwol, WWW 2008 (their `sum` of asymmetric co-occurrence).
    """
    photos = training.to_csr(vocabulary)
    together = (photos.T @ photos).tocsr()
    together.setdiag(0)
    counts = np.maximum(training.count(vocabulary), 1)
    conditional = diags_array(1 / counts) @ together
    return lambda shown: (shown.to_csr(vocabulary) @ conditional).toarray()


def build_cosine_predictor(vectors: np.ndarray) -> Predictor:
    """Score a tag by its cosine with the sum of the shown tags' unit vectors, of (T, D) float."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return lambda shown: (shown.to_csr(len(unit)) @ unit) @ unit.T


def build_skipgram_predictor(
    input_vectors: np.ndarray, output_vectors: np.ndarray, counts: np.ndarray, power: float
) -> Predictor:
    """Score a tag t by skip-gram itself: the sum of w_s . c_t over the shown tags s, plus a prior.

    Negatives drawn in proportion to count ** power make w_s . c_t the log of P(t | s) less
    power log count(t), up to a constant of s, so `power` of the training is the natural prior.

    Args:
        input_vectors, output_vectors: (T, D) float, w and c.
        counts: (T,) training photos of each tag.
    """
    prior = power * np.log(np.maximum(counts, 0.5))
    return lambda shown: (shown.to_csr(len(counts)) @ input_vectors) @ output_vectors.T + prior
