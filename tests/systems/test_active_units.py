"""No committed system has killed its hidden units."""

from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import nn

from phototags.systems.parts.active_units import MIN_SHARE, share_active_units
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.train import train
from tests.presets import merge_presets

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("results/*/losses.csv")), ids=lambda file: file.parent.name
)
def test_no_committed_system_has_over_half_of_its_hidden_units_dead(file):
    losses = pd.read_csv(file)
    if "active_units" not in losses:
        pytest.skip("made before trainings counted their units; `make results` makes it anew")
    dead = losses[losses["active_units"] < MIN_SHARE]
    assert set(dead["system"]) == set()


@pytest.fixture(scope="module")
def photos() -> TaggedPhotos:
    """1,024 photos of three of 60 topics; features have a large mean in common, as of backbones."""
    generator = torch.Generator().manual_seed(0)
    topics = torch.randn(60, 512, generator=generator)
    tags = torch.stack([torch.randperm(60, generator=generator)[:3] for _ in range(1_024)])
    noise = torch.randn(1_024, 512, generator=generator)
    mean = 2 * torch.rand(512, generator=generator)
    features = mean + 0.3 * topics[tags].sum(1) + 0.3 * noise
    return TaggedPhotos([str(photo) for photo in range(1_024)], features, tags)


@pytest.mark.parametrize("preset", ["systems", "photographs"])
def test_the_units_of_wdv_stay_alive_in_its_first_epochs(preset, photos):
    """In which a learning rate of .001 kills most of them."""
    params = merge_presets([ROOT / "params.yaml", ROOT / f"presets/{preset}.yaml"])
    system = params.train.systems["wdv"].model_copy(update={"epochs": 4})
    vectors = torch.randn(60, 50, generator=torch.Generator().manual_seed(1))
    _, history = train(system, photos, photos, vectors, seed=0)
    assert history["active_units"].iloc[-1] > MIN_SHARE


def test_units_that_fire_on_one_photo_of_many_are_alive():
    layer = nn.Linear(2, 3)
    layer.weight.data = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    layer.bias.data = torch.tensor([0.0, 0.0, -5.0])
    features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 5.5]])
    assert share_active_units(nn.Sequential(layer, nn.ReLU()), features) == [pytest.approx(2 / 3)]
