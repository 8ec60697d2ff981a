"""The tag vectors of a run, from training photos to a file."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from phototags.config import EmbedTags
from phototags.embeddings.sets import tag_sets
from phototags.embeddings.skipgram import SkipGram, learn
from phototags.embeddings.start import random_start, text_start
from phototags.embeddings.table import Table
from phototags.embeddings.text import glove
from phototags.storage import read_tensors, whole, write_tensors


def embed_tags(
    photos: Iterable[Iterable[str]], vocabulary: Sequence[str], settings: EmbedTags, seed: int
) -> tuple[Table, pd.DataFrame]:
    """Vectors of the vocabulary's tags, learned from the tags of the training photos.

    The vectors are word2vec's as they come, length included, which is the published form: a tag
    seen often moves far from its start, and a long vector asks less of a photo's embedding.

    Args:
        photos: the cleaned tags of each training photo; tags out of the vocabulary are ignored.
        vocabulary: T tags, in the order of the rows returned.
        seed: same seed, same bytes (with one torch thread).

    Returns:
        a table of (T, D) float32 words, the tags' vectors, and contexts, what is expected beside
        them; and a frame (epoch, loss), nats a pair.
    """
    torch.set_num_threads(1)  # several would add up in another order
    generator = torch.Generator().manual_seed(seed)
    if settings.start == "glove":
        start = text_start(vocabulary, glove(), settings.dimensions, generator)
    else:
        start = random_start(len(vocabulary), settings.dimensions, generator)
    skipgram = SkipGram(
        epochs=settings.epochs,
        negatives=settings.negatives,
        power=settings.power,
        learning_rate=settings.learning_rate,
    )
    return learn(tag_sets(photos, vocabulary), start, skipgram, generator)


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
    with whole(history_path) as part:
        history.to_csv(part, index=False, lineterminator="\n")


def read_tag_vectors(path: Path | str) -> Tensor:
    """(T, D) float32, in the order of the run's vocabulary; of either file of vectors."""
    return read_tensors(path)[0]["vectors"]
