"""What a run learned of its tags, `models/RUN/TRAIN`, found from where its tagger lies."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from phototags.commands.common import ALL_FINE, SOME_FAILED, add_model, model_folder
from phototags.errors import ModelError, VocabularyError


class Learned(NamedTuple):
    """The folder of a training corpus in a run's models, and the seed of the tag vectors."""

    folder: Path
    seed: int


def add_learned(parser: argparse.ArgumentParser) -> None:
    """--model DIR."""
    add_model(
        parser,
        "folder of the tagger whose run is asked, or of one of the run's training corpora: "
        "models/RUN/TRAIN",
    )


def learned(named: Path | None) -> Learned:
    """The folder named, when it is models/RUN/TRAIN, or else that of a tagger's training corpus.

    Raises:
        ModelError: when the tagger was carried away from its run.
    """
    if named and (named / "candidates.tsv").exists():
        return Learned(named.resolve(), 0)
    from phototags.systems.tagger import read_config

    folder = model_folder(named).resolve()
    config = read_config(folder)
    found = Learned(folder.parent / config["train"], config["seed"])
    if not (found.folder / "vocabulary.tsv").exists():
        raise ModelError(
            f"expected the tags of {config['train']} in {found.folder}, beside the tagger that "
            "learned from them, found none. Name a run's folder, models/RUN/TRAIN, with --model, "
            "or make one with `make results`."
        )
    return found


def read_space(model: Path | None) -> tuple:
    """The vocabulary and its tag vectors.

    Raises:
        PhototagsError: when a file is missing, damaged or does not fit the other.
    """
    from phototags.tag_vectors.embed_tags import read_tag_vectors
    from phototags.tags.vocabulary import read_vocabulary

    folder, seed = learned(model)
    path = folder / f"seed{seed}" / "tag_vectors.safetensors"
    vocabulary, vectors = read_vocabulary(folder / "vocabulary.tsv"), read_tag_vectors(path)
    if len(vocabulary) != len(vectors):
        raise ModelError(
            f"{path} has {len(vectors)} vectors, but {vocabulary.path} lists {len(vocabulary)} "
            "tags: not of one run. Make both again with `make results`."
        )
    return vocabulary, vectors


def spelt(written: str) -> str:
    """A tag as the vocabulary spells it; what spelling refuses stays as it is."""
    from phototags.tags.spelling import clean

    return clean(written).tag or written


def answer(question: Callable[[], list[tuple[str, float]]]) -> int:
    """Print tags and cosines, or which tag is not known; the exit code."""
    try:
        found = question()
    except VocabularyError as error:
        print(f"phototags: {error}", file=sys.stderr)
        return SOME_FAILED
    for tag, cosine in found:
        print(f"{cosine:8.2f}  {tag}")
    return ALL_FINE
