"""Score zero-shot search on the test photos of a corpus: unseen tags, refused words, captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.resampled import photo_means
from phototags.evaluation.metrics.resamples import (
    Resamples,
    confidence_interval,
    draw_resamples,
)
from phototags.evaluation.metrics.tag_precisions import mean_average_precisions
from phototags.evaluation.zero_shot.caption_search import rank_photos, sum_words
from phototags.evaluation.zero_shot.fit import SEED, fit_from_captions, fit_from_tags
from phototags.evaluation.zero_shot.photos import Photos
from phototags.evaluation.zero_shot.unseen_tags import expect_random, score_held_out
from phototags.params.score import Score
from phototags.tag_vectors.ridge import decompose
from phototags.tag_vectors.text_encoders import TextEncoder
from phototags.tag_vectors.zero_shot_model import ZeroShot

COLUMNS = ["encoder", "learned_from", "query", "metric"]
COLUMNS += ["value", "low", "high", "queries", "photos"]
CAPTION_PHOTOS = 1_000
UNBOUNDED = float("inf")

Row = tuple[str, float, float, float]
"""Metric, value, and the ends of its interval."""


def score_zero_shot(
    parts: Mapping[str, Photos],
    tags: Sequence[str],
    encoders: Sequence[TextEncoder],
    foreign: Sequence[str],
    settings: Score,
) -> pd.DataFrame:
    """Score each encoder on held-out tags, and on captions where photos have some: COLUMNS.

    Args:
        parts: of `read_parts`. foreign: half of them choose the cut, half test it.
    """
    rows = []
    for encoder in encoders:
        unseen, counts = score_unseen_tags(parts, tags, encoder, foreign, settings)
        rows += [(encoder.name, "other tags", "unseen tag", *row, *counts) for row in unseen]
    sentences = [one for one in encoders if one.name == "minilm"]
    captioned = all(len(part.captions) for part in parts.values())
    for encoder in sentences if captioned else ():
        test = parts["test"].select_captioned(CAPTION_PHOTOS)
        for fit in (fit_from_captions, fit_from_tags):
            model = fit(parts["train"], parts["validation"], tags, encoder)
            for query, found in score_captions(model, encoder, test, settings).items():
                count = [len(test.features)] * 2
                rows += [(encoder.name, model.source, query, *row, *count) for row in found]
    return pd.DataFrame(rows, columns=COLUMNS)


def score_unseen_tags(
    parts: Mapping[str, Photos],
    tags: Sequence[str],
    encoder: TextEncoder,
    foreign: Sequence[str],
    settings: Score,
) -> tuple[list[Row], tuple[int, int]]:
    """Score tags that were held out of training altogether, five folds of them.

    Returns:
        `map`, `chance` (mean share of photos with the tag), `random` (expected mAP of a random
        order), `times_chance`, `precision` at 1, `admitted` (share of the tags that reach the
        cut), `refused` (share of foreign words that do not); the numbers of tags and photos.
    """
    vectors = encoder.embed_terms(tags, "tags").astype(np.float64)
    known = np.flatnonzero(vectors.any(axis=1) & parts["train"].relevant.any(axis=0))
    train, validation, test = (parts[part].select_tags(known) for part in parts)
    words = encoder.embed_terms(foreign, "tags")
    held_out = score_held_out(
        decompose(train.features), (train, validation), vectors[known], test.features,
        (words[::2], words[1::2]), SEED,
    )  # fmt: skip
    scored = np.flatnonzero(test.relevant.sum(axis=0) >= settings.min_test_photos)
    scores, relevant = held_out.scores[:, scored], test.relevant[:, scored]
    resamples = draw_resamples(test.users, settings.resamples, settings.seed)
    weights = resamples.weights.astype(np.float64)
    maps = mean_average_precisions(scores, relevant, weights)
    having = weights @ relevant / weights.sum(axis=1, keepdims=True)
    chances = np.array([row[row > 0].mean() for row in having])
    best = relevant[scores.argmax(axis=0), np.arange(len(scored))]
    rows = [
        _with_interval("map", maps, resamples, 1),
        _with_interval("chance", chances, resamples, 1),
        ("random", float(expect_random(relevant).mean()), np.nan, np.nan),
        _with_interval("times_chance", maps / chances, resamples, UNBOUNDED),
        _mean("precision", best, settings),
        _mean("admitted", held_out.admitted[scored], settings),
        _mean("refused", held_out.refused, settings),
    ]
    return rows, (len(scored), len(scores))


def score_captions(
    model: ZeroShot, encoder: TextEncoder, test: Photos, settings: Score
) -> dict[str, list[Row]]:
    """Rank of the right photo for the first caption of each test photo, whole and word by word."""
    photos, captions = model.embed_photos(test.features), test.first_captions
    queries = {
        "whole caption": model.place_texts(encoder.embed(captions)),
        "sum of words": sum_words(
            captions, model, lambda words: encoder.embed_terms(words, model.source)
        ),
    }
    ranks = {name: rank_photos(vectors, photos) for name, vectors in queries.items()}
    return {
        name: [
            _mean("recall_1", of <= 1, settings, test.users),
            _mean("recall_10", of <= 10, settings, test.users),
            ("median_rank", float(np.median(of)), np.nan, np.nan),
        ]
        for name, of in ranks.items()
    }


def _mean(metric: str, values: NDArray, settings: Score, users: NDArray | None = None) -> Row:
    """A mean over tags, words or photos of users, with its interval."""
    owners = np.arange(len(values)) if users is None else users
    resamples = draw_resamples(owners, settings.resamples, settings.seed)
    means = photo_means(values[:, None], resamples.weights)[:, 0]
    return _with_interval(metric, means, resamples, 1)


def _with_interval(metric: str, values: NDArray, resamples: Resamples, perfect: float) -> Row:
    """A metric with its interval; `values` are of the test set itself and of each resample."""
    value = float(values[0])
    return metric, value, *confidence_interval(value, resamples.replicate(values), perfect)
