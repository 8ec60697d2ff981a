"""Which words are scored, and which of a model's tags speak for each of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from phototags.errors import CorpusError
from phototags.evaluation.metrics.protocols import PROTOCOLS
from phototags.params.score import UNSEEN, Score
from phototags.tag_vectors.text_vectors import load_glove
from phototags.tag_vectors.zero_shot import find_placeable
from phototags.tags.mapping import map_vocabulary
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
        unseen: places of the words that no tag means and the model is asked for all the same.
        said: (N, len(unseen)) float32, its scores of these for N photos; None where it has none.
    """

    bridge: str
    words: list[str]
    sources: list[list[int]]
    unreached: list[str] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    said: NDArray | None = None

    def scores(self, model_scores: NDArray) -> NDArray:
        """Scores of the model's tags (N, T) to scores of the words (N, W).

        >>> Reach("lemma", ["cat", "dog"], [[0, 2], []]).scores(np.array([[1.0, 9.0, 5.0]]))
        array([[  5., -inf]])
        """
        words = np.full((len(model_scores), len(self.words)), -np.inf, model_scores.dtype)
        for word, tags in enumerate(self.sources):
            if tags:
                words[:, word] = model_scores[:, tags].max(axis=1)
        if self.said is not None:
            words[:, self.unseen] = self.said
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
    text = load_glove() if set(settings.bridges) & {"embedding", *UNSEEN} else None
    made = []
    for kind in settings.bridges:
        known = "synset" if kind in UNSEEN else kind
        pairs = map_vocabulary(known, list(model_tags), words, nouns, text)
        places = find_placeable(kind, words, model_tags, text) if kind in UNSEEN else []
        made.append(reached(kind, words, pairs, np.flatnonzero(places).tolist()))
    return made


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


def reached(
    kind: str, words: list[str], pairs: Sequence[tuple[int, int]], askable: Sequence[int] = ()
) -> Reach:
    """The words that have a pair, in their order, and those that have none.

    Args:
        pairs: (model tag number, word number) of `map_vocabulary`.
        askable: numbers of words that a model may be asked for without a pair.

    >>> reach = reached("lemma", ["cars", "sea"], [(4, 0), (7, 0)])
    >>> reach.words, reach.sources, reach.unreached
    (['cars'], [[4, 7]], ['sea'])
    """
    sources: list[list[int]] = [[] for _ in words]
    for tag, word in pairs:
        sources[word].append(tag)
    asked = set(askable)
    reached = [word for word, tags in enumerate(sources) if tags or word in asked]
    return Reach(
        kind,
        [words[word] for word in reached],
        [sources[word] for word in reached],
        [words[word] for word, tags in enumerate(sources) if not tags and word not in asked],
        [place for place, word in enumerate(reached) if not sources[word]],
    )
