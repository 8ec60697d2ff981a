"""The tags of a whole corpus in one spelling: each distinct one is looked at once, then joined."""

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from phototags.storage import whole
from phototags.tags.repeats import repeated
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
    pairs = photos.select(written="tags").with_row_index("photo").explode("written")
    pairs = pairs.drop_nulls("written")
    distinct = pairs["written"].unique().sort()
    codes = numbered(pairs["written"], distinct).to_numpy()
    spelling = _spell(distinct)
    tags = _lists(pairs["photo"].to_numpy(), codes, spelling["tag"], photos.height)
    people = numbered(photos["user_id"], photos["user_id"].drop_nulls().unique())
    counts = (
        pl.DataFrame({"code": codes, "photo": pairs["photo"]})
        .with_columns(user=people.gather(pairs["photo"]))
        .group_by("code")
        .agg(photos=pl.col("photo").n_unique(), users=pl.col("user").drop_nulls().n_unique())
        .sort("code")
    )
    spelling = spelling.hstack(counts.drop("code"))
    spelling = spelling.sort(["photos", "written"], descending=[True, False])
    return photos.with_columns(tags=tags), spelling


def numbered(texts: pl.Series, distinct: pl.Series) -> pl.Series:
    """The place of each text among distinct ones, null where it is not there."""
    return texts.cast(pl.Enum(distinct), strict=False).to_physical()


def write_tags(path: Path | str, tags: pl.DataFrame) -> None:
    """Write row, photo_id, user_id, tags as parquet."""
    with whole(path) as part:
        tags.write_parquet(part)


def _lists(photos: np.ndarray, codes: np.ndarray, spelt: pl.Series, number: int) -> pl.Series:
    """The tags of each of so many photos, each once, in written order.

    Args:
        photos, codes: (n,) a photo and the written tag that it has.
        spelt: the tag that each code is taken for ("" = refused).
    """
    distinct = spelt.filter(spelt != "").unique().sort()
    tags = numbered(spelt, distinct).cast(pl.Int64).fill_null(-1).to_numpy()[codes]
    photos, tags = photos[tags >= 0], tags[tags >= 0]
    first = ~repeated(photos, tags, len(distinct))
    ends = np.concatenate([[0], np.cumsum(np.bincount(photos[first], minlength=number))])
    values = distinct.gather(tags[first]).to_arrow()
    return pl.Series(pa.LargeListArray.from_arrays(ends, values), dtype=pl.List(pl.String))


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
