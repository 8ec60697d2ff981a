"""Tags that say which app, camera or person took a photo, and nothing of what is on it.

Frequency finds none of them: the commonest tags of YFCC100M are `square`, `iphoneography`,
`square format` and `instagram app`, by 110 people and more among 4,500 photos. What gives them
away is who wrote them, and how.
"""

import itertools

import numpy as np
import polars as pl
from scipy import sparse

CROWD = 10  # people; fewer may agree by chance
FOLLOWERS = 5  # people who make a tag an app's when nearly all of them use the app
TOGETHER = 0.8  # two words of one name (`new`, `york`) reach 0.5, translations 0.35, an app 0.9
ALWAYS = 0.9
OWN_CAMERA = 0.5  # makers and models reach 0.7 at least, `digital` and `film` 0.25


def written_by_apps(pairs: pl.DataFrame) -> dict[str, str]:
    """Tags that a program writes, each with the tag that gives it away.

    People who use several words for one thing rarely all use all of them; a program always does.
    So three tags or more, each by ten people or more, of which every two are used by the same
    people (Jaccard 0.8 or more), are an app's; and so is a tag of five people or more, nine in
    ten of whom use such an app (its filters: `x-pro ii`).

    Args:
        pairs: tag, user_id (no nulls), in any order and repeated at will; tags of fewer people
            than five change nothing.
    """
    pairs = pairs.unique(["tag", "user_id"]).sort("tag", "user_id")
    pairs = pairs.filter(pl.len().over("tag") >= FOLLOWERS)
    tags = pairs["tag"].unique(maintain_order=True).to_list()
    if not tags:
        return {}
    one, other, both, size = _shared_people(pairs)
    alike = both / (size[one] + size[other] - both) >= TOGETHER
    alike &= (np.minimum(size[one], size[other]) >= CROWD) & (one != other)
    apps = _trios(one[alike].tolist(), other[alike].tolist())
    led = (both / size[one] >= ALWAYS) & np.isin(other, list(apps)) & ~np.isin(one, list(apps))
    for follower, app in sorted(zip(one[led].tolist(), other[led].tolist(), strict=True)):
        apps.setdefault(follower, app)
    return {tags[number]: tags[sign] for number, sign in apps.items()}


def _shared_people(pairs: pl.DataFrame) -> tuple[np.ndarray, ...]:
    """Each two tags with people in common: (one, other, their number), and (T,) people a tag."""
    tag = pairs["tag"].rle_id().to_numpy()
    user = pairs["user_id"].rank("dense").to_numpy() - 1
    uses = sparse.csr_array((np.ones(len(tag), np.int32), (tag, user)))
    both = (uses @ uses.T).tocoo()
    return both.row, both.col, both.data, np.bincount(tag)


def _trios(one: list[int], other: list[int]) -> dict[int, int]:
    """The members of any three that are all friends, each with its first friend."""
    friends = {}
    for first, second in zip(one, other, strict=True):
        friends.setdefault(first, set()).add(second)
    return {
        member: min(group)
        for member, group in sorted(friends.items())
        if any(b in friends[a] for a, b in itertools.combinations(sorted(group), 2))
    }


def named_by_cameras(pairs: pl.DataFrame) -> set[str]:
    """Tags that name the photo's own camera, for half of their users or more, three at least.

    A maker or model (`nikon`, `d90`, `canon eos 400d`, `iphone`) stands in the photo's metadata
    too; what is on a photo does not.

    Args:
        pairs: tag, user_id, camera (as the metadata has it, nulls are left out).
    """
    cameras = pairs["camera"].drop_nulls().unique().sort()
    words = {camera: set(camera.casefold().replace("-", " ").split()) for camera in cameras}
    words = {camera: own | set(camera.casefold().split()) for camera, own in words.items()}
    distinct = pairs.drop_nulls().select("tag", "user_id", "camera").unique()
    named = [
        words[camera].issuperset(tag.split())
        for tag, camera in zip(distinct["tag"], distinct["camera"], strict=True)
    ]
    users = distinct.with_columns(named=pl.Series(named, dtype=pl.Boolean))
    users = users.group_by("tag", "user_id").agg(pl.col("named").mean())
    shares = users.group_by("tag").agg(pl.col("named").mean(), people=pl.len())
    return set(shares.filter(pl.col("named") >= OWN_CAMERA, pl.col("people") >= 3)["tag"])
