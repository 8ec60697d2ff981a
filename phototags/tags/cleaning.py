"""The tags of a whole corpus in one spelling: each distinct one is looked at once, then joined."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from phototags.io.storage import atomic_write
from phototags.tags.counting import counted_numbers
from phototags.tags.encoded_photos import NumberedPhotos
from phototags.tags.spelling import LONGEST, NOT_SIMPLE, PROGRAM_VALUE, SIMPLE, clean

PRINTED_VALUES = 3  # as many `hash(0x...)` betray the program that wrote `hash`


def clean_photos(photos: NumberedPhotos) -> tuple[NumberedPhotos, pl.DataFrame]:
    """The cleaned tags of each photo; each distinct written tag is looked at once, then joined.

    Where a corpus holds printed program values (`hash(0x89c79d4)`), the bare name of their type
    (`hash`) is one as well: the same program wrote it.

    Args:
        photos: with tags as written.

    Returns:
        the photos with their tags cleaned, each once, in written order; and a row a distinct
        written tag: written, tag ("" = refused), reason, photos, users; commonest first, ties by
        spelling.
    """
    with ThreadPoolExecutor(1) as thread:  # one counts without Python, the other spells in it
        counting = thread.submit(counted_numbers, photos)
        spelling = spelt(photos.words)
        counts = counting.result().select("photos", "users")
    tags = spelling["tag"].filter(spelling["tag"] != "").unique().sort()
    cleaned = photos.spelt_as(spelling["tag"], tags)
    spelling = spelling.hstack(counts).sort(["photos", "written"], descending=[True, False])
    return cleaned, spelling


def spelt(written: pl.Series) -> pl.DataFrame:
    """written, tag, reason of distinct written tags, in their order.

    What is letters and digits of ASCII needs no rule but small letters; most tags are that.
    """
    tag = written.str.replace_all("[+_]", " ").str.to_lowercase()
    simple = tag.str.contains(f"^{SIMPLE.pattern}$") & (tag.str.len_bytes() <= LONGEST)
    simple &= ~tag.str.starts_with(NOT_SIMPLE)
    others = written.filter(~simple)
    spellings = [clean(one) for one in others]
    ruled = pl.DataFrame(
        {
            "written": others,
            "ruled": [spelling.tag for spelling in spellings],
            "reason": [spelling.reason for spelling in spellings],
        },
        schema=dict.fromkeys(("written", "ruled", "reason"), pl.String),
    )
    table = pl.DataFrame({"written": written, "tag": tag})
    table = table.join(ruled, on="written", how="left", maintain_order="left")
    table = table.select("written", pl.coalesce("ruled", "tag").alias("tag"), "reason")
    printed = pl.col("tag").is_in(_types_printed(others))
    return table.with_columns(
        tag=pl.when(printed).then(pl.lit("")).otherwise("tag"),
        reason=pl.when(printed).then(pl.lit("program value")).otherwise("reason").fill_null(""),
    )


def _types_printed(written: pl.Series) -> list[str]:
    """The types whose values a program printed into several tags."""
    matches = (PROGRAM_VALUE.match(one.casefold()) for one in written)
    values = Counter(match[1] for match in matches if match and match[1])
    return [name for name, number in values.items() if number >= PRINTED_VALUES]


def write_spelling(path: Path | str, spelling: pl.DataFrame) -> None:
    """Write the table as TSV."""
    with atomic_write(path) as part:
        spelling.write_csv(part, separator="\t")
