"""The image tower of CLIP (Radford et al., ICML 2021) as a network of features."""

import re

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import read_tensors
from phototags.weights.checkpoints import CHECKPOINTS
from phototags.weights.conversion import dequantise
from phototags.weights.fetch import model_file

LAYER = re.compile(r"vision_model\.encoder\.layers\.(\d+)\.(.+)\.(weight|bias)")
BLOCK = {
    "self_attn.out_proj": "attn.proj",
    "layer_norm1": "norm1",
    "layer_norm2": "norm2",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
}
OUTER = {
    "vision_model.embeddings.class_embedding": "cls_token",
    "vision_model.embeddings.patch_embedding.weight": "patch_embed.proj.weight",
    "vision_model.embeddings.position_embedding.weight": "pos_embed",
    "vision_model.pre_layrnorm.weight": "norm_pre.weight",  # so spelt by transformers
    "vision_model.pre_layrnorm.bias": "norm_pre.bias",
    "vision_model.post_layernorm.weight": "norm.weight",
    "vision_model.post_layernorm.bias": "norm.bias",
    "image_embeds.weight": "head.weight",
}


class ClipFeatures(nn.Module):
    """Three views of a photo, each of length one: its embedding, class token and mean patch.

    The embedding is what CLIP compares with texts; the tokens before it keep what captions do not
    say. Linear taggers on the three together are better than on any one of them.

    Args:
        network: a vision transformer of timm with a linear head (512 wide for ViT-B/16); its last
            normalisation and head are taken out of it.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.head = nn.Sequential(network.norm, network.head)
        network.norm = network.head = nn.Identity()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        """Map (B, 3, 224, 224) to (B, 512 + 768 + 768) float32."""
        tokens = self.network.forward_features(photos)
        views = self.head(tokens[:, 0]), tokens[:, 0], tokens[:, 1:].float().mean(1)
        return torch.cat([normalize(view.float()) for view in views], 1)


def load_clip(name: str) -> nn.Module:
    """Load the image tower of a fetched checkpoint of the registry, in float32.

    Raises:
        ModelError: it was not fetched, or its file is damaged.
    """
    import timm

    path = model_file(name)
    try:
        tensors = rename_tensors(dequantise(read_tensors(path)[0]))
        width = len(tensors["head.weight"])
        with torch.device("meta"):  # random weights would take a second to draw
            network = timm.create_model(CHECKPOINTS[name].architecture, num_classes=width)
            network.head = nn.Linear(network.num_features, width, bias=False)
        network.load_state_dict(tensors, assign=True)
    except (KeyError, PhototagsError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"{path} should hold the tensors of {name}, but: {error}. Remove it and fetch it "
            f"again with `phototags fetch {name}`."
        ) from error
    return ClipFeatures(network.eval())


def rename_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename the tensors of transformers' CLIP to timm's names.

    Queries, keys and values of a layer become one matrix.
    """
    found = {to: tensors[name] for name, to in OUTER.items()}
    found["cls_token"] = found["cls_token"].view(1, 1, -1)
    found["pos_embed"] = found["pos_embed"][None]
    for name, tensor in tensors.items():
        match = LAYER.fullmatch(name)
        if match and match[2] in BLOCK:
            found[f"blocks.{match[1]}.{BLOCK[match[2]]}.{match[3]}"] = tensor
        elif match and match[2] == "self_attn.q_proj":
            parts = [tensors[name.replace("q_proj", part)] for part in ("q_proj", "k_proj")]
            parts.append(tensors[name.replace("q_proj", "v_proj")])
            found[f"blocks.{match[1]}.attn.qkv.{match[3]}"] = torch.cat(parts)
    return found
