"""How well a tagger knows each tag: average precision on test photos, and what it gives instead."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.resamples import (
    Resamples,
    confidence_interval,
    draw_resamples,
    number_users,
)
from phototags.evaluation.metrics.score_blocks import ScoreBlocks
from phototags.evaluation.metrics.tag_precisions import tag_precisions
from phototags.evaluation.metrics.top_k import find_best
from phototags.evaluation.prediction import predict_blocks
from phototags.evaluation.test_photos import TEST_PARTS, photos_in_parts
from phototags.features.feature_cache import read_features
from phototags.params.score import Score
from phototags.systems.tagger import load
from phototags.tags.encoding import TagSets, encode_tags
from phototags.tags.vocabulary import read_vocabulary

LEARNABILITY = ["tag", "photos", "users", "visualness", "test_photos", "test_users"]
LEARNABILITY += ["chance", "average_precision", "low", "high", "confused_with", "confused"]
FIRST = 5
"""Tags of a photo among which another tag is looked for."""


def measure_learnability(
    folder: Path | str,
    candidates: Path | str,
    tags: Path | str,
    split: Path | str,
    features: Sequence[Path | str],
    settings: Score,
) -> pd.DataFrame:
    """Measure each tag of the tagger in a folder on the test photos of its training corpus.

    Args:
        candidates: candidates.tsv of the corpus, for visualness.
        tags, split: tags.parquet and split.parquet. features: a file per shard.
        settings: which resamples of users intervals come from.

    Returns:
        LEARNABILITY, a row for each tag that a test photo has, in the order of the vocabulary.
        `photos`, `users`: it was learned from. `chance`: share of the test photos, what a random
        order is expected to reach. `confused_with`: of the tags that are not the photo's own, the
        one most often among the first FIRST of the photos with this tag; on `confused` of them.
    """
    known, looks = read_vocabulary(Path(folder) / "vocabulary.tsv"), read_features(features)
    photos = photos_in_parts(tags, split, TEST_PARTS)
    photos = photos[photos["row"].isin(looks.rows.tolist())]
    sets = encode_tags(photos["tags"], known.tags)
    photos, sets = photos[sets.sizes > 0], sets.select(sets.sizes > 0)
    if photos.empty:
        return pd.DataFrame(columns=LEARNABILITY)
    scores = predict_blocks(load(folder), looks.select(photos["row"].tolist()), len(known))
    users = number_users(photos["user_id"])
    resamples = draw_resamples(users, settings.resamples, settings.seed)
    table = measure_tags(scores, sets, users, resamples)
    learned = pd.DataFrame({"tag": known.tags, "photos": known.photos, "users": known.users})
    found = pd.read_csv(candidates, sep="\t", keep_default_na=False).set_index("tag")["visualness"]
    learned["visualness"] = pd.to_numeric(found.reindex(known.tags), errors="coerce").to_numpy()
    table["confused_with"] = [known.tags[tag] if tag >= 0 else "" for tag in table["confused_with"]]
    return learned.join(table, how="inner")[LEARNABILITY]


def measure_tags(
    scores: ScoreBlocks, sets: TagSets, users: NDArray[np.int64], resamples: Resamples
) -> pd.DataFrame:
    """The columns of LEARNABILITY from test_photos on, by tag; `confused_with` by its number.

    Args:
        scores: (N, T). sets: of the N photos, each with a tag. users: (N,) numbers.
    """
    pairs = pd.DataFrame({"tag": sets.ids, "user": users[sets.photo_indices]}).groupby("tag")
    table = pd.DataFrame({"test_photos": pairs.size(), "test_users": pairs["user"].nunique()})
    table["chance"] = table["test_photos"] / len(sets)
    values = {
        tag: (precisions / np.maximum(present, 1), present > 0)
        for tag, precisions, present in tag_precisions(scores, sets, resamples.weights)
    }
    table["average_precision"] = [values[tag][0][0] for tag in table.index]
    table[["low", "high"]] = [
        interval(*values[tag], resamples) if n_users > 1 else (0.0, 1.0)
        for tag, n_users in table["test_users"].items()
    ]
    confused = find_confused(scores, sets)
    return table.join(confused).fillna({"confused_with": -1, "confused": 0}).astype(
        {"confused_with": int, "confused": int}
    )  # fmt: skip


def interval(
    values: NDArray, valid: NDArray[np.bool_], resamples: Resamples
) -> tuple[float, float]:
    """Interval of a tag's average precision over the resamples that have a photo of it."""
    return confidence_interval(values[0], resamples.replicate(values[valid]), 1.0)


def find_confused(scores: ScoreBlocks, sets: TagSets) -> pd.DataFrame:
    """By tag, the most frequent tag among the first of its photos that is not theirs.

    Returns:
        `confused_with`, its number (the first of equally frequent ones), and `confused`, on how
        many photos; no row for tags whose photos have none but their own tags first.
    """
    best = np.concatenate([find_best(block, FIRST) for _, block in scores])
    own = sets.to_csr(scores.shape[1]).astype(bool)
    photos = np.repeat(np.arange(len(best)), best.shape[1])
    wrong = ~np.asarray(own[photos, best.ravel()]).reshape(best.shape)
    given, counted = best[sets.photo_indices], wrong[sets.photo_indices]
    tags = np.repeat(sets.ids, best.shape[1])[counted.ravel()]
    pairs = pd.DataFrame({"tag": tags, "confused_with": given[counted]})
    counts = pairs.groupby(["tag", "confused_with"]).size().rename("confused").reset_index()
    order = counts.sort_values(["tag", "confused", "confused_with"], ascending=[True, False, True])
    return order.drop_duplicates("tag").set_index("tag")
