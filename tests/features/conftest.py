"""The default backbone, loaded once: timm takes two seconds to import."""

import pytest
import torch

from phototags.features.backbones import load_backbone


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def backbone():
    return load_backbone("efficientnet_lite0")


@pytest.fixture(scope="session")
def drawn_photos():
    """Uint8 photos (5, 3, 224, 224): smooth colours, no two alike."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(5, 3, 7, 7, generator=generator)
    return (torch.nn.functional.interpolate(coarse, 224, mode="bicubic").clamp(0, 1) * 255).byte()
