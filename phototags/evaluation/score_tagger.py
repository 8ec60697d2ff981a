"""Score one tagger on all its test corpora in one process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from phototags.evaluation.evaluate import EvaluationResult, evaluate
from phototags.evaluation.prediction import predict_blocks, score_unseen, tagger_inputs
from phototags.evaluation.test_photos import Files, select_test_photos, select_with_features
from phototags.evaluation.word_mapping import map_words, read_word_sources
from phototags.features.duplicates import find_contaminated, read_duplicates
from phototags.features.feature_cache import read_features
from phototags.params.score import Score
from phototags.systems.tagger import load
from phototags.users.user_table import read_users


@dataclass(frozen=True)
class TestInputs:
    """Files of one test corpus.

    Args:
        corpus: its name.
        features: of its shards, as the tagger was trained on. tags, split: of its photos.
        duplicates: its near-duplicates among the training photos.
        users: its users_*.safetensors; none in a run that describes no users.
        same_photos: whether it is the training corpus, or a view of the same photos.
    """

    __test__ = False  # no test class of pytest

    corpus: str
    features: Sequence[Path | str]
    tags: Path | str
    split: Path | str
    duplicates: Path | str
    users: Sequence[Path | str] = ()
    same_photos: bool = False


def score_tagger(
    folder: Path | str,
    train: str,
    train_files: Files,
    tags: Sequence[str],
    tests: Sequence[TestInputs],
    settings: Score,
    wordnet: Path | str,
) -> Iterator[EvaluationResult]:
    """Evaluate a tagger on each test corpus; tagger, WordNet and GloVe are loaded once.

    Args:
        folder: of the tagger. train: its training corpus. tags: (T,) its vocabulary.
        wordnet: the package or folder of WordNet.

    Yields:
        the result of each of `tests`, in their order.

    Raises:
        CorpusError: when a test photo was trained on, or a corpus has none with features.
        ModelError: when the folder holds no tagger of this vocabulary.
    """
    tagger, (nouns, text) = load(folder), (None, None)
    if any(test.corpus != train for test in tests):
        nouns, text = read_word_sources(settings, wordnet)
    split = pd.read_parquet(train_files[1])
    for test in tests:
        users, features = read_users(test.users), read_features(test.features)
        photos, drops = select_test_photos(
            train,
            train_files,
            test.corpus,
            (test.tags, test.split),
            users,
            same_photos=test.same_photos,
        )
        photos = select_with_features(photos, features.rows.tolist(), test.corpus)
        inputs = tagger_inputs(folder, photos["row"].tolist(), features, users)
        mappings = [
            score_unseen(mapping, tagger, inputs, tags, text)
            for mapping in map_words(train, test.corpus, tags, photos, settings, nouns, text)
        ]
        scores = predict_blocks(tagger, inputs, len(tags))
        contaminated = find_contaminated(read_duplicates(test.duplicates), split)
        yield evaluate(scores, tags, photos, mappings, settings, train, contaminated, drops)
