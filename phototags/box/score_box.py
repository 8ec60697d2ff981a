"""Score the tagger in the box on the test photos of each of its corpora."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from phototags.box.corpora import CorpusFiles, encode_photos, list_known, read_photos
from phototags.box.size_invariance import measure_agreement, pair_features
from phototags.evaluation.metrics.ranking import (
    average_precision,
    mean_average_precision,
    precision_at,
    rank,
)
from phototags.evaluation.metrics.reliability import measure_reliability
from phototags.evaluation.prediction import predict
from phototags.evaluation.probabilities import read_probabilities
from phototags.evaluation.test_photos import TEST_PARTS, photos_in_parts
from phototags.features.feature_cache import Features, read_features
from phototags.systems.tagger import CALIBRATION, load
from phototags.tags.vocabulary import EXPORTED, read_tsv

COLUMNS = [
    *("corpus", "photos", "words", "wanted", "tags_per_photo", "known_per_photo", "precision"),
    *("recall", "precision_at_5", "miap", "map", "calibration_error", "resized", "kept_at_5"),
]
WANTED = 0.5
"""Precision at whose cut tags are counted."""


def score_box(
    folder: Path | str,
    corpora: Mapping[str, CorpusFiles],
    resized: Mapping[str, Features] | None = None,
) -> pd.DataFrame:
    """Score the tagger in a folder, a row for each corpus, on the words that it knows, and one for
    all their photos together (of what is summed over pairs of photo and tag).

    Args:
        resized: by corpus, features of some of its photos shown smaller.

    Returns:
        COLUMNS: `tags_per_photo` counts all tags above the cut, `known_per_photo` those that the
        corpus knows, on which all else is measured. Shares are in [0, 1], perfect 1, but
        `calibration_error`, perfect 0. `map` is over words that a test photo has.
        `resized` counts the photos shown smaller, `kept_at_5` is the share of their first five tags
        that stay; both nan where none was.
    """
    folder = Path(folder)
    names = read_names(folder / "vocabulary.tsv")
    words = list(dict.fromkeys(names.values()))
    tagger, calibration = load(folder), read_probabilities(folder / CALIBRATION, len(words))
    cut, rows = calibration.cut(WANTED), []
    for corpus, files in corpora.items():
        photos = read_photos(files, TEST_PARTS)
        part = encode_photos(photos, names, words, list_known(files, names))
        probabilities = calibration.probabilities(predict(tagger, photos.features, len(words)))
        given = float((probabilities >= cut).sum(1).mean())
        own = probabilities[:, part.words.numpy()]
        figures = measure(own, part.targets.bool().numpy(), cut)
        rows.append({"corpus": corpus, "wanted": WANTED, "tags_per_photo": given, **figures})
        if resized and corpus in resized:
            shown, kept = score_resized(folder, files, resized[corpus])
            rows[-1] |= {"resized": shown, "kept_at_5": kept}
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return pd.concat([table, pool(table, len(words))])


def score_resized(folder: Path | str, files: CorpusFiles, resized: Features) -> tuple[int, float]:
    """How far a corpus' test photos keep their first five tags when they are shown smaller.

    Args:
        resized: features of some of its photos, reduced.

    Returns:
        the number of photos, and the share of tags kept, in [0, 1].
    """
    rows = photos_in_parts(files.tags, files.split, TEST_PARTS)["row"]
    pairs, tagger = pair_features(read_features(files.features), resized, rows), load(folder)
    with torch.no_grad():
        before, after = (tagger.scores(features) for features in pairs)
    return len(before), measure_agreement(before, after)


def pool(rows: pd.DataFrame, words: int) -> pd.DataFrame:
    """One row of COLUMNS for all corpora's photos together; other figures are nan."""
    photos, given = rows["photos"], rows["photos"] * rows["known_per_photo"]
    right = given * rows["precision"].fillna(0)
    return pd.DataFrame(
        {
            "corpus": ["all"],
            "photos": photos.sum(),
            "words": words,
            "wanted": WANTED,
            "tags_per_photo": np.average(rows["tags_per_photo"], weights=photos),
            "known_per_photo": given.sum() / photos.sum(),
            "precision": right.sum() / given.sum() if given.sum() else np.nan,
            "recall": right.sum() / (right / rows["recall"]).sum(),
        },
        columns=COLUMNS,
    )


def measure(probabilities: NDArray, relevant: NDArray, cut: float) -> dict[str, float]:
    """Figures of (N, W) probabilities of the words that a corpus knows; photos without a word
    count where tags are given, not where they are ranked.
    """
    given = probabilities >= cut
    right, total = int((given & relevant).sum()), int(given.sum())
    tagged, used = relevant.any(1), relevant.any(0)
    ranking = rank(probabilities[tagged], relevant[tagged])
    return {
        "photos": len(given),
        "words": int(used.sum()),
        "known_per_photo": total / len(given),
        "precision": right / total if total else float("nan"),
        "recall": right / int(relevant.sum()),
        "precision_at_5": float(precision_at(ranking, 5).mean()),
        "miap": float(average_precision(ranking).mean()),
        "map": mean_average_precision(probabilities, relevant),
        "calibration_error": measure_reliability(probabilities, relevant).calibration_error,
    }


def read_names(path: Path | str) -> dict[str, str]:
    """The word of each tag, of itself and of its aliases, from an exported vocabulary.tsv."""
    table = read_tsv(path, EXPORTED)
    names = {word: word for word in table["tag"]}
    for word, aliases in table.select("tag", "aliases").drop_nulls().iter_rows():
        names |= dict.fromkeys(aliases.split(","), word)
    return names
