"""CLIP's image tower: three views of length one, as the published file computes them."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cosine_similarity

from phototags.errors import ModelError
from phototags.features import clip
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.embed_photos import embed_photos
from phototags.io.cpu import has_fast_bf16
from phototags.weights.fetch import ensure_weights


@pytest.fixture(scope="module")
def weights():
    try:
        return ensure_weights("clip_vit_b16")
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def network(weights):
    return load_backbone("clip_vit_b16")


def attend(x, state, block, heads=12):
    """A transformer block by its published formula, a head at a time."""

    def part(name, kind):
        return state[f"vision_model.encoder.layers.{block}.{name}.{kind}"]

    def linear(values, name):
        return values @ part(name, "weight").T + part(name, "bias")

    def norm(values, name):
        centred = values - values.mean(-1, keepdim=True)
        scaled = centred / (centred.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()
        return scaled * part(name, "weight") + part(name, "bias")

    normed = norm(x, "layer_norm1")
    q, k, v = (linear(normed, f"self_attn.{one}_proj") for one in "qkv")
    width, mixed = x.shape[-1] // heads, []
    for head in range(heads):
        cut = slice(head * width, (head + 1) * width)
        weights = (q[:, cut] @ k[:, cut].T / width**0.5).softmax(-1)
        mixed.append(weights @ v[:, cut])
    x = x + linear(torch.cat(mixed, 1), "self_attn.out_proj")
    hidden = linear(norm(x, "layer_norm2"), "mlp.fc1")
    return x + linear(hidden * (1.702 * hidden).sigmoid(), "mlp.fc2")


def test_features_are_those_of_the_published_formula(network, weights):
    """Radford et al. 2021: patches of 16 pixels, 12 blocks, QuickGELU, a projection to 512."""
    photo = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    state = clip.dequantise(load_file(weights / "model.safetensors"))
    outer = {name.removeprefix("vision_model."): tensor for name, tensor in state.items()}

    def norm(values, name):
        return torch.nn.functional.layer_norm(
            values, (768,), outer[f"{name}.weight"], outer[f"{name}.bias"], 1e-5
        )

    patches = photo[0].reshape(3, 14, 16, 14, 16).permute(1, 3, 0, 2, 4).reshape(196, 768)
    tokens = patches @ outer["embeddings.patch_embedding.weight"].reshape(768, 768).T
    tokens = torch.cat([outer["embeddings.class_embedding"][None], tokens])
    tokens = norm(tokens + outer["embeddings.position_embedding.weight"], "pre_layrnorm")
    for block in range(12):
        tokens = attend(tokens, state, block)
    embedding = norm(tokens[:1], "post_layernorm") @ state["image_embeds.weight"].T
    with torch.inference_mode():
        found = network.module(photo)
    views = embedding, tokens[:1], tokens[1:].mean(0, True)
    for part, expected in zip(found.split([512, 768, 768], 1), views, strict=True):
        assert cosine_similarity(part, expected).item() > 0.99999
        torch.testing.assert_close(part.norm(dim=1), torch.ones(1))


def test_bf16_stays_near_fp32(network, drawn_photos):
    half = load_backbone("clip_vit_b16", precision="auto")
    assert half.dtype == (torch.bfloat16 if has_fast_bf16() else torch.float32)
    similarity = cosine_similarity(
        extract_features(half, drawn_photos), extract_features(network, drawn_photos)
    )
    assert similarity.min() > 0.995


def test_a_photo_has_2048_features_whatever_its_shape(network):
    photos = [torch.zeros(3, 30, 90, dtype=torch.uint8), torch.ones(3, 224, 224).byte()]
    assert embed_photos(network, photos).shape == (2, network.width) == (2, 2048)


@pytest.mark.parametrize("missing", ["image_embeds.weight", "vision_model.pre_layrnorm.bias"])
def test_a_damaged_file_is_named(weights, tmp_path, monkeypatch, missing):
    tensors = load_file(weights / "model.safetensors")
    del tensors[missing]
    save_file(tensors, tmp_path / "model.safetensors", metadata={"about": "null"})
    monkeypatch.setattr(clip, "model_file", lambda name: tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="phototags fetch clip_vit_b16"):
        clip.load_clip("clip_vit_b16")
