"""Which tags a tagger finds: precision and recall of each, at five tags a photo."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from phototags.tags.vocabulary import TagVocabulary

COLUMNS = ["system", "tag", "training_photos", "photos", "given", "right", "precision", "recall"]


def known_tags(tags: pd.Series, vocabulary: TagVocabulary) -> pd.Series:
    """The tags of the vocabulary of each photo that has one: the photos that can be judged.

    >>> tags = pd.Series([["sea", "moon"], ["moon"]])
    >>> known_tags(tags, TagVocabulary(["sea"], [1], [1])).tolist()
    [['sea']]
    """
    known = tags.map(lambda own: [tag for tag in own if tag in vocabulary])
    return known[known.str.len() > 0]


def tags_found(
    system: str, predictions: Sequence[Path | str], tags: pd.Series, vocabulary: TagVocabulary
) -> pd.DataFrame:
    """One row for each tag that a judged photo has, in the order of the vocabulary.

    Args:
        predictions: what `score_tagger` wrote, a file a seed. tags: of `known_tags`, by row.

    Returns:
        COLUMNS; given and right are means over seeds, precision is nan of a tag never given.
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
    return table.assign(photos=table["photos"].astype(int), **ratios)[COLUMNS]


def read_user_tags(path: Path | str) -> pd.DataFrame:
    """Tables of `tags_found`, which lie in a CSV file; a tag may be `null` or `nan`."""
    return pd.read_csv(path, keep_default_na=False, na_values={"precision": [""]})
