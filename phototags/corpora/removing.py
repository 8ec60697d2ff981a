"""Photos that somebody asked to be gone leave the listing, before anything else sees them."""

from pathlib import Path

import pandas as pd

from phototags.corpora.corpus import Corpus
from phototags.corpora.readers import READERS
from phototags.photos.removals import REASON, Removals, removed
from phototags.photos.table import Drop

STEP = "list_photos"


def without_removed(
    known: Corpus,
    folder: Path,
    listing: pd.DataFrame,
    drops: list[Drop],
    removals: Removals,
    max_bytes: int,
) -> tuple[pd.DataFrame, list[Drop]]:
    """The listing without these photos, in which the others keep their rows, and the drops.

    The pictures are read, where they are packaged, only if some are named by their bytes.
    Pictures on the web are not here yet: of those named by their bytes the listing still has the
    row, while the shards and all that follows have nothing.

    Args:
        folder: the sources of the corpus.
        drops: of its reader, which may have named such a photo.
    """
    gone = pd.Series(removals.among(known.name, listing), index=listing.index, dtype=bool)
    if removals.hashes and known.pictures == "packaged":
        found = READERS[known.reader].pictures(folder, listing, max_bytes)
        rows = {one.row for one in found if one.content is not None and one.content in removals}
        gone |= listing["row"].isin(rows)
    unnamed = [
        Drop(drop.step, "", REASON, f"line {place}")
        if removals.name(known.name, drop.photo_id)
        else drop
        for place, drop in enumerate(drops)
    ]
    rows = listing.loc[gone, "row"].tolist()
    return listing[~gone].reset_index(drop=True), [*unnamed, *(removed(STEP, row) for row in rows)]
