"""Where the tag vectors begin: at what text says, where it says something."""

from collections.abc import Sequence

import torch
from torch import Tensor

from phototags.embeddings.text import TextVectors
from phototags.errors import ParamsError


def random_start(tags: int, dimensions: int, generator: torch.Generator) -> Tensor:
    """(T, D) float32, uniform within 1 / 2D of zero, as word2vec begins."""
    return (torch.rand(tags, dimensions, generator=generator) - 0.5) / dimensions


def text_start(
    tags: Sequence[str], text: TextVectors, dimensions: int, generator: torch.Generator
) -> Tensor:
    """(T, D) float32: a known tag's vector from text, else a draw from a normal like the known.

    The draw has the mean and spread of the known rows in each dimension, so that neither the
    length nor the place of a vector tells whether text knew the tag.

    Raises:
        ParamsError: when `dimensions` is not the width of the text vectors.
    """
    if dimensions != text.width:
        raise ParamsError(
            f"embed_tags.dimensions is {dimensions}, but the text vectors to start from have "
            f"{text.width}. Set embed_tags.dimensions: {text.width}, or embed_tags.start: random."
        )
    known = torch.from_numpy(text.known(tags))
    if known.sum() < 2:
        return random_start(len(tags), dimensions, generator)
    vectors = torch.from_numpy(text.of(tags))
    drawn = torch.randn(vectors.shape, generator=generator)
    drawn = vectors[known].mean(0) + drawn * vectors[known].std(0)
    return torch.where(known[:, None], vectors, drawn)
