"""Collect the usable photos of a corpus, each image once, and every photo that is not usable."""

from collections.abc import Sequence

import pandas as pd

from phototags.errors import CorpusError
from phototags.photos.licences import find_unlicensed
from phototags.photos.photo_table import PACKED, PHOTOS, Drop
from phototags.photos.removals import parse_removed_row

STEP = "collect_photos"


def collect_photos(
    listing: pd.DataFrame,
    packed: pd.DataFrame,
    drops: list[Drop],
    licences: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, list[Drop]]:
    """Join the listing with what was packed, and keep one photo of each content.

    An image filed twice under two names would be in the training and in the test part at
    once: the first row stays, the others are dropped as `duplicate`, naming it.

    Args:
        listing: photo table as listed.
        packed: row, file, sha256, width, height of all shards.
        drops: of all shards.
        licences: those whose photos are kept, as `find_unlicensed` takes them.

    Returns:
        the photo table in the order of rows, and the drops of this step alone.

    Raises:
        CorpusError: when a listed photo is neither packed nor dropped, or both: its shards
            are not of this listing. When no photo is left.
    """
    _check_accounted(listing, packed, drops)
    seen = listing.drop(columns=["file", "sha256", "width", "height"])
    photos = seen.merge(packed, on="row").sort_values("row", ignore_index=True)[PHOTOS.names]
    unlicensed = find_unlicensed(photos, licences, STEP)
    photos = photos[[drop is None for drop in unlicensed]]
    if photos.empty:
        raise CorpusError(
            f"corpora.licences asks for {licences}, but not one of {len(unlicensed)} photos has "
            f"such a licence; the first has: {unlicensed[0].detail}. "
            "See docs/licences-and-removals.md."
        )
    first = photos.groupby("sha256")["photo_id"].transform("first")
    repeated = photos["sha256"].duplicated()
    duplicates = [
        Drop(STEP, photo_id, "duplicate", f"the same picture as {kept}")
        for photo_id, kept in zip(photos["photo_id"][repeated], first[repeated], strict=True)
    ]
    return photos[~repeated].reset_index(drop=True), [*filter(None, unlicensed), *duplicates]


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


def _check_accounted(listing: pd.DataFrame, packed: pd.DataFrame, drops: list[Drop]) -> None:
    accounted = pd.concat([packed["row"], _find_rows(listing, drops)])
    odd = set(listing["row"]) ^ set(accounted)
    if odd or accounted.duplicated().any():
        raise CorpusError(
            f"each of the {len(listing)} listed photos should be packed or dropped once, but "
            f"{len(packed)} were packed and {len(drops)} dropped (rows {sorted(odd)[:5]} differ). "
            "The shards are of another listing: remove the corpus' shards folder and run "
            "`snakemake` again."
        )
    if packed.empty:
        why = f"the first: {drops[0].reason}, {drops[0].detail}" if drops else "none was listed"
        raise CorpusError(
            f"not one of the {len(listing)} listed photos can be used ({why}). "
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
