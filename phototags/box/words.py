"""The words of several corpora as one vocabulary: nouns, each thing under one name."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from phototags.tags.wordnet import SUFFIXES, WordNet

THINGS = {
    *("animal", "artifact", "body", "food", "object", "person", "phenomenon", "plant"),
    *("substance", "location"),
}
"""WordNet's categories of what can be touched or visited: `fishing` is no form of `fish`."""


APART = 10
"""Photos of each of two synonyms from which on a corpus is taken to tell them apart."""


def choose_words(
    counts: Mapping[str, Mapping[str, int]],
    wordnet: WordNet,
    min_photos: int,
    blacklist: str | None = None,
) -> dict[str, str]:
    """Choose the words to learn, and what each tag of any corpus becomes.

    Plurals become singulars, verbs' forms one word, and names of the same thing in two corpora the
    one that more photos have. Only WordNet's nouns are kept.

    Args:
        counts: training photos of each tag, by corpus.
        min_photos: of all corpora together, that a word needs.
        blacklist: regular expression of whole tags that are no words.

    Returns:
        the word of each tag that has one.
    """
    hidden = re.compile(blacklist or "(?!)")
    tags = {tag for known in counts.values() for tag in known if not hidden.fullmatch(tag)}
    names = {tag: wordnet.lemma(tag) for tag in sorted(tags)}
    for merge in (merge_plurals, merge_gerunds, merge_synonyms):
        merged = merge(count_words(counts, names), wordnet)
        names = {tag: merged.get(name, name) for tag, name in names.items()}
    photos = sum((Counter(known) for known in count_words(counts, names).values()), Counter())
    return {
        tag: name
        for tag, name in names.items()
        if photos[name] >= min_photos and wordnet.is_noun(name)
    }


def count_words(
    counts: Mapping[str, Mapping[str, int]], names: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Uses of each word by corpus, from those of the tags that became it."""
    found = {}
    for corpus, known in counts.items():
        words = Counter()
        for tag, photos in known.items():
            if tag in names:
                words[names[tag]] += photos
        found[corpus] = dict(words)
    return found


def merge_plurals(counts: Mapping[str, Mapping[str, int]], wordnet: WordNet) -> dict[str, str]:
    """One word for a noun and a plural that WordNet lists too, `hand` and `hands`, `shorts`: the
    one that more photos have.

    Not of a substance, whose plural is another thing (`glasses`, `woods`).
    """
    words, photos = list_words(counts), sum(map(Counter, counts.values()), Counter())
    merged = {}
    for word in words:
        endings = ((old, new) for old, new in SUFFIXES.items() if word.endswith(old))
        for singular in (word.removesuffix(old) + new for old, new in endings):
            if singular in words and wordnet.category(singular) != "substance":
                best = max((singular, word), key=photos.__getitem__)
                merged |= {one: best for one in (singular, word) if one != best}
    return merged


def merge_gerunds(counts: Mapping[str, Mapping[str, int]], wordnet: WordNet) -> dict[str, str]:
    """One word for a verb's forms, `jump` and `jumping`: the one that more photos have.

    Not where either names a thing first: `building`, `painting`; `fishing` and `fish`.
    """
    words, photos = list_words(counts), sum(map(Counter, counts.values()), Counter())
    merged = {}
    for word in (one for one in words if one.endswith("ing")):
        stem = word.removesuffix("ing")
        stems = [stem, stem + "e", stem + "s", stem[:-1] if stem[-1:] == stem[-2:-1] else stem]
        verb = next((one for one in stems if one in words), None)
        if verb and not {wordnet.category(one) for one in (word, verb)} & THINGS:
            best = max((word, verb), key=photos.__getitem__)
            merged |= {one: best for one in (word, verb) if one != best}
    return merged


def merge_synonyms(counts: Mapping[str, Mapping[str, int]], wordnet: WordNet) -> dict[str, str]:
    """One word for two of one first meaning, `airplane` and `plane`: the one of more photos.

    Not where one corpus has both on APART photos or more, for it tells them apart: `bike` and
    `motorcycle`, which are synonyms in WordNet. Nor acts, whose first meanings are wide: `hugging`,
    `kissing` and `petting` have one.
    """
    photos, groups = sum(map(Counter, counts.values()), Counter()), defaultdict(list)
    for word in list_words(counts):
        synset = next(iter(wordnet.synsets(word)), None)
        if synset and wordnet.category(word) != "act":
            groups[synset].append(word)
    merged = {}
    for words in groups.values():
        best = max(words, key=photos.__getitem__)
        for word in words:
            both = (min(known.get(word, 0), known.get(best, 0)) for known in counts.values())
            if word != best and max(both) < APART:
                merged[word] = best
    return merged


def list_words(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """All words of the corpora, sorted."""
    return sorted({word for known in counts.values() for word in known})


def rename_tags(tags: Iterable[Sequence[str]], names: Mapping[str, str]) -> list[list[str]]:
    """The words of each photo, each once, in written order; tags without a word are left out.

    >>> rename_tags([["dogs", "dog", "tag0001"]], {"dogs": "dog", "dog": "dog"})
    [['dog']]
    """
    return [list(dict.fromkeys(names[tag] for tag in of if tag in names)) for of in tags]
