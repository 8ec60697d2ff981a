"""List the photos of a corpus, with user names hashed and removed photos left out."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from phototags.corpora.corpus import Corpus
from phototags.corpora.corpus_registry import check_count
from phototags.corpora.keyword_photos import KeywordPhotos
from phototags.corpora.photos_tsv import PhotosTsv
from phototags.corpora.reader import Listing
from phototags.corpora.readers import READERS
from phototags.photos.photo_blocks import write_photo_blocks
from phototags.photos.photo_table import Drop, make_photo_table, write_drops
from phototags.photos.removals import REASON, Removals, drop_removed

STEP = "list_photos"


def list_corpus(
    corpus: Corpus, folder: Path, wordnet: Path | None, *, user_ids: str, salt: str
) -> Iterator[Listing]:
    """Yield the photo table of a corpus in blocks of rows, with what its reader left out.

    Args:
        folder: its sources.
        user_ids: `hashed` puts `hash_user(user, salt)` for each user, `kept` leaves them.

    Raises:
        CorpusError, ArchiveError: of the reader, and in the end when there are more photos than
            declared.
    """
    reader = READERS[corpus.reader]
    if isinstance(reader, PhotosTsv):
        reader = replace(reader, separators=corpus.separators)
    if isinstance(reader, KeywordPhotos):
        reader = replace(reader, levels=corpus.levels)
    listed = 0
    for listing, drops in reader.list_blocks(folder, wordnet, corpus.sample):
        listed += len(listing) + (0 if corpus.sample else len(drops))
        if user_ids == "hashed":
            hashed = {user: hash_user(user, salt) for user in listing["user_id"].dropna().unique()}
            listing = listing.assign(user_id=listing["user_id"].map(hashed))
        yield listing, drops
    check_count(corpus, listed)


def hash_user(user: str, salt: str) -> str:
    """Hash a user's name to 32 hexadecimal digits (HMAC-SHA256).

    Whoever knows the salt can look for a known name among the hashes, so a salt in a published
    params.yaml protects only from being found by accident.
    """
    return hmac.new(salt.encode(), user.encode(), hashlib.sha256).hexdigest()[:32]


def drop_removals(
    blocks: Iterable[Listing], corpus: Corpus, folder: Path, removals: Removals, max_bytes: int
) -> Iterator[Listing]:
    """Leave photos that are to be removed out of a photo table, and their ids out of its drops.

    The others keep their rows. Packaged pictures are read only if some are named by their bytes.
    Pictures on the web are fetched later: photos named by their bytes stay in the listing and are
    left out of the shards and all that follows.

    Args:
        blocks: by the corpus' reader, whose drops may name such a photo.
        folder: the sources of the corpus.
    """
    removed, places = [], 0
    for listing, drops in blocks:
        gone = pd.Series(removals.match(corpus.name, listing), index=listing.index, dtype=bool)
        if removals.hashes and corpus.pictures == "packaged":
            found = READERS[corpus.reader].read_pictures(folder, listing, max_bytes)
            rows = {one.row for one in found if one.content is not None and one.content in removals}
            gone |= listing["row"].isin(rows)
        removed += [drop_removed(STEP, row) for row in listing.loc[gone, "row"]]
        yield (
            listing[~gone].reset_index(drop=True),
            [
                Drop(drop.step, "", REASON, f"line {place}")
                if removals.includes(corpus.name, drop.photo_id)
                else drop
                for place, drop in enumerate(drops, places)
            ],
        )
        places += len(drops)
    yield make_photo_table([]), removed


def write_listing(blocks: Iterable[Listing], listing: Path | str, dropped: Path | str) -> None:
    """Write the photo table of a corpus, and its drops."""
    drops = []

    def list_tables() -> Iterator[pd.DataFrame]:
        for table, left_out in blocks:
            drops.extend(left_out)
            yield table

    write_photo_blocks(listing, list_tables())
    write_drops(dropped, drops)
