"""Clean the tags of a whole corpus, each distinct tag once."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl

from phototags.tags.counting import count_ids
from phototags.tags.encoded_photos import EncodedPhotos
from phototags.tags.encoding import TagSets
from phototags.tags.letters import fold_case
from phototags.tags.spelling import MAX_LENGTH, NOT_SIMPLE, PROGRAM_VALUE, SIMPLE, clean

CAMEL_CASE = r"^#?\p{L}*\p{Ll}\p{Lu}\p{L}*$"
CAMEL_BOUNDARY = re.compile(r"(?<=[^\W\d_])(?=[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f])")
MIN_LETTERS = 3  # of a word; shorter ones are found in everything
PRINTED_VALUES = 3  # as many `hash(0x...)` betray the program that wrote `hash`


def clean_photos(
    photos: EncodedPhotos, training: EncodedPhotos | None = None
) -> tuple[EncodedPhotos, pl.DataFrame]:
    """Clean the tags of each photo, and list how each distinct written tag was cleaned.

    Where training photos hold printed program values (`hash(0x89c79d4)`), the bare name of their
    type (`hash`) is one as well: the same program wrote it. `GoldenGateBridge` is split where they
    have its words. Test photos decide nothing.

    Args:
        photos: with tags as written.
        training: those of them that are learned from, tags numbered as in `photos`; None: all.

    Returns:
        the photos with their tags cleaned, each once, in written order; and a row a distinct
        written tag: written, tag ("" = refused), reason, photos, users; commonest first, ties by
        spelling.
    """
    with ThreadPoolExecutor(1) as thread:  # counting holds no GIL, cleaning does
        counting = thread.submit(count_ids, photos)
        spelling = split_camel_case(clean_distinct(photos.tags), training or photos)
        spelling = refuse_types(spelling, find_printed_types(spelling, training or photos))
        counts = counting.result().select("photos", "users")
    tags = spelling["tag"].filter(spelling["tag"] != "").unique().sort()
    cleaned = photos.replace_tags(spelling["tag"], tags)
    spelling = spelling.hstack(counts).sort(["photos", "written"], descending=[True, False])
    return cleaned, spelling


def clean_distinct(written: pl.Series) -> pl.DataFrame:
    """Return written, tag, reason of distinct written tags, in their order.

    Tags of ASCII letters and digits, which most tags are, need no rule but lower case.
    """
    tag = written.str.replace_all("[+_]", " ").str.to_lowercase()
    simple = tag.str.contains(f"^{SIMPLE.pattern}$") & (tag.str.len_bytes() <= MAX_LENGTH)
    simple &= ~tag.str.contains(NOT_SIMPLE.pattern)
    others = written.filter(~simple)
    cleaned, reasons = zip(*map(clean, others), strict=True) if len(others) else ((), ())
    ruled = {"written": others, "cleaned": cleaned, "reason": reasons}
    ruled = pl.DataFrame(ruled, schema=dict.fromkeys(ruled, pl.String))
    table = pl.DataFrame({"written": written, "tag": tag})
    table = table.join(ruled, on="written", how="left", maintain_order="left")
    tag, reason = pl.coalesce("cleaned", "tag").alias("tag"), pl.col("reason").fill_null("")
    return table.select("written", tag, reason)


def refuse_types(spelling: pl.DataFrame, types: list[str]) -> pl.DataFrame:
    """Refuse the tags that are names of types, in a table of `clean_distinct`."""
    printed = pl.col("tag").is_in(types)
    return spelling.with_columns(
        tag=pl.when(printed).then(pl.lit("")).otherwise("tag"),
        reason=pl.when(printed).then(pl.lit("program value")).otherwise("reason"),
    )


def split_camel_case(spelling: pl.DataFrame, photos: EncodedPhotos) -> pl.DataFrame:
    """Split `GoldenGateBridge` where photos have its words, or the phrase, and not the whole.

    A whole that others wrote as one word (`youtube`) stays, unless they wrote the phrase too.

    Args:
        spelling: of `clean_distinct(photos.tags)`.
        photos: whose tags count as known.
    """
    camel = spelling["written"].str.contains(CAMEL_CASE)
    if not camel.any():
        return spelling
    used = np.zeros(spelling.height, bool)
    for part in photos:
        used[TagSets.from_series(part["tags"]).ids] = True
    known = set(spelling["tag"].filter(~camel & pl.Series(used)))
    written, tags = spelling.filter(camel).select("written", "tag").to_dict().values()
    split = [_split_known(*pair, known) for pair in zip(written, tags, strict=True)]
    found = pl.DataFrame({"written": written, "split": pl.Series(split, dtype=pl.String)})
    table = spelling.join(found, on="written", how="left", maintain_order="left")
    return table.select("written", pl.coalesce("split", "tag").alias("tag"), "reason")


def _split_known(written: str, tag: str, known: set[str]) -> str | None:
    """The phrase that a tag in camel case stands for, None where it is not known."""
    words = [fold_case(word) for word in CAMEL_BOUNDARY.sub(" ", written.lstrip("#")).split()]
    phrase = " ".join(words)
    if tag != "".join(words) or not all(word.isalpha() for word in words):
        return None
    parts_known = tag not in known and all(len(w) >= MIN_LETTERS and w in known for w in words)
    return phrase if phrase in known or parts_known else None


def find_printed_types(spelling: pl.DataFrame, photos: EncodedPhotos) -> list[str]:
    """Return the types of which a program printed several values into tags of the photos.

    Args:
        spelling: of `clean_distinct(photos.tags)`.
    """
    values = np.flatnonzero((spelling["reason"] == "program value").to_numpy())
    if len(values) < PRINTED_VALUES:
        return []
    parts = (TagSets.from_series(part["tags"]).ids for part in photos)
    found = set().union(*(np.intersect1d(values, ids).tolist() for ids in parts))
    written = (spelling["written"][number].casefold() for number in sorted(found))
    matches = (PROGRAM_VALUE.match(one) for one in written)
    types = Counter(match[1] for match in matches if match and match[1])
    return [name for name, number in types.items() if number >= PRINTED_VALUES]
