"""Explain what became of a written tag: how it was spelt, merged, kept or refused."""

import difflib

import polars as pl

from phototags.errors import VocabularyError
from phototags.tags.candidates import KEPT
from phototags.tags.spelling import clean

BECAME = ": became "


def explain(written: str, candidates: pl.DataFrame, spelling: pl.DataFrame) -> list[str]:
    """Say why a tag is in the vocabulary or not, a line a step; merges are followed to their end.

    Args:
        written: as people write it; it is cleaned as the corpus was.
        candidates: what `candidates.list_candidates` returns, of the training photos.
        spelling: what `cleaning.clean_photos` returns, of the whole corpus; may be empty.

    Raises:
        VocabularyError: nobody wrote the tag on a training photo; names the closest that were.
    """
    row = _find_row(written, spelling, "written")
    tag, reason = (row["tag"], row["reason"]) if row else clean(written)
    lines = [f"{written!r} is spelt {tag!r}"] if tag and tag != written else []
    if not tag:
        where = f", on {describe_counts(row)}" if row else ", and nobody wrote it"
        return [f"{written!r} is refused by its spelling: {reason}{where}"]
    if _find_row(tag, candidates, "tag") is None:
        closest = ", ".join(difflib.get_close_matches(tag, candidates["tag"], 3)) or "none"
        raise VocabularyError(
            f"tag {tag!r} is on none of the training photos, whose tags are {candidates.height}; "
            f"closest: {closest}."
        )
    return lines + _follow_merges(tag, candidates)


def _follow_merges(tag: str, candidates: pl.DataFrame) -> list[str]:
    """Return a line for the tag, and one for each that it became, step by step."""
    lines, queue = [], [tag]
    for one in queue:
        row = _find_row(one, candidates, "tag")
        if row is None:
            continue
        kind, became, parts = row["why"].partition(BECAME)
        verdict = row["why"] if row["why"].startswith(KEPT) else f"refused by {row['why']}"
        what = f"became {parts} by {kind}" if became else verdict
        lines.append(f"{one}: {what} ({describe_counts(row)})")
        if became:
            single = _find_row(parts, candidates, "tag")  # a tag may hold a comma
            parts = [parts] if single else parts.split(", ")
            queue += [part for part in parts if part not in queue]
    return lines


def describe_counts(row: dict) -> str:
    """Put a row's counts into words, those that it has.

    >>> describe_counts({"photos": 9, "users": 3, "entropy": 1.418, "effective_users": 2.67})
    '9 photos by 3 users, entropy 1.42 bits, effective users 2.7'
    >>> describe_counts({"photos": 1, "users": 0})
    '1 photo'
    """
    words = f"{row['photos']:,} photo{'s' * (row['photos'] != 1)}"
    if row["users"]:
        words += f" by {row['users']:,} user{'s' * (row['users'] != 1)}"
    if row.get("entropy") is not None:
        words += f", entropy {row['entropy']:.2f} bits, "
        words += f"effective users {row['effective_users']:.1f}"
    if row.get("visualness") is not None:
        words += f", visualness {row['visualness']:.2f}"
    return words


def _find_row(text: str, table: pl.DataFrame, column: str) -> dict | None:
    return next(table.filter(pl.col(column) == text).iter_rows(named=True), None)
