"""What one tagger has learned, as the beginning of another (Mahajan et al., ECCV 2018)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from phototags.errors import ModelError


def begin_with(
    head: nn.Sequential, tensors: Mapping[str, Tensor], layers: int, frozen: bool
) -> None:
    """Give a head the first layers of another tagger; what stands on them stays as it is.

    Both of Mahajan's ways to use pretraining: a linear classifier on features that stay
    (`frozen`), and fine-tuning of all. The tags of the two taggers have nothing in common.

    Args:
        head: of an EmbeddingTagger, as `make_head` gives it; changed in place.
        tensors: the other tagger's, by the names it was written with.
        layers: how many linear layers to take, the head's hidden ones.
        frozen: no gradient moves them.

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
