"""Compare systems that use a photo's user with systems that do not: improvements and tags."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from phototags.evaluation.users.relative_improvement import (
    NEW,
    SystemScores,
    read_system_scores,
    relative_improvements,
)
from phototags.io.storage import write_csv
from phototags.tags.vocabulary import TagVocabulary

DIGITS = 6
TAG_COLUMNS = ["system", "tag", "training_photos", "photos"]
TAG_COLUMNS += ["given", "right", "precision", "recall"]


@dataclass(frozen=True)
class Comparison:
    """Tables of `relative_improvements`, and of `score_per_tag` of all systems."""

    improvements: pd.DataFrame
    tags: pd.DataFrame

    def write(self, improvements: Path | str, tags: Path | str) -> None:
        """Write the two tables as CSV, numbers with DIGITS decimals."""
        for table, path in ((self.improvements, improvements), (self.tags, tags)):
            write_csv(path, table.round(DIGITS))


def compare_systems(
    systems: Mapping[str, Mapping],
    scores: Sequence[Path | str],
    predictions: Sequence[Path | str],
    photos: pd.DataFrame,
    vocabulary: TagVocabulary,
    new: Mapping[str, SystemScores] = MappingProxyType({}),
) -> Comparison:
    """Compare systems on the photos that have a tag of the vocabulary.

    Args:
        systems: settings by name.
        scores, predictions: files of `score_tagger`, system by system, one for each seed.
        photos: user_id and tags, by row.
        new: scores of `score_new_tags` by system, of NEW; none where no photo is.
    """
    known = tags_in_vocabulary(photos["tags"], vocabulary)
    scores, predictions = group_seeds(systems, scores), group_seeds(systems, predictions)
    results = {
        name: read_system_scores(scores[name], predictions[name][0], known) for name in systems
    }
    tables = [relative_improvements(systems, results, photos["user_id"])]
    if new:
        tables.append(relative_improvements(systems, new, photos["user_id"], NEW))
    return Comparison(
        pd.concat(tables, ignore_index=True),
        pd.concat([score_per_tag(name, of, known, vocabulary) for name, of in predictions.items()]),
    )


def group_seeds(systems: Iterable[str], files: Sequence[Path | str]) -> dict[str, list]:
    """The files of each system, from a list that has them system by system, one for each seed.

    >>> group_seeds(["a", "b"], ["a0", "a1", "b0", "b1"])
    {'a': ['a0', 'a1'], 'b': ['b0', 'b1']}
    """
    names = list(systems)
    seeds = len(files) // len(names)
    return {name: list(files[at * seeds : (at + 1) * seeds]) for at, name in enumerate(names)}


def tags_in_vocabulary(tags: pd.Series, vocabulary: TagVocabulary) -> pd.Series:
    """The tags of the vocabulary of each photo that has one; other photos are left out.

    >>> tags = pd.Series([["sea", "moon"], ["moon"]])
    >>> tags_in_vocabulary(tags, TagVocabulary(["sea"], [1], [1])).tolist()
    [['sea']]
    """
    known = tags.map(lambda own: [tag for tag in own if tag in vocabulary])
    return known[known.str.len() > 0]


def score_per_tag(
    system: str, predictions: Sequence[Path | str], tags: pd.Series, vocabulary: TagVocabulary
) -> pd.DataFrame:
    """Precision and recall of each tag that a scored photo has, at five tags a photo.

    Args:
        predictions: files of `score_tagger`, one for each seed.
        tags: of `tags_in_vocabulary`, by row.

    Returns:
        TAG_COLUMNS, a row for each tag in the order of the vocabulary; `given` (photos it was
        predicted for) and `right` are means over seeds, precision is nan of a tag never given.
    """
    given, right, photos = Counter(), Counter(), Counter()
    for file in predictions:
        table = pd.read_parquet(file)
        for row, words in table[table["bridge"] == "exact"].set_index("row")["tags"].items():
            if row in tags.index:
                own = set(tags[row])
                photos.update(own)
                given.update(words)
                right.update(own.intersection(words))
    table = pd.DataFrame(
        {"system": system, "tag": vocabulary.tags, "training_photos": vocabulary.photos}
    )
    for name, counts in (("photos", photos), ("given", given), ("right", right)):
        table[name] = [counts[tag] / len(predictions) for tag in vocabulary.tags]
    table = table[table["photos"] > 0]
    ratios = {
        of: table["right"] / table[by] for of, by in (("precision", "given"), ("recall", "photos"))
    }
    return table.assign(photos=table["photos"].astype(int), **ratios)[TAG_COLUMNS]


def read_user_tags(path: Path | str) -> pd.DataFrame:
    """Read the CSV of `score_per_tag` tables; a tag may be `null` or `nan`."""
    return pd.read_csv(path, keep_default_na=False, na_values={"precision": [""]})
