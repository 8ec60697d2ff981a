"""Collect the usable photos of a corpus, each image once, and every photo that is not usable.

A corpus is read in blocks of consecutive rows, so that memory holds one of them, however large the
corpus is.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.licences import find_unlicensed
from phototags.photos.photo_blocks import Block, find_repeated, read_blocks, write_photo_blocks
from phototags.photos.photo_table import PACKED, PHOTOS, Drop, read_drops, write_drops
from phototags.photos.removals import parse_removed_row

STEP = "collect_photos"


class Collected(NamedTuple):
    """What becomes of a block: the photo table in the order of rows, and the drops."""

    photos: pd.DataFrame
    unlicensed: list[Drop]
    duplicates: list[Drop]


def collect_corpus(
    listing: Path | str,
    listing_drops: Path | str,
    tables: Sequence[Path | str],
    drops: Sequence[Path | str],
    *,
    shard_photos: int,
    licences: Sequence[str] | None,
    photos: Path | str,
    dropped: Path | str,
) -> None:
    """Write the table of a corpus' usable photos, and the drops of all steps before it and its own.

    Args:
        listing: listing.parquet. listing_drops: of the same rule.
        tables: of all shards in order. drops: the same.
        shard_photos: rows of the listing a shard.
        licences: those whose photos are kept, as `find_unlicensed` takes them.
        photos: written. dropped: written.
    """
    unlicensed, duplicates = [], []

    def collect() -> Iterator[pd.DataFrame]:
        blocks = read_blocks(listing, tables, drops, shard_photos)
        for collected in collect_photos(blocks, licences, find_repeated(tables)):
            unlicensed.extend(collected.unlicensed)
            duplicates.extend(collected.duplicates)
            yield collected.photos

    write_photo_blocks(photos, collect())
    earlier = chain.from_iterable(map(read_drops, [listing_drops, *drops]))
    write_drops(dropped, chain(earlier, unlicensed, duplicates))


def collect_photos(
    blocks: Iterable[Block], licences: Sequence[str] | None = None, repeated: Iterable[str] = ()
) -> Iterator[Collected]:
    """Join the listing with what was packed, and keep one photo of each content.

    An image filed twice under two names would be in the training and in the test part at
    once: the first row stays, the others are dropped as `duplicate`, naming it.

    Args:
        blocks: of the corpus, in the order of rows.
        licences: those whose photos are kept, as `find_unlicensed` takes them.
        repeated: sha256 of every image that is there more than once.

    Raises:
        CorpusError: when a listed photo is neither packed nor dropped, or both: its shards
            are not of this listing. When no photo is left.
    """
    repeated, firsts = set(repeated), {}
    listed, packed, usable = 0, 0, 0
    first_drop, first_unlicensed = [], []
    for block in blocks:
        _check_accounted(block)
        seen = block.listing.drop(columns=["file", "sha256", "width", "height"])
        photos = seen.merge(block.packed, on="row").sort_values("row", ignore_index=True)
        found = find_unlicensed(photos, licences, STEP)
        photos = photos.loc[np.array([drop is None for drop in found], bool), PHOTOS.names]
        unlicensed, duplicates, unique = list(filter(None, found)), [], []
        for photo_id, digest in zip(photos["photo_id"], photos["sha256"], strict=True):
            first = firsts.get(digest)
            unique.append(first is None)
            if first is not None:
                reason = f"the same picture as {first}"
                duplicates.append(Drop(STEP, photo_id, "duplicate", reason))
            elif digest in repeated:
                firsts[digest] = photo_id
        listed, packed = listed + len(block.listing), packed + len(block.packed)
        usable += len(photos)
        first_drop = first_drop or block.drops[:1]
        first_unlicensed = first_unlicensed or unlicensed[:1]
        kept = photos[np.array(unique, bool)].reset_index(drop=True)
        yield Collected(kept, unlicensed, duplicates)
    if not packed:
        raise CorpusError(_describe_nothing_packed(listed, first_drop))
    if not usable:
        raise CorpusError(
            f"corpora.licences asks for {licences}, but not one of {packed} photos has such a "
            f"licence; the first has: {first_unlicensed[0].detail}. "
            "See docs/licences-and-removals.md."
        )


def view_photos(
    listing: pd.DataFrame, photos: pd.DataFrame, drops: Sequence[Drop]
) -> tuple[pd.DataFrame, list[Drop]]:
    """Give the usable photos of a corpus what a view of it lists: other tags, or another split.

    Args:
        listing: photo table of the view as listed; its rows mean nothing.
        photos: photo table of the corpus, whose rows, files and sizes the view takes.
        drops: of the corpus: what it cannot use, the view cannot.

    Returns:
        the photo table of the view in the order of rows, and the listed photos it lacks. One that
        the corpus neither has nor dropped by name may have been removed, so it stays unnamed.

    Raises:
        CorpusError: when no photo is left.
    """
    seen = listing.drop(columns=PACKED.names)
    known = photos[["photo_id", *PACKED.names]]
    joined = seen.merge(known, on="photo_id", validate="one_to_one")
    viewed = joined.sort_values("row", ignore_index=True)[PHOTOS.names]
    if viewed.empty:
        raise CorpusError(
            f"not one of the {len(listing)} photos that the view lists is among the {len(photos)} "
            "usable ones of the corpus. Their photo_id should be equal."
        )
    named = {drop.photo_id: drop for drop in drops if drop.photo_id}
    lacking = listing[~listing["photo_id"].isin(viewed["photo_id"])]
    return viewed, [
        named.get(photo_id, Drop("view_photos", "", "no_picture", f"row {row} of the listing"))
        for row, photo_id in zip(lacking["row"], lacking["photo_id"], strict=True)
    ]


def _check_accounted(block: Block) -> None:
    listing, packed, drops = block
    accounted = pd.concat([packed["row"], _find_rows(listing, drops)])
    odd = set(listing["row"]) ^ set(accounted)
    if odd or accounted.duplicated().any():
        raise CorpusError(
            f"each of {len(listing)} listed photos should be packed or dropped once, but "
            f"{len(packed)} were packed and {len(drops)} dropped (rows {sorted(odd)[:5]} differ). "
            "The shards are of another listing: remove the corpus' shards folder and run "
            "`snakemake` again."
        )


def _describe_nothing_packed(listed: int, first_drop: list[Drop]) -> str:
    why = (
        f"the first: {first_drop[0].reason}, {first_drop[0].detail}"
        if first_drop
        else "none was listed"
    )
    return (
        f"not one of the {listed} listed photos can be used ({why}). "
        "See the corpus' listing.drops.tsv and shards/*.drops.tsv."
    )


def _find_rows(listing: pd.DataFrame, drops: list[Drop]) -> pd.Series:
    rows = pd.Series(listing["row"].to_numpy(), index=listing["photo_id"])
    parsed = [parse_removed_row(drop) for drop in drops]
    named = [drop.photo_id for drop, row in zip(drops, parsed, strict=True) if row is None]
    unknown = [photo_id for photo_id in named if photo_id not in rows.index]
    if unknown:
        raise CorpusError(
            f"the shards dropped photos that the listing does not name, such as {unknown[0]!r}. "
            "Remove the corpus' shards folder and run `snakemake` again."
        )
    removed = pd.Series([row for row in parsed if row is not None], dtype=int)
    return pd.concat([rows[named], removed])
