"""Initial tag vectors: from text where text has the tag, else random."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from phototags.errors import ParamsError
from phototags.tag_vectors.text_formats import read_text_vectors
from phototags.tag_vectors.text_vectors import TextVectors, list_words, load_glove


def init_random(tags: int, dimensions: int, generator: torch.Generator) -> Tensor:
    """Draw (T, D) float32 vectors, uniform within 1 / 2D of zero, as word2vec initialises them."""
    return (torch.rand(tags, dimensions, generator=generator) - 0.5) / dimensions


def load_text_vectors(
    init: str, files: Sequence[Path | str], tags: Sequence[str]
) -> TextVectors | None:
    """Load the text vectors that `embed_tags.init` names; None where it is `random`.

    Args:
        files: none for `glove` and `random`, else the file of vectors, of which only the words of
            the tags are kept.

    Raises:
        ModelError: when the vectors are missing or damaged.
    """
    if init == "random":
        return None
    return load_glove() if init == "glove" else read_text_vectors(*files, only=list_words(tags))


def init_from_text(
    tags: Sequence[str], text: TextVectors, dimensions: int, generator: torch.Generator
) -> Tensor:
    """Take a known tag's vector from text, draw another's from a normal distribution like these.

    The distribution has the mean and standard deviation of the known rows in each dimension, so
    that neither the length nor the place of a vector tells whether text knew the tag.

    Returns:
        (T, D) float32.

    Raises:
        ParamsError: when `dimensions` is not the width of the text vectors.
    """
    if dimensions != text.width:
        raise ParamsError(
            f"embed_tags.dimensions is {dimensions}, but the initial text vectors have "
            f"{text.width}. Set embed_tags.dimensions: {text.width}, or embed_tags.init: random."
        )
    known = torch.from_numpy(text.known(tags))
    if known.sum() < 2:
        return init_random(len(tags), dimensions, generator)
    vectors = torch.from_numpy(text.embed(tags))
    random = torch.randn(vectors.shape, generator=generator)
    random = vectors[known].mean(0) + random * vectors[known].std(0)
    return torch.where(known[:, None], vectors, random)
