"""The vocabulary of tags to learn, and the tables about it, vocabulary.tsv, candidates.tsv and
spelling.tsv; phototags.tags.candidates selects the tags.
"""

import difflib
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from phototags.errors import VocabularyError, VocabularyFileError
from phototags.io.storage import atomic_write

COUNTS = {"photos": pl.Int64, "users": pl.Int64}
VOCABULARY = {"tag": pl.String, **COUNTS}
MEASURES = dict.fromkeys(("entropy", "effective_users", "visualness"), pl.Float64)
CANDIDATES = {**VOCABULARY, **MEASURES, "why": pl.String}
SPELLING = {"written": pl.String, "tag": pl.String, "reason": pl.String, **COUNTS}
EXPORTED = {"tag": pl.String, "count": pl.Int64, "users": pl.Int64}
EXPORTED |= {"aliases": pl.String, "support": pl.Int64}
MAX_LETTERS = 1000  # of a tag; spelling refuses much shorter ones
RUN_AGAIN = "Remove it and run `make results` (or `snakemake`) to make it."


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

    def select(self, ids: Sequence[int]) -> "TagVocabulary":
        """Return the vocabulary of some of the tags, in the order of the ids."""
        columns = self.tags, self.photos, self.users
        return TagVocabulary(*([column[tag] for tag in ids] for column in columns), self.path)

    def index(self, tag: str) -> int:
        """Return the id of a tag.

        Raises:
            VocabularyError: when the tag is unknown; names the closest known ones.
        """
        if tag in self.ids:
            return self.ids[tag]
        closest = ", ".join(difflib.get_close_matches(tag, self.tags, 3)) or "none"
        raise VocabularyError(
            f"tag {tag!r} is not among the {len(self)} tags of {self.path or 'the vocabulary'}; "
            f"closest: {closest}. Lower vocabulary.min_users or min_photos in params.yaml and run "
            "`snakemake`, or ask for another tag."
        )


def find_shown(tags: Sequence[str], blacklist: str | None) -> list[int]:
    r"""Find the tags that may be shown to people: those that the blacklist does not match whole.

    Args:
        blacklist: `export.blacklist`, a regular expression; None shows all.

    Returns:
        their positions, ascending.

    >>> find_shown(["sky", "tag0001", "tag00011"], r"tag\d{4}")
    [0, 2]
    """
    if blacklist is None:
        return list(range(len(tags)))
    hidden = re.compile(blacklist)
    return [place for place, tag in enumerate(tags) if not hidden.fullmatch(tag)]


def read_vocabulary(path: Path | str) -> TagVocabulary:
    """Read a vocabulary.tsv of a run or of an exported tagger.

    Raises:
        VocabularyFileError: when the file is missing, damaged or without a tag.
    """
    table = read_tsv(path, VOCABULARY, EXPORTED)
    if table.is_empty() or table["tag"].is_duplicated().any():
        raise VocabularyFileError(
            f"{path} should list different tags, but has {table.height} lines and "
            f"{table['tag'].n_unique()} different tags. {RUN_AGAIN}"
        )
    first = table.columns[:3]
    odd = pl.any_horizontal(pl.col(first).is_null(), pl.col(first[1:]) < 0)
    odd |= (pl.col("tag").str.len_chars() > MAX_LETTERS) | pl.col("tag").str.contains(
        r"[\x00-\x1f\x7f]"
    )
    if (found := table.filter(odd)).height:
        raise VocabularyFileError(
            f"{path} should have a tag and two counts in each line, tags of at most {MAX_LETTERS} "
            f"letters without control characters, but has {str(found.row(0))!a:.100}. {RUN_AGAIN}"
        )
    return TagVocabulary(*(table[column].to_list() for column in first), Path(path))


def read_tsv(path: Path | str, *schemas: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Read a table with the columns of the schema that its header names, else of the first.

    Raises:
        VocabularyFileError: when the file is missing or does not hold these columns.
    """
    try:
        if not Path(path).is_file():
            raise FileNotFoundError("there is no such file")
        with open(path, "rb") as file:
            header = file.readline(100).rstrip().decode(errors="replace").split("\t")
        schema = next((one for one in schemas if list(one) == header), schemas[0])
        return pl.read_csv(path, separator="\t", schema=schema)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise VocabularyFileError(
            f"{path} should be a table with the columns {', '.join(schemas[0])}, but: {error}. "
            f"{RUN_AGAIN}"
        ) from error


def write_tsv(path: Path | str, table: pl.DataFrame) -> None:
    """Write a table as TSV with a header."""
    with atomic_write(path) as part:
        table.write_csv(part, separator="\t")
