"""The tags of a whole corpus in one spelling: each distinct one is looked at once, then joined."""

from collections import Counter
from pathlib import Path

import polars as pl

from phototags.storage import whole
from phototags.tags.spelling import PROGRAM_VALUE, Spelling, clean

PRINTED_VALUES = 3  # as many `hash(0x...)` betray the program that wrote `hash`


def clean_photos(photos: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cleaned tags of each photo; each distinct written tag is looked at once, then joined.

    Where a corpus holds printed program values (`hash(0x89c79d4)`), the bare name of their type
    (`hash`) is one as well: the same program wrote it.

    Args:
        photos: a row a photo: row, photo_id, user_id (nullable), tags (list of str, as written).

    Returns:
        a row a photo: row, photo_id, user_id, tags (cleaned, each once, in written order); and a
        row a distinct written tag: written, tag ("" = refused), reason, photos, users; commonest
        first, ties by spelling.
    """
    photos = photos.select(
        "row",
        "photo_id",
        pl.col("user_id").cast(pl.String),
        pl.col("tags").cast(pl.List(pl.String)).fill_null([]),
    )
    pairs = photos.select("row", "user_id", written="tags").explode("written").drop_nulls("written")
    spelling = _spell(pairs["written"].unique().sort())
    cleaned = _cleaned(pairs.join(spelling, on="written", how="left", maintain_order="left"))
    tags = photos.drop("tags").join(cleaned, on="row", how="left", maintain_order="left")
    counts = pairs.group_by("written").agg(
        photos=pl.col("row").n_unique(), users=pl.col("user_id").drop_nulls().n_unique()
    )
    spelling = spelling.join(counts, on="written").sort(
        ["photos", "written"], descending=[True, False]
    )
    return tags.with_columns(pl.col("tags").fill_null([])), spelling


def write_tags(path: Path | str, tags: pl.DataFrame) -> None:
    """Write row, photo_id, user_id, tags as parquet."""
    with whole(path) as part:
        tags.write_parquet(part)


def _cleaned(pairs: pl.DataFrame) -> pl.DataFrame:
    """row, tags of the photos that keep any, from row, tag ("" = refused) in written order."""
    return (
        pairs.filter(pl.col("tag") != "")
        .unique(["row", "tag"], keep="first", maintain_order=True)
        .group_by("row", maintain_order=True)
        .agg(tags="tag")
    )


def _spell(written: pl.Series) -> pl.DataFrame:
    """written, tag, reason of distinct written tags."""
    spellings = [clean(one) for one in written]
    types = Counter(
        match[1] for one in written if (match := PROGRAM_VALUE.match(one.casefold())) and match[1]
    )
    printed = {name for name, values in types.items() if values >= PRINTED_VALUES}
    spellings = [
        Spelling("", "program value") if spelling.tag in printed else spelling
        for spelling in spellings
    ]
    return pl.DataFrame(
        {
            "written": written,
            "tag": [spelling.tag for spelling in spellings],
            "reason": [spelling.reason for spelling in spellings],
        },
        schema={"written": pl.String, "tag": pl.String, "reason": pl.String},
    )
