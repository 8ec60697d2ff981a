"""The system `khot`: softmax over all tags (Mahajan et al., ECCV 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from phototags.systems.bases.dense import DenseLoss, DenseSystem

if TYPE_CHECKING:
    from torch import Tensor


class Khot(DenseSystem):
    """Softmax cross-entropy that shares a photo equally among its tags (Mahajan et al., 2018)."""

    model: Literal["khot"]

    def make_loss(self) -> DenseLoss:
        """Cross-entropy with a target of 1 / k for each of k tags."""
        from phototags.systems.parts.losses import softmax_loss

        return softmax_loss

    def initial_bias(self, tag_rates: Tensor) -> Tensor:
        """(T,) logarithms of the tags' rates, which the softmax keeps in proportion."""
        return tag_rates.log()
