"""A tagger of colours for tests: its features are a picture's mean red, green and blue."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image

from phototags.evaluation.probabilities import Probabilities, write_probabilities
from phototags.systems.im2vec import Im2Vec
from phototags.systems.tagger import save

SYSTEM = Im2Vec(model="im2vec", hidden=[], scaling="none", epochs=1, patience=1)
TAGS = ["red", "green", "blue"]
STEEPNESS = 10.0
"""A colour's probability is sigmoid(STEEPNESS * (share - 1/2))."""


def embed_colours(backbone, pictures, *, batch_size=32):
    """Features for tests: the mean of each colour channel, in [0, 1]."""
    return torch.stack([picture.float().mean(dim=(1, 2)) / 255 for picture in pictures])


def write_tagger(folder: Path, tags=TAGS, steepness=STEEPNESS) -> Path:
    """Write a tagger whose score for a colour is that colour's share in the picture."""
    tagger = SYSTEM.init_tagger(3, torch.eye(3), torch.zeros(3), torch.Generator())
    with torch.no_grad():
        for weights in tagger.head.parameters():
            weights.copy_(torch.eye(3) if weights.ndim == 2 else torch.zeros(3))
    config = {"backbone": "tiny", "train": "shapes", "seed": 0, "features": 3, "tags": 3}
    save(tagger.eval(), {**config, "system": SYSTEM.model_dump()}, folder)
    rows = "".join(f"{tag}\t9\t3\n" for tag in tags)
    (folder / "vocabulary.tsv").write_text(f"tag\tphotos\tusers\n{rows}")
    slopes = np.full(3, steepness)
    fitted = Probabilities(-slopes / 2, slopes, np.full(99, np.nan), np.inf, 9)
    write_probabilities(folder / "calibration.safetensors", fitted)
    return folder


def patch_backbone(setattr_by_path) -> None:
    """Replace the network by `embed_colours`.

    Args:
        setattr_by_path: as pytest's `monkeypatch.setattr`.
    """
    part = SimpleNamespace(size=8, interpolation="bilinear")
    tiny = SimpleNamespace(parts=(part,))
    setattr_by_path("phototags.export.tag_photos.load_backbone", lambda *_, precision: tiny)
    setattr_by_path("phototags.features.embed_photos.embed_photos", embed_colours)


def make_png(colour, number: int = 0) -> bytes:
    """A picture of one colour; different numbers give different bytes of the same pixels."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "PNG", dpi=(100 + number, 100))
    return content.getvalue()
