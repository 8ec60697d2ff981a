"""How well tag vectors guess a photo's missing tag, beside what counting alone can do."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.bootstrap import multiplicities
from phototags.evaluation.metrics.resampled import photo_means
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tag_vectors.initialisation import load_text_vectors
from phototags.tag_vectors.predictors import (
    build_cooccurrence_predictor,
    build_cosine_predictor,
    build_frequency_predictor,
    build_skipgram_predictor,
)
from phototags.tag_vectors.tag_completion import HeldOutTags, Predictor, hide_tags, rank_hidden
from phototags.tags.encoding import TagSets, encode_tags

log = logging.getLogger(__name__)

MOST = 20_000  # test photos asked about; more would hardly narrow the interval
BLOCK = 20_000_000  # scores at once: 160 MB
COLUMNS = ["system", "seed", "bridge", "metric", "k", "value", "photos", "tags", "replicates"]

Tags = pd.Series  # of lists: the cleaned tags of each photo


def common_tags(tags: Sequence[str], photos: Tags) -> NDArray[np.int64]:
    """(C,) which of the tags a corpus' photos have too, letter for letter; sorted.

    >>> common_tags(["sea", "art", "sky"], pd.Series([["sky", "cat"], ["sea"]])).tolist()
    [0, 2]
    """
    words = set(photos.explode().dropna())
    return np.array([number for number, tag in enumerate(tags) if tag in words], np.int64)


@dataclass(frozen=True, eq=False)
class Tables:
    """Vectors of the tags that can be guessed, all (T, D) float.

    Args:
        words, contexts: by seed, what skip-gram learned (`tag_vectors.embed_tags`).
        power: of the counts by which its negatives were drawn.
        text: the vectors that it started from, None where that was chance.
    """

    words: Mapping[int, NDArray]
    contexts: Mapping[int, NDArray]
    power: float
    text: NDArray | None = None


def read_tables(
    words: Mapping[int, Path | str],
    contexts: Mapping[int, Path | str],
    start: Sequence[Path | str],
    settings: EmbedTags,
    vocabulary: Sequence[str],
    rows: NDArray[np.int64],
) -> Tables:
    """The vectors of some tags, from the files of a run.

    Args:
        words, contexts: what `write_tag_vectors` wrote, by seed.
        start: the file of vectors that the settings start from, where they name one.
        rows: (C,) which tags of the vocabulary, of `common_tags`.

    Raises:
        PhototagsError: when a file is missing or damaged.
    """
    read = (
        {seed: read_tag_vectors(path).numpy()[rows] for seed, path in paths.items()}
        for paths in (words, contexts)
    )
    tags = [vocabulary[row] for row in rows]
    text = load_text_vectors(settings.init, start, tags)
    return Tables(*read, settings.power, text and text.embed(tags))


def judge_tags(
    tags: Sequence[str], training: Tags, test: Tags, tables: Tables, resamples: int, seed: int
) -> pd.DataFrame:
    """Recall@10 and mean reciprocal rank of one hidden tag of each test photo, by the others.

    Args:
        tags: (T,) the tags that can be guessed.
        training: the photos that are counted.
        test: the photos asked about; those with less than two of the tags ask nothing, and of
            more than MOST some are drawn.
        resamples: of the bootstrap over photos.
        seed: hides a tag of each photo and draws the resamples, the same for all systems.

    Returns:
        COLUMNS, a row a system, seed and metric (`recall` at 10, `mrr`; perfect 1); a system
        without a seed has the same row for each. Without a photo that asks, no row.
    """
    asked = questions(test, tags, seed)
    if not len(asked.hidden):
        return pd.DataFrame(columns=COLUMNS)
    weights = multiplicities(len(asked.hidden), resamples, seed)
    rows = []
    for system, own, scorer in guesses(encode_tags(training, tags), len(tags), tables):
        scores = _judged(asked, scorer, len(tags), weights).assign(system=system)
        rows += [scores.assign(seed=one) for one in (tables.words if own is None else [own])]
    return pd.concat(rows, ignore_index=True)[COLUMNS]


def questions(test: Tags, tags: Sequence[str], seed: int) -> HeldOutTags:
    """One tag hidden of each test photo that has two or more, of MOST photos at the most."""
    rng = np.random.default_rng(seed)
    sets = encode_tags(test, tags)
    asking = np.flatnonzero(sets.sizes > 1)
    log.info("%d of %d test photos have two tags of %d", len(asking), len(test), len(tags))
    if len(asking) > MOST:
        asking = np.sort(rng.choice(asking, MOST, replace=False))
    return hide_tags(sets.select(asking), rng)


def guesses(
    training: TagSets, tags: int, tables: Tables
) -> Iterator[tuple[str, int | None, Predictor]]:
    """Each way to guess: its name, its seed where it has one, and its scorer."""
    counts = training.count(tags)
    yield "frequency", None, build_frequency_predictor(counts)
    yield "cooccurrence", None, build_cooccurrence_predictor(training, tags)
    if tables.text is not None:
        yield "text-nearest", None, build_cosine_predictor(tables.text)
    for seed, words in tables.words.items():
        yield "nearest", seed, build_cosine_predictor(words)
        yield (
            "tag-vectors",
            seed,
            build_skipgram_predictor(words, tables.contexts[seed], counts, tables.power),
        )


def _judged(asked: HeldOutTags, scorer: Predictor, tags: int, weights: NDArray) -> pd.DataFrame:
    found = rank_hidden(asked, scorer, batch_size=max(1, min(512, BLOCK // tags)))
    values = np.stack([found <= 10, 1 / found], axis=1)  # (N, 2)
    means = photo_means(values, weights)
    measured = {"metric": ["recall", "mrr"], "k": [10, 0], "value": means[0]}
    counted = {"bridge": "exact", "photos": len(found), "tags": tags}
    return pd.DataFrame({**measured, **counted, "replicates": list(means[1:].T)})
