"""History: the photos of held-out users that describe the user, never trained nor scored on."""

import pandas as pd

from phototags.tags.split import hash_to_unit

HELD_OUT = ("validation", "test")


def select_history(photos: pd.DataFrame, fraction: float, seed: int) -> pd.Series:
    """Select the photos that are their user's history, by a hash of their ids.

    A tagger has never met a test user. What it may know of one are these photos, which no score
    counts. Rounded down, so a user's only photo is scored, as that of an unknown user.

    Args:
        photos: photo_id, user_id (nullable), part (`validation` and `test` have histories).
        fraction: in [0, 1), of the photos of each user.

    Returns:
        (N,) bool, on the index of photos.

    >>> names = [f"p{number}" for number in range(4)]
    >>> photos = pd.DataFrame({"photo_id": names, "user_id": list("aaab"), "part": "test"})
    >>> selected = select_history(photos, 0.5, seed=0)
    >>> int(selected[:3].sum()), bool(selected[3])
    (1, False)
    """
    held_out = photos[photos["part"].isin(HELD_OUT) & photos["user_id"].notna()]
    hashes = [hash_to_unit(seed, f"history/{photo}") for photo in held_out["photo_id"]]
    ordered = held_out.assign(hash=hashes).sort_values(["hash", "photo_id"])
    users = ordered.groupby(["part", "user_id"])["hash"]
    selected = users.cumcount() < (fraction * users.transform("size")).astype(int)
    return selected.reindex(photos.index, fill_value=False)
