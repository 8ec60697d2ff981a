"""Networks for rclip's code where its own weights cannot be fetched, as ONNX files in its folder.

Two image towers: `ours`, the CLIP ViT-B/16 of phototags with its weights, for 224 pixels; and
`rclip's`, a ViT-B/32 for 256 pixels as rclip 3.3 fetches it, with random weights, which take as
long. The text tower is one of CLIP's size with random weights: what rclip finds means nothing here,
how long it takes does.
"""

import gzip
import itertools
import string
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

WORDS, CONTEXT, WIDTH, LAYERS, HEADS = 49_408, 77, 512, 12, 8  # of CLIP's text tower
MERGES = 48_894
FOLDER = "ViT-B-32-256-datacomp_s34b_b86k"
"""Below RCLIP_DATADIR; rclip looks here, whatever the network is."""


class ImageTower(NamedTuple):
    """A network that turns (B, 3, size, size) photos into (B, width) features."""

    module: nn.Module
    size: int
    width: int


class TextTower(nn.Module):
    """CLIP's text tower with random weights: (B, 77) tokens to (B, width)."""

    def __init__(self, width: int):
        super().__init__()
        self.words, self.places = nn.Embedding(WORDS, WIDTH), nn.Parameter(torch.zeros(77, WIDTH))
        layers = [
            nn.TransformerEncoderLayer(
                WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True
            )
            for _ in range(LAYERS)
        ]
        self.layers, self.head = nn.Sequential(*layers), nn.Linear(WIDTH, width, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.layers(self.words(tokens) + self.places)[:, -1])


def make_tower(name: str) -> ImageTower:
    """The image tower `ours` or `rclip's`."""
    torch.manual_seed(0)
    if name == "ours":
        from phototags.features.backbones import load_backbone

        backbone = load_backbone("clip_vit_b16", precision="fp32")
        return ImageTower(backbone.module, backbone.size, backbone.width)
    import timm

    network = timm.create_model("vit_base_patch32_clip_224", img_size=256, num_classes=WIDTH)
    return ImageTower(network.eval(), 256, WIDTH)


def write_networks(folder: Path, tower: ImageTower) -> None:
    """Write what rclip would fetch into its data folder."""
    (folder / FOLDER).mkdir(parents=True)
    (folder / "tokenizer").mkdir()
    photos = torch.zeros(2, 3, tower.size, tower.size)
    write_onnx(tower.module, photos, folder / FOLDER / "visual.onnx")
    text = TextTower(tower.width).eval().requires_grad_(False)
    write_onnx(text, torch.zeros(2, CONTEXT, dtype=torch.int64), folder / FOLDER / "textual.onnx")
    pairs = itertools.product(string.ascii_letters, repeat=3)
    merges = [f"{one}{two} {three}" for one, two, three in itertools.islice(pairs, MERGES + 1)]
    with gzip.open(folder / "tokenizer" / "bpe_simple_vocab_16e6.txt.gz", "wt") as file:
        file.write("\n".join(["# merges", *merges]))


def write_onnx(module: nn.Module, inputs: Tensor, path: Path) -> None:
    """Write a module as ONNX for batches of any size, in float32."""
    batch = {0: torch.export.Dim("batch")}
    with torch.no_grad():
        program = torch.onnx.export(
            module, (inputs,), dynamo=True, verbose=False, input_names=["input"],
            output_names=["output"], dynamic_shapes=(batch,),
        )  # fmt: skip
    program.save(path)
