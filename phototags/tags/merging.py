"""Merge tags that mean the same; one may become several (`golden gate` and `bridge`)."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import polars as pl

from phototags.params.vocabulary import Vocabulary
from phototags.tags.counting import count_tags
from phototags.tags.encoded_photos import EncodedPhotos
from phototags.tags.tag_lists import read_aliases
from phototags.tags.wordnet import WordNet, require_wordnet

MIN_LETTERS = 3  # of a part of a compound; shorter words are found in everything
Replacements = dict[str, tuple[str, ...]]


class Merge(NamedTuple):
    """One kind of merging.

    Args:
        kind: `alias`, `joined`, `split`, `lemma` or `synset`.
        replacements: the new tags of each tag that is replaced.
        counts: of the replaced tags, before the merge; see counting.count_tags.
    """

    kind: str
    replacements: Replacements
    counts: pl.DataFrame


def find_merges(
    photos: EncodedPhotos, settings: Vocabulary, wordnet: WordNet | None = None
) -> list[Merge]:
    """Find what tags become, kind by kind, each on the tags that the kinds before it left."""
    aliases, merges = read_aliases(settings.aliases), []
    methods = {
        "alias": lambda users: aliases,
        "joined": merge_spacing,
        "split": lambda users: split_compounds(users, wordnet, settings.min_users),
        "lemma": lambda users: merge_lemmas(users, require_wordnet(wordnet, "lemma")),
        "synset": lambda users: merge_synsets(users, require_wordnet(wordnet, "synset")),
    }
    for kind, method in methods.items():
        if kind in settings.merge or kind == "alias" and aliases:
            counts = count_tags(photos)
            unit = "users" if counts["users"].sum() else "photos"
            replacements = method(dict(counts.select("tag", unit).iter_rows()))
            replaced = counts.filter(pl.col("tag").is_in(list(replacements)))
            if replacements:
                merges.append(Merge(kind, replacements, replaced))
                photos = replace_tags(photos, replacements)
    return merges


def merge_spacing(users: Mapping[str, int]) -> Replacements:
    """Merge tags that differ in spaces and hyphens into the one that most people write.

    >>> merge_spacing({"san francisco": 25, "sanfrancisco": 3, "ice-cream": 1, "ice cream": 2})
    {'ice-cream': ('ice cream',), 'sanfrancisco': ('san francisco',)}
    """
    return _merge_by_key(users, _join_letters)


def merge_synsets(users: Mapping[str, int], wordnet: WordNet) -> Replacements:
    """Merge nouns of the same first meaning into the one that most people write.

    Hashtags were merged so for pretraining: Mahajan et al., ECCV 2018.
    """
    return _merge_by_key(users, lambda tag: next(iter(wordnet.synsets(tag)), None))


def merge_lemmas(users: Mapping[str, int], wordnet: WordNet) -> Replacements:
    """Replace plural nouns by the singular, whether or not anybody wrote the singular."""
    lemmas = {tag: wordnet.lemma(tag) for tag in sorted(users)}
    return {tag: (lemma,) for tag, lemma in lemmas.items() if lemma != tag}


def split_compounds(
    users: Mapping[str, int], wordnet: WordNet | None, min_users: int
) -> Replacements:
    """Split run-together tags into the tags that they are made of.

    A tag is split that is one word of ASCII letters, too rare to be kept and, by WordNet, no
    noun (`carpet` is not `car` and `pet`); its parts are tags of `min_users` people or more and
    of three letters or more. The likeliest segmentation is taken, the one with the largest
    product of the parts' shares of all uses; this prefers few and common parts.

    >>> counts = {"golden gate": 9, "golden": 5, "gate": 5, "bridge": 40, "goldengatebridge": 1}
    >>> split_compounds(counts, None, 3)
    {'goldengatebridge': ('golden gate', 'bridge')}
    """
    total = sum(users.values())
    parts = {}
    for tag, count in sorted(users.items()):
        letters = _join_letters(tag)
        if count >= min_users and len(letters) >= MIN_LETTERS:
            candidate = (math.log(count / total), tag)
            parts[letters] = max(parts.get(letters, candidate), candidate, key=lambda one: one[0])
    return {
        tag: found
        for tag, count in sorted(users.items())
        if count < min_users
        and tag.isascii()
        and tag.isalpha()
        and not (wordnet and wordnet.is_noun(tag))
        and len(found := _segment(tag, parts)) > 1
    }


def apply_merges(photos: EncodedPhotos, merges: Iterable[Merge]) -> EncodedPhotos:
    """Return the photos after all merges, in order."""
    for merge in merges:
        photos = replace_tags(photos, merge.replacements)
    return photos


def replace_tags(photos: EncodedPhotos, replacements: Replacements) -> EncodedPhotos:
    """Return the photos with tags replaced, each tag once, in written order."""
    lists = [replacements.get(tag, (tag,)) for tag in photos.tags]
    lists = pl.Series("tag", lists, dtype=pl.List(pl.String))
    return photos.replace_tags(lists, lists.explode().drop_nulls().unique(maintain_order=True))


def _join_letters(tag: str) -> str:
    return tag.replace(" ", "").replace("-", "")


def _merge_by_key(users: Mapping[str, int], key_of: Callable[[str], str | None]) -> Replacements:
    """Replace tags of one key by the one of the most people, ties by spelling."""
    groups = defaultdict(list)
    for tag in sorted(users):
        if key := key_of(tag):
            groups[key].append(tag)
    best = [(max(tags, key=users.__getitem__), tags) for tags in groups.values()]
    return {tag: (first,) for first, tags in best for tag in tags if tag != first}


def _segment(word: str, parts: Mapping[str, tuple[float, str]]) -> tuple[str, ...]:
    """Return the likeliest tags that make up a word, or nothing (Viterbi over the ends of parts).

    `parts` has, by letters, the logarithm of the probability, and the tag.
    """
    longest = max(map(len, parts), default=0)
    best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())] + [None] * len(word)
    for end in range(MIN_LETTERS, len(word) + 1):
        for start in range(max(0, end - longest), end - MIN_LETTERS + 1):
            if best[start] is None or word[start:end] not in parts:
                continue
            score, tag = parts[word[start:end]]
            score += best[start][0]
            if best[end] is None or score > best[end][0]:
                best[end] = (score, (*best[start][1], tag))
    return best[-1][1] if best[-1] else ()
