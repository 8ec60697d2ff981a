"""Different tags that mean the same become one, when a vocabulary asks for it.

A tag may become several: `goldengatebridge` is `golden gate` and `bridge`.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import polars as pl

from phototags.params.vocabulary import Vocabulary
from phototags.tags.counting import counted_tags
from phototags.tags.encoded_photos import NumberedPhotos
from phototags.tags.encoding import TagSets, find_ids
from phototags.tags.tag_lists import read_aliases
from phototags.tags.wordnet import WordNet, needed

KINDS = ("joined", "split", "lemma", "synset")
SHORTEST = 3  # letters of a part; shorter words are found in everything
Merges = dict[str, tuple[str, ...]]


class Merge(NamedTuple):
    """What tags become.

    Args:
        kind: `alias` or one of KINDS.
        becomes: the tags that each becomes.
        counts: of those that become others, before they do; see counting.counted_tags.
    """

    kind: str
    becomes: Merges
    counts: pl.DataFrame


def merges(
    photos: NumberedPhotos, settings: Vocabulary, wordnet: WordNet | None = None
) -> list[Merge]:
    """What tags become, kind by kind, each on what the kinds before it left.

    Raises:
        VocabularyError: WordNet is asked for but not given.
    """
    aliases, found = read_aliases(settings.aliases), []
    ways = {
        "alias": lambda people: aliases,
        "joined": joined,
        "split": lambda people: split(people, wordnet, settings.min_users),
        "lemma": lambda people: lemma(people, needed(wordnet, "lemma")),
        "synset": lambda people: synset(people, needed(wordnet, "synset")),
    }
    for kind in (kind for kind in ways if kind in settings.merge or kind == "alias" and aliases):
        counts = counted_tags(photos)
        people = "users" if counts["users"].sum() else "photos"
        becomes = ways[kind](dict(counts.select("tag", people).iter_rows()))
        if becomes:
            before = counts.filter(pl.col("tag").is_in(list(becomes)))
            found.append(Merge(kind, becomes, before))
            photos = merged(photos, becomes)
    return found


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


def all_merged(photos: NumberedPhotos, found: Iterable[Merge]) -> NumberedPhotos:
    """The photos after one kind of merging after the other."""
    for merge in found:
        photos = merged(photos, merge.becomes)
    return photos


def merged(photos: NumberedPhotos, merges: Merges) -> NumberedPhotos:
    """The photos after merging, each tag once, in written order."""
    becomes = pl.DataFrame(
        {"tag": list(merges), "becomes": [list(parts) for parts in merges.values()]},
        schema={"tag": pl.String, "becomes": pl.List(pl.String)},
    )
    new = becomes["becomes"].explode().alias("tag")
    words = pl.concat([photos.words, new]).drop_nulls().unique(maintain_order=True)
    table = words.to_frame().join(becomes, on="tag", how="left", maintain_order="left")
    lists = table.select(pl.coalesce("becomes", pl.concat_list("tag")))["becomes"]
    ids = find_ids(lists.explode(), words).to_numpy()
    return photos.becoming(TagSets.from_sizes(ids, lists.list.len().to_numpy()), words)


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
