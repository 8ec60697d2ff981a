"""Several processes train a system each of SYSTEMS; each writes its weights to the folder given.

`torchrun --nproc-per-node 2 -m tests.training.shared FOLDER [NAME WRITES]`: kills itself (-9) when
the checkpoint of that system was written so often.
"""

import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist

from phototags.io.storage import write_tensors
from phototags.systems.bilinear import Bilinear
from phototags.systems.im2vec import Im2Vec
from phototags.systems.khot import Khot
from phototags.systems.multihot import Multihot
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.context import DEFAULT_CONTEXT, TrainContext
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
from phototags.training.end_to_end import train_end_to_end
from phototags.training.images import TrainImages
from phototags.training.train import train
from tests.training.small_network import small_network

KEYS = {"epochs": 3, "patience": 3, "batch_size": 7}  # 40 photos: the last batch has 5
SYSTEMS = {
    "multihot": Multihot(model="multihot", hidden=[6], dropout=0.3, accumulate_batches=2, **KEYS),
    "joint": Im2Vec(
        model="im2vec", hidden=[6], dropout=0.3, tag_vectors="joint", ema_decay=0.9, **KEYS
    ),
    "adagrad": Im2Vec(model="im2vec", tag_vectors="joint", tag_optimiser="adagrad", **KEYS),
    "batch": Im2Vec(model="im2vec", exclude="batch", **KEYS),
    "bilinear": Bilinear(model="bilinear", optimiser="sgd", init_std=0.1, max_trials=5, **KEYS),
    "khot": Khot(model="khot", sampling="root", repeat_threshold=0.9, **KEYS | {"batch_size": 1}),
}


def photos() -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    tags = torch.randint(0, 9, (40, 2), generator=generator)
    features = torch.rand(40, 12, generator=generator)
    return TaggedPhotos([str(row) for row in range(40)], features, tags)


def learned(system, context: TrainContext = DEFAULT_CONTEXT):
    vectors = torch.rand(9, 8, generator=torch.Generator().manual_seed(1))
    return train(system, photos(), photos(), vectors, 3, context)


SHARDED = ("joint", "adagrad", "batch")
BACKBONES = {  # by batch_norm; 39 photos: the last batch has 1, none for the second process
    kind: Multihot(
        model="multihot", backbone="trained", batch_norm=kind, **KEYS | {"batch_size": 2}
    )
    for kind in ("frozen", "batch")
}


class Noise(TrainImages):
    """A picture by its seed."""

    def full_image(self, photo: int) -> torch.Tensor:
        return self.random_crop(photo, photo)

    def random_crop(self, photo: int, seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        return torch.randint(256, (3, 16, 16), dtype=torch.uint8, generator=generator)


def learned_whole(kind: str, dropout: float, context: TrainContext = DEFAULT_CONTEXT):
    """The tagger's and its backbone's tensors, and the history."""
    known = photos()
    known = replace(known, ids=known.ids[:39], tags=known.tags[:39], features=known.features[:39])
    shown = known, Noise([], None, 0, 0, 16)
    network, vectors = small_network(dropout), torch.zeros(9, 8)
    way = vectors, network, 3, context
    tagger, history = train_end_to_end(BACKBONES[kind], shown, shown, *way)
    own = {f"backbone.{name}": values for name, values in network.module.state_dict().items()}
    return tagger.tensors() | own, history


class Killed(SharedCheckpoint):
    """Ends the process that writes, in the middle of a training."""

    writes = -1

    def save(self, state) -> None:
        super().save(state)
        self.writes -= 1
        if not self.writes and self.first:
            os.kill(os.getpid(), signal.SIGKILL)


class KilledInParts(ShardedCheckpoint, Killed):
    """The same of one that gathers."""


def main(folder: Path, killed: str = "", writes: str = "-1") -> None:
    for name, system in SYSTEMS.items():
        checkpoint = Killed(folder / f"{name}.checkpoint.safetensors", "same")
        checkpoint.writes = int(writes) if name == killed else -1
        context = TrainContext(checkpoint, on_start=share_photos, wrap_evaluate=evaluate_on_first)
        tagger, history = learned(system, context)
        written(folder, name, tagger.tensors(), history)
    has = photos().counts(9) > 0
    parts = {
        "wrap_tagger": ShardedTagger,
        "wrap_evaluate": evaluate_by_shard(has),
        "on_start": share_photos,
    }
    for name in SHARDED:
        checkpoint = KilledInParts(folder / f"{name}.sharded.checkpoint.safetensors", "same")
        checkpoint.writes = int(writes) if f"{name}.sharded" == killed else -1
        tagger, history = learned(SYSTEMS[name], TrainContext(checkpoint, **parts))
        assert len(tagger.tag_vectors) == (5, 4)[dist.get_rank()]
        written(folder, f"{name}.sharded", gather_tagger(tagger, 9).tensors(), history)
    part = partial(part_of_process, process=dist.get_rank(), processes=dist.get_world_size())
    for kind, dropout in (("frozen", 0.0), ("batch", 0.5)):
        context = TrainContext(
            on_start=share_photos, wrap_evaluate=evaluate_on_first, own_part=part
        )
        written(folder, f"whole.{kind}", *learned_whole(kind, dropout, context))


def written(folder: Path, name: str, tensors, history) -> None:
    about = history.astype(float).values.tolist()
    write_tensors(folder / f"{name}-{dist.get_rank()}.safetensors", tensors, about)


if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    main(Path(sys.argv[1]), *sys.argv[2:])
    dist.destroy_process_group()
