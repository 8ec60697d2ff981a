"""Find tags that name the app or camera of a photo, and nothing that is on it.

Frequency finds none of them: the commonest tags of YFCC100M are `square`, `iphoneography`,
`square format` and `instagram app`, by 110 people and more among 4,500 photos. What gives them
away is who wrote them, and how.
"""

import numpy as np
import polars as pl

MIN_USERS_OF_APP = 10  # fewer people may agree by chance
MIN_USERS_OF_FILTER = 5
MIN_JACCARD = 0.8  # two words of one name (`new`, `york`) reach 0.5, translations 0.35, an app 0.9
MIN_FILTER_SHARE = 0.9
MIN_CAMERA_SHARE = 0.5  # makers and models reach 0.7 at least, `digital` and `film` 0.25
MIN_CAMERA_USERS = 3


def find_app_tags(pairs: pl.DataFrame) -> dict[str, str]:
    """Find tags that a program writes, each with the tag that gives it away.

    People who use several words for one thing rarely all use all of them; a program always does.
    So three tags or more, each by ten people or more, of which every two are used by the same
    people (Jaccard 0.8 or more), are an app's; and so is a tag of five people or more, nine in
    ten of whom use such an app (its filters: `x-pro ii`).

    Args:
        pairs: tag, user_id (no nulls), in any order and repeated at will; tags of fewer people
            than five change nothing.
    """
    from scipy import sparse

    pairs = pairs.unique(["tag", "user_id"]).sort("tag", "user_id")
    pairs = pairs.filter(pl.len().over("tag") >= MIN_USERS_OF_FILTER)
    tags = pairs["tag"].unique(maintain_order=True).to_list()
    if not tags:
        return {}
    rows = pairs["tag"].rle_id().to_numpy()
    columns = pairs["user_id"].rank("dense").to_numpy() - 1
    written = sparse.csr_array((np.ones(len(rows), np.int32), (rows, columns)))
    users, together = np.bincount(rows), (written @ written.T).tocoo()
    one, other, common = together.row, together.col, together.data
    same = common / (users[one] + users[other] - common) >= MIN_JACCARD
    same &= (np.minimum(users[one], users[other]) >= MIN_USERS_OF_APP) & (one != other)
    links = sparse.csr_array(
        (np.ones(same.sum(), np.int32), (one[same], other[same])), together.shape
    )
    triangles = (links @ links).multiply(links).sum(1)
    apps = {tag: links[[tag]].indices.min() for tag in np.flatnonzero(triangles)}
    is_app = triangles > 0
    filters = (common / users[one] >= MIN_FILTER_SHARE) & is_app[other] & ~is_app[one]
    for tag, app in sorted(zip(one[filters], other[filters], strict=True)):
        apps.setdefault(tag, app)
    return {tags[tag]: tags[sign] for tag, sign in apps.items()}


def find_camera_tags(pairs: pl.DataFrame) -> set[str]:
    """Find tags that name the photo's own camera, for half of their users or more, three at least.

    A maker or model (`nikon`, `d90`, `canon eos 400d`, `iphone`) is in the photo's metadata too;
    what is on a photo is not.

    Args:
        pairs: tag, user_id, camera (from the metadata, nulls are left out).
    """
    pairs = pairs.drop_nulls().select("tag", "user_id", "camera").unique()
    texts = {camera: camera.casefold() for camera in pairs["camera"].unique()}
    words = {
        camera: {*text.split(), *text.replace("-", " ").split()} for camera, text in texts.items()
    }
    named = [
        words[camera].issuperset(tag.split())
        for tag, camera in zip(pairs["tag"], pairs["camera"], strict=True)
    ]
    users = pairs.with_columns(named=pl.Series(named, dtype=pl.Boolean))
    users = users.group_by("tag", "user_id").agg(pl.col("named").mean())
    shares = users.group_by("tag").agg(pl.col("named").mean(), users=pl.len())
    is_camera = pl.col("named") >= MIN_CAMERA_SHARE, pl.col("users") >= MIN_CAMERA_USERS
    return set(shares.filter(is_camera)["tag"])
