"""A tagger whose backbone learns too: from pixels to scores, on a CPU or a GPU."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd
import torch
from pydantic import TypeAdapter
from torch import Tensor, nn

from phototags.compute import refuse_slow_bf16
from phototags.errors import ModelError, ParamsError, PhototagsError
from phototags.features.backbones import load_network
from phototags.features.pretrained import Network
from phototags.metrics.ranking import mean_average_precision
from phototags.storage import read_tensors
from phototags.systems import Bilinear, System
from phototags.taggers.embedding import EmbeddingTagger
from phototags.taggers.tagger import read_config, restored
from phototags.trained_systems import Trained
from phototags.training.assembly import shown_as
from phototags.training.feed import spoilt
from phototags.training.loop import ALONE, Around, Judge, Schedule, fit
from phototags.training.photo_feed import PhotoFeed, Pictures
from phototags.training.photos import TaggedPhotos
from phototags.training.plans import plan

Precision = Literal["fp32", "bf16"]


class BackboneAndHead(nn.Module):
    """The head of an EmbeddingTagger that is given pixels.

    Args:
        network: learns, its batch normalisations as they are. head: (B, n) -> (B, D).
        precision: `bf16` is the backbone's only, by autocast; weights and head stay fp32.
    """

    def __init__(self, network: Network, head: nn.Module, precision: Precision = "fp32"):
        super().__init__()
        self.backbone = network.module.to(memory_format=torch.channels_last)
        self.head, self.precision = head, precision
        for name, of in (("mean", network.mean), ("std", network.std)):
            self.register_buffer(name, 255 * torch.tensor(of).view(3, 1, 1), persistent=False)

    def forward(self, photos: Tensor) -> Tensor:
        """(B, 3, S, S), 0 to 255 in any type, on any device, to (B, D) float32."""
        seen = (photos.to(self.mean.device, non_blocking=True).float() - self.mean) / self.std
        kind = self.mean.device.type
        with torch.autocast(kind, torch.bfloat16, enabled=self.precision == "bf16"):
            features = self.backbone(seen.contiguous(memory_format=torch.channels_last))
        return self.head(features.float())


@dataclass(frozen=True)
class Compute:
    """Where and how to compute.

    Args:
        device: as torch names it, `cpu` or `cuda` or `cuda:1`.
        precision: of the backbone. compile: by torch.compile, minutes that long trainings regain.
        loaders: threads that decode pictures.
    """

    device: str = "cpu"
    precision: Precision = "fp32"
    compile: bool = False
    loaders: int = 2


def train_end_to_end(
    system: Trained,
    photos: tuple[TaggedPhotos, Pictures],
    validation: tuple[TaggedPhotos, Pictures],
    tag_vectors: Tensor,
    network: Network,
    seed: int,
    compute: Compute,
    around: Around = ALONE,
    part: Callable[[int], slice] | None = None,
    start: Mapping[str, Tensor] | None = None,
) -> tuple[EmbeddingTagger, pd.DataFrame]:
    """Train a head and the backbone below it by the same loop as heads alone.

    Args:
        photos, validation: what is known of them, features unread, and their pictures.
        network: with the weights to start from; is changed.
        part: a PhotoFeed's, when processes share batches.
        start: what the tagger knows that the system starts from.

    Returns:
        the tagger, whose `scores` takes pixels, and its history.

    Raises:
        ParamsError: a system or a precision that cannot be.
    """
    if isinstance(system, Bilinear):
        raise ParamsError("model: bilinear limits all its weights: train it on frozen features.")
    if compute.precision == "bf16" and compute.device == "cpu":
        refuse_slow_bf16()
    tags, generator = len(tag_vectors), torch.Generator().manual_seed(seed)
    known = spoilt(photos[0], system.noise, tags, generator)
    with torch.inference_mode():
        width = network.module.eval()(torch.zeros(2, 3, *[photos[1].size] * 2)).shape[1]
    known = replace(known, features=torch.empty(len(known), width, device="meta"))
    tagger, objective, constrain = plan(system, known, tag_vectors, generator, start)
    tagger.head = BackboneAndHead(network, tagger.head, compute.precision)
    tagger.to(compute.device)
    if compute.compile:
        network.module.compile()
    shown = {"pictures": photos[1], "loaders": compute.loaders} | ({"part": part} if part else {})
    feed = PhotoFeed(known, system.batch, **shown_as(system, known, tags), **shown)
    schedule = Schedule(**system.model_dump(include=Schedule.__annotations__))
    judge = judged_on_pictures(*validation, system.batch, compute.loaders)
    return tagger, fit(tagger, objective, feed, judge, schedule, generator, constrain, around)


def judged_on_pictures(known: TaggedPhotos, pictures: Pictures, batch: int, loaders: int) -> Judge:
    """A function that gives a tagger's mAP on whole pictures; nan without any."""

    def judge(tagger: EmbeddingTagger) -> float:
        if not len(known):
            return float("nan")
        parts = []
        with ThreadPoolExecutor(loaders, "decode", torch.set_num_threads, (1,)) as pool:
            for some in torch.arange(len(known)).split(batch):
                pixels = torch.stack(list(pool.map(pictures.whole, some.tolist())))
                parts.append(tagger.scores(pixels).cpu())
        scores = torch.cat(parts)
        return mean_average_precision(scores.numpy(), known.relevant(scores.shape[1]).numpy())

    return judge


def read_end_to_end(folder: Path | str) -> EmbeddingTagger:
    """The tagger of a folder that `save` wrote of an end-to-end training.

    Raises:
        ModelError: when a file is missing, damaged or of a tagger with a frozen backbone.
    """
    config = read_config(folder)
    try:
        system = TypeAdapter(System).validate_python(config["system"])
        tensors, _ = read_tensors(Path(folder) / "model.safetensors")
        below = {key: value for key, value in tensors.items() if key.startswith("head.backbone.")}
        above = {
            key.replace("head.head.", "head."): value
            for key, value in tensors.items()
            if key not in below
        }
        tagger = restored(system, config["features"], above)
        tagger.head = BackboneAndHead(load_network(config["backbone"]), tagger.head)
        tagger.load_state_dict(tensors)
        return tagger.eval()
    except (PhototagsError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"{folder} should hold a tagger trained with its backbone, but: {error}. "
            "Train it again by `python -m phototags.training.parallel --backbone trained`."
        ) from error
