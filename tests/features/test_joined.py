"""Several backbones and several layers side by side: each sees and says what it would alone."""

import io

import pytest
import torch
from PIL import Image
from torch.nn.functional import normalize

from phototags.errors import ModelError
from phototags.features.backbones import (
    Backbone,
    JoinedBackbone,
    concatenate_features,
    extract_features,
    load_backbone,
)
from phototags.features.efficientnet_lite import (
    LITES,
    MultiLayer,
    build_efficientnet_lite,
    signed_sqrt,
)
from phototags.features.embed_photos import embed_photos, embed_shard, resize_to_square

SETTINGS = {"batch_size": 4, "max_pixels": 10**6, "max_bytes": 10**6}


@pytest.fixture(scope="module")
def layers():
    return load_backbone("efficientnet_lite0:layers")


class Colour(torch.nn.Module):
    """The mean of each colour: (B, 3)."""

    def forward(self, photos):
        return photos.mean((2, 3))


@pytest.fixture
def pair():
    """Two backbones of other sizes."""
    parts = [
        Backbone(
            f"mean{size}", 3, size, (0.0,) * 3, (1.0,) * 3, "bilinear", Colour(), torch.float32
        )
        for size in (8, 5)
    ]
    return JoinedBackbone("mean8+mean5", tuple(parts))


def test_joined_features_are_the_parts_own_each_of_length_one(pair, drawn_photos):
    found = embed_photos(pair, list(drawn_photos))
    assert found.shape == (5, pair.width) == (5, 6)
    for place, part in enumerate(pair.parts):
        seen = torch.stack([resize_to_square(photo, part.size) for photo in drawn_photos])
        alone = normalize(extract_features(part, seen))
        torch.testing.assert_close(found[:, 3 * place : 3 * place + 3], alone)


def test_a_shard_of_a_joined_backbone_is_embedded_as_its_pictures_are(pair, drawn_photos, make_tar):
    members = {}
    for row, photo in enumerate(drawn_photos):
        content = io.BytesIO()
        Image.fromarray(photo.permute(1, 2, 0).numpy()).save(content, "PNG")
        members[f"{row:08d}.png"] = content.getvalue()
    ids = {row: str(row) for row in range(5)}
    found = embed_shard(make_tar("joined.tar", members), ids, pair, **SETTINGS)
    torch.testing.assert_close(found.features, embed_photos(pair, list(drawn_photos)))


def test_a_backbone_alone_keeps_its_features_as_they_are():
    features = torch.rand(2, 3) * 9
    assert concatenate_features([features]).equal(features)


def test_names_with_a_plus_are_loaded_each(monkeypatch):
    monkeypatch.setattr("phototags.features.backbones.load_single_backbone", lambda name, *_: name)
    assert load_backbone("a:layers+b").parts == ("a:layers", "b")


def test_layers_are_the_last_beside_the_middle_ones(layers, backbone, drawn_photos):
    """The last as the backbone has it; the middle ones caught by hooks on timm's network."""
    found = extract_features(layers, drawn_photos)
    network, caught = build_efficientnet_lite(0), []
    for stage in network.blocks[3:6]:
        stage.register_forward_hook(lambda *call: caught.append(call[2].mean((2, 3))))
    with torch.no_grad():
        network(drawn_photos.float() / 127.5 - 1)
    expected = [
        signed_sqrt(extract_features(backbone, drawn_photos)),
        signed_sqrt(torch.cat(caught, 1)),
    ]
    assert layers.width == 1280 + 80 + 112 + 192
    torch.testing.assert_close(found, torch.cat(expected, 1), atol=1e-4, rtol=1e-4)


def test_batch_norms_of_layers_are_folded_too(layers):
    assert isinstance(layers.module, MultiLayer)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in layers.module.modules())


@pytest.mark.parametrize("number", LITES)
def test_every_lite_gives_1280_features_at_its_own_size(number):
    network = load_backbone(f"efficientnet_lite{number}")
    assert (network.width, network.size) == (1280, LITES[number].size)


@pytest.mark.parametrize(
    "name", ["efficientnet_lite3", "efficientnet_lite0:last", "efficientnet_lite0+", "+", ""]
)
def test_unknown_names_and_parts_are_refused(name):
    with pytest.raises(ModelError, match=r"embed_photos\.backbone"):
        load_backbone(name)
