"""List every tag that could be learned, with its counts and why it is kept or refused.

A tag counts by the users who wrote it, never by photos alone, so that no user owns one; where the
corpus names no users, by photos. Which tags matter: Boakye et al., 2016.
"""

import logging
from collections.abc import Callable, Iterable, Sequence

import polars as pl

from phototags.errors import VocabularyError
from phototags.params.vocabulary import Vocabulary
from phototags.tags.counting import count_tags
from phototags.tags.encoded_photos import EncodedPhotos
from phototags.tags.merging import Merge, apply_merges
from phototags.tags.noise import MIN_USERS_OF_FILTER, find_app_tags, find_camera_tags
from phototags.tags.tag_lists import find_task_tags, read_tags
from phototags.tags.vocabulary import CANDIDATES
from phototags.tags.wordnet import WordNet, require_wordnet

log = logging.getLogger(__name__)
ScoreVisualness = Callable[[pl.DataFrame], pl.DataFrame]
"""From row, user_id, tag to tag, visualness (`features.visualness`)."""
KEPT = "kept"
IS_KEPT = pl.col("why").str.starts_with(KEPT)
Rule = tuple[pl.Expr, str]
"""Which tags a rule refuses, and how the table says so."""


def list_candidates(
    photos: EncodedPhotos,
    merges: Sequence[Merge],
    settings: Vocabulary,
    wordnet: WordNet | None = None,
    score_visualness: ScoreVisualness | None = None,
) -> pl.DataFrame:
    """List the tags of the training photos, counted after merging, with why each is kept or not.

    The rules in their order: whitelist, blacklist, min_users, min_photos, max_photos,
    min_effective_users, apps, cameras, match, min_visualness, max_tags. Rules about users apply
    only where the corpus names any.

    Args:
        photos: the training photos; for `refuse: [cameras]` also with camera (nullable), from the
            photo's metadata.
        merges: how their tags are merged (merging.find_merges).
        wordnet: required by `settings.match`.
        score_visualness: called with the tags that no rule before min_visualness refused. None
            leaves the column empty.

    Returns:
        tag, photos, users, entropy (bits, over users), effective_users (2 ** entropy), visualness
        (null where not scored), why (`kept`, the rule that refused it, or what it became); most
        photos first, ties by spelling.
    """
    replaced = []
    for kind, replacements, counts in merges:
        why = [f"{kind}: became {', '.join(replacements[tag])}" for tag in counts["tag"]]
        replaced.append(counts.with_columns(why=pl.Series(why, dtype=pl.String)))
    photos = apply_merges(photos, merges)
    counts = count_tags(photos)
    rules = [*_count_rules(counts, settings), *_noise_rules(counts, photos, settings.refuse)]
    if settings.match:
        nouns = require_wordnet(wordnet, "match")
        known = find_task_tags(settings.match, counts["tag"].to_list(), nouns)
        rules.append((~_is_in(known), f"match: not a word of {settings.match}"))
    why = (pl.when(refused).then(pl.lit(words)) for refused, words in rules)
    table = counts.with_columns(why=pl.coalesce(*why, pl.lit(KEPT)))
    table = _add_visualness(table, photos, settings.min_visualness, score_visualness)
    if settings.max_tags:
        order = {"by": ["users", "photos", "tag"], "descending": [True, True, False]}
        excess = table.filter(why=KEPT).sort(**order)["tag"][settings.max_tags :]
        words = f"max_tags: beyond the commonest {settings.max_tags}"
        table = _refuse(table, _is_in(excess.to_list()), words)
    table = pl.concat([table, *replaced], how="diagonal").select(*CANDIDATES)
    return table.unique("tag", keep="first", maintain_order=True).sort(
        ["photos", "tag"], descending=[True, False]
    )


