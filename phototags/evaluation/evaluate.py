"""Evaluate the scores that a tagger predicts for test photos."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from phototags.evaluation.metrics.all_metrics import compute_lower_bounds, compute_metrics
from phototags.evaluation.metrics.resamples import draw_resamples, number_users
from phototags.evaluation.metrics.score_blocks import ScoreBlocks, as_blocks
from phototags.evaluation.metrics.top_k import find_best
from phototags.evaluation.word_mapping import WordMapping
from phototags.params.score import Score
from phototags.photos.photo_table import Drop, write_drops, write_table
from phototags.tags.encoding import TagSets, encode_tags

SCORES = pa.schema(
    [("bridge", pa.string()), ("metric", pa.string()), ("k", pa.int64())]
    + [("value", pa.float64()), ("photos", pa.int64()), ("tags", pa.int64())]
    + [("replicates", pa.list_(pa.float32()))]
)
PREDICTIONS = pa.schema(
    [("row", pa.int64()), ("bridge", pa.string())]
    + [("tags", pa.list_(pa.string())), ("scores", pa.list_(pa.float32()))]
)
TOP = 5
"""Tags per photo in the predictions."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EvaluationResult:
    """Columns of SCORES and of PREDICTIONS, and the photos and words that were left out."""

    scores: pd.DataFrame
    predictions: pd.DataFrame
    drops: list[Drop]

    def write(self, scores: Path | str, predictions: Path | str, drops: Path | str) -> None:
        """Write the three tables."""
        write_table(scores, self.scores, SCORES)
        write_table(predictions, self.predictions, PREDICTIONS)
        write_drops(drops, self.drops)


def evaluate(
    scores: NDArray[np.float32] | ScoreBlocks,
    model_tags: Sequence[str],
    photos: pd.DataFrame,
    mappings: Sequence[WordMapping],
    settings: Score,
    train: str,
    contaminated: Collection[int] = (),
    earlier_drops: Sequence[Drop] = (),
) -> EvaluationResult:
    """Compute metrics for each word mapping; photos without a word of it are counted and left out.

    Args:
        scores: (N, T) of the model's tags for the N test photos; blocks of photos are read again
            for each mapping.
        photos: N rows with row, photo_id, user_id, tags.
        mappings: one for each bridge; predictions are written for the first.
        train: the training corpus, named in the drops.
        contaminated: rows of photos with a near-duplicate among the training photos.
        earlier_drops: photos that were left out before.
    """
    blocks = as_blocks(scores)
    tables, drops = [], [*earlier_drops]
    for mapping in mappings:
        relevant = encode_tags(photos["tags"], mapping.words)
        known = relevant.sizes > 0
        drops += _mapping_drops(photos[~known], mapping, train)
        log.info("%s: %d words, %d photos", mapping.bridge, len(mapping.words), known.sum())
        if known.any():
            doubtful = photos.loc[known, "row"].isin(contaminated).to_numpy()
            words = map_blocks(blocks, mapping).select(known)
            users = number_users(photos.loc[known, "user_id"])
            table = _metrics_table(words, relevant.select(known), users, doubtful, settings)
            tables.append(table.assign(bridge=mapping.bridge))
    rows = pd.concat(tables) if tables else pd.DataFrame(columns=SCORES.names)
    own = WordMapping("own", list(model_tags), [[tag] for tag in range(len(model_tags))])
    predictions = [top_words(blocks, photos["row"], mapping) for mapping in (*mappings[:1], own)]
    return EvaluationResult(rows, pd.concat(predictions), drops)


def map_blocks(blocks: ScoreBlocks, mapping: WordMapping) -> ScoreBlocks:
    """Scores of the words of a mapping; they are ranked behind all others without a tag."""
    return blocks.map(mapping.word_scores, len(mapping.words))


def _mapping_drops(photos: pd.DataFrame, mapping: WordMapping, train: str) -> list[Drop]:
    """The words that a bridge does not map, and the photos that have no other word."""
    step = f"score_tagger {train}/{mapping.bridge}"
    words = [Drop(step, "", "unreached_word", word) for word in mapping.unmapped]
    return words + [
        Drop(step, photo, "no_known_word", ", ".join(tags))
        for photo, tags in zip(photos["photo_id"], photos["tags"], strict=True)
    ]


def _metrics_table(
    scores: ScoreBlocks, relevant: TagSets, users: NDArray, contaminated: NDArray, settings: Score
) -> pd.DataFrame:
    resamples = draw_resamples(users, settings.resamples, settings.seed)
    results = compute_metrics(scores, relevant, resamples)
    results += compute_lower_bounds(scores, relevant, resamples, contaminated, results)
    table = pd.DataFrame([vars(result) for result in results])
    return table.assign(photos=len(relevant), tags=len(np.unique(relevant.ids)))


def top_words(scores: NDArray | ScoreBlocks, rows: pd.Series, mapping: WordMapping) -> pd.DataFrame:
    """The TOP best words of each photo, best first, equal scores in the order of the words.

    Returns:
        PREDICTIONS, fewer than TOP words where there are fewer.
    """
    tags, values = [], []
    for _, block in map_blocks(as_blocks(scores), mapping):
        best = find_best(block, TOP)
        tags += [[mapping.words[word] for word in photo] for photo in best]
        values += list(np.take_along_axis(block, best, axis=1))
    return pd.DataFrame(
        {"row": rows.to_numpy(), "bridge": mapping.bridge, "tags": tags, "scores": values}
    )
