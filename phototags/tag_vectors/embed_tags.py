"""The tag vectors of a run, from training photos to a file."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from phototags.errors import ModelError
from phototags.io.storage import atomic_write, read_tensors, write_tensors
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.initialisation import random_start, text_start
from phototags.tag_vectors.plain_text import MIN_COUNT, lines_of, text_sets, text_vocabulary
from phototags.tag_vectors.skipgram import SkipGram, learn, train
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tag_vectors.vector_table import Table
from phototags.tags.encoding import encode_tags

log = logging.getLogger(__name__)


def embed_tags(
    photos: Iterable[Iterable[str]],
    vocabulary: Sequence[str],
    settings: EmbedTags,
    seed: int,
    text: TextVectors | None = None,
) -> tuple[Table, pd.DataFrame]:
    """Vectors of the vocabulary's tags, learned from the tags of the training photos.

    The vectors are word2vec's as they come, length included, which is the published form: a tag
    seen often moves far from its start, and a long vector asks less of a photo's embedding.

    Args:
        photos: the cleaned tags of each training photo; tags out of the vocabulary are ignored.
        vocabulary: T tags, in the order of the rows returned.
        seed: same seed, same bytes (with one torch thread).
        text: what text says of the tags (`start.text_vectors`); None starts by chance.

    Returns:
        a table of (T, D) float32 words, the tags' vectors, and contexts, what is expected beside
        them; and a frame (epoch, loss), nats a pair.
    """
    torch.set_num_threads(1)  # several would add up in another order
    generator = torch.Generator().manual_seed(seed)
    if text is None:
        start = random_start(len(vocabulary), settings.dimensions, generator)
    else:
        start = text_start(vocabulary, text, settings.dimensions, generator)
    return learn(encode_tags(photos, vocabulary), start, skipgram_of(settings), generator)


def embed_text(path: Path | str, settings: EmbedTags, seed: int) -> tuple[list[str], Tensor]:
    """Vectors of the words of plain text, by the trainer that learns tags afterwards.

    Returns:
        the words that occur often enough, the commonest first, and (N, D) float32.

    Raises:
        ModelError: when the file is missing or has no word often enough.
    """
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    words = text_vocabulary(lines_of([path]))
    if not words:
        raise ModelError(
            f"{path} should be plain text, but no word stands in it {MIN_COUNT} times. Give "
            "more text as embed_tags.text, or set embed_tags.start: random."
        )
    log.info("%d words of %s", len(words), path)
    start = random_start(len(words), settings.dimensions, generator)
    sets = text_sets(lines_of([path]), words)
    return words, train(sets, start, skipgram_of(settings), generator)[0]


def skipgram_of(settings: EmbedTags) -> SkipGram:
    """The trainer's settings among those of the params."""
    return SkipGram(
        **settings.model_dump(include={"epochs", "negatives", "power", "learning_rate"})
    )


def write_tag_vectors(
    path: Path | str,
    contexts_path: Path | str,
    history_path: Path | str,
    learned: tuple[Table, pd.DataFrame],
    settings: EmbedTags,
) -> None:
    """A file of the tags' vectors, one of their contexts, one of the loss of each epoch."""
    table, history = learned
    about = {"dimensions": table.words.shape[1], **settings.model_dump()}
    write_tensors(path, {"vectors": table.words}, about)
    write_tensors(contexts_path, {"vectors": table.contexts}, about)
    with atomic_write(history_path) as part:
        history.to_csv(part, index=False, lineterminator="\n")


def read_tag_vectors(path: Path | str) -> Tensor:
    """(T, D) float32, in the order of the run's vocabulary; of either file of vectors."""
    return read_tensors(path)[0]["vectors"]
