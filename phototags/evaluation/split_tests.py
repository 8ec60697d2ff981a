"""Test photos of one split, made ready once, on which every system is scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from phototags.evaluation.metrics.resamples import Resamples, draw_resamples, number_users
from phototags.evaluation.prediction import predict, score_unseen
from phototags.evaluation.split_scores import find_bands, score_words
from phototags.evaluation.test_photos import select_test_photos, select_with_features
from phototags.evaluation.word_mapping import WordMapping, map_words, read_word_sources
from phototags.features.feature_cache import read_features
from phototags.params.score import Score
from phototags.systems.tagger import Tagger
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import TagVocabulary


@dataclass(frozen=True)
class TestFiles:
    """Name of a test corpus, its tags.parquet and split.parquet, and features of its shards."""

    __test__ = False  # no test class of pytest

    corpus: str
    tags: Path | str
    split: Path | str
    features: Sequence[Path | str]


@dataclass(frozen=True, eq=False)
class SplitTest:
    """Test photos with features, and which words of theirs are scored.

    Args:
        corpus: its name. inputs: (N, n) features. mapping: of the first bridge.
        known: (N,) bool, photos with one of the W words; M of them.
        relevant: (M, W) bool. bands: (W,) of the words' training photos. users: (M,) numbers.
        resamples: of the M photos; row by row, they lack the same users in every split.
        text: text vectors, where the bridge needs them.
    """

    corpus: str
    inputs: Tensor
    mapping: WordMapping
    known: NDArray
    relevant: NDArray
    bands: NDArray
    users: NDArray
    resamples: Resamples
    text: TextVectors | None


def prepare_test(
    own: TestFiles,
    test: TestFiles,
    vocabulary: TagVocabulary,
    score: Score,
    wordnet: Path | str,
) -> SplitTest:
    """Select the test photos, map the vocabulary to their words, and draw resamples of users.

    Users are drawn from the whole corpus, whoever is tested in this split: so every split leaves
    out the same.

    Args:
        own: of the training corpus.

    Raises:
        CorpusError: when a test photo was trained on, or none has features.
    """
    score = score.model_copy(update={"bridges": score.bridges[:1]})
    features, train = read_features(test.features), own.corpus
    files = (own.tags, own.split), test.corpus, (test.tags, test.split)
    photos, _ = select_test_photos(train, *files)
    photos = select_with_features(photos, features.rows.tolist(), test.corpus)
    across = train != test.corpus
    nouns, text = read_word_sources(score, wordnet) if across else (None, None)
    mapped = map_words(train, test.corpus, vocabulary.tags, photos, score, nouns, text)
    relevant = encode_tags(photos["tags"], mapped[0].words).to_multi_hot(len(mapped[0].words))
    known = relevant.any(axis=1)
    everybody = pd.read_parquet(test.tags, columns=["row", "user_id"]).sort_values("row")
    everybody = everybody[everybody["row"].isin(features.rows.numpy())]
    users = number_users(everybody["user_id"])
    drawn = draw_resamples(users, score.resamples, score.seed)
    places = pd.Index(everybody["row"]).get_indexer(photos.loc[known, "row"])
    counts = [
        max((vocabulary.photos[tag] for tag in tags), default=0) for tags in mapped[0].sources
    ]
    return SplitTest(
        test.corpus,
        features.select(photos["row"].tolist()),
        mapped[0],
        known,
        relevant[known],
        find_bands(counts),
        users[places],
        Resamples(drawn.weights[:, places], drawn.spread),
        text,
    )


def score_test(tagger: Tagger, test: SplitTest, tags: Sequence[str]) -> pd.DataFrame:
    """Score a tagger: the columns of SPLIT_SCORES but for `system`; no row without known photos.

    Args:
        tags: (T,) of the vocabulary.
    """
    if not test.known.any():
        return pd.DataFrame()
    mapping = score_unseen(test.mapping, tagger, test.inputs, tags, test.text)
    words = mapping.word_scores(predict(tagger, test.inputs, len(tags)))[test.known]
    scores = score_words(words, test.relevant, test.resamples, test.bands, test.users)
    return scores.assign(test=test.corpus, bridge=mapping.bridge)
