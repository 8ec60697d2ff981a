"""Scores of the photos of which no photo of the user's history has exactly the same tags."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.evaluation.metrics.all_metrics import photo_metrics
from phototags.evaluation.metrics.resamples import draw_resamples, number_users
from phototags.evaluation.prediction import predict_from_folder
from phototags.evaluation.test_photos import TEST_PARTS, Files, photos_in_parts
from phototags.evaluation.users.comparison import tags_in_vocabulary
from phototags.evaluation.users.relative_improvement import MEASURES, SystemScores
from phototags.features.feature_cache import Features
from phototags.params.score import Score
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.user_table import UserTable


def score_new_tags(
    folders: Mapping[str, Sequence[Path]],
    photos: pd.DataFrame,
    features: Features,
    users: UserTable,
    vocabulary: TagVocabulary,
    settings: Score,
) -> dict[str, SystemScores]:
    """Score each system, mean of its seeds, on the photos of `select_new_tags`.

    Args:
        folders: of each system's taggers, one for each seed.
        photos: of `select_new_tags`. features, users: of these photos, perhaps of others too.

    Returns:
        by system; none without photos.
    """
    if photos.empty:
        return {}
    rows, index = photos["row"].tolist(), pd.Index(photos["row"])
    relevant = encode_tags(photos["tags"], vocabulary.tags).to_multi_hot(len(vocabulary))
    drawn = draw_resamples(number_users(photos["user_id"]), settings.resamples, settings.seed)
    found = {}
    for system, seeds in folders.items():
        metrics = [
            photo_metrics(
                predict_from_folder(folder, rows, features, users, len(vocabulary)),
                relevant,
                drawn.weights,
            )
            for folder in dict.fromkeys(seeds)
        ]
        means = {one: np.mean([seed[one] for seed in metrics], axis=0) for one in MEASURES}
        found[system] = SystemScores(
            {one: np.append(of[0], drawn.replicate(of)) for one, of in means.items()}, index
        )
    return found


def select_new_tags(
    files: Files, vocabulary: TagVocabulary, users: UserTable, features: Features
) -> pd.DataFrame:
    """Select the scored test photos of which no history photo has exactly the same known tags.

    Photos of users without history are among them.

    Args:
        files: tags.parquet and split.parquet of the corpus.

    Returns:
        row, user_id, tags of the vocabulary; photos that have features and a known tag.
    """
    photos = photos_in_parts(*files, TEST_PARTS)
    known = tags_in_vocabulary(photos["tags"], vocabulary)
    photos = photos.loc[known.index].assign(tags=known)
    scored = users.scored_mask(photos["row"])
    own = list(zip(photos["user_id"], photos["tags"].map(frozenset), strict=True))
    seen = {one for one, counts in zip(own, scored, strict=True) if not counts}
    repeated = np.array([one in seen for one in own], bool)
    chosen = scored & ~repeated & photos["row"].isin(features.rows.numpy())
    return photos.loc[chosen, ["row", "user_id", "tags"]].reset_index(drop=True)
