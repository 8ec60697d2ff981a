"""A tagger whose backbone learns too: from pixels to scores, on a CPU or a GPU."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import pandas as pd
import torch
from torch import Tensor, nn

from phototags.errors import ParamsError
from phototags.features.networks import Network
from phototags.io.cpu import refuse_slow_bf16
from phototags.params.compute import Compute
from phototags.systems.gradient import Trained
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.ranked import Ranked
from phototags.training.assembly import shown_as
from phototags.training.batch_loader import add_label_noise
from phototags.training.context import ALONE, Around
from phototags.training.image_loader import ImageLoader
from phototags.training.images import Pictures
from phototags.training.loop import Schedule, fit
from phototags.training.plans import plan
from phototags.training.validation import judged_on_pictures

Precision = Literal["fp32", "bf16"]


class BackboneAndHead(nn.Module):
    """The head of an EmbeddingTagger that is given pixels.

    Args:
        network: learns. head: (B, n) -> (B, D).
        precision: `bf16` is the backbone's only, by autocast; weights and head stay fp32.
        generator: seeds, in training, the draws that the network's own layers (dropout, stochastic
            depth) make from torch's; else what a process did before would change the weights.
        kept: batch normalisations go by the statistics that they came with, in training too.
    """

    part: tuple[slice, int] | None = None
    """As a Dropout's: where several processes share a batch, each draws for its photos anew."""

    def __init__(
        self,
        network: Network,
        head: nn.Module,
        precision: Precision = "fp32",
        generator: torch.Generator | None = None,
        kept: bool = False,
    ):
        super().__init__()
        self.generator, self.kept = generator, kept
        self.backbone = network.module.to(memory_format=torch.channels_last)
        self.head, self.precision = head, precision
        for name, of in (("mean", network.mean), ("std", network.std)):
            self.register_buffer(name, 255 * torch.tensor(of).view(3, 1, 1), persistent=False)

    def train(self, mode: bool = True) -> "BackboneAndHead":
        """As a module's; kept statistics are used as in evaluation."""
        super().train(mode)
        for module in self.backbone.modules():
            if self.kept and isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self

    def forward(self, photos: Tensor) -> Tensor:
        """(B, 3, S, S), 0 to 255 in any type, on any device, to (B, D) float32."""
        seen = (photos.to(self.mean.device, non_blocking=True).float() - self.mean) / self.std
        kind, first = self.mean.device.type, self.part[0].start if self.part else 0
        with (
            torch.autocast(kind, torch.bfloat16, enabled=self.precision == "bf16"),
            seeded(self.generator if self.training else None, self.mean.device, first),
        ):
            features = self.backbone(seen.contiguous(memory_format=torch.channels_last))
        return self.head(features.float())


@contextmanager
def seeded(
    generator: torch.Generator | None, device: torch.device, first: int = 0
) -> Iterator[None]:
    """Inside, torch's own generators go by one draw from this one, and are put back after it.

    Args:
        first: number of the first photo given; others draw otherwise.
    """
    if generator is None:
        yield
        return
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(torch.randint(2**62, (), generator=generator).item() + first)
        yield


def train_end_to_end(
    system: Trained,
    photos: tuple[TaggedPhotos, Pictures],
    validation: tuple[TaggedPhotos, Pictures],
    tag_vectors: Tensor,
    network: Network,
    seed: int,
    around: Around = ALONE,
    start: Mapping[str, Tensor] | None = None,
    part: Callable[[int], slice] | None = None,
) -> tuple[EmbeddingTagger, pd.DataFrame]:
    """Train a head and the backbone below it by the same loop as heads alone.

    Args:
        photos, validation: what is known of them, features unread, and their pictures.
        network: with the weights to start from; what it learns is put into it.
        around: as `train`'s. start: what the tagger knows that the system starts from.
        part: an ImageLoader's, when processes share batches.

    Returns:
        the tagger of the features that the network gives now, and its history.

    Raises:
        ParamsError: a system, a device or a precision that cannot be.
    """
    compute = around.compute
    refuse_impossible(system, compute)
    tags, generator = len(tag_vectors), torch.Generator().manual_seed(seed)
    known = add_label_noise(photos[0], system.label_noise, tags, generator)
    with torch.inference_mode():
        width = network.module.eval()(torch.zeros(2, 3, *[photos[1].size] * 2)).shape[1]
    known = replace(known, features=torch.empty(len(known), width, device="meta"))
    tagger, objective, constrain = plan(system, known, tag_vectors, generator, start)
    kept = system.batch_norm == "frozen"
    tagger.head = BackboneAndHead(network, tagger.head, compute.precision, generator, kept)
    tagger = around.placed(tagger)
    if compute.compile:
        network.module.compile()
    device = torch.device(compute.device)
    shown = {"pictures": photos[1], "loaders": compute.loaders, "pinned": device.type == "cuda"}
    shown |= {"device": device} if compute.pictures == "device" else {}
    shown |= {"part": part} if part else {}
    feed = ImageLoader(known, system.batch_size, **shown_as(system, known, tags), **shown)
    schedule = Schedule(**system.model_dump(include=Schedule.__annotations__))
    judge = judged_on_pictures(*validation, system.batch_size, compute.loaders)
    history = fit(tagger, objective, feed, judge, schedule, generator, constrain, around)
    tagger.head = tagger.head.head
    return tagger, history


def refuse_impossible(system: Trained, compute: Compute) -> None:
    """Raise the ParamsError of a system or a precision that cannot be."""
    if isinstance(system, Ranked):
        raise ParamsError(
            f"model: {system.model} limits the weights that learn: set `backbone: frozen`."
        )
    if compute.precision == "bf16" and compute.device == "cpu":
        refuse_slow_bf16()
