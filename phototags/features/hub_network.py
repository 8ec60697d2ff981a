"""A network of timm on the Hugging Face hub at one revision: safetensors alone, no pickle."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from torch import nn

from phototags.errors import ModelError
from phototags.io.storage import read_tensors

PREFIX = "hub:"
ADDRESS = re.compile(r"hub:([\w.-]+/[\w.-]+)@([\w.-]+)")


class HubNetwork(NamedTuple):
    """A network without its classifier, and the settings of its photos.

    Args:
        module: in evaluation mode. settings: mean, std, input_size and interpolation.
    """

    module: nn.Module
    settings: dict


def parse_address(name: str) -> tuple[str, str]:
    """The repository and revision of `hub:OWNER/NAME@REVISION`.

    Raises:
        ModelError: it is written otherwise.

    >>> parse_address("hub:timm/vit_base_patch16_clip_224.openai@9ee6d2a")
    ('timm/vit_base_patch16_clip_224.openai', '9ee6d2a')
    """
    match = ADDRESS.fullmatch(name)
    if not match:
        raise ModelError(
            f"a backbone of the hub should be hub:OWNER/NAME@REVISION, but is {name!r}. A revision "
            "is needed, for what a name means on the hub can change. Correct "
            "embed_photos.backbone in params.yaml."
        )
    return match[1], match[2]


def load_hub_network(name: str) -> HubNetwork:
    """Download (or find in the hub's cache) config.json and model.safetensors, and build.

    Raises:
        ModelError: the address, the hub, or a file is not as expected, and what else to do.
    """
    import timm
    from huggingface_hub import hf_hub_download

    repository, revision = parse_address(name)
    try:
        files = [
            Path(hf_hub_download(repository, file, revision=revision))
            for file in ("config.json", "model.safetensors")
        ]
        config = json.loads(files[0].read_text(encoding="utf-8"))
        options = dict(config.get("model_args") or {}, num_classes=config.get("num_classes", 0))
        module = timm.create_model(config["architecture"], pretrained=False, **options)
        module.load_state_dict(read_tensors(files[1])[0])
        module.reset_classifier(0)
        settings = {key: config["pretrained_cfg"][key] for key in ("mean", "std", "input_size")}
        settings["interpolation"] = config["pretrained_cfg"].get("interpolation", "bicubic")
    except Exception as error:  # the hub's, the network's and timm's own kinds
        raise ModelError(
            f"{name} should be a network of timm, with config.json and model.safetensors, on the "
            f"Hugging Face hub, but: {type(error).__name__}: {error}. Run once where the hub can "
            "be reached (it is kept in HF_HOME), or take another backbone: clip_vit_b16 or "
            "efficientnet_lite0, whose weights are pip packages."
        ) from error
    return HubNetwork(module.eval(), settings)
