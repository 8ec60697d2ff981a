"""vocabulary.tsv of a carried tagger: its tags, who wrote them, how else, when to believe them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from phototags.evaluation.metrics.thresholds import best_thresholds
from phototags.io.storage import atomic_write
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import Tagger
from phototags.tags.vocabulary import TagVocabulary

BECAME = r": became (.+)$"  # as candidates.tsv says it


def aliases_of(tags: Sequence[str], candidates: pl.DataFrame) -> list[list[str]]:
    """What people wrote that was merged into each tag alone, sorted.

    Args:
        candidates: columns tag, why. A tag that became several (`seadog` to sea, dog) is no
            alias; one that became another that became this is.

    >>> table = pl.DataFrame({"tag": ["seas", "sees"],
    ...                       "why": ["lemma: became sea", "alias: became seas"]})
    >>> aliases_of(["sea"], table)
    [['seas', 'sees']]
    """
    became = candidates.select("tag", to=pl.col("why").str.extract(BECAME)).drop_nulls("to")
    step = {tag: to for tag, to in became.iter_rows() if ", " not in to}
    known: dict[str, list[str]] = {tag: [] for tag in tags}
    for tag in sorted(step):
        end, seen = step[tag], {tag}
        while end in step and end not in known and end not in seen:
            seen.add(end)
            end = step[end]
        if end in known and tag != end:
            known[end].append(tag)
    return list(known.values())


def thresholds_of(tagger: Tagger, validation: TaggedPhotos, tags: int) -> NDArray[np.float64]:
    """(T,) the scores of best F1 on the validation photos; nan for a tag that none has."""
    if not len(validation):
        return np.full(tags, np.nan)
    scores = tagger.scores(validation.features).numpy()
    return best_thresholds(scores, validation.relevant(tags).numpy())


def write_carried_vocabulary(
    path: Path | str,
    vocabulary: TagVocabulary,
    aliases: Sequence[Sequence[str]],
    thresholds: NDArray[np.float64],
) -> None:
    """tag, count (training photos), users, aliases (between commas), threshold (or nothing)."""
    table = pl.DataFrame(
        {
            "tag": vocabulary.tags,
            "count": vocabulary.photos,
            "users": vocabulary.users,
            "aliases": [",".join(one) or None for one in aliases],
            "threshold": [None if np.isnan(one) else float(f"{one:.9g}") for one in thresholds],
        },
        schema_overrides={"threshold": pl.Float64, "aliases": pl.String},
    )
    with atomic_write(path) as part:
        table.write_csv(part, separator="\t")
