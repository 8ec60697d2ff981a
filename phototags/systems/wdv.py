"""The system `wdv`: regression on word distribution vectors (Attalos 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from phototags.systems.bases.regression import RegressionSystem

if TYPE_CHECKING:
    from torch import Tensor


class Wdv(RegressionSystem):
    """Regression on each tag and its nearest others (word distribution vectors)."""

    model: Literal["wdv"]
    neighbours: int = Field(
        2, description="nearest tags that stand for a tag in the targets, itself included", gt=0
    )

    def make_tables(self, tag_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """One dimension a tag as table, the similarities to its nearest tags as targets."""
        from torch import eye

        from phototags.systems.parts.targets import neighbour_targets

        return eye(len(tag_vectors)), neighbour_targets(tag_vectors, self.neighbours)
