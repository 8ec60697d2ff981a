"""The system `multihot`: one sigmoid a tag and squared error (Attalos 2016's baseline)."""

from __future__ import annotations

from typing import Literal

from phototags.systems.bases.dense import DenseLoss, DenseSystem


class Multihot(DenseSystem):
    """One sigmoid a tag and squared error; its tag vectors are learned with it."""

    model: Literal["multihot"]

    def make_loss(self) -> DenseLoss:
        """Squared error of the probabilities."""
        from phototags.systems.parts.losses import squared_error

        return squared_error
