"""The system `im2vec`: word2vec with the photo in the place of the input word (Attalos 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.sampled import SampledLoss, SampledSystem


class Im2Vec(SampledSystem):
    """The photo in the place of word2vec's input word: embeddings that agree with tag vectors."""

    model: Literal["im2vec"]
    renamed: ClassVar[Mapping[str, str]] = SampledSystem.renamed | {"prior": "prior_weight"}

    tag_vectors: Literal["fixed", "joint"] = Field(
        "fixed", description="whether the tag vectors stay `fixed` or are trained too (`joint`)"
    )
    tag_learning_rate: float = Field(
        0.01, description="learning rate of the tag vectors when joint", gt=0
    )
    prior_weight: float = Field(
        0.0,
        description="share of log(count ** power) added to the scores: 0 ranks as published, "
        "1 gives common tags back what the negatives took from them",
        ge=0,
    )

    @property
    def log_rate_weight(self) -> float:
        return self.prior_weight * self.power

    @property
    def joint_learning_rate(self) -> float:
        return self.tag_learning_rate if self.tag_vectors == "joint" else 0.0

    def make_loss(self) -> SampledLoss:
        """word2vec's negative sampling loss."""
        from phototags.systems.parts.losses import negative_sampling_loss

        return negative_sampling_loss
