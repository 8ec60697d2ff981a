"""In words, what became of what people wrote: how it was spelt, merged, kept or refused."""

import difflib
from pathlib import Path

import polars as pl

from phototags.errors import VocabularyError
from phototags.tags.candidates import COLUMNS
from phototags.tags.rules import KEPT
from phototags.tags.spelling import clean

BECAME = ": became "
SPELLING = ("written", "tag", "reason", "photos", "users")


def explain(written: str, candidates: pl.DataFrame, spelling: pl.DataFrame) -> list[str]:
    """Why a tag is in the vocabulary or not, a line a step; a merged tag is followed to its end.

    Args:
        written: as people write it; it is cleaned as the corpus was.
        candidates: what `candidates.candidates` gives, of the training photos.
        spelling: what `cleaning.clean_photos` gives, of the whole corpus; may be empty.

    Raises:
        VocabularyError: nobody wrote the tag on a training photo; names the closest that were.
    """
    row = _row_of(written, spelling, "written")
    tag, reason = (row["tag"], row["reason"]) if row else clean(written)
    lines = [f"{written!r} is spelt {tag!r}"] if tag and tag != written else []
    if not tag:
        where = f", on {counted_in_words(row)}" if row else ", and nobody wrote it"
        return [f"{written!r} is refused by its spelling: {reason}{where}"]
    if _row_of(tag, candidates, "tag") is None:
        closest = ", ".join(difflib.get_close_matches(tag, candidates["tag"], 3)) or "none"
        raise VocabularyError(
            f"tag {tag!r} is on none of the training photos, whose tags are {candidates.height}; "
            f"closest: {closest}."
        )
    return lines + _followed(tag, candidates)


def _followed(tag: str, candidates: pl.DataFrame) -> list[str]:
    """A line for the tag, and one for each that it became, step by step."""
    lines, todo = [], [tag]
    for one in todo:
        row = _row_of(one, candidates, "tag")
        if row is None:
            continue
        kind, became, parts = row["why"].partition(BECAME)
        verdict = row["why"] if row["why"].startswith(KEPT) else f"refused by {row['why']}"
        what = f"became {parts} by {kind}" if became else verdict
        lines.append(f"{one}: {what} ({counted_in_words(row)})")
        if became:
            whole = _row_of(parts, candidates, "tag") is not None  # a tag may hold a comma
            todo += [part for part in ([parts] if whole else parts.split(", ")) if part not in todo]
    return lines


def counted_in_words(row: dict) -> str:
    """A row's counts, as far as it knows them.

    >>> counted_in_words({"photos": 9, "users": 3, "entropy": 1.418, "spread": 2.67})
    '9 photos by 3 users, entropy 1.42 bits, spread 2.7'
    >>> counted_in_words({"photos": 1, "users": 0})
    '1 photo'
    """
    words = f"{row['photos']:,} photo{'s' * (row['photos'] != 1)}"
    if row["users"]:
        words += f" by {row['users']:,} user{'s' * (row['users'] != 1)}"
    if row.get("entropy") is not None:
        words += f", entropy {row['entropy']:.2f} bits, spread {row['spread']:.1f}"
    if row.get("visualness") is not None:
        words += f", visualness {row['visualness']:.2f}"
    return words


def read_candidates(path: Path | str) -> pl.DataFrame:
    """The table that `candidates.write_candidates` wrote.

    Raises:
        VocabularyError: when it is missing or damaged.
    """
    return _read(path, COLUMNS)


def read_spelling(path: Path | str) -> pl.DataFrame:
    """The spelling.tsv of a corpus.

    Raises:
        VocabularyError: when it is missing or damaged.
    """
    return _read(path, SPELLING)


def no_spelling() -> pl.DataFrame:
    """The table of a corpus that is not here: what people wrote is then spelt anew."""
    return pl.DataFrame(schema=_schema(SPELLING))


def _schema(columns: tuple[str, ...]) -> dict:
    kinds = dict.fromkeys(("photos", "users"), pl.Int64)
    kinds |= dict.fromkeys(("entropy", "spread", "visualness"), pl.Float64)
    return {name: kinds.get(name, pl.String) for name in columns}


def _read(path: Path | str, columns: tuple[str, ...]) -> pl.DataFrame:
    try:
        return pl.read_csv(path, separator="\t", schema=_schema(columns))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise VocabularyError(
            f"{path} should be a table with the columns {', '.join(columns)}, but: {error}. "
            "Run `make results` (or `snakemake`) to make it."
        ) from error


def _row_of(text: str, table: pl.DataFrame, column: str) -> dict | None:
    return next(table.filter(pl.col(column) == text).iter_rows(named=True), None)
