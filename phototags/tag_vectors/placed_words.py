"""How words that were never learned are placed among photos by a tagger's zero-shot model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phototags.tag_vectors.text_encoders import TextEncoder, load_text_encoder
from phototags.tag_vectors.zero_shot_model import ZeroShot
from phototags.weights.fetch import ensure_weights

FETCHED = "minilm"
"""The text encoder whose weights are fetched."""
SLOPE = 25.0
"""How fast a word's probability rises with its cosine around the model's cut."""


def load_encoder(model: ZeroShot) -> TextEncoder:
    """The text encoder of a zero-shot model; its weights are fetched once."""
    weights = ensure_weights(FETCHED) if model.encoder == FETCHED else None
    return load_text_encoder(model.encoder, weights)


def estimate_fit(cosines: NDArray[np.float32], cut: float) -> NDArray[np.float32]:
    """Probabilities that words fit photos, by their cosines: 1/2 at the model's cut.

    >>> estimate_fit(np.float32([0.2, 0.3]), 0.2).round(3).tolist()
    [0.5, 0.9240000247955322]
    """
    return (1 / (1 + np.exp(-SLOPE * (cosines - cut)))).astype(np.float32)
