"""Folding changes the number of layers, never the outputs."""

import pytest
import torch
from torch import nn
from torchvision import models

from phototags.features.backbones import fold_batch_norms
from phototags.features.efficientnet_lite import build_efficientnet_lite


class Twice(nn.Module):
    """A convolution that two normalisations read: folding it would serve one and harm the other."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3)
        self.norm, self.other = nn.BatchNorm2d(4), nn.BatchNorm2d(4)

    def forward(self, photos):
        seen = self.convolution(photos)
        return self.norm(seen) + self.other(seen)


class Shared(nn.Module):
    """A convolution used twice, normalised once."""

    def __init__(self):
        super().__init__()
        self.convolution, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

    def forward(self, photos):
        return self.norm(self.convolution(self.convolution(photos)))


class Choosing(nn.Module):
    """A forward pass that looks at its input can't be traced."""

    def __init__(self):
        super().__init__()
        self.convolution, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

    def forward(self, photos):
        return self.norm(self.convolution(photos if photos.sum() > 0 else -photos))


def with_statistics(network):
    """Normalisations as after training: nothing is 0 or 1."""
    generator = torch.Generator().manual_seed(0)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            for values in (part.weight, part.running_var):
                values.data.uniform_(0.5, 2, generator=generator)
            for values in (part.bias, part.running_mean):
                values.data.uniform_(-1, 1, generator=generator)
    return network.eval()


def norms(network):
    return sum(isinstance(part, nn.BatchNorm2d) for part in network.modules())


@pytest.mark.parametrize(
    ("make", "folded"),
    [
        (lambda: build_efficientnet_lite(0), 49),
        (lambda: with_statistics(models.resnet18(weights=None)), 20),
        (lambda: with_statistics(models.mobilenet_v2(weights=None)), 52),
        (lambda: with_statistics(Twice()), 0),
        (lambda: with_statistics(Shared()), 0),
        (lambda: with_statistics(Choosing()), 0),
        (lambda: nn.Sequential(nn.Conv2d(3, 4, 3)).eval(), 0),
    ],
    ids=["lite0", "resnet18", "mobilenet", "twice", "shared", "choosing", "none"],
)
def test_a_folded_network_gives_the_same_outputs(make, folded):
    network = make()
    before = norms(network)
    photos = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = network(photos)
        assert fold_batch_norms(network) == folded
        found = network(photos)
    assert norms(network) == before - folded
    scale = expected.abs().max().item()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * scale)
