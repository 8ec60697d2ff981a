"""Which photos of held-out users may be looked at: never learned from, never scored."""

import pandas as pd

from phototags.tags.split import chance

HELD_OUT = ("validation", "test")


def history(photos: pd.DataFrame, share: float, seed: int) -> pd.Series:
    """Whether a photo is its user's history.

    A tagger has never met a test user. What it may know of one is the part of the user's photos
    drawn here by a hash, which no score counts. Rounded down, so a user's only photo is scored,
    as a stranger's.

    Args:
        photos: photo_id, user_id (nullable), part (`validation` and `test` have histories).
        share: in [0, 1), of the photos of each user.

    Returns:
        (N,) bool, on the index of photos.

    >>> names = [f"p{number}" for number in range(4)]
    >>> photos = pd.DataFrame({"photo_id": names, "user_id": list("aaab"), "part": "test"})
    >>> drawn = history(photos, 0.5, seed=0)
    >>> int(drawn[:3].sum()), bool(drawn[3])
    (1, False)
    """
    held = photos[photos["part"].isin(HELD_OUT) & photos["user_id"].notna()]
    draws = [chance(seed, f"history/{photo}") for photo in held["photo_id"]]
    line = held.assign(draw=draws).sort_values(["draw", "photo_id"])
    owners = line.groupby(["part", "user_id"])["draw"]
    drawn = owners.cumcount() < (share * owners.transform("size")).astype(int)
    return drawn.reindex(photos.index, fill_value=False)
