"""Which photos may be used, by the licence that each photo states."""

from collections.abc import Sequence

import pandas as pd

from phototags.photos.table import Drop


def refused(photos: pd.DataFrame, licences: Sequence[str] | None, step: str) -> list[Drop | None]:
    """For each photo the drop `licence`, or None where its licence is one of those asked for.

    A photo that states no licence is refused wherever licences are asked for.

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
        if any(begins(text, start) for text in texts if text for start in licences)
        else Drop(step, photo_id, "licence", " ".join(filter(None, texts)) or "not stated")
        for photo_id, texts in zip(photos["photo_id"], both, strict=True)
    ]


def begins(text: str, start: str) -> bool:
    """Whether a licence's name or address begins so, whole words: the rest is its version.

    Capitals do not count, nor does the scheme of an address.

    >>> begins("CC BY 2.0", "cc by"), begins("CC BY-NC 2.0", "CC BY")
    (True, False)
    >>> begins("http://creativecommons.org/licenses/by/2.0/", "https://creativecommons.org/licenses/by")
    True
    """
    text, start = (
        one.strip().casefold().removeprefix("https://").removeprefix("http://")
        for one in (text, start)
    )
    rest = text.removeprefix(start)
    return text.startswith(start) and (not rest or rest[0] in " /" or start[-1:] in " /")
