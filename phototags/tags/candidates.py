"""Every tag that could be learned, with what speaks for it and why it is kept or not.

A tag counts by the people who wrote it, never by photos alone, so that nobody owns one; where
the corpus names no users, by photos. Which tags matter: Boakye et al., 2016.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from phototags.config import Vocabulary
from phototags.errors import VocabularyError
from phototags.storage import whole
from phototags.tags import merging
from phototags.tags.lists import known_to_task, read_aliases, read_tags
from phototags.tags.noise import counted, named_by_cameras, written_by_apps
from phototags.tags.wordnet import WordNet

KEPT = "kept"
Looks = Callable[[pl.DataFrame], pl.DataFrame]
COLUMNS = ("tag", "photos", "users", "entropy", "spread", "visualness", "why")
BY_PEOPLE = {"by": ["users", "photos", "tag"], "descending": [True, True, False]}


def merges(
    tags: pl.DataFrame, settings: Vocabulary, wordnet: WordNet | None = None
) -> Iterator[tuple[str, merging.Merges]]:
    """What tags become, kind by kind, each on what the kinds before it left.

    Args:
        tags: a row a photo: row, user_id (nullable), tags.

    Yields:
        the kind (`alias` or one of merging.KINDS) and its merges, when there are any.
    """
    aliases = read_aliases(settings.aliases)
    if aliases:
        yield "alias", aliases
        tags = merging.apply(tags, aliases)
    for kind in (kind for kind in merging.KINDS if kind in settings.merge):
        people = dict(_people(tags).rows())
        found = {
            "joined": lambda people=people: merging.joined(people),
            "split": lambda people=people: merging.split(people, wordnet, settings.min_users),
            "lemma": lambda people=people: merging.lemma(people, _needed(wordnet, "lemma")),
            "synset": lambda people=people: merging.synset(people, _needed(wordnet, "synset")),
        }[kind]()
        if found:
            yield kind, found
            tags = merging.apply(tags, found)


def merge_photos(
    tags: pl.DataFrame, training: pl.DataFrame, settings: Vocabulary, wordnet: WordNet | None = None
) -> pl.DataFrame:
    """Every photo's tags, merged as the training photos alone say that they should be."""
    for _, found in merges(training, settings, wordnet):
        tags = merging.apply(tags, found)
    return tags


def candidates(
    tags: pl.DataFrame,
    settings: Vocabulary,
    wordnet: WordNet | None = None,
    looks: Looks | None = None,
) -> pl.DataFrame:
    """Each tag of the training photos, counted after merging, and the first rule against it.

    The rules in their order: whitelist, blacklist, min_users, min_photos, max_photos,
    min_spread, apps, cameras, match, min_visualness, max_tags. Users count only where the
    corpus names any.

    Args:
        tags: a row a photo: row, user_id (nullable), tags (each once); for `refuse: [cameras]`
            also camera (nullable), as the photo's metadata has it.
        wordnet: asked when settings merge by lemma or synset, split, or match.
        looks: from row, user_id, tag to tag, visualness (`features.visualness`); asked of the
            tags that no rule before it refused. None leaves all of them unseen.

    Returns:
        tag, photos, users, entropy (bits, over users), spread (2 ** entropy), visualness (null
        where it was not asked), why (`kept`, the rule that refused it, or what it became); most
        photos first, ties by spelling.
    """
    merged, became = tags, []
    for kind, found in merges(tags, settings, wordnet):
        written = counted(_pairs(merged)).filter(pl.col("tag").is_in(list(found)))
        why = [f"{kind}: became {', '.join(found[tag])}" for tag in written["tag"]]
        became.append(written.with_columns(why=pl.Series(why, dtype=pl.String)))
        merged = merging.apply(merged, found)
    pairs = _pairs(merged)
    counts = counted(pairs)
    judged = counts.with_columns(why=_verdict(counts["tag"], pairs, settings, wordnet))
    judged = _seen(judged, pairs, settings.min_visualness, looks)
    judged = _commonest(judged, settings.max_tags)
    table = pl.concat([judged, *became], how="diagonal").select(*COLUMNS)
    return table.unique("tag", keep="first", maintain_order=True).sort(
        ["photos", "tag"], descending=[True, False]
    )


def kept(table: pl.DataFrame) -> pl.DataFrame:
    """The vocabulary among the candidates: tag, photos, users, in the same order.

    Raises:
        VocabularyError: when no tag is left; says which rules refused how many.
    """
    chosen = table.filter(pl.col("why").str.starts_with(KEPT)).select("tag", "photos", "users")
    if chosen.is_empty():
        rules = table["why"].str.split(": ").list.first().value_counts(sort=True).rows()
        raise VocabularyError(
            f"none of {table.height} tags is left in the vocabulary; refused by: "
            f"{', '.join(f'{rule} {tags}' for rule, tags in sorted(rules)) or 'nothing'}. "
            "Loosen that rule under vocabulary in params.yaml."
        )
    return chosen


