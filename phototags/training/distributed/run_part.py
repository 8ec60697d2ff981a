"""One process' part of a training job that several share."""

import os
from dataclasses import replace
from functools import partial

import torch
import torch.distributed as dist

from phototags.errors import ParamsError
from phototags.params.compute import Compute
from phototags.systems.bases.system import System
from phototags.systems.registry import parse_system
from phototags.training.context import TrainContext
from phototags.training.distributed.sharded_tags import (
    ShardedCheckpoint,
    ShardedTagger,
    evaluate_by_shard,
    gather_tagger,
)
from phototags.training.distributed.shared_batches import (
    SharedCheckpoint,
    evaluate_on_first,
    part_of_process,
    share_photos,
)
from phototags.training.end_to_end import train_on_images
from phototags.training.inputs import TrainInputs
from phototags.training.job import TrainJob
from phototags.training.run_job import (
    make_checkpoint,
    make_live_curves,
    read_compute,
    run_job,
    train_on_features,
)


def run_part(job: TrainJob) -> None:
    """Train as one of the processes that torchrun started, or alone; the first writes for all."""
    if "RANK" in os.environ:
        dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        trains_backbone = parse_system(job.params["system"]).learns_backbone
        train_system = train_on_images if trains_backbone else train_on_features
        run_job(job, train_system, make_shared_context)
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def make_shared_context(job: TrainJob, system: System, inputs: TrainInputs) -> TrainContext:
    """Make the context of a training that the processes share: its photos, or its tags too.

    Raises:
        ParamsError: the tag table cannot be sharded.
    """
    compute, n_tags = use_own_device(read_compute(job)), len(inputs.tag_vectors)
    process, processes = rank(), world_size()
    if compute.shard_tags:
        refuse_to_shard(system, n_tags)
    elif processes == 1:
        return TrainContext(make_checkpoint(job), make_live_curves(job), compute=compute)
    kind = ShardedCheckpoint if compute.shard_tags else SharedCheckpoint
    context = TrainContext(
        make_checkpoint(job, kind, processes),
        on_start=share_photos,
        wrap_evaluate=evaluate_on_first,
        own_part=partial(part_of_process, process=process, processes=processes),
        compute=compute,
        is_first=process == 0,
    )
    if context.is_first:
        context = replace(context, on_epoch=make_live_curves(job))
    if compute.shard_tags:
        present = inputs.parts[1].counts(n_tags) > 0
        context = replace(
            context,
            wrap_tagger=ShardedTagger,
            wrap_evaluate=evaluate_by_shard(present),
            gather_tagger=partial(gather_tagger, n_tags=n_tags),
        )
    return context


def use_own_device(compute: Compute) -> Compute:
    """Give each process of a machine a GPU of its own where the device is `cuda`."""
    if compute.device != "cuda":
        return compute
    return compute.model_copy(update={"device": f"cuda:{os.environ.get('LOCAL_RANK', 0)}"})


def refuse_to_shard(system: System, n_tags: int) -> None:
    """Raise the ParamsError of a tag table that cannot be sharded, or need not be."""
    if not system.can_shard_tags:
        raise ParamsError(
            "train.compute.shard_tags is for im2vec and fast0tag, which score a few tags a step, "
            f"but model is {system.model}, which scores all as set here. Set `shard_tags: false`."
        )
    if system.learns_backbone and system.batch_norm == "batch":
        raise ParamsError(
            "train.compute.shard_tags with backbone: trained needs batch_norm: frozen, or each "
            "process would evaluate its tags by batch statistics of its own. Set it in the "
            "system's settings."
        )
    if not 1 < world_size() <= n_tags:
        raise ParamsError(
            f"train.compute.shard_tags needs from 2 to {n_tags} processes, one tag at least for "
            f"each, but runs on {world_size()}. Set train.compute.processes, or start it by "
            "torchrun with --nproc-per-node."
        )


def rank() -> int:
    """The number of this process among those that torchrun started."""
    return dist.get_rank() if dist.is_initialized() else 0


def world_size() -> int:
    """The number of processes that torchrun started; 1 without it."""
    return dist.get_world_size() if dist.is_initialized() else 1
