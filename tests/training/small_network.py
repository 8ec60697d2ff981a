"""A backbone of one convolution, the same each time."""

import torch
from torch import nn

from phototags.features.networks import Network


def small_network(dropout: float = 0.0) -> Network:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
    module = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(dropout))
    return Network(module.eval(), 16, (0.5,) * 3, (0.5,) * 3)
