"""Initialisation of a head from another tagger's layers (Mahajan et al., ECCV 2018)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from phototags.errors import ModelError


def copy_layers(
    head: nn.Sequential, tensors: Mapping[str, Tensor], layers: int, frozen: bool
) -> None:
    """Copy the first layers of another tagger into a head; the others stay as they are.

    Both of Mahajan's ways to use pretraining: a linear classifier on features that stay
    (`frozen`), and fine-tuning of all. The tags of the two taggers have nothing in common.

    Args:
        head: of an EmbeddingTagger, as `make_head` gives it; changed in place.
        tensors: the other tagger's, by their names in model.safetensors.
        layers: number of linear layers to copy: the head's hidden ones.
        frozen: whether the copied layers are excluded from training.

    Raises:
        ModelError: the other tagger has no such layers, or of other widths.
    """
    linear = [(name, one) for name, one in head.named_modules() if isinstance(one, nn.Linear)]
    for name, layer in linear[:layers]:
        for kind, values in layer.named_parameters():
            given = tensors.get(f"head.{name}.{kind}")
            if given is None or given.shape != values.shape:
                found = "none" if given is None else f"one of {tuple(given.shape)}"
                raise ModelError(
                    f"the tagger to start from should have the tensor head.{name}.{kind} of "
                    f"{tuple(values.shape)}, but has {found}: another `hidden` or another "
                    "backbone. Remove it and run `snakemake` again."
                )
            with torch.no_grad():
                values.copy_(given)
            values.requires_grad_(not frozen)
