"""Which words are scored, and which of a model's tags speak for each of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.embeddings.text import glove
from phototags.errors import CorpusError
from phototags.metrics.protocols import PROTOCOLS
from phototags.settings.scores import Score
from phototags.tags.bridge import bridge
from phototags.tags.wordnet import WordNet


@dataclass(frozen=True)
class Reach:
    """The words that a bridge reaches.

    Args:
        bridge: its name.
        words: W words that are scored.
        sources: W lists of model tag numbers; the largest of their scores is the word's. A word
            without any is ranked behind all others.
        unreached: words of the test corpus that no model tag meets.
    """

    bridge: str
    words: list[str]
    sources: list[list[int]]
    unreached: list[str] = field(default_factory=list)

    def scores(self, model_scores: NDArray) -> NDArray:
        """Scores of the model's tags (N, T) to scores of the words (N, W).

        >>> Reach("lemma", ["cat", "dog"], [[0, 2], []]).scores(np.array([[1.0, 9.0, 5.0]]))
        array([[  5., -inf]])
        """
        words = np.full((len(model_scores), len(self.words)), -np.inf, model_scores.dtype)
        for word, tags in enumerate(self.sources):
            if tags:
                words[:, word] = model_scores[:, tags].max(axis=1)
        return words


def reaches(
    train: str,
    test: str,
    model_tags: Sequence[str],
    photos: pd.DataFrame,
    settings: Score,
    wordnet: Path | str,
) -> list[Reach]:
    """What is scored on a test corpus, one Reach a bridge.

    On its own corpus a model is asked for its own vocabulary, which every bridge leaves as it
    is: only `exact` is made. On another it is asked for the words that `min_test_photos` test
    photos have, as far as each bridge reaches them.

    Args:
        photos: the test photos that can be scored, with their tags.
        wordnet: the package or folder of WordNet.

    Raises:
        CorpusError: when a corpus in a published form has not the words of its protocol.
    """
    found = Counter(tag for tags in photos["tags"] for tag in tags)
    if train == test:
        return [own_words(test, list(model_tags), found)]
    words = sorted(word for word, count in found.items() if count >= settings.min_test_photos)
    nouns = WordNet.read(Path(wordnet)) if set(settings.bridges) != {"exact"} else None
    text = glove() if "embedding" in settings.bridges else None
    return [
        reached(kind, words, bridge(kind, list(model_tags), words, nouns, text))
        for kind in settings.bridges
    ]


def own_words(corpus: str, model_tags: list[str], found: Mapping[str, int]) -> Reach:
    """A model's whole vocabulary; in a published form also the test words it does not know.

    Args:
        found: photos of each word of the test photos.
    """
    unknown = sorted(set(found) - set(model_tags)) if corpus in PROTOCOLS else []
    if corpus in PROTOCOLS and len(found) != PROTOCOLS[corpus]:
        raise CorpusError(
            f"the published protocol of {corpus} counts {PROTOCOLS[corpus]} words, but its test "
            f"photos have {len(found)}. Look at data/corpora/{corpus}/drops.tsv and spelling.tsv "
            "for photos and words that were lost, and for two words that became one."
        )
    sources = [[tag] for tag in range(len(model_tags))] + [[] for _ in unknown]
    return Reach("exact", model_tags + unknown, sources)


def reached(kind: str, words: list[str], pairs: Sequence[tuple[int, int]]) -> Reach:
    """The words that have a pair, in their order, and those that have none.

    Args:
        pairs: (model tag number, word number) of `bridge`.

    >>> reached("lemma", ["cars", "sea"], [(4, 0), (7, 0)])
    Reach(bridge='lemma', words=['cars'], sources=[[4, 7]], unreached=['sea'])
    """
    sources: list[list[int]] = [[] for _ in words]
    for tag, word in pairs:
        sources[word].append(tag)
    reached = [word for word, tags in enumerate(sources) if tags]
    return Reach(
        kind,
        [words[word] for word in reached],
        [sources[word] for word in reached],
        [word for word, tags in zip(words, sources, strict=True) if not tags],
    )
