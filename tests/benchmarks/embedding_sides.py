"""Both sides of bench_features' `embed_photos`, run by `Worker`: ours and torch as it comes."""

from functools import cache

import torch
from measuring import serve

from phototags.features.backbones import Backbone, extract_features, load_backbone
from phototags.features.networks import Network, load_network

PHOTOS = torch.randint(256, (32, 3, 224, 224), generator=torch.Generator().manual_seed(0)).byte()


@cache
def our_backbone(name: str, precision: str) -> Backbone:
    return load_backbone(name, precision=precision)


@cache
def eager_network(name: str) -> Network:
    return load_network(name)


def ours(backbone: str, precision: str = "fp32", batches: int = 1, size: int = 32) -> list:
    """Our features, `size` photos a forward pass; the first few are the answer."""
    found = our_backbone(backbone, precision)
    for _ in range(batches):
        features = [extract_features(found, photos) for photos in PHOTOS.split(size)]
    return features[0][:4].tolist()


@torch.no_grad()
def eager(backbone: str, batches: int = 1) -> list:
    """Features of the same network in float32 as a user of torch and timm writes it."""
    network = eager_network(backbone)
    mean, std = (torch.tensor(one).view(3, 1, 1) for one in (network.mean, network.std))
    for _ in range(batches):
        features = network.module((PHOTOS.float() / 255 - mean) / std)
    return features[:4].tolist()


if __name__ == "__main__":
    torch.set_num_threads(1)
    serve({"ours": ours, "eager": eager})
