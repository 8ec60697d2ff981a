"""Base class of the systems trained by the WARP ranking loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from phototags.systems.bases.gradient import BuiltSystem, GradientSystem
from phototags.systems.bases.training_settings import omit_if

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

    from phototags.systems.parts.embedding_tagger import EmbeddingTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos


class WarpSystem(GradientSystem):
    """Tag vectors and a map of the photo are both learned by WARP."""

    in_user_comparison: ClassVar[bool] = True
    renamed: ClassVar[Mapping[str, str]] = GradientSystem.renamed | {
        "spread": "init_std",
        "draws": "max_trials",
        "shared": "share_trials",
        "longest": "max_norm",
    }

    backbone: Literal["frozen"] = Field(
        "frozen",
        description="always `frozen`: max_norm would limit the backbone's weights too",
        exclude_if=omit_if("frozen"),
    )
    feature_length: float | None = Field(
        None,
        description="length of the scaled features: 1 as published (Denton 2015), which norms of at"
        " most max_norm leave little to differ by; null is the root of their number, as elsewhere",
        gt=0,
        exclude_if=omit_if(None),
    )
    dimensions: int = Field(64, description="dimensions of the embedding", gt=0)
    init_std: float = Field(0.001, description="standard deviation of the initial weights", gt=0)
    margin: float = Field(
        0.1,
        description="margin by which a tag should score above tags the photo does not have",
        gt=0,
    )
    max_trials: int = Field(
        1000, description="tags sampled to find one that violates the margin", gt=0
    )
    share_trials: bool = Field(
        False,
        description="whether all photos of a batch are compared with the same sampled tags, which"
        " is faster and a little noisier",
    )
    max_norm: float = Field(
        1.0, description="norm to which each row of the weights is limited after a step", gt=0
    )

    @property
    def scaled_length(self) -> float | None:
        return self.feature_length

    def build_from_scratch(
        self, photos: TaggedPhotos, tag_vectors: Tensor, generator: Generator
    ) -> BuiltSystem:
        """Build the tagger with small normal weights and without a bias (Denton et al., 2015)."""
        import torch

        from phototags.systems.parts.objectives import WarpObjective

        table, bias = torch.empty(len(tag_vectors), self.dimensions), torch.zeros(len(tag_vectors))
        n_user_features = photos.n_user_features
        n_features = photos.features.shape[1] - n_user_features
        tagger = self.init_tagger(n_features, table, bias, generator, n_user_features)
        tagger.bias.requires_grad_(False)
        with torch.no_grad():
            for name, values in tagger.named_parameters():
                if name.endswith("bias"):
                    values.zero_()
                else:
                    values.normal_(0, self.init_std, generator=generator)
        objective = WarpObjective(self.margin, self.max_trials, self.share_trials)
        return BuiltSystem(tagger, objective, self.limit_norms)

    def limit_norms(self, tagger: EmbeddingTagger) -> None:
        """Limit the rows of the tag table and of the map of the photo; users' weights are free."""
        from phototags.systems.parts.ranking_losses import limit_norms

        for values in (tagger.tag_vectors, *self.photo_map(tagger.head).parameters()):
            if values.ndim == 2:
                limit_norms(values, self.max_norm)

    def photo_map(self, head: nn.Module) -> nn.Module:
        """The part of the head that is given the photo's features."""
        return head
