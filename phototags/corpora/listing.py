"""How every corpus is listed: sampled where asked, and users without their names."""

import hashlib
import hmac
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.corpora.corpus import Corpus
from phototags.corpora.corpus_registry import check_count
from phototags.corpora.readers import READERS
from phototags.photos.table import Drop


def list_corpus(
    known: Corpus, folder: Path, wordnet: Path | None, *, user_ids: str, salt: str
) -> tuple[pd.DataFrame, list[Drop]]:
    """The photo table of a corpus, and what its reader left out.

    Args:
        folder: its sources.
        user_ids: `hashed` puts `pseudonym(user, salt)` for each user, `kept` leaves them.

    Raises:
        CorpusError, ArchiveError: of the reader, and when there are more photos than declared.
    """
    reader = READERS[known.reader]
    if reader.samples:
        listing, drops = reader.list_photos(folder, wordnet, sample=known.sample)
    else:
        listing, drops = reader.list_photos(folder, wordnet)
        listing = sampled(listing, known.sample)
    check_count(known, len(listing) + (0 if known.sample else len(drops)))
    if user_ids == "hashed":
        hashed = {user: pseudonym(user, salt) for user in listing["user_id"].dropna().unique()}
        listing = listing.assign(user_id=listing["user_id"].map(hashed))
    return listing, drops


def pseudonym(user: str, salt: str) -> str:
    """32 hexadecimal digits that tell users apart, but not who they are (HMAC-SHA256).

    Whoever knows the salt can find out whether a known name is among them, so a salt in a
    published params.yaml protects only from being found by accident.
    """
    return hmac.new(salt.encode(), user.encode(), hashlib.sha256).hexdigest()[:32]


def sampled(listing: pd.DataFrame, sample: int | None) -> pd.DataFrame:
    """The photos whose ids have the smallest sha256, in the listing's order; None keeps all."""
    if sample is None or len(listing) <= sample:
        return listing
    digests = [hashlib.sha256(str(name).encode()).digest() for name in listing["photo_id"]]
    chosen = sorted(sorted(range(len(digests)), key=digests.__getitem__)[:sample])
    return listing.iloc[chosen].reset_index(drop=True).assign(row=np.arange(sample))
