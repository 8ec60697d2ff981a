"""Both sides of bench_features' `embed_photos`, run by `Worker`: ours and torch as it comes."""

from functools import cache

import torch
from measuring import serve

from phototags.features.backbones import Backbone, extract_features, load_backbone
from phototags.features.networks import load_lite

PHOTOS = torch.randint(256, (32, 3, 224, 224), generator=torch.Generator().manual_seed(0)).byte()


@cache
def our_backbone() -> Backbone:
    return load_backbone("efficientnet_lite0")


@cache
def eager_module() -> torch.nn.Module:
    return load_lite().module


def ours(precision: str = "fp32", batches: int = 1) -> list:
    """Our features; the first few are the answer."""
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        for _ in range(batches):
            features = extract_features(our_backbone(), PHOTOS)
    return features[:4].tolist()


@torch.no_grad()
def eager(batches: int = 1) -> list:
    """Features of the same network as a user of torch writes it."""
    for _ in range(batches):
        features = eager_module()((PHOTOS.float() / 255 - 0.5) / 0.5)
    return features[:4].tolist()


if __name__ == "__main__":
    torch.set_num_threads(1)
    serve({"ours": ours, "eager": eager})
