"""Fit the tag vectors of a run, from training photos to files."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from phototags.errors import ModelError
from phototags.io.storage import read_tensors, write_csv, write_tensors
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.fit_skipgram import fit_skipgram
from phototags.tag_vectors.initialisation import init_from_text, init_random
from phototags.tag_vectors.plain_text import (
    MIN_COUNT,
    build_text_vocabulary,
    encode_windows,
    read_lines,
)
from phototags.tag_vectors.skipgram import SkipGram, Table
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tags.encoding import TagSets

log = logging.getLogger(__name__)


def embed_tags(
    sets: TagSets,
    vocabulary: Sequence[str],
    settings: EmbedTags,
    seed: int,
    text: TextVectors | None = None,
) -> tuple[Table, pd.DataFrame]:
    """Fit vectors of the vocabulary's tags to the tags of the training photos.

    The vectors are word2vec's as published, not normalised: a frequent tag moves far from its
    initial vector, and a long vector needs a smaller product with a photo's embedding.

    Args:
        sets: the tags of each training photo, as ids of the vocabulary.
        vocabulary: T tags, in the order of the rows returned.
        seed: same seed, same bytes (with one torch thread).
        text: initial vectors, of `initialisation.load_text_vectors`; None for random ones.

    Returns:
        a table of (T, D) float32 input vectors, the tags' own, and output vectors, what is
        expected beside them; and a frame (epoch, loss), nats a pair.
    """
    torch.set_num_threads(1)  # several would add up in another order
    generator = torch.Generator().manual_seed(seed)
    if text is None:
        initial = init_random(len(vocabulary), settings.dimensions, generator)
    else:
        initial = init_from_text(vocabulary, text, settings.dimensions, generator)
    return fit_skipgram(sets, initial, make_skipgram(settings), generator)


def embed_text(path: Path | str, settings: EmbedTags, seed: int) -> tuple[list[str], Tensor]:
    """Fit vectors of the words of plain text, with the trainer that fits tags afterwards.

    Returns:
        the words that occur often enough, most frequent first, and (N, D) float32.

    Raises:
        ModelError: when the file is missing or has no word often enough.
    """
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    words = build_text_vocabulary(read_lines([path]))
    if not words:
        raise ModelError(
            f"{path} should be plain text with some words {MIN_COUNT} times or more, but has none. "
            "Give more text as embed_tags.text_file, or set embed_tags.init: random."
        )
    log.info("%d words of %s", len(words), path)
    initial = init_random(len(words), settings.dimensions, generator)
    sets = encode_windows(read_lines([path]), words)
    return words, fit_skipgram(sets, initial, make_skipgram(settings), generator)[0].input_vectors


def make_skipgram(settings: EmbedTags) -> SkipGram:
    """Take the trainer's settings from those of params.yaml."""
    return SkipGram(
        **settings.model_dump(include={"epochs", "negatives", "power", "learning_rate"})
    )


def write_tag_vectors(
    input_path: Path | str,
    output_path: Path | str,
    history_path: Path | str,
    fitted: tuple[Table, pd.DataFrame],
    settings: EmbedTags,
) -> None:
    """Write a file of input vectors, one of output vectors and one of the loss of each epoch."""
    table, history = fitted
    about = {"dimensions": table.input_vectors.shape[1], **settings.model_dump()}
    write_tensors(input_path, {"vectors": table.input_vectors}, about)
    write_tensors(output_path, {"vectors": table.output_vectors}, about)
    write_csv(history_path, history)


def read_tag_vectors(path: Path | str) -> Tensor:
    """Read (T, D) float32 input or output vectors, in the order of the run's vocabulary."""
    return read_tensors(path)[0]["vectors"]
