"""The system `multihot`: one sigmoid a tag and squared error (Attalos 2016's baseline)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from phototags.systems.bases.dense import DenseSystem

if TYPE_CHECKING:
    from torch import Tensor


class Multihot(DenseSystem):
    """One sigmoid a tag and squared error; its tag vectors are learned with it."""

    model: Literal["multihot"]

    def make_loss(self) -> Callable[[Tensor, Tensor], Tensor]:
        """Squared error of the probabilities."""
        from phototags.systems.parts.losses import squared_error

        return squared_error
