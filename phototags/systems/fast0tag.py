"""The system `fast0tag`: RankNet's loss on fixed tag vectors (Zhang, Gong & Shah, CVPR 2016)."""

from __future__ import annotations

from typing import Literal

from phototags.systems.bases.sampled import SampledLoss, SampledSystem


class Fast0Tag(SampledSystem):
    """The photo's tags before the others by RankNet's loss; tag vectors stay fixed."""

    model: Literal["fast0tag"]

    def make_loss(self) -> SampledLoss:
        """RankNet's loss over pairs of a positive and a negative."""
        from phototags.systems.parts.ranking_losses import ranknet_loss

        return ranknet_loss
