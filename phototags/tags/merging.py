"""Different tags that mean the same become one, when a vocabulary asks for it.

A tag may become several: `goldengatebridge` is `golden gate` and `bridge`.
"""

import math
from collections.abc import Callable, Mapping

import polars as pl

from phototags.tags.wordnet import WordNet

KINDS = ("joined", "split", "lemma", "synset")
SHORTEST = 3  # letters of a part; shorter words are found in everything
Merges = dict[str, tuple[str, ...]]


def joined(users: Mapping[str, int]) -> Merges:
    """Tags with the same letters become the one that most people write.

    >>> joined({"san francisco": 25, "sanfrancisco": 3, "ice-cream": 1, "ice cream": 2})
    {'ice-cream': ('ice cream',), 'sanfrancisco': ('san francisco',)}
    """
    return _to_commonest(users, lambda tag: tag.replace(" ", "").replace("-", ""))


def synset(users: Mapping[str, int], wordnet: WordNet) -> Merges:
    """Nouns of the same first meaning become the one that most people write.

    Hashtags were merged so for pretraining: Mahajan et al., ECCV 2018.
    """
    return _to_commonest(users, lambda tag: next(iter(wordnet.synsets(tag)), None))


def lemma(users: Mapping[str, int], wordnet: WordNet) -> Merges:
    """Plural nouns become singular, whether or not anybody wrote the singular."""
    lemmas = {tag: wordnet.lemma(tag) for tag in sorted(users)}
    return {tag: (one,) for tag, one in lemmas.items() if one != tag}


def split(users: Mapping[str, int], wordnet: WordNet | None, min_users: int) -> Merges:
    """Run-together tags become the tags that they are made of.

    A tag is split that is one word of ASCII letters, too rare to be kept and, by WordNet, no
    noun (`carpet` is not `car` and `pet`); its parts are tags of `min_users` people or more and
    of three letters or more. Of several ways the likeliest is taken: the one with the largest
    product of the parts' shares of all uses, which prefers few and common parts.

    >>> counts = {"golden gate": 9, "golden": 5, "gate": 5, "bridge": 40, "goldengatebridge": 1}
    >>> split(counts, None, 3)
    {'goldengatebridge': ('golden gate', 'bridge')}
    """
    total = sum(users.values())
    parts = {}
    for tag, count in sorted(users.items()):
        letters = tag.replace(" ", "").replace("-", "")
        if count >= min_users and len(letters) >= SHORTEST:
            known = parts.get(letters)
            if known is None or users[known[1]] < count:
                parts[letters] = (math.log(count / total), tag)
    return {
        tag: found
        for tag, count in sorted(users.items())
        if count < min_users
        and tag.isascii()
        and tag.isalpha()
        and not (wordnet and wordnet.is_noun(tag))
        and len(found := _likeliest(tag, parts)) > 1
    }


def apply(tags: pl.DataFrame, merges: Merges) -> pl.DataFrame:
    """The photos' tags after merging, each once, in written order.

    Args:
        tags: a row a photo, with tags (list of str); other columns are kept.
    """
    if not merges:
        return tags
    becomes = pl.DataFrame(
        {"tag": list(merges), "becomes": [list(parts) for parts in merges.values()]},
        schema={"tag": pl.String, "becomes": pl.List(pl.String)},
    )
    photos = tags.with_row_index("photo")
    merged = (
        photos.select("photo", tag="tags")
        .explode("tag")
        .with_row_index("place")
        .join(becomes, on="tag", how="left")
        .sort("place")
        .with_columns(tag=pl.coalesce("becomes", pl.concat_list("tag")))
        .explode("tag")
        .drop_nulls("tag")
        .unique(["photo", "tag"], keep="first", maintain_order=True)
        .group_by("photo", maintain_order=True)
        .agg(becomes="tag")
    )
    photos = photos.join(merged, on="photo", how="left", maintain_order="left")
    return tags.with_columns(tags=photos["becomes"].fill_null([]))


def _to_commonest(users: Mapping[str, int], key_of: Callable[[str], str | None]) -> Merges:
    """Tags of one key become that of the most people; ties by spelling."""
    best: dict[str, str] = {}
    keys = {tag: key for tag in sorted(users) if (key := key_of(tag))}
    for tag, key in keys.items():
        if key not in best or users[tag] > users[best[key]]:
            best[key] = tag
    return {tag: (best[key],) for tag, key in keys.items() if best[key] != tag}


def _likeliest(word: str, parts: Mapping[str, tuple[float, str]]) -> tuple[str, ...]:
    """The tags into which a word falls, or nothing (Viterbi over the ends of parts)."""
    longest = max(map(len, parts), default=0)
    best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())] + [None] * len(word)
    for end in range(SHORTEST, len(word) + 1):
        for start in range(max(0, end - longest), end - SHORTEST + 1):
            if best[start] is None or word[start:end] not in parts:
                continue
            score, tag = parts[word[start:end]]
            score += best[start][0]
            if best[end] is None or score > best[end][0]:
                best[end] = (score, (*best[start][1], tag))
    return best[-1][1] if best[-1] else ()
