"""The system `user-biased`: the user moves the photo's embedding (Denton et al., KDD 2015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from phototags.systems.bases.user import UserSystem

if TYPE_CHECKING:
    from torch import Generator

    from phototags.systems.parts.user_heads import UserHead


class UserBiased(UserSystem):
    """The user moves the photo's embedding: P x + B u (Denton 2015)."""

    model: Literal["user-biased"]

    def make_head(
        self, n_features: int, embedding_dim: int, generator: Generator, n_user_features: int
    ) -> UserHead:
        from phototags.systems.parts.user_heads import BiasedHead

        parts = self.make_parts(n_features, embedding_dim, generator, n_user_features)
        return BiasedHead(*parts, n_features, embedding_dim, generator)
