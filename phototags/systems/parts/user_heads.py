"""From a photo's features and its user's description to an embedding (Denton et al., KDD 2015).

Each takes the description behind the features, as columns of the same tensor, so that whatever
feeds a tagger feeds these too. Features alone are a stranger's photo, whose description is zeros:
u is then what the layer of users has learned of strangers.
"""

import torch
from torch import Tensor, nn

from phototags.systems.parts.heads import linear


class UserLayer(nn.Module):
    """u of (B, m) descriptions: one layer of ReLU units, learned with the tagger.

    Args:
        strangers: share of photos in training whose user is hidden, drawn from the generator.
    """

    def __init__(self, described: int, units: int, strangers: float, generator: torch.Generator):
        super().__init__()
        self.units = linear(described, units, generator)
        self.strangers, self.generator = strangers, generator

    def forward(self, users: Tensor) -> Tensor:
        """(B, m) of any float type, on any device, to (B, units) on the layer's."""
        users = users.to(self.units.weight, non_blocking=True)
        if self.training and self.strangers:
            drawn = torch.rand(len(users), 1, generator=self.generator)
            users = users * (drawn >= self.strangers).to(users)
        return self.units(users).relu()


class UserHead(nn.Module):
    """What both heads have: features and description come apart, each goes its way.

    Args:
        photo: (B, n) -> (B, D) or (B, K). user: (B, m) -> (B, units).
        width: n.
    """

    def __init__(self, photo: nn.Module, user: UserLayer, width: int):
        super().__init__()
        self.photo, self.user, self.width = photo, user, width

    def apart(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """(B, n + m) or (B, n) to (B, n) and (B, m)."""
        features, users = inputs[:, : self.width], inputs[:, self.width :]
        described = self.user.units.in_features
        return features, users if users.shape[1] else features.new_zeros(len(features), described)


class BiasedHead(UserHead):
    """P x + B u."""

    def __init__(
        self, photo: nn.Module, user: UserLayer, width: int, to: int, generator: torch.Generator
    ):
        super().__init__(photo, user, width)
        self.moved = linear(user.units.out_features, to, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """(B, n + m) or (B, n) to (B, D)."""
        features, users = self.apart(inputs)
        return self.photo(features) + self.moved(self.user(users))


class MultiplicativeHead(UserHead):
    """beta((alpha u) * (gamma x)), where `photo` is gamma.

    alpha has a constant of one besides u's weights: small weights multiplied with each other
    three times would give no gradient to start with, and so a user of whom nothing is known
    leaves the photo what it is.
    """

    def __init__(
        self,
        photo: nn.Module,
        user: UserLayer,
        width: int,
        factors: int,
        to: int,
        generator: torch.Generator,
    ):
        super().__init__(photo, user, width)
        self.weighed = linear(user.units.out_features, factors, generator)
        self.joined = linear(factors, to, generator)

    def forward(self, inputs: Tensor) -> Tensor:
        """(B, n + m) or (B, n) to (B, D)."""
        features, users = self.apart(inputs)
        return self.joined((1 + self.weighed(self.user(users))) * self.photo(features))
