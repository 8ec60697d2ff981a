"""What speaks against a tag."""

import polars as pl

from phototags.errors import VocabularyError
from phototags.params.vocabulary import Vocabulary
from phototags.tags.counting import people_of
from phototags.tags.encoded_photos import NumberedPhotos
from phototags.tags.noise import FOLLOWERS, named_by_cameras, written_by_apps
from phototags.tags.tag_lists import known_to_task, read_tags
from phototags.tags.wordnet import WordNet, needed

KEPT = "kept"


def verdict(
    counts: pl.DataFrame, photos: NumberedPhotos, settings: Vocabulary, wordnet: WordNet | None
) -> pl.Expr:
    """The first rule against a tag, in words; `kept` when there is none.

    Args:
        counts: of the photos' tags (counting.counted_tags); the verdict is asked of them.
    """
    tag, number, users = pl.col("tag"), pl.col("photos"), pl.col("users")
    white = list(read_tags(settings.whitelist, "vocabulary.whitelist"))
    black = list(read_tags(settings.blacklist, "vocabulary.blacklist"))
    rules = [(tag.is_in(white), f"{KEPT}: whitelist"), (tag.is_in(black), "blacklist: named there")]
    if named := counts["users"].sum() > 0:
        rules.append((users < settings.min_users, f"min_users: fewer than {settings.min_users}"))
    rules.append((number < settings.min_photos, f"min_photos: fewer than {settings.min_photos}"))
    if settings.max_photos:
        rules.append((number > settings.max_photos, f"max_photos: over {settings.max_photos}"))
    if named and settings.min_spread > 1:
        rules.append((pl.col("spread") < settings.min_spread, "min_spread: nearly one person's"))
    rules += _noise(counts, photos, settings.refuse)
    if settings.match:
        known = known_to_task(settings.match, counts["tag"].to_list(), needed(wordnet, "match"))
        rules.append((~tag.is_in(list(known)), f"match: not a word of {settings.match}"))
    return pl.coalesce(*(pl.when(rule).then(pl.lit(words)) for rule, words in rules), pl.lit(KEPT))


def _noise(
    counts: pl.DataFrame, photos: NumberedPhotos, refused: list[str]
) -> list[tuple[pl.Expr, str]]:
    """The rules against what apps write and what names the camera."""
    rules = []
    if "apps" in refused:
        shared = counts.filter(pl.col("users") >= FOLLOWERS)["number"]
        apps = written_by_apps(people_of(photos, shared))
        for sign in sorted(set(apps.values())):
            followers = [follower for follower, app in apps.items() if app == sign]
            rules.append((pl.col("tag").is_in(followers), f"apps: written together with {sign}"))
    if "cameras" in refused:
        cameras = list(named_by_cameras(_cameras_of(photos)))
        rules.append((pl.col("tag").is_in(cameras), "cameras: names the photo's camera"))
    return rules


def _cameras_of(photos: NumberedPhotos) -> pl.DataFrame:
    """tag, user_id (a number), camera, as far as they are known, each three once."""
    schema = {"number": pl.Int32, "user_id": pl.Int32, "camera": pl.String}
    found = [
        part.select(number="tags", user_id="user", camera="camera")
        .filter(pl.col("user_id") >= 0)
        .explode("number")
        .drop_nulls()
        .unique()
        for part in photos
    ]
    table = pl.concat([pl.DataFrame(schema=schema), *found]).unique()
    if table.is_empty():
        raise VocabularyError(
            "vocabulary.refuse: cameras needs photos whose user and camera are known, but this "
            "corpus names neither or one of the two (YFCC100M names both; a photos.tsv may have "
            "columns `user_id` and `camera`). Leave `cameras` out of params.yaml."
        )
    return table.select(photos.words.gather(table["number"]).alias("tag"), "user_id", "camera")
