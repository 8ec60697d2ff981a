"""Score tag vectors by tag completion, beside predictors that only count tags."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.evaluation.metrics.resampled import photo_means
from phototags.evaluation.metrics.resamples import Resamples, draw_resamples, number_users
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

MAX_PHOTOS = 20_000  # test photos used; more would hardly narrow the interval
BLOCK = 20_000_000  # scores at once: 160 MB
COLUMNS = ["system", "seed", "bridge", "metric", "k", "value", "photos", "tags", "replicates"]

Tags = pd.Series  # of lists: the cleaned tags of each photo


@dataclass(frozen=True, eq=False)
class TagVectorTables:
    """Vectors of the tags that can be predicted, all (T, D) float.

    Args:
        input_vectors, output_vectors: by seed, as skip-gram trained them.
        power: of the counts in the distribution of its negatives.
        text: the vectors it was initialised with, None for random ones.
    """

    input_vectors: Mapping[int, NDArray]
    output_vectors: Mapping[int, NDArray]
    power: float
    text: NDArray | None = None


def common_tags(tags: Sequence[str], photos: Tags) -> NDArray[np.int64]:
    """(C,) which of the tags occur in a corpus, with equal spelling; sorted.

    >>> common_tags(["sea", "art", "sky"], pd.Series([["sky", "cat"], ["sea"]])).tolist()
    [0, 2]
    """
    words = set(photos.explode().dropna())
    return np.array([number for number, tag in enumerate(tags) if tag in words], np.int64)


def read_tables(
    input_vectors: Mapping[int, Path | str],
    output_vectors: Mapping[int, Path | str],
    initial: Sequence[Path | str],
    settings: EmbedTags,
    vocabulary: Sequence[str],
    rows: NDArray[np.int64],
) -> TagVectorTables:
    """Read the vectors of some tags.

    Args:
        input_vectors, output_vectors: files of `write_tag_vectors`, by seed.
        initial: the file of vectors that the settings initialise from, if they name one.
        rows: (C,) which tags of the vocabulary, of `common_tags`.

    Raises:
        PhototagsError: when a file is missing or damaged.
    """
    read = (
        {seed: read_tag_vectors(path).numpy()[rows] for seed, path in paths.items()}
        for paths in (input_vectors, output_vectors)
    )
    tags = [vocabulary[row] for row in rows]
    text = load_text_vectors(settings.init, initial, tags)
    return TagVectorTables(*read, settings.power, text and text.embed(tags))


def score_tag_vectors(
    tags: Sequence[str],
    training: Tags,
    test: pd.DataFrame,
    tables: TagVectorTables,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Predict one hidden tag of each test photo from the others: recall@10 and reciprocal rank.

    Args:
        tags: (T,) the tags that can be predicted.
        training: the photos whose tags are counted.
        test: the test photos (user_id, tags); those with less than two of the tags are left
            out, and of more than MAX_PHOTOS a sample is drawn.
        resamples: of users, for intervals.
        seed: of the hidden tags and of the resamples, the same for all systems.

    Returns:
        COLUMNS, a row for each system, seed and metric (`recall` at 10, `mrr`; perfect 1); a
        system without a seed has the same row for each. Empty if no test photo is left.
    """
    hidden, photos = hide_test_tags(test["tags"], tags, seed)
    if not len(photos):
        return pd.DataFrame(columns=COLUMNS)
    drawn = draw_resamples(number_users(test["user_id"].iloc[photos]), resamples, seed)
    rows = []
    for system, own, predictor in list_predictors(encode_tags(training, tags), len(tags), tables):
        scores = _completion_scores(hidden, predictor, len(tags), drawn).assign(system=system)
        seeds = tables.input_vectors if own is None else [own]
        rows += [scores.assign(seed=one) for one in seeds]
    return pd.concat(rows, ignore_index=True)[COLUMNS]


def hide_test_tags(
    test: Tags, tags: Sequence[str], seed: int
) -> tuple[HeldOutTags, NDArray[np.int64]]:
    """Hide one tag of each test photo that has two or more, of at most MAX_PHOTOS photos.

    Returns:
        them, and their positions among the test photos.
    """
    rng = np.random.default_rng(seed)
    sets = encode_tags(test, tags)
    usable = np.flatnonzero(sets.sizes > 1)
    log.info("%d of %d test photos have two tags of %d", len(usable), len(test), len(tags))
    if len(usable) > MAX_PHOTOS:
        usable = np.sort(rng.choice(usable, MAX_PHOTOS, replace=False))
    return hide_tags(sets.select(usable), rng), usable


def list_predictors(
    training: TagSets, tags: int, tables: TagVectorTables
) -> Iterator[tuple[str, int | None, Predictor]]:
    """List the predictors: name, seed if it has one, and function."""
    counts = training.count(tags)
    yield "frequency", None, build_frequency_predictor(counts)
    yield "cooccurrence", None, build_cooccurrence_predictor(training, tags)
    if tables.text is not None:
        yield "text-nearest", None, build_cosine_predictor(tables.text)
    for seed, vectors in tables.input_vectors.items():
        yield "nearest", seed, build_cosine_predictor(vectors)
        context = build_skipgram_predictor(
            vectors, tables.output_vectors[seed], counts, tables.power
        )
        yield "tag-vectors", seed, context


def _completion_scores(
    hidden: HeldOutTags, predictor: Predictor, tags: int, resamples: Resamples
) -> pd.DataFrame:
    found = rank_hidden(hidden, predictor, batch_size=max(1, min(512, BLOCK // tags)))
    means = photo_means(np.stack([found <= 10, 1 / found], axis=1), resamples.weights)
    measured = {"metric": ["recall", "mrr"], "k": [10, 0], "value": means[0]}
    counted = {"bridge": "exact", "photos": len(found), "tags": tags}
    replicates = [resamples.replicate(values) for values in means.T]
    return pd.DataFrame({**measured, **counted, "replicates": replicates})
