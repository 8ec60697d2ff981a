"""Score the probabilities of an exported tagger on test photos."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.reliability import measure_reliability
from phototags.evaluation.prediction import predict
from phototags.evaluation.probabilities import Probabilities, read_probabilities, sigmoid
from phototags.evaluation.test_photos import TEST_PARTS, photos_in_parts
from phototags.features.feature_cache import read_features
from phototags.systems.tagger import CALIBRATION, load
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import read_vocabulary

RELIABILITY = ["tags", "calibrated", "low", "high", "pairs", "predicted", "observed"]
CUTS = ["cut", "wanted", "probability", "photos", "tags_per_photo", "precision", "recall"]
SHOWN = 5
"""Tags of a photo that are measured apart: of all pairs, most have a probability near 0."""
WANTED = (("above", 0.5), ("precision", 0.3), ("precision", 0.5), ("precision", 0.7))


def score_probabilities(
    folder: Path | str, tags: Path | str, split: Path | str, features: Sequence[Path | str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score the tagger in a folder on the test photos of its training corpus with a known tag.

    Args:
        tags, split: tags.parquet and split.parquet. features: a file per shard.

    Returns:
        RELIABILITY, a row for each bin of probabilities, before and after calibration, of all
        tags and of each photo's first five; and CUTS, a row for each of WANTED that is reached.
        Tables without rows where there is no test photo or no calibration.
    """
    known, looks = read_vocabulary(Path(folder) / "vocabulary.tsv"), read_features(features)
    photos = photos_in_parts(tags, split, TEST_PARTS)
    photos = photos[photos["row"].isin(looks.rows.tolist())]
    relevant = encode_tags(photos["tags"], known.tags).to_multi_hot(len(known))
    photos, relevant = photos[relevant.any(axis=1)], relevant[relevant.any(axis=1)]
    calibration = read_probabilities(Path(folder) / CALIBRATION, len(known))
    if photos.empty or calibration is None:
        return pd.DataFrame(columns=RELIABILITY), pd.DataFrame(columns=CUTS)
    scores = predict(load(folder), looks.select(photos["row"].tolist()), len(known))
    probabilities = calibration.probabilities(scores)
    before, after = (
        tabulate_reliability(values, relevant, calibrated)
        for calibrated, values in ((False, sigmoid(scores)), (True, probabilities))
    )
    return pd.concat([before, after]), tabulate_cuts(calibration, probabilities, relevant)


def tabulate_reliability(
    probabilities: NDArray, relevant: NDArray, calibrated: bool
) -> pd.DataFrame:
    """RELIABILITY of (N, T) probabilities, of all tags and of each photo's first SHOWN."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :SHOWN]
    first = (np.take_along_axis(table, best, axis=1) for table in (probabilities, relevant))
    tables = []
    for tags, pairs in (("all", (probabilities, relevant)), ("first five", first)):
        bins = pd.DataFrame(measure_reliability(*pairs)._asdict())
        tables.append(bins.assign(tags=tags, calibrated=calibrated)[RELIABILITY])
    return pd.concat(tables)


def tabulate_cuts(
    calibration: Probabilities, probabilities: NDArray, relevant: NDArray
) -> pd.DataFrame:
    """CUTS of (N, T) probabilities; precision is nan where no tag is given."""
    rows = []
    for cut, wanted in WANTED:
        if cut == "precision" and wanted > calibration.highest_precision:
            continue
        least = calibration.cut(wanted) if cut == "precision" else wanted
        given = probabilities >= least
        right, total = int((given & relevant).sum()), int(given.sum())
        precision = right / total if total else float("nan")
        per_photo, recall = total / len(given), right / relevant.sum()
        rows.append((cut, wanted, least, len(given), per_photo, precision, recall))
    return pd.DataFrame(rows, columns=CUTS)


def summarise_errors(reliability: pd.DataFrame) -> pd.DataFrame:
    """Expected calibration error from bins: rows all and first five, columns False and True.

    Args:
        reliability: RELIABILITY.
    """
    gaps = (reliability["predicted"] - reliability["observed"]).abs() * reliability["pairs"]
    by = [reliability["tags"], reliability["calibrated"]]
    return (gaps.groupby(by).sum() / reliability["pairs"].groupby(by).sum()).unstack()
