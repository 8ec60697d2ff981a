"""Find the photos that may not be used, by the licence that each photo states."""

from collections.abc import Sequence

import pandas as pd

from phototags.photos.photo_table import Drop


def find_unlicensed(
    photos: pd.DataFrame, licences: Sequence[str] | None, step: str
) -> list[Drop | None]:
    """Return for each photo a drop `licence`, or None where its licence is one of `licences`.

    A photo that states no licence is dropped wherever `licences` are given.

    Args:
        photos: with photo_id, licence, licence_url.
        licences: beginnings of names or addresses; None takes every photo.
        step: the rule that drops.
    """
    if licences is None:
        return [None] * len(photos)
    stated = photos[["licence", "licence_url"]].astype(object)
    both = stated.where(stated.notna(), None).itertuples(index=False)
    return [
        None
        if any(matches_licence(text, start) for text in texts if text for start in licences)
        else Drop(step, photo_id, "licence", " ".join(filter(None, texts)) or "not stated")
        for photo_id, texts in zip(photos["photo_id"], both, strict=True)
    ]


def matches_licence(text: str, start: str) -> bool:
    """Whether a licence's name or address begins with `start`, in whole words.

    What follows is its version. Capitals do not count, nor does the scheme of an address.

    >>> matches_licence("CC BY 2.0", "cc by"), matches_licence("CC BY-NC 2.0", "CC BY")
    (True, False)
    >>> matches_licence("http://a.org/licenses/by/2.0/", "https://a.org/licenses/by")
    True
    """
    text, start = (
        one.strip().casefold().removeprefix("https://").removeprefix("http://")
        for one in (text, start)
    )
    rest = text.removeprefix(start)
    return text.startswith(start) and (not rest or rest[0] in " /" or start[-1:] in " /")
