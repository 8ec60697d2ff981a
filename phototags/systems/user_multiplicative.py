"""The system `user-multiplicative`: the user weights the photo's factors (Denton et al., 2015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from phototags.systems.bases.user import UserSystem

if TYPE_CHECKING:
    from torch import Generator

    from phototags.systems.parts.user_heads import UserHead


class UserMultiplicative(UserSystem):
    """The user says what counts in the photo: beta((alpha u) * (gamma x)) (Denton 2015)."""

    model: Literal["user-multiplicative"]
    factors: int = Field(
        100, description="number of factors in which user and photo are multiplied", gt=0
    )

    def make_head(
        self, n_features: int, embedding_dim: int, generator: Generator, n_user_features: int
    ) -> UserHead:
        from phototags.systems.parts.user_heads import MultiplicativeHead

        parts = self.make_parts(n_features, self.factors, generator, n_user_features)
        return MultiplicativeHead(*parts, n_features, self.factors, embedding_dim, generator)