def select_vocabulary(candidates: pl.DataFrame) -> pl.DataFrame:
    """Return tag, photos, users of the candidates that are kept, in the same order.

    Raises:
        VocabularyError: when no tag is left; says which rules refused how many.
    """
    vocabulary = candidates.filter(IS_KEPT).select("tag", "photos", "users")
    if vocabulary.is_empty():
        rules = candidates["why"].str.split(": ").list.first().value_counts(sort=True).rows()
        raise VocabularyError(
            f"none of {candidates.height} tags is left in the vocabulary; refused by: "
            f"{', '.join(f'{rule} {tags}' for rule, tags in sorted(rules)) or 'nothing'}. "
            "Loosen that rule under vocabulary in params.yaml."
        )
    log.info("%d of %d tags kept", vocabulary.height, candidates.height)
    return vocabulary


def _is_in(tags: Iterable[str]) -> pl.Expr:
    return pl.col("tag").is_in(list(tags))


def _refuse(table: pl.DataFrame, refused: pl.Expr, words: str) -> pl.DataFrame:
    return table.with_columns(why=pl.when(refused).then(pl.lit(words)).otherwise("why"))


def _count_rules(counts: pl.DataFrame, settings: Vocabulary) -> list[Rule]:
    """Return the rules about listed tags and about counts."""
    photos, users = pl.col("photos"), pl.col("users")
    white = read_tags(settings.whitelist, "vocabulary.whitelist")
    black = read_tags(settings.blacklist, "vocabulary.blacklist")
    rules = [(_is_in(white), f"{KEPT}: whitelist"), (_is_in(black), "blacklist: named there")]
    if has_users := counts["users"].sum() > 0:
        rules.append((users < settings.min_users, f"min_users: fewer than {settings.min_users}"))
    rules.append((photos < settings.min_photos, f"min_photos: fewer than {settings.min_photos}"))
    if settings.max_photos:
        rules.append((photos > settings.max_photos, f"max_photos: over {settings.max_photos}"))
    if has_users and settings.min_effective_users > 1:
        dominated = pl.col("effective_users") < settings.min_effective_users
        rules.append((dominated, "min_effective_users: nearly one person's"))
    return rules


def _noise_rules(counts: pl.DataFrame, photos: EncodedPhotos, refuse: list[str]) -> list[Rule]:
    """Return the rules against tags of apps and of cameras."""
    rules, known = [], pl.col("user_id") >= 0
    if "apps" in refuse:
        shared = counts.filter(pl.col("users") >= MIN_USERS_OF_FILTER)["id"]
        pairs = photos.list_pairs(shared, "user").rename({"user": "user_id"})
        apps = find_app_tags(pairs.filter(known))
        for sign in sorted(set(apps.values())):
            tags = [tag for tag, app in apps.items() if app == sign]
            rules.append((_is_in(tags), f"apps: written together with {sign}"))
    if "cameras" in refuse:
        pairs = photos.list_pairs(counts["id"], "user", "camera").rename({"user": "user_id"})
        pairs = pairs.filter(known).drop_nulls()
        if pairs.is_empty():
            raise VocabularyError(
                "vocabulary.refuse: cameras needs photos whose user and camera are known, but this "
                "corpus names neither or one of the two (YFCC100M names both; a photos.tsv may "
                "have columns `user_id` and `camera`). Leave `cameras` out of params.yaml."
            )
        rules.append((_is_in(find_camera_tags(pairs)), "cameras: names the photo's camera"))
    return rules


def _add_visualness(
    table: pl.DataFrame,
    photos: EncodedPhotos,
    minimum: float | None,
    score_visualness: ScoreVisualness | None,
) -> pl.DataFrame:
    """Add the visualness of the tags kept so far, and refuse those below the minimum."""
    if score_visualness is None:
        if minimum is not None:
            raise VocabularyError(
                "vocabulary.min_visualness needs features of the photos, which were not given. "
                "Give the rule build_vocabulary the features, or leave it out of params.yaml."
            )
        return table.with_columns(visualness=pl.lit(None, pl.Float64))
    pairs = photos.list_pairs(table.filter(IS_KEPT)["id"], "row", "user_id")
    pairs = pairs.select("row", "user_id", "tag")
    table = table.join(score_visualness(pairs), on="tag", how="left", maintain_order="left")
    if minimum is None:
        return table
    refused = (pl.col("why") == KEPT) & (pl.col("visualness") < minimum)
    return _refuse(table, refused, f"min_visualness: under {minimum:g}, looks like any photo")
