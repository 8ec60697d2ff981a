"""The system `naive-sum`: regression on the sum of the tags' vectors (Attalos 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from phototags.systems.bases.regression import RegressionSystem

if TYPE_CHECKING:
    from torch import Tensor


class NaiveSum(RegressionSystem):
    """Regression on the sum of the tags' vectors, which stay fixed."""

    model: Literal["naive-sum"]

    unit_vectors: bool = Field(
        True,
        description="whether the tags' vectors have length one: those of frequent tags are longer"
        " and would be most of a sum",
    )

    def make_tables(self, tag_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """The tag vectors, as table and as targets."""
        from torch.nn.functional import normalize

        vectors = normalize(tag_vectors) if self.unit_vectors else tag_vectors
        return vectors, vectors
