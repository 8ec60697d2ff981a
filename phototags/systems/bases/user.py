"""Base class of the systems that know whose photo it is (Denton et al., KDD 2015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from pydantic import Field

from phototags.systems.bases.warp import WarpSystem

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

    from phototags.systems.parts.user_heads import UserHead, UserLayer

Descriptor = Literal[
    "photos", "tags", "number", "place", "season", "year", "camera",
    "tag_shares", "nearest_tags", "attended_tags",
]  # fmt: skip
DESCRIPTORS: tuple[str, ...] = get_args(Descriptor)
WIDE = ("tag_shares", "nearest_tags", "attended_tags")
"""Descriptors of one number a tag, made only for a run whose systems use them."""


class UserSystem(WarpSystem):
    """A WARP system whose head also takes features of the photo's user."""

    has_photo_layers: ClassVar[bool] = False
    uses_users: ClassVar[bool] = True
    renamed: ClassVar[Mapping[str, str]] = WarpSystem.renamed | {
        "units": "user_hidden",
        "strangers": "user_dropout",
    }

    descriptors: list[Descriptor] = Field(
        ["photos", "tags", "number"],
        description="what is known of a user from the user's other photos: their mean features and"
        " tag vectors, their number, place, season, year and cameras, and for each tag the share"
        " of them, the votes of the nearest, or attention (docs/users.md); [] takes every user as"
        " unknown",
    )
    user_hidden: int = Field(24, description="width of the hidden layer of the user", gt=0)
    user_dropout: float = Field(
        0.0, description="share of the training photos whose user is hidden", ge=0, lt=1
    )

    @property
    def user_descriptors(self) -> Sequence[str]:
        return self.descriptors

    def photo_map(self, head: UserHead) -> nn.Module:
        return head.photo

    def count_user_features(self, tensors: Mapping[str, Tensor]) -> int:
        units = tensors["head.user.units.weight"]
        if units.ndim != 2 or len(units) != self.user_hidden:
            raise ValueError(f"the layer of the user should have {self.user_hidden} units")
        return units.shape[1]

    def make_parts(
        self, n_features: int, width: int, generator: Generator, n_user_features: int
    ) -> tuple[nn.Module, UserLayer]:
        """Make a fresh map of the photo (B, n) -> (B, width), and a layer of the user."""
        from phototags.systems.parts.user_heads import UserLayer

        photo = super().make_head(n_features, width, generator, 0)
        return photo, UserLayer(n_user_features, self.user_hidden, self.user_dropout, generator)
