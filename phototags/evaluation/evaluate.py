"""How good it is what a tagger says of test photos."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from phototags.evaluation.metrics.all_metrics import evaluate
from phototags.evaluation.metrics.bootstrap import multiplicities
from phototags.evaluation.metrics.lower_bound import lower_bounds
from phototags.evaluation.word_mapping import Reach
from phototags.params.score import Score
from phototags.photos.photo_table import Drop, write_drops, write_table
from phototags.tags.encoding import encode_tags

SCORES = pa.schema(
    [("bridge", pa.string()), ("metric", pa.string()), ("k", pa.int64())]
    + [("value", pa.float64()), ("photos", pa.int64()), ("tags", pa.int64())]
    + [("replicates", pa.list_(pa.float32()))]
)
PREDICTIONS = pa.schema(
    [("row", pa.int64()), ("bridge", pa.string())]
    + [("tags", pa.list_(pa.string())), ("scores", pa.list_(pa.float32()))]
)
SHOWN = 5
"""Tags a photo in the predictions."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judgement:
    """Columns of SCORES and of PREDICTIONS, and the photos and words that were left out."""

    scores: pd.DataFrame
    predictions: pd.DataFrame
    drops: list[Drop]

    def write(self, scores: Path | str, predictions: Path | str, drops: Path | str) -> None:
        """Write the three tables."""
        write_table(scores, self.scores, SCORES)
        write_table(predictions, self.predictions, PREDICTIONS)
        write_drops(drops, self.drops)


def judge(
    scores: NDArray[np.float32],
    model_tags: Sequence[str],
    photos: pd.DataFrame,
    reaches: Sequence[Reach],
    settings: Score,
    train: str,
    doubted: Collection[int] = (),
    unscored: Sequence[Drop] = (),
) -> Judgement:
    """Score every bridge; photos without a word of a bridge are counted and left out.

    Args:
        scores: (N, T) of the model's tags for the N test photos.
        photos: N rows with row, photo_id, tags.
        reaches: the words of each bridge; the first one's best words become predictions.
        train: the training corpus, which the drops name.
        doubted: rows of photos with a near-duplicate among the training photos.
        unscored: photos that were left out before.
    """
    tables, drops = [], [*unscored]
    for reach in reaches:
        relevant = has_words(photos["tags"], reach.words)
        known = relevant.any(axis=1)
        drops += _left_out(photos[~known], reach, train)
        log.info("%s: %d words, %d photos", reach.bridge, len(reach.words), known.sum())
        if known.any():
            seen = photos.loc[known, "row"].isin(doubted).to_numpy()
            of_words = reach.scores(scores)[known]
            tables.append(_measured(of_words, relevant[known], seen, settings, reach))
    rows = pd.concat(tables) if tables else pd.DataFrame(columns=SCORES.names)
    own = Reach("own", list(model_tags), [[tag] for tag in range(len(model_tags))])
    predictions = [first_words(scores, photos["row"], reach) for reach in (*reaches[:1], own)]
    return Judgement(rows, pd.concat(predictions), drops)


def has_words(tags: pd.Series, words: Sequence[str]) -> NDArray[np.bool_]:
    """(N, W) bool, True where the photo has the word.

    >>> has_words(pd.Series([["sea", "sun"], ["moon"]]), ["sun", "sea"]).tolist()
    [[True, True], [False, False]]
    """
    return encode_tags(tags, words).to_multi_hot(len(words))


def _left_out(photos: pd.DataFrame, reach: Reach, train: str) -> list[Drop]:
    """The words that a bridge does not reach, and the photos that have none of the others."""
    step = f"score_tagger {train}/{reach.bridge}"
    words = [Drop(step, "", "unreached_word", word) for word in reach.unreached]
    return words + [
        Drop(step, photo, "no_known_word", ", ".join(tags))
        for photo, tags in zip(photos["photo_id"], photos["tags"], strict=True)
    ]


def _measured(
    scores: NDArray, relevant: NDArray, seen: NDArray, settings: Score, reach: Reach
) -> pd.DataFrame:
    weights = multiplicities(len(relevant), settings.resamples, settings.seed)
    measured = evaluate(scores, relevant, weights)
    measured += lower_bounds(scores, relevant, weights, seen, measured)
    table = pd.DataFrame([vars(one) for one in measured])
    counts = {"photos": len(relevant), "tags": int(relevant.any(axis=0).sum())}
    return table.assign(bridge=reach.bridge, **counts)


def first_words(scores: NDArray, rows: pd.Series, reach: Reach) -> pd.DataFrame:
    """The best words of each photo, best first, equals in the order of the words.

    Returns:
        PREDICTIONS, SHOWN words a photo, fewer where there are fewer.
    """
    of_words = reach.scores(scores)
    best = np.argsort(-of_words, axis=1, kind="stable")[:, :SHOWN]
    return pd.DataFrame(
        {
            "row": rows.to_numpy(),
            "bridge": reach.bridge,
            "tags": [[reach.words[word] for word in photo] for photo in best],
            "scores": list(np.take_along_axis(of_words, best, axis=1)),
        }
    )
