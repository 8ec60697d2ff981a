"""Heads from features of a photo and of its user to an embedding (Denton et al., KDD 2015).

The user's features are the last columns of the photo's, so that these heads are used like any
other. Where they are missing, the user is unknown: they are zeros, and u is what the user layer has
learned of unknown users.
"""

import torch
from torch import Tensor, nn

from phototags.systems.parts.heads import make_linear


class UserLayer(nn.Module):
    """u of (B, m) features of users: one layer of ReLU units, learned with the tagger.

    Args:
        n_features: m. width: of the layer.
        dropout: share of photos in training whose user is hidden, drawn from the generator.
    """

    def __init__(self, n_features: int, width: int, dropout: float, generator: torch.Generator):
        super().__init__()
        self.units = make_linear(n_features, width, generator)
        self.dropout, self.generator = dropout, generator

    def forward(self, users: Tensor) -> Tensor:
        """(B, m) of any float type, on any device, to (B, width) on the layer's."""
        users = users.to(self.units.weight, non_blocking=True)
        if self.training and self.dropout:
            chance = torch.rand(len(users), 1, generator=self.generator)
            users = users * (chance >= self.dropout).to(users)
        return self.units(users).relu()


class UserHead(nn.Module):
    """Base class of both heads: splits the features of the photo from those of the user.

    Args:
        photo: (B, n) -> (B, D) or (B, K). user: (B, m) -> (B, u).
        width: n.
    """

    def __init__(self, photo: nn.Module, user: UserLayer, width: int):
        super().__init__()
        self.photo, self.user, self.width = photo, user, width

    def split(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """(B, n + m) or (B, n) to (B, n) and (B, m)."""
        features, users = inputs[:, : self.width], inputs[:, self.width :]
        if not users.shape[1]:
            users = features.new_zeros(len(features), self.user.units.in_features)
        return features, users


class BiasedHead(UserHead):
    """P x + B u."""

    def __init__(
        self,
        photo: nn.Module,
        user: UserLayer,
        width: int,
        width_out: int,
        generator: torch.Generator,
    ):
        super().__init__(photo, user, width)
        self.moved = make_linear(user.units.out_features, width_out, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """(B, n + m) or (B, n) to (B, D)."""
        features, users = self.split(inputs)
        return self.photo(features) + self.moved(self.user(users))


class MultiplicativeHead(UserHead):
    """beta((alpha u) * (gamma x)), where `photo` is gamma.

    alpha u is added to one, since the product of three small weights would have no gradient at
    the beginning; so an unknown user leaves the photo as it is.
    """

    def __init__(
        self,
        photo: nn.Module,
        user: UserLayer,
        width: int,
        factors: int,
        width_out: int,
        generator: torch.Generator,
    ):
        super().__init__(photo, user, width)
        self.weighed = make_linear(user.units.out_features, factors, generator)
        self.joined = make_linear(factors, width_out, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """(B, n + m) or (B, n) to (B, D)."""
        features, users = self.split(inputs)
        return self.joined((1 + self.weighed(self.user(users))) * self.photo(features))
