"""What a tagger says of test photos: of its own tags, and of words that no tag means."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phototags.errors import ModelError
from phototags.evaluation.word_mapping import Reach
from phototags.features.feature_cache import Features
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.tagger import Tagger, load, read_config
from phototags.tag_vectors.text_vectors import TextVectors, load_glove
from phototags.tag_vectors.zero_shot import place_words
from phototags.users.user_table import UserTable, append_user_features

BATCH = 1024


def model_scores(tagger: Tagger, features: NDArray, tags: int) -> NDArray[np.float32]:
    """Scores of every tag for every photo.

    Args:
        features: (N, n) float32. tags: T, how many scores a photo must get.

    Returns:
        (N, T) float32.

    Raises:
        ModelError: when the tagger gives another number of scores, or one that is not a number.
    """
    with torch.no_grad():
        batches = torch.as_tensor(features).split(BATCH)
        scores = torch.cat([tagger.scores(batch) for batch in batches]).float().numpy()
    if scores.shape[1] != tags or np.isnan(scores).any():
        raise ModelError(
            f"the tagger should give {len(features)} photos {tags} scores each, but gives an array "
            f"of {scores.shape} with {int(np.isnan(scores).sum())} that are not numbers. "
            "Train it again."
        )
    return scores


def opened(
    folder: Path | str, rows: Sequence[int], features: Features, users: UserTable | None
) -> tuple[Tagger, Tensor]:
    """The tagger in a folder, and photos as it was shown photos when it learned.

    Args:
        rows: (N,) of the photos. users: of them, for a tagger that knows users.

    Raises:
        ModelError: when the folder holds no tagger.
    """
    known = read_config(folder)["system"].get("descriptors", ())
    return load(folder), append_user_features(features.of(rows), rows, users, known)


def scores_in(
    folder: Path | str,
    rows: Sequence[int],
    features: Features,
    users: UserTable | None,
    tags: int,
) -> NDArray[np.float32]:
    """(N, T) float32, what the tagger in a folder gives photos.

    Args:
        tags: T, how many scores a photo must get. The rest: as `opened`.

    Raises:
        ModelError: when the folder holds no tagger, or none of so many tags.
    """
    return model_scores(*opened(folder, rows, features, users), tags)


def answers_in(
    model: Path | str,
    rows: Sequence[int],
    features: Features,
    users: UserTable | None,
    tags: Sequence[str],
    reaches: Sequence[Reach],
) -> tuple[NDArray[np.float32], list[Reach]]:
    """What `scores_in` gives, and the reaches with what the tagger says of their unseen words.

    Args:
        model: a tagger's model.safetensors, in its folder. tags: (T,).
    """
    tagger, shown = opened(Path(model).parent, rows, features, users)
    scores = model_scores(tagger, shown, len(tags))
    from_text = any(reach.unseen and reach.bridge != "subword" for reach in reaches)
    text = load_glove() if from_text else None
    return scores, [asked(reach, tagger, shown, tags, text) for reach in reaches]


def asked(
    reach: Reach, tagger: Tagger, features: Tensor, tags: Sequence[str], text: TextVectors | None
) -> Reach:
    """The reach with the tagger's scores of its unseen words, if it has a space to put them in.

    A word's score is the photo's embedding times the word's vector, and the least of the tags'
    biases: nothing is rarer than what was never seen.

    Args:
        features: (N, n) float32 of the photos. tags: (T,) the tagger's. text: for bridges that go
            by it.
    """
    if not reach.unseen or not isinstance(tagger, EmbeddingTagger):
        return reach
    words = [reach.words[place] for place in reach.unseen]
    vectors = place_words(reach.bridge, words, tags, tagger.tag_vectors.detach(), text)
    if vectors is None:
        return reach
    with torch.no_grad():
        said = tagger.embed(features) @ vectors.T + tagger.bias.min()
    return replace(reach, said=said.numpy())
