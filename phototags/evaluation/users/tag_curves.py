"""Precision over recall of single tags, by several taggers on the same photos."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from phototags.evaluation.evaluate import has_words
from phototags.evaluation.metrics.precision_recall import Curve, precision_recall
from phototags.evaluation.prediction import scores_in
from phototags.features.feature_cache import Features
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.user_table import UserTable


def tag_curves(
    folders: Mapping[str, Path],
    tags: Iterable[str],
    photos: pd.DataFrame,
    features: Features,
    users: UserTable | None,
    vocabulary: TagVocabulary,
) -> dict[str, dict[str, Curve]]:
    """The curve of each tag, by system and tag.

    Args:
        folders: of a tagger of each system. tags: of the vocabulary, each on a photo at least.
        photos: N rows with row, tags. features, users: of these photos, and of others maybe.

    Raises:
        ModelError: when a folder holds no tagger of this vocabulary.
    """
    numbers = {tag: vocabulary.index(tag) for tag in tags}
    relevant, rows = has_words(photos["tags"], vocabulary.tags), photos["row"].tolist()
    curves = {}
    for system, folder in folders.items():
        scores = scores_in(folder, rows, features, users, len(vocabulary))
        curves[system] = {
            tag: precision_recall(scores[:, at], relevant[:, at]) for tag, at in numbers.items()
        }
    return curves
