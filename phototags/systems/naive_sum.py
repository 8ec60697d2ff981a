"""The system `naive-sum`: regression on the sum of the tags' vectors (Attalos 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from phototags.systems.bases.regression import RegressionSystem

if TYPE_CHECKING:
    from torch import Tensor


class NaiveSum(RegressionSystem):
    """Regression on the sum of the tags' vectors, which stay fixed."""

    model: Literal["naive-sum"]

    def make_tables(self, tag_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """The tag vectors, as table and as targets."""
        return tag_vectors, tag_vectors
