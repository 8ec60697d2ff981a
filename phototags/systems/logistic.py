"""The system `logistic`: one logistic regression a tag, its penalty chosen on validation photos."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

from phototags.systems.bases.system import ClosedFormSystem

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.systems.parts.embedding_tagger import EmbeddingTagger
    from phototags.systems.parts.tagged_photos import TaggedPhotos

log = logging.getLogger(__name__)


class Logistic(ClosedFormSystem):
    """One sigmoid a tag and binary cross-entropy with an L2 penalty, solved to the optimum."""

    tensor_shapes: ClassVar[Mapping[str, tuple]] = {"tag_vectors": ("T", "n"), "bias": ("T",)}
    seeded: ClassVar[bool] = False

    model: Literal["logistic"]
    scaling: Literal["root", "length", "none"] = Field(
        "root",
        description="scaling of the features: `root` takes square roots and then unit length,"
        " `length` only unit length",
    )
    l2: list[PositiveFloat] = Field(
        [0.3, 0.1, 0.03, 0.01],
        description="penalties to choose from, by the cross-entropy on validation photos; without"
        " any, the first is taken",
        min_length=1,
    )
    max_iterations: int = Field(200, description="iterations of L-BFGS for a penalty", gt=0)

    def fit_closed_form(
        self, photos: TaggedPhotos, validation: TaggedPhotos, n_tags: int, seed: int
    ) -> EmbeddingTagger:
        """Fit every penalty, each from the last one's optimum, and keep the best."""
        import torch

        n_features = photos.features.shape[1]
        tables = torch.zeros(n_tags, n_features).double(), torch.zeros(n_tags).double()
        scale = self.make_tagger(torch.zeros(1, n_features), torch.zeros(1)).embed
        inputs, unseen = (scale(of.features).double() for of in (photos, validation))
        targets, truth = (of.relevant(n_tags).double() for of in (photos, validation))
        losses, fitted = [], []
        for l2 in self.l2:
            tables = minimise(inputs, targets, l2, *tables, self.max_iterations)
            losses.append(float(penalised_loss(unseen, truth, 0.0, *tables)))
            fitted.append(tables)
            log.info("L2 %g: validation cross-entropy %.4f", l2, losses[-1])
        best = losses.index(min(losses))
        return self.make_tagger(*(table.float() for table in fitted[best]))

    def make_tagger(self, tag_vectors: Tensor, bias: Tensor) -> EmbeddingTagger:
        """Make a tagger whose embedding is the scaled features."""
        from torch import Generator

        from phototags.systems.parts.embedding_tagger import EmbeddingTagger
        from phototags.systems.parts.heads import make_head

        head = make_head(tag_vectors.shape[1], [], self.scaling, 0.0, Generator())
        return EmbeddingTagger(head, tag_vectors, bias).eval()

    def from_tensors(self, tensors: Mapping[str, Tensor], n_features: int) -> EmbeddingTagger:
        """Restore a tagger from its tag vectors and bias, of any float type."""
        tagger = self.make_tagger(tensors["tag_vectors"].float(), tensors["bias"].float())
        tagger.load_state_dict(tensors)
        return tagger


def penalised_loss(
    inputs: Tensor, targets: Tensor, l2: float, vectors: Tensor, bias: Tensor
) -> Tensor:
    """() float, cross-entropy in nats summed over tags, mean over photos, plus l2 / 2 |vectors|^2.

    Args:
        inputs: (N, n) float. targets: (N, T) float, 0 or 1. vectors: (T, n). bias: (T,).
    """
    from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

    logits = inputs @ vectors.T + bias
    loss = cross_entropy(logits, targets, reduction="sum") / max(len(inputs), 1)
    return loss + l2 / 2 * vectors.square().sum()


def minimise(
    inputs: Tensor, targets: Tensor, l2: float, vectors: Tensor, bias: Tensor, max_iterations: int
) -> tuple[Tensor, Tensor]:
    """The vectors and the bias of the least `penalised_loss`, by L-BFGS from those given."""
    import torch

    tables = [table.clone().requires_grad_() for table in (vectors, bias)]
    optimiser = torch.optim.LBFGS(
        tables,
        max_iter=max_iterations,
        tolerance_grad=1e-7,
        tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = penalised_loss(inputs, targets, l2, *tables)
        loss.backward()
        return loss

    optimiser.step(closure)
    return tables[0].detach(), tables[1].detach()
