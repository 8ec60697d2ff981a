"""Every tag that could be learned, with what speaks for it and why it is kept or not.

A tag counts by the people who wrote it, never by photos alone, so that nobody owns one; where
the corpus names no users, by photos. Which tags matter: Boakye et al., 2016.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from phototags.errors import VocabularyError
from phototags.io.storage import atomic_write
from phototags.params.vocabulary import Vocabulary
from phototags.tags.counting import counted_tags
from phototags.tags.encoded_photos import NumberedPhotos
from phototags.tags.merging import Merge, all_merged
from phototags.tags.rules import KEPT, verdict
from phototags.tags.wordnet import WordNet

log = logging.getLogger(__name__)
Looks = Callable[[pl.DataFrame], pl.DataFrame]
COLUMNS = ("tag", "photos", "users", "entropy", "spread", "visualness", "why")
BY_PEOPLE = {"by": ["users", "photos", "tag"], "descending": [True, True, False]}


def candidates(
    photos: NumberedPhotos,
    found: Sequence[Merge],
    settings: Vocabulary,
    wordnet: WordNet | None = None,
    looks: Looks | None = None,
) -> pl.DataFrame:
    """Each tag of the training photos, counted after merging, and the first rule against it.

    The rules in their order: whitelist, blacklist, min_users, min_photos, max_photos,
    min_spread, apps, cameras, match, min_visualness, max_tags. Users count only where the
    corpus names any.

    Args:
        photos: the training photos; for `refuse: [cameras]` also with camera (nullable), as
            the photo's metadata has it.
        found: how their tags are merged (merging.merges).
        wordnet: asked when settings match.
        looks: from row, user_id, tag to tag, visualness (`features.visualness`); asked of the
            tags that no rule before it refused. None leaves all of them unseen.

    Returns:
        tag, photos, users, entropy (bits, over users), spread (2 ** entropy), visualness (null
        where it was not asked), why (`kept`, the rule that refused it, or what it became); most
        photos first, ties by spelling.
    """
    became = []
    for kind, becomes, counts in found:
        why = [f"{kind}: became {', '.join(becomes[tag])}" for tag in counts["tag"]]
        became.append(counts.with_columns(why=pl.Series(why, dtype=pl.String)))
    photos = all_merged(photos, found)
    counts = counted_tags(photos)
    judged = counts.with_columns(why=verdict(counts, photos, settings, wordnet))
    judged = _seen(judged, photos, settings.min_visualness, looks)
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
    log.info("%d of %d tags kept", chosen.height, table.height)
    return chosen


def write_candidates(path: Path | str, table: pl.DataFrame) -> None:
    """Write the table as TSV."""
    with atomic_write(path) as part:
        table.write_csv(part, separator="\t")


def _seen(
    judged: pl.DataFrame, photos: NumberedPhotos, least: float | None, looks: Looks | None
) -> pl.DataFrame:
    """Add how visual the tags are that are kept so far, and refuse those that are not enough."""
    if looks is None:
        if least is not None:
            raise VocabularyError(
                "vocabulary.min_visualness needs features of the photos, which were not given. "
                "Give the rule build_vocabulary the features, or leave it out of params.yaml."
            )
        return judged.with_columns(visualness=pl.lit(None, pl.Float64))
    seen = looks(_photos_of(judged.filter(pl.col("why").str.starts_with(KEPT)), photos))
    judged = judged.join(seen, on="tag", how="left", maintain_order="left")
    if least is None:
        return judged
    refused = (pl.col("why") == KEPT) & (pl.col("visualness") < least)
    words = pl.lit(f"min_visualness: under {least:g}, looks like any photo")
    return judged.with_columns(why=pl.when(refused).then(words).otherwise("why"))


def _photos_of(tags: pl.DataFrame, photos: NumberedPhotos) -> pl.DataFrame:
    """row, user_id, tag of the photos that have one of the tags (number, tag)."""
    wanted = tags.select("tag", number=pl.col("number").cast(pl.Int32))
    empty = pl.DataFrame(schema={"row": pl.Int64, "user_id": pl.String, "tag": pl.String})
    own = (part.select("row", "user_id", number="tags").explode("number") for part in photos)
    return pl.concat([empty, *(pairs.join(wanted, on="number").drop("number") for pairs in own)])


def _commonest(judged: pl.DataFrame, max_tags: int | None) -> pl.DataFrame:
    """Refuse what is beyond the `max_tags` tags of the most people."""
    if not max_tags:
        return judged
    kept = judged.filter(pl.col("why") == KEPT).sort(**BY_PEOPLE)["tag"]
    beyond = pl.col("tag").is_in(kept[max_tags:].to_list())
    words = pl.lit(f"max_tags: beyond the commonest {max_tags}")
    return judged.with_columns(why=pl.when(beyond).then(words).otherwise("why"))
