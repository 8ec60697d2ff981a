"""Predict the tag scores of test photos, and scores of words outside the vocabulary."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import ModelError
from phototags.evaluation.metrics import score_blocks
from phototags.evaluation.metrics.score_blocks import ScoreBlocks
from phototags.evaluation.word_mapping import WordMapping
from phototags.features.feature_cache import Features
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.tagger import Tagger, load, read_config
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.users.user_table import UserTable, append_user_features

BATCH = 1024


def predict(tagger: Tagger, inputs: NDArray | Tensor, tags: int) -> NDArray[np.float32]:
    """Predict the score of every tag for every photo.

    Args:
        inputs: (N, n) float32, of `tagger_inputs`. tags: T, expected scores for each photo.

    Returns:
        (N, T) float32.

    Raises:
        ModelError: when the tagger gives another number of scores, or NaN.
    """
    with torch.no_grad():
        batches = torch.as_tensor(inputs).split(BATCH)
        scores = torch.cat([tagger.scores(batch) for batch in batches]).float().numpy()
    if scores.shape[1] != tags or np.isnan(scores).any():
        raise ModelError(
            f"the tagger should give {len(inputs)} photos {tags} scores each, but gives an array "
            f"of {scores.shape} with {int(np.isnan(scores).sum())} that are not numbers. "
            "Train it again."
        )
    return scores


def predict_blocks(tagger: Tagger, inputs: Tensor, tags: int) -> ScoreBlocks:
    """`predict`, a block of photos at a time where the scores of all are more than a block."""
    if len(inputs) * tags <= score_blocks.BLOCK:
        return score_blocks.as_blocks(predict(tagger, inputs, tags))
    return ScoreBlocks((len(inputs), tags), lambda photos: predict(tagger, inputs[photos], tags))


def tagger_inputs(
    folder: Path | str, rows: Sequence[int], features: Features, users: UserTable | None
) -> Tensor:
    """Features of photos, with the user columns that the tagger in a folder was trained with.

    Args:
        rows: (N,) of the photos. users: of these photos, for a tagger that uses them.

    Returns:
        (N, n) float32.

    Raises:
        ModelError: when the folder holds no tagger.
    """
    descriptors = read_config(folder)["system"].get("descriptors", ())
    return append_user_features(features.select(rows), rows, users, descriptors)


def predict_from_folder(
    folder: Path | str,
    rows: Sequence[int],
    features: Features,
    users: UserTable | None,
    tags: int,
) -> NDArray[np.float32]:
    """Load the tagger in a folder and predict; arguments and errors of the functions above."""
    return predict(load(folder), tagger_inputs(folder, rows, features, users), tags)


def score_unseen(
    mapping: WordMapping,
    tagger: Tagger,
    inputs: Tensor,
    tags: Sequence[str],
    text: TextVectors | None,
) -> WordMapping:
    """Add the tagger's scores of a mapping's unseen words, if it has an embedding space for them.

    A word's score is the photo's embedding times the word's vector, plus the lowest bias of the
    tags: a word without training photos counts as rare as the rarest tag.

    Args:
        inputs: (N, n) float32 of the photos. tags: (T,) the tagger's. text: for bridges that use
            text vectors.
    """
    if not mapping.unseen or not isinstance(tagger, EmbeddingTagger):
        return mapping
    from phototags.tag_vectors.zero_shot import place_words

    words = [mapping.words[position] for position in mapping.unseen]
    vectors = place_words(mapping.bridge, words, tags, tagger.tag_vectors.detach(), text)
    if vectors is None:
        return mapping
    with torch.no_grad():
        scores = tagger.embed(inputs) @ vectors.T + tagger.bias.min()
    return replace(mapping, unseen_scores=scores.numpy())
