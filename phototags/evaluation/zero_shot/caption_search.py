"""Find photos by captions: ranks of the right photo, whole captions beside sums of their words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from phototags.evaluation.zero_shot.photos import Photos
from phototags.evaluation.zero_shot.unseen_tags import ALPHAS, POWERS, Settings
from phototags.tag_vectors.ridge import Ridge, scale_to_unit, whiten
from phototags.tag_vectors.zero_shot_model import ZeroShot, weigh_captions
from phototags.tags.stop_words import STOP_WORDS

WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def rank_photos(queries: NDArray, photos: NDArray) -> NDArray[np.int64]:
    """Rank of photo i for query i among all photos, from 1; ties count against it: (n,).

    Args:
        queries: (n, E), one for each photo. photos: (n, E).

    >>> rank_photos(np.eye(2), np.array([[1.0, 0.0], [1.0, 0.0]])).tolist()
    [2, 2]
    """
    scores = queries @ photos.T
    return (scores >= np.diag(scores)[:, None]).sum(axis=1)


def choose_for_captions(
    ridge: Ridge, train: Photos, vectors: NDArray, validation: Photos, of: NDArray
) -> Settings:
    """Choose the settings with the best mean reciprocal rank of validation photos.

    Args:
        ridge: of the training photos. vectors: (C, E), of their captions.
        of: (n, E), text vectors of the first caption of each validation photo.
    """
    mean = vectors.mean(axis=0)
    targets = weigh_captions(train.owners, len(train.features)) @ (vectors - mean)
    predicted = {alpha: ridge.predict(targets, alpha, validation.features) for alpha in ALPHAS}
    maps = {power: whiten(vectors, power) for power in POWERS}

    def reciprocal_rank(alpha: float, power: float) -> float:
        photos = scale_to_unit(predicted[alpha] @ maps[power])
        queries = scale_to_unit((of - mean) @ maps[power])
        return float((1 / rank_photos(queries, photos)).mean())

    return Settings(*max(itertools.product(ALPHAS, POWERS), key=lambda one: reciprocal_rank(*one)))


def sum_words(
    captions: Sequence[str], model: ZeroShot, embed: Callable[[Sequence[str]], NDArray]
) -> NDArray[np.float32]:
    """Sum the vectors of a caption's words, each placed alone, as searches by tags do: (n, E).

    STOP_WORDS are left out.

    Args:
        embed: texts to text vectors.
    """
    words = [
        [word for word in WORD.findall(caption.lower()) if word not in STOP_WORDS]
        for caption in captions
    ]
    known = sorted({word for of in words for word in of})
    placed = dict(zip(known, model.place_texts(embed(known)), strict=True))
    width = model.text_map.shape[1]
    return np.stack([sum((placed[word] for word in of), np.zeros(width)) for of in words])
