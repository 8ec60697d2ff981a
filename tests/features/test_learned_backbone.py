"""A backbone that learned with a tagger, from its file; another's file is refused by name."""

import pytest
import torch
from torch import nn

from phototags.errors import ModelError
from phototags.features import networks
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.networks import Network
from phototags.io.storage import write_tensors


def network(width: int = 4) -> Network:
    layers = nn.Conv2d(3, width, 3), nn.BatchNorm2d(width), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    return Network(nn.Sequential(*layers).eval(), 8, (0.5,) * 3, (0.5,) * 3)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(networks, "load_from_library", lambda name: network())


def test_a_training_begins_with_what_another_learned(tmp_path):
    learned, file = network().module, tmp_path / "backbone.safetensors"
    write_tensors(file, learned.state_dict())
    found = networks.load_network("small", file).module.state_dict()
    assert all(found[name].equal(values) for name, values in learned.state_dict().items())


def test_it_sees_as_it_learned_to(tmp_path):
    learned, file = network().module, tmp_path / "backbone.safetensors"
    learned[1].running_mean += 0.25
    write_tensors(file, learned.state_dict())
    photos = torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8)
    expected = learned(photos.float() / 127.5 - 1)
    found = extract_features(load_backbone("small", file), photos)
    torch.testing.assert_close(found, expected.detach())


def test_the_file_of_another_network_is_refused_by_what_differs(tmp_path):
    file = tmp_path / "backbone.safetensors"
    tensors = network(width=5).module.state_dict()
    write_tensors(file, tensors)
    with pytest.raises(ModelError, match="6 are missing, of another shape or not its own, 0.bias"):
        load_backbone("small", file)
    write_tensors(file, network().module.state_dict() | {"z": torch.zeros(1)})
    with pytest.raises(ModelError, match="the 7 tensors of small, but 1 .* z first"):
        load_backbone("small", file)


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="backbone.safetensors should hold .* export that tagger"):
        load_backbone("small", tmp_path / "backbone.safetensors")
