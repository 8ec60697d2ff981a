"""The vocabulary: the tags to learn, in a fixed order; phototags.tags.candidates selects them."""

import difflib
import functools
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from phototags.errors import VocabularyError
from phototags.tags.tables import COUNTS, read_tsv


@dataclass(frozen=True)
class TagVocabulary:
    """Tags by id.

    Args:
        tags: (T,) the tags; the commonest first, ties by spelling.
        photos: (T,) training photos of each.
        users: (T,) people who wrote each on a training photo; 0 where the corpus names none.
        path: the file it was read from, for error messages.
    """

    tags: list[str]
    photos: list[int]
    users: list[int]
    path: Path | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return len(self.tags)

    def __contains__(self, tag: str) -> bool:
        return tag in self.ids

    @functools.cached_property
    def ids(self) -> dict[str, int]:
        """The id of each tag."""
        return {tag: index for index, tag in enumerate(self.tags)}

    def index(self, tag: str) -> int:
        """Return the id of a tag.

        Raises:
            VocabularyError: when it is not among them; names the closest that are.
        """
        if tag in self.ids:
            return self.ids[tag]
        closest = ", ".join(difflib.get_close_matches(tag, self.tags, 3)) or "none"
        raise VocabularyError(
            f"tag {tag!r} is not among the {len(self)} tags of {self.path or 'the vocabulary'}; "
            f"closest: {closest}. Lower vocabulary.min_users or min_photos in params.yaml and run "
            "`snakemake`, or ask for another tag."
        )


COLUMNS = {"tag": pl.String, **COUNTS}
EXPORTED = {"tag": pl.String, "count": pl.Int64, "users": pl.Int64}
EXPORTED |= {"aliases": pl.String, "threshold": pl.Float64}


def read_vocabulary(path: Path | str) -> TagVocabulary:
    """Read a vocabulary.tsv of a run or of an exported tagger.

    Raises:
        VocabularyError: when the file is missing, damaged or without a tag.
    """
    table = read_tsv(path, COLUMNS, EXPORTED, remedy="Remove it and run `snakemake` again.")
    if table.is_empty() or table["tag"].is_duplicated().any():
        raise VocabularyError(
            f"{path} should list different tags, but has {table.height} lines and "
            f"{table['tag'].n_unique()} different tags. Remove it and run `snakemake` again."
        )
    return TagVocabulary(*(table[column].to_list() for column in table.columns[:3]), Path(path))


def read_thresholds(path: Path | str) -> list[float | None]:
    """Read the score threshold of each tag of an exported tagger, (T,); None where it has none.

    Raises:
        VocabularyError: when the file is missing or damaged, or not an exported tagger's.
    """
    table = read_tsv(path, EXPORTED, remedy="Export the tagger again with `make results`.")
    return table["threshold"].to_list()
