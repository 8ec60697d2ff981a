"""A network of the hub is that of its safetensors; whatever is wrong with it is said."""

import json

import huggingface_hub
import pytest
import timm
import torch
from safetensors.torch import save_file

from phototags.errors import ModelError
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.published_weights import refuse_downloads
from phototags.io.tagger_config import check_backbone

NAME = "hub:somebody/tiny@abc123"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A tiny network of timm with random weights in a folder that stands for the hub."""
    torch.manual_seed(0)
    network = timm.create_model("test_vit", num_classes=7).eval()
    save_file(network.state_dict(), tmp_path / "model.safetensors")
    settings = {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4], "input_size": [3, 160, 160]}
    config = {"architecture": "test_vit", "num_classes": 7, "pretrained_cfg": settings}
    (tmp_path / "config.json").write_text(json.dumps(config))
    asked = []

    def download(repository: str, file: str, revision: str) -> str:
        asked.append((repository, file, revision))
        return str(tmp_path / file)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    return network, tmp_path, asked


def test_its_features_are_those_before_the_classifier(published):
    network, _, asked = published
    backbone = load_backbone(NAME)
    assert {(one[0], one[2]) for one in asked} == {("somebody/tiny", "abc123")}
    assert (backbone.size, backbone.mean, backbone.interpolation) == (
        160,
        (0.4, 0.5, 0.6),
        "bicubic",
    )
    photos = torch.randint(0, 256, (2, 3, 160, 160), dtype=torch.uint8)
    inputs = (photos.float() / 255 - torch.tensor([0.4, 0.5, 0.6]).view(3, 1, 1)) / torch.tensor(
        [0.2, 0.3, 0.4]
    ).view(3, 1, 1)
    with torch.no_grad():
        expected = network.forward_head(network.forward_features(inputs), pre_logits=True)
    with torch.inference_mode():
        assert torch.allclose(extract_features(backbone, photos), expected, atol=1e-4)


@pytest.mark.parametrize("name", ["hub:tiny@abc", "hub:somebody/tiny", "hub:../x/y@abc", "hub:@"])
def test_an_address_without_owner_or_revision_is_refused(name):
    with pytest.raises(ModelError, match="hub:OWNER/NAME@REVISION"):
        load_backbone(name)


def test_a_hub_that_cannot_be_reached_is_an_error_with_other_ways(monkeypatch):
    def refuse(*_, **__):
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)
    with pytest.raises(ModelError, match="no route.*clip_vit_b16"):
        load_backbone(NAME)


def test_a_tagger_finds_it_in_the_cache_and_downloads_nothing(published, monkeypatch, tmp_path):
    assert check_backbone(NAME) == NAME
    with refuse_downloads():
        assert load_backbone(NAME).size == 160
    monkeypatch.undo()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    begun = []
    monkeypatch.setattr("socket.socket.connect", lambda *_: begun.append("connect"))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: begun.append("address") or [])
    with refuse_downloads(), pytest.raises(ModelError, match="clip_vit_b16"):
        load_backbone(NAME)
    assert begun == []


@pytest.mark.parametrize("name", ["hub:../x@1", "hub:a/b@../c", "hub:a/b/c@1", "hub:a/b@1@64"])
def test_an_address_that_leaves_the_hub_is_no_backbone_of_a_tagger(name):
    with pytest.raises(ValueError, match="a backbone should be named"):
        check_backbone(name)


@pytest.mark.parametrize("damage", ["weights", "architecture", "config"])
def test_other_files_than_promised_are_an_error(published, damage):
    _, folder, _ = published
    config = json.loads((folder / "config.json").read_text())
    if damage == "weights":
        save_file({"a": torch.zeros(1)}, folder / "model.safetensors")
    elif damage == "architecture":
        (folder / "config.json").write_text(json.dumps(config | {"architecture": "none_such"}))
    else:
        (folder / "config.json").write_text("[")
    with pytest.raises(ModelError, match="config.json and model.safetensors"):
        load_backbone(NAME)