def write_candidates(path: Path | str, table: pl.DataFrame) -> None:
    """Write the table as TSV."""
    with whole(path) as part:
        table.write_csv(part, separator="\t")


def _pairs(tags: pl.DataFrame) -> pl.DataFrame:
    extra = [name for name in ("camera",) if name in tags.columns]
    columns = ["row", pl.col("user_id").cast(pl.String), *extra]
    return tags.select(*columns, tag="tags").explode("tag").drop_nulls("tag")


def _people(tags: pl.DataFrame) -> pl.DataFrame:
    """tag, people: users, or photos where the corpus names no users."""
    named = tags["user_id"].is_not_null().any()
    return counted(_pairs(tags)).select("tag", people="users" if named else "photos")


def _verdict(
    tags: pl.Series, pairs: pl.DataFrame, settings: Vocabulary, wordnet: WordNet | None
) -> pl.Expr:
    """The first rule against a tag, in words; `kept` when there is none."""
    tag, photos, users = pl.col("tag"), pl.col("photos"), pl.col("users")
    white = read_tags(settings.whitelist, "vocabulary.whitelist")
    black = read_tags(settings.blacklist, "vocabulary.blacklist")
    rules = [
        (tag.is_in(list(white)), f"{KEPT}: whitelist"),
        (tag.is_in(list(black)), "blacklist: named there"),
    ]
    named = pairs.drop_nulls("user_id")
    if len(named):
        rules.append((users < settings.min_users, f"min_users: fewer than {settings.min_users}"))
    rules.append((photos < settings.min_photos, f"min_photos: fewer than {settings.min_photos}"))
    if settings.max_photos:
        rules.append((photos > settings.max_photos, f"max_photos: over {settings.max_photos}"))
    if len(named) and settings.min_spread > 1:
        rules.append((pl.col("spread") < settings.min_spread, "min_spread: nearly one person's"))
    if "apps" in settings.refuse:
        apps = written_by_apps(named)
        for sign in sorted(set(apps.values())):
            followers = [follower for follower, app in apps.items() if app == sign]
            rules.append((tag.is_in(followers), f"apps: written together with {sign}"))
    if "cameras" in settings.refuse and "camera" in pairs.columns:
        rules.append(
            (tag.is_in(list(named_by_cameras(named))), "cameras: names the photo's camera")
        )
    if settings.match:
        known = known_to_task(settings.match, tags.to_list(), _needed(wordnet, "match"))
        rules.append((~tag.is_in(list(known)), f"match: not a word of {settings.match}"))
    return pl.coalesce(*(pl.when(rule).then(pl.lit(words)) for rule, words in rules), pl.lit(KEPT))


def _seen(
    judged: pl.DataFrame, pairs: pl.DataFrame, least: float | None, looks: Looks | None
) -> pl.DataFrame:
    """Add how visual the tags are that are kept so far, and refuse those that are not enough."""
    if looks is None:
        if least is not None:
            raise VocabularyError(
                "vocabulary.min_visualness needs features of the photos, which were not given. "
                "Give the rule build_vocabulary the features, or leave it out of params.yaml."
            )
        return judged.with_columns(visualness=pl.lit(None, pl.Float64))
    chosen = judged.filter(pl.col("why").str.starts_with(KEPT)).select("tag")
    seen = looks(pairs.select("row", "user_id", "tag").join(chosen, on="tag", how="semi"))
    judged = judged.join(seen, on="tag", how="left", maintain_order="left")
    if least is None:
        return judged
    refused = (pl.col("why") == KEPT) & (pl.col("visualness") < least)
    words = pl.lit(f"min_visualness: under {least:g}, looks like any photo")
    return judged.with_columns(why=pl.when(refused).then(words).otherwise("why"))


def _commonest(judged: pl.DataFrame, max_tags: int | None) -> pl.DataFrame:
    """Refuse what is beyond the `max_tags` tags of the most people."""
    if not max_tags:
        return judged
    kept = judged.filter(pl.col("why") == KEPT).sort(**BY_PEOPLE)["tag"]
    beyond = pl.col("tag").is_in(kept[max_tags:].to_list())
    words = pl.lit(f"max_tags: beyond the commonest {max_tags}")
    return judged.with_columns(why=pl.when(beyond).then(words).otherwise("why"))


def _needed(wordnet: WordNet | None, what: str) -> WordNet:
    if wordnet is None:
        raise VocabularyError(
            f"vocabulary: {what} needs WordNet, which was not given. Give the rule "
            "build_vocabulary Debian's wordnet-base as input, or leave it out of params.yaml."
        )
    return wordnet
