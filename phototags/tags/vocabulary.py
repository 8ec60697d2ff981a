"""The tags worth learning, numbered in a fixed order; phototags.tags.candidates chooses them."""

import difflib
import functools
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from phototags.errors import VocabularyError
from phototags.io.storage import atomic_write


@dataclass(frozen=True)
class TagVocabulary:
    """Tags by number.

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
        return tag in self.numbers

    @functools.cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each tag."""
        return {tag: number for number, tag in enumerate(self.tags)}

    def index(self, tag: str) -> int:
        """The number of a tag.

        Raises:
            VocabularyError: when it is not among them; names the closest that are.
        """
        if tag in self.numbers:
            return self.numbers[tag]
        closest = ", ".join(difflib.get_close_matches(tag, self.tags, 3)) or "none"
        raise VocabularyError(
            f"tag {tag!r} is not among the {len(self)} tags of {self.path or 'the vocabulary'}; "
            f"closest: {closest}. Lower vocabulary.min_users or min_photos in params.yaml and run "
            "`snakemake`, or ask for another tag."
        )


OWN = {"tag": pl.String, "photos": pl.Int64, "users": pl.Int64}
CARRIED = {"tag": pl.String, "count": pl.Int64, "users": pl.Int64}
CARRIED |= {"aliases": pl.String, "threshold": pl.Float64}  # beside an exported tagger


def read_vocabulary(path: Path | str) -> TagVocabulary:
    """The vocabulary that `write_vocabulary` wrote, or the one of an exported tagger.

    Raises:
        VocabularyError: when the file is missing, damaged or without a tag.
    """
    table = _read(path, [OWN, CARRIED], "Remove it and run `snakemake` again.")
    if table.is_empty() or table["tag"].is_duplicated().any():
        raise VocabularyError(
            f"{path} should list different tags, but has {table.height} lines and "
            f"{table['tag'].n_unique()} different tags. Remove it and run `snakemake` again."
        )
    return TagVocabulary(*(table[column].to_list() for column in table.columns[:3]), Path(path))


def read_thresholds(path: Path | str) -> list[float | None]:
    """(T,) from which score on each tag of an exported tagger is believed; None was not chosen.

    Raises:
        VocabularyError: when the file is missing or damaged, or not an exported tagger's.
    """
    table = _read(path, [CARRIED], "Export the tagger again with `make results`.")
    return table["threshold"].to_list()


def _read(path: Path | str, kinds: list[dict], remedy: str) -> pl.DataFrame:
    """The table, with the columns of the kind that its first line names, else of the first kind.

    Raises:
        VocabularyError: when the file is missing or does not hold these columns.
    """
    try:
        with open(path, "rb") as file:
            named = file.readline(100).rstrip().decode(errors="replace").split("\t")
        schema = next((kind for kind in kinds if list(kind) == named), kinds[0])
        return pl.read_csv(path, separator="\t", schema=schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise VocabularyError(
            f"{path} should be a table with the columns {', '.join(kinds[0])}, but: {error}. "
            f"{remedy}"
        ) from error


def write_vocabulary(path: Path | str, table: pl.DataFrame) -> None:
    """Write tag, photos, users as TSV; the line is the tag's number."""
    with atomic_write(path) as part:
        table.select("tag", "photos", "users").write_csv(part, separator="\t")
