"""Where the tag vectors begin: at what text says, where it says something."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from phototags.errors import ParamsError
from phototags.tag_vectors.text_formats import read_text_vectors
from phototags.tag_vectors.text_vectors import TextVectors, glove, words_in


def random_start(tags: int, dimensions: int, generator: torch.Generator) -> Tensor:
    """(T, D) float32, uniform within 1 / 2D of zero, as word2vec begins."""
    return (torch.rand(tags, dimensions, generator=generator) - 0.5) / dimensions


def text_vectors(
    start: str, files: Sequence[Path | str], tags: Sequence[str]
) -> TextVectors | None:
    """What text says of the tags, by the params' `embed_tags.start`; None where chance begins.

    Args:
        files: none for `glove` and `random`, else the file of vectors; only the words of the tags
            are kept of it.

    Raises:
        ModelError: when the vectors are missing or damaged.
    """
    if start == "random":
        return None
    return glove() if start == "glove" else read_text_vectors(*files, only=words_in(tags))


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
