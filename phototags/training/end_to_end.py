"""End-to-end training of a tagger and the backbone below it, from pixels to scores."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import pandas as pd
import torch
from torch import Tensor, nn

from phototags.errors import ParamsError
from phototags.features.networks import Network, load_network
from phototags.io.cpu import refuse_slow_bf16
from phototags.params.compute import Compute
from phototags.systems.bases.gradient import GradientSystem
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.batch_loader import add_label_noise
from phototags.training.context import DEFAULT_CONTEXT, TrainContext
from phototags.training.image_loader import ImageLoader
from phototags.training.images import TrainImages, make_image_evaluator, open_images
from phototags.training.inputs import TrainInputs
from phototags.training.job import TrainJob
from phototags.training.loop import fit
from phototags.training.run_job import Trained, start_job
from phototags.training.train import loader_keys

Precision = Literal["fp32", "bf16"]


class BackboneAndHead(nn.Module):
    """The head of an EmbeddingTagger whose inputs are pixels: backbone, then head.

    Args:
        network: the backbone; its weights are trained in place. head: (B, n) -> (B, D).
        precision: of the backbone, by autocast; its weights and the head stay fp32.
        generator: seeds torch's global generators for the backbone's own dropout and stochastic
            depth in training; else what a process did before would change the weights.
        freeze_batch_norm: normalise by the pretrained statistics, in training too.
    """

    part: tuple[slice, int] | None = None
    """As a Dropout's: where several processes share a batch, each draws for its own photos."""

    def __init__(
        self,
        network: Network,
        head: nn.Module,
        precision: Precision = "fp32",
        generator: torch.Generator | None = None,
        freeze_batch_norm: bool = False,
    ):
        super().__init__()
        self.generator, self.freeze_batch_norm = generator, freeze_batch_norm
        self.backbone = network.module.to(memory_format=torch.channels_last)
        self.head, self.precision = head, precision
        for name, of in (("mean", network.mean), ("std", network.std)):
            self.register_buffer(name, 255 * torch.tensor(of).view(3, 1, 1), persistent=False)

    def train(self, mode: bool = True) -> "BackboneAndHead":
        """Set the mode, as a module's; frozen batch normalisations stay in evaluation mode."""
        super().train(mode)
        for module in self.backbone.modules():
            if self.freeze_batch_norm and isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self

    def forward(self, photos: Tensor) -> Tensor:
        """(B, 3, S, S), 0 to 255 in any type, on any device, to (B, D) float32."""
        pixels = (photos.to(self.mean.device, non_blocking=True).float() - self.mean) / self.std
        kind, first = self.mean.device.type, self.part[0].start if self.part else 0
        with (
            torch.autocast(kind, torch.bfloat16, enabled=self.precision == "bf16"),
            fork_seeded(self.generator if self.training else None, self.mean.device, first),
        ):
            features = self.backbone(pixels.contiguous(memory_format=torch.channels_last))
        return self.head(features.float())


@contextmanager
def fork_seeded(
    generator: torch.Generator | None, device: torch.device, first: int = 0
) -> Iterator[None]:
    """Seed torch's global generators by one draw from `generator`; restore them after the block.

    Args:
        generator: None changes nothing.
        first: position of the first photo in the batch; each process has another.
    """
    if generator is None:
        yield
        return
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(torch.randint(2**62, (), generator=generator).item() + first)
        yield


def train_with_backbone(job: TrainJob) -> None:
    """Train a tagger and its backbone and write both, in as many processes as the job says."""
    start_job(job, train_on_images)


def train_on_images(
    job: TrainJob, system: GradientSystem, inputs: TrainInputs, context: TrainContext
) -> Trained:
    """Train a tagger whose backbone learns too, from the images of the job's shards."""
    network = load_network(job.params["backbone"], *job.inputs["start"][1:])
    limits = *job.params["image_limits"], network.size
    images = open_images(inputs.parts, job.inputs["shards"], *limits)
    parts = zip(inputs.parts, images, strict=True)
    given = inputs.tag_vectors, network, job.seed, context, inputs.source
    return *train_end_to_end(system, *parts, *given), network.module


def train_end_to_end(
    system: GradientSystem,
    photos: tuple[TaggedPhotos, TrainImages],
    validation: tuple[TaggedPhotos, TrainImages],
    tag_vectors: Tensor,
    network: Network,
    seed: int,
    context: TrainContext = DEFAULT_CONTEXT,
    start: Mapping[str, Tensor] | None = None,
) -> tuple[EmbeddingTagger, pd.DataFrame]:
    """Train a head and the backbone below it, by the loop that trains heads alone.

    Args:
        photos, validation: photos, whose features are not read, and their images.
        network: the backbone with its initial weights; they are trained in place.
        context, start: as `train`'s.

    Returns:
        the tagger of the features that the network gives now, and its history.

    Raises:
        ParamsError: a system, device or precision that is not supported.
    """
    compute = context.compute
    refuse_unsupported(system, compute)
    n_tags, generator = len(tag_vectors), torch.Generator().manual_seed(seed)
    known = add_label_noise(photos[0], system.label_noise, n_tags, generator)
    with torch.inference_mode():
        width = network.module.eval()(torch.zeros(2, 3, *[photos[1].size] * 2)).shape[1]
    known = replace(known, features=torch.empty(len(known), width, device="meta"))
    tagger, objective, constrain = system.build(known, tag_vectors, generator, start)
    frozen = system.batch_norm == "frozen"
    tagger.head = BackboneAndHead(network, tagger.head, compute.precision, generator, frozen)
    tagger = context.place(tagger)
    if compute.compile:
        network.module.compile()
    device, threads = torch.device(compute.device), compute.loader_threads
    keys = {"images": photos[1], "threads": threads, "pin_memory": device.type == "cuda"}
    keys |= {"device": device} if compute.decode_on == "device" else {}
    keys |= {"own_part": context.own_part} if context.own_part else {}
    loader = ImageLoader(known, system, **loader_keys(system, known, n_tags), **keys)
    evaluate = make_image_evaluator(*validation, system.batch_size, threads)
    history = fit(tagger, objective, loader, evaluate, system, generator, constrain, context)
    tagger.head = tagger.head.head
    return tagger, history


def refuse_unsupported(system: GradientSystem, compute: Compute) -> None:
    """Raise the ParamsError of a system or a precision that is not supported."""
    if not system.learns_backbone:
        raise ParamsError(
            f"model: {system.model} limits the weights that learn: set `backbone: frozen`."
        )
    if compute.precision == "bf16" and compute.device == "cpu":
        refuse_slow_bf16()
