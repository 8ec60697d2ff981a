"""Words that no tag means, placed among photos by a tagger's zero-shot model."""

from __future__ import annotations

import functools
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.tag_vectors.zero_shot_model import FILE, ZeroShot, read_zero_shot
from phototags.weights.fetch import ensure_weights

log = logging.getLogger(__name__)


class MeaningOfWords:
    """The zero-shot words of an index.

    Args:
        model: folder of the tagger. text_vectors: (n, E) of the photos; None without zero-shot.
    """

    def __init__(self, model: Path, text_vectors: NDArray[np.float32] | None):
        self._path = model / FILE
        self._text_vectors = text_vectors

    @functools.cached_property
    def _model(self) -> ZeroShot:
        return read_zero_shot(self._path)

    def knows(self, text: str) -> bool:
        """Whether a text can be placed and some photo reaches the model's cut for it."""
        if self._text_vectors is None or not len(self._text_vectors):
            return False
        return bool(self._measure(text).max() >= self._model.cut)

    def estimate(self, text: str, photos: int) -> NDArray[np.float32]:
        """(n,) probabilities that a text fits photos: 1/2 at the cut; 0 without zero-shot."""
        if self._text_vectors is None:
            return np.zeros(photos, np.float32)
        from phototags.tag_vectors.placed_words import estimate_fit

        return estimate_fit(self._measure(text), self._model.cut)

    @functools.lru_cache(maxsize=64)  # noqa: B019, an index lives as long as its searches
    def _measure(self, text: str) -> NDArray[np.float32]:
        placed = self._model.place_texts(self._encoder.embed_terms([text], self._model.source))
        return self._text_vectors @ placed[0]

    @functools.cached_property
    def _encoder(self):
        from phototags.tag_vectors.placed_words import load_encoder

        return load_encoder(self._model)


def fetch_encoder(model: Path) -> None:
    """Fetch the text encoder of a tagger's zero-shot words, for which a search would wait.

    Where it cannot be had, a warning says so: tags and keywords are searched without it.

    Args:
        model: folder of the tagger.
    """
    from phototags.tag_vectors.placed_words import FETCHED

    path = model / FILE
    if not path.is_file() or read_zero_shot(path).encoder != FETCHED:
        return
    try:
        ensure_weights(FETCHED)
    except ModelError as error:
        log.warning("words that are neither tags nor keywords cannot be searched yet: %s", error)
