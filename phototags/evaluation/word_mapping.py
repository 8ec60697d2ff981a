"""Mapping of a model's tags to the words of a test corpus that are scored."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.errors import CorpusError
from phototags.evaluation.metrics.score_blocks import Photos
from phototags.params.score import UNSEEN, Score
from phototags.tag_vectors.text_vectors import TextVectors, load_glove
from phototags.tags.mapping import map_vocabulary
from phototags.tags.wordnet import WordNet

PROTOCOLS = {"corel5k-260": 260}
"""Number of words of corpora in the form of a published protocol: means over words are over all of
them, each has a test photo, and a word that the tagger does not know or never predicts counts as
missed (TagProp, ICCV 2009, and all since)."""


@dataclass(frozen=True)
class WordMapping:
    """The words of a test corpus that one bridge maps a model's tags to.

    Args:
        bridge: its name.
        words: W words that are scored.
        sources: W lists of model tag numbers; a word's score is the maximum of their scores. A word
            without any is ranked behind all others.
        unmapped: words of the test corpus that no model tag maps to.
        unseen: positions of the words without a tag that the model scores nevertheless.
        unseen_scores: (N, len(unseen)) float32, its scores of these for N photos; None if it
            cannot score them.
    """

    bridge: str
    words: list[str]
    sources: list[list[int]]
    unmapped: list[str] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    unseen_scores: NDArray | None = None

    def word_scores(self, tag_scores: NDArray, photos: Photos = slice(None)) -> NDArray:
        """Convert scores of the model's tags (B, T) to scores of the words (B, W).

        Args:
            photos: which of the N photos these are, for `unseen_scores`; all by default.

        >>> mapping = WordMapping("lemma", ["cat", "dog"], [[0, 2], []])
        >>> mapping.word_scores(np.array([[1.0, 9.0, 5.0]]))
        array([[  5., -inf]])
        """
        scores = np.full((len(tag_scores), len(self.words)), -np.inf, tag_scores.dtype)
        alone = [word for word, tags in enumerate(self.sources) if len(tags) == 1]
        scores[:, alone] = tag_scores[:, [self.sources[word][0] for word in alone]]
        for word, tags in enumerate(self.sources):
            if len(tags) > 1:
                scores[:, word] = tag_scores[:, tags].max(axis=1)
        if self.unseen_scores is not None:
            scores[:, self.unseen] = self.unseen_scores[photos]
        return scores


def read_word_sources(
    settings: Score, wordnet: Path | str
) -> tuple[WordNet | None, TextVectors | None]:
    """WordNet and GloVe, each only if a bridge of the settings needs it.

    Args:
        wordnet: the package or folder of WordNet.
    """
    bridges = set(settings.bridges)
    nouns = WordNet.read(Path(wordnet)) if bridges != {"exact"} else None
    return nouns, load_glove() if bridges & {"embedding", *UNSEEN} else None


def map_words(
    train: str,
    test: str,
    model_tags: Sequence[str],
    photos: pd.DataFrame,
    settings: Score,
    wordnet: WordNet | None = None,
    text: TextVectors | None = None,
) -> list[WordMapping]:
    """Map a model's tags to the words of a test corpus, one WordMapping for each bridge.

    On its training corpus a model is scored on its own vocabulary, which every bridge leaves as
    it is: only `exact` is made. On another, words are scored that `min_test_photos` test photos
    have and that the bridge maps a tag to.

    Args:
        photos: the test photos that can be scored, with their tags.
        wordnet, text: of `read_word_sources`.

    Raises:
        CorpusError: when a corpus in a published form has not the words of its protocol.
    """
    counts = Counter(tag for tags in photos["tags"] for tag in tags)
    if train == test:
        return [map_own_vocabulary(test, list(model_tags), counts)]
    words = sorted(word for word, count in counts.items() if count >= settings.min_test_photos)
    mappings = []
    for kind in settings.bridges:
        base = "synset" if kind in UNSEEN else kind
        pairs = map_vocabulary(base, list(model_tags), words, wordnet, text)
        unseen = []
        if kind in UNSEEN:
            from phototags.tag_vectors.zero_shot import find_placeable

            unseen = np.flatnonzero(find_placeable(kind, words, model_tags, text)).tolist()
        mappings.append(mapping_from_pairs(kind, words, pairs, unseen))
    return mappings


def map_own_vocabulary(corpus: str, model_tags: list[str], found: Collection[str]) -> WordMapping:
    """Map a model's vocabulary to itself; in a published form also the unknown test words.

    Args:
        found: the words of the test photos.
    """
    unknown = sorted(set(found) - set(model_tags)) if corpus in PROTOCOLS else []
    if corpus in PROTOCOLS and len(found) != PROTOCOLS[corpus]:
        raise CorpusError(
            f"the published protocol of {corpus} counts {PROTOCOLS[corpus]} words, but its test "
            f"photos have {len(found)}. Look at data/corpora/{corpus}/drops.tsv and spelling.tsv "
            "for photos and words that were lost, and for two words that became one."
        )
    sources = [[tag] for tag in range(len(model_tags))] + [[] for _ in unknown]
    return WordMapping("exact", model_tags + unknown, sources)


def mapping_from_pairs(
    kind: str, words: list[str], pairs: Sequence[tuple[int, int]], unseen: Sequence[int] = ()
) -> WordMapping:
    """Collect the words that have a pair, in their order, and those that have none.

    Args:
        pairs: (model tag number, word number) of `map_vocabulary`.
        unseen: numbers of words that a model can score without a pair.

    >>> mapping = mapping_from_pairs("lemma", ["cars", "sea"], [(4, 0), (7, 0)])
    >>> mapping.words, mapping.sources, mapping.unmapped
    (['cars'], [[4, 7]], ['sea'])
    """
    sources: list[list[int]] = [[] for _ in words]
    for tag, word in pairs:
        sources[word].append(tag)
    scored = {word for word, tags in enumerate(sources) if tags}.union(unseen)
    kept = [word for word in range(len(words)) if word in scored]
    return WordMapping(
        kind,
        [words[word] for word in kept],
        [sources[word] for word in kept],
        [name for word, name in enumerate(words) if word not in scored],
        [position for position, word in enumerate(kept) if not sources[word]],
    )
