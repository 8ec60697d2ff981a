"""Train all systems on one split of a corpus and score them, in one process.

Nothing of a split is kept but its scores: its vocabulary, vectors and taggers are made by the
same functions as those of the run, from the same features.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import polars as pl
import torch

from phototags.errors import CorpusError
from phototags.evaluation.split_scores import SPLIT_SCORES
from phototags.evaluation.split_tests import SplitTest, TestFiles, prepare_test, score_test
from phototags.features.duplicates import (
    LEARNED,
    SPLIT,
    find_duplicates,
    read_signatures,
    remove_duplicates,
)
from phototags.features.feature_cache import read_features
from phototags.features.visualness import make_visualness_scorer
from phototags.params.compute import Compute
from phototags.params.contamination import Contamination
from phototags.params.embeddings import EmbedTags
from phototags.params.names import SystemName
from phototags.params.score import Score
from phototags.params.section import Section
from phototags.params.vocabulary import Split, Vocabulary
from phototags.photos.photo_table import write_table
from phototags.systems.parts.tagged_photos import sample_photos
from phototags.systems.registry import AnySystem
from phototags.tag_vectors.embed_tags import embed_tags
from phototags.tag_vectors.initialisation import load_text_vectors
from phototags.tags.build_vocabulary import build_vocabulary
from phototags.tags.encoding import encode_tags
from phototags.tags.split import split_photos
from phototags.tags.vocabulary import TagVocabulary, read_vocabulary
from phototags.tags.wordnet import WordNet
from phototags.training.context import TrainContext
from phototags.training.inputs import select_photos
from phototags.training.train import train

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SplitInputs:
    """Files of a training corpus.

    Args:
        corpus: its name. photos, tags: photos.parquet and tags.parquet. features: of its shards.
        wordnet: the package or folder of WordNet. start: initial tag vectors, if a file has them.
    """

    corpus: str
    photos: Path | str
    tags: Path | str
    features: Sequence[Path | str]
    wordnet: Path | str
    start: Sequence[Path | str] = ()


class SplitSettings(Section):
    """Sections of params.yaml that the scores of a split depend on.

    The seed of `split`, one of `splits.seeds`, is that of the trainings too.
    """

    split: Split
    contamination: Contamination
    vocabulary: Vocabulary
    embed_tags: EmbedTags
    score: Score
    systems: dict[SystemName, AnySystem]
    device: str = "cpu"


def score_split(
    inputs: SplitInputs, tests: Sequence[TestFiles], settings: SplitSettings
) -> pd.DataFrame:
    """Split a corpus, build its vocabulary, train every system and score it on each test corpus.

    Args:
        tests: test corpora; the files of the training corpus itself are those of `inputs`.

    Returns:
        SPLIT_SCORES, in the order of the systems and of the tests.

    Raises:
        CorpusError: when the corpus has an official split, which no seed changes, or its users
            are too few.
    """
    torch.set_num_threads(1)  # several would add up in another order
    with TemporaryDirectory() as name:
        folder = Path(name)
        own = TestFiles(inputs.corpus, folder / "tags.parquet", folder / "split.parquet",
                        inputs.features)  # fmt: skip
        tests = [own if test.corpus == inputs.corpus else test for test in tests]
        write_split(own.split, inputs, tests, settings)
        vocabulary = write_vocabulary(folder, own, inputs, settings)
        prepared = [
            prepare_test(own, test, vocabulary, settings.score, inputs.wordnet) for test in tests
        ]
        return train_and_score(own, vocabulary, prepared, inputs.start, settings)


def write_split(
    path: Path, inputs: SplitInputs, tests: Sequence[TestFiles], settings: SplitSettings
) -> None:
    """Write the split of a seed, near-duplicates of test photos taken out of the training part.

    Args:
        tests: that of the training corpus has `path` as its split.
    """
    photos = pl.read_parquet(inputs.photos, columns=["row", "photo_id", "user_id", "split"])
    if photos["split"].is_not_null().any():
        raise CorpusError(
            f"further splits need a corpus that is split by users or photos, but {inputs.corpus} "
            f"has an official split: {inputs.photos} says so. Take it out of splits.corpora."
        )
    split_photos(photos, settings.split, trained=True).write_parquet(path)
    if not settings.contamination.remove:
        return
    train = read_signatures(path, LEARNED, inputs.features)
    limits = settings.contamination.model_dump(include={"max_hash_distance", "min_cosine"})
    duplicates = [
        find_duplicates(train, read_signatures(test.split, ("test",), test.features), **limits)
        for test in tests
    ]
    parts, drops = remove_duplicates(pd.read_parquet(path), duplicates)
    log.info("%d near-duplicates removed", len(drops))
    write_table(path, parts, SPLIT)


def write_vocabulary(
    folder: Path, own: TestFiles, inputs: SplitInputs, settings: SplitSettings
) -> TagVocabulary:
    """Write the photos' tags after merging where `own` has them; return the vocabulary."""
    names = "vocabulary", "candidates"
    outputs = {name: folder / f"{name}.tsv" for name in names} | {"tags": own.tags}
    nouns, scorer = WordNet.read(inputs.wordnet), make_visualness_scorer(inputs.features)
    rules = settings.vocabulary
    build_vocabulary(inputs.tags, own.split, outputs, rules, nouns, scorer, rules.chunk_photos)
    return read_vocabulary(outputs["vocabulary"])


def train_and_score(
    own: TestFiles,
    vocabulary: TagVocabulary,
    tests: Sequence[SplitTest],
    start: Sequence[Path | str],
    settings: SplitSettings,
) -> pd.DataFrame:
    """Train each system on the split and score it on each test."""
    tags, split = pd.read_parquet(own.tags), pd.read_parquet(own.split)
    rows = split.loc[split["part"] == "train", "row"]
    seed = settings.split.seed
    text = load_text_vectors(settings.embed_tags.init, start, vocabulary.tags)
    learned = tags.loc[tags["row"].isin(rows), "tags"]
    sets = encode_tags(learned, vocabulary.tags)
    table, _ = embed_tags(sets, vocabulary.tags, settings.embed_tags, seed, text)
    features = read_features(own.features)
    photos, validation = (
        select_photos(part, tags, split, features, vocabulary.tags)
        for part in ("train", "validation")
    )
    context, found = TrainContext(compute=Compute(device=settings.device)), []
    for name, system in settings.systems.items():
        log.info("training %s", name)
        chosen = sample_photos(photos, system.photo_limit, seed)
        given = chosen, validation, table.input_vectors, seed, context
        tagger, _ = train(system, *given)
        found += [score_test(tagger, test, vocabulary.tags).assign(system=name) for test in tests]
    return pd.concat(found, ignore_index=True)[SPLIT_SCORES.names]
