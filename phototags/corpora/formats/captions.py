"""Nouns of English captions, found with WordNet."""

import re
from pathlib import Path

from phototags.errors import CorpusError
from phototags.tags.wordnet import WordNet

MAX_WORDS = 3  # of a noun: `head of lettuce` is none, `lily of the valley` is one too rare
UNMEANT = (
    "a all am an and are as at be big but by can carries carry classical deep do does double dry "
    "fast first for from get give go goes had has have he her his how i if in is it its join land "
    "lands large last let lets like lit little making may me mean means modern more most much "
    "must my no not now of off old on one or our out over put second see she small so some stand "
    "stands still take takes th than that the their them then there these they thing this those "
    "three to too tough two up us use used very was way we were what when where which who will "
    "with yes you your"
)
NOT_NOUNS = frozenset(UNMEANT.split())
"""Words of captions that WordNet has as nouns (`a` the vitamin, `in` the inch) but nobody means."""


def read_nouns(wordnet: Path | None, corpus: str) -> WordNet:
    """Read WordNet, for a corpus whose tags are nouns of its captions.

    Raises:
        CorpusError: without WordNet.
        SourceError: when the file is another one.
    """
    if wordnet is None:
        raise CorpusError(f"{corpus} needs WordNet to find the nouns of its captions; found none")
    return WordNet.read(wordnet)


def find_nouns(caption: str, wordnet: WordNet) -> list[str]:
    """Lemmas of the caption's nouns in order, the longest that WordNet knows at each place.

    A sports car is also a `car`, since WordNet says so; a sea lion is no `lion`. Whether a word
    is a noun here is not parsed: `orange` and `fly` count wherever they stand.
    """
    words = re.findall(
        r"[^\W\d_]+(?:['-][^\W\d_]+)+|[^\W\d_]{2,}", re.sub("['’]s\\b", "", caption.lower())
    )
    found, at = [], 0
    while at < len(words):
        for length in range(MAX_WORDS, 0, -1):
            phrase = words[at : at + length]
            ends = {phrase[0], phrase[-1]}
            if not ends & NOT_NOUNS and wordnet.is_noun(" ".join(phrase)):
                found += _add_head(wordnet.lemma(" ".join(phrase)), wordnet)
                break
        at += length
    return list(dict.fromkeys(found))


def _add_head(noun: str, wordnet: WordNet) -> list[str]:
    """The noun, and its last word where that names a kind to which it belongs."""
    head = noun.split()[-1]
    kinds, seen = wordnet.synsets(noun)[:1], set()
    while kinds:
        seen.update(kinds)
        kinds = [kind for one in kinds for kind in wordnet.hypernyms(one)]
    return [noun, head] if head != noun and seen & set(wordnet.synsets(head)) else [noun]
