"""Precision-recall curves of single tags, of several taggers on the same photos."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from phototags.evaluation.metrics.per_tag import Curve, precision_recall_curve
from phototags.evaluation.prediction import predict_from_folder
from phototags.features.feature_cache import Features
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.user_table import UserTable


def compute_tag_curves(
    folders: Mapping[str, Path],
    tags: Iterable[str],
    photos: pd.DataFrame,
    features: Features,
    users: UserTable | None,
    vocabulary: TagVocabulary,
) -> dict[str, dict[str, Curve]]:
    """Compute the curve of each tag, by system and tag.

    Args:
        folders: of one tagger of each system. tags: of the vocabulary, each on at least one photo.
        photos: N rows with row, tags. features, users: of these photos, perhaps of others too.

    Raises:
        ModelError: when a folder holds no tagger of this vocabulary.
    """
    columns = {tag: vocabulary.index(tag) for tag in tags}
    relevant = encode_tags(photos["tags"], vocabulary.tags).to_multi_hot(len(vocabulary))
    rows = photos["row"].tolist()
    curves = {}
    for system, folder in folders.items():
        scores = predict_from_folder(folder, rows, features, users, len(vocabulary))
        curves[system] = {
            tag: precision_recall_curve(scores[:, at], relevant[:, at])
            for tag, at in columns.items()
        }
    return curves
