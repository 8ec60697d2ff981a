"""Run one training job: read, train, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from phototags.io.storage import write_csv
from phototags.params.compute import Compute
from phototags.systems.bases.system import System
from phototags.systems.registry import parse_system
from phototags.systems.tagger import Tagger, save
from phototags.training.checkpoints import Checkpoint, compute_fingerprint
from phototags.training.context import TrainContext
from phototags.training.inputs import TrainInputs, read_inputs
from phototags.training.job import TrainJob, launch_processes
from phototags.training.live_curves import LiveCurves
from phototags.training.train import train

if TYPE_CHECKING:
    import pandas as pd
    from torch import nn

Trained = tuple[Tagger, "pd.DataFrame", "nn.Module | None"]
"""A tagger, its history, and the backbone where it was trained too."""
TrainSystem = Callable[[TrainJob, System, TrainInputs, TrainContext], Trained]
MakeContext = Callable[[TrainJob, System, TrainInputs], TrainContext]


def train_tagger(job: TrainJob) -> None:
    """Train a tagger on features and write it, in as many processes as the job says."""
    start_job(job, train_on_features)


def start_job(job: TrainJob, train_system: TrainSystem) -> None:
    """Run a job in this process, or in several of this machine where the job says so."""
    if job.processes > 1:
        launch_processes(job)
    else:
        run_job(job, train_system)


def train_on_features(
    job: TrainJob, system: System, inputs: TrainInputs, context: TrainContext
) -> Trained:
    """Train a tagger whose backbone stays frozen."""
    given = inputs.tag_vectors, job.seed, context, inputs.source
    return *train(system, *inputs.parts, *given), None


def make_context(job: TrainJob, system: System, inputs: TrainInputs) -> TrainContext:
    """Make the context of a training in one process."""
    return TrainContext(make_checkpoint(job), make_live_curves(job), compute=read_compute(job))


def run_job(
    job: TrainJob, train_system: TrainSystem, make_context: MakeContext = make_context
) -> None:
    """Read a job's inputs, train in this process, write its outputs and drop its checkpoint."""
    torch.set_num_threads(1)  # several would add up in another order
    system = parse_system(job.params["system"])
    inputs = read_inputs(job, system)
    context = make_context(job, system, inputs)
    tagger, history, backbone = train_system(job, system, inputs, context)
    tagger = context.gather_tagger(tagger)
    if context.is_first:
        about = {"backbone": job.params["backbone"], "train": job.train, "seed": job.seed}
        save(tagger, describe_tagger(system, inputs) | about, job.folder, backbone)
        write_csv(job.folder / "history.csv", history)
    context.checkpoint.remove()


def make_checkpoint(
    job: TrainJob, kind: type[Checkpoint] = Checkpoint, processes: int = 1
) -> Checkpoint:
    """Make a job's checkpoint, in a folder that no rule has as output.

    Shards of images, which may be many GB, are left out of its fingerprint: features, and the
    perceptual hashes beside them, were made from the same images, and differ where these do.

    Args:
        processes: that share the training, since their number changes rounding.
    """
    settings = {**job.params, "train": job.train, "processes": processes}
    fingerprint = compute_fingerprint(job.list_inputs("shards"), settings)
    return kind(
        job.checkpoint_folder / "checkpoint.safetensors", fingerprint, job.checkpoint_seconds
    )


def make_live_curves(job: TrainJob) -> Callable[[dict], None]:
    """Make the live curves of a tagger below models/; any other has none."""
    if not job.folder.is_relative_to("models"):
        return lambda row: None
    return LiveCurves(Path("live") / job.folder.relative_to("models"))


def read_compute(job: TrainJob) -> Compute:
    """The job's section train.compute."""
    return Compute(**job.params["compute"], loader_threads=job.loader_threads)


def describe_tagger(system: System, inputs: TrainInputs) -> Mapping:
    """What config.json says of a tagger, but for names that only its job knows."""
    photos, validation = inputs.parts
    return {
        "system": system.model_dump(),
        "features": photos.features.shape[1] - photos.n_user_features,
        "tags": len(inputs.vocabulary),
        "photos": {
            "train": len(photos),
            "train_without_known_tags": photos.n_left_out,
            "validation": len(validation),
            "validation_without_known_tags": validation.n_left_out,
        },
    }
