"""Several processes train a system each of SYSTEMS; each writes its weights to the folder given.

`torchrun --nproc-per-node 2 -m tests.training.shared FOLDER [NAME WRITES]`: kills itself (-9) when
the checkpoint of that system was written so often.
"""

import os
import signal
import sys
from pathlib import Path

import torch
import torch.distributed as dist

from phototags.storage import write_tensors
from phototags.systems import Bilinear, Im2Vec, Khot, Multihot
from phototags.training.assembly import train
from phototags.training.loop import ALONE, Around
from phototags.training.photos import TaggedPhotos
from phototags.training.sharded import (
    ShardedCheckpoint,
    ShardedTagger,
    judged_in_parts,
    whole,
)
from phototags.training.sharing import SharedCheckpoint, judged_once, share_photos

KEYS = {"epochs": 3, "patience": 3, "batch": 7}  # 40 photos: the last batch has 5
SYSTEMS = {
    "multihot": Multihot(model="multihot", hidden=[6], dropout=0.3, accumulate=2, **KEYS),
    "joint": Im2Vec(
        model="im2vec", hidden=[6], dropout=0.3, tag_vectors="joint", average=0.9, **KEYS
    ),
    "batch": Im2Vec(model="im2vec", exclude="batch", **KEYS),
    "bilinear": Bilinear(model="bilinear", optimiser="sgd", spread=0.1, draws=5, **KEYS),
    "khot": Khot(model="khot", sampling="root", repeat_below=0.9, **KEYS | {"batch": 1}),
}


def photos() -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    tags = torch.randint(0, 9, (40, 2), generator=generator)
    features = torch.rand(40, 12, generator=generator)
    return TaggedPhotos([str(row) for row in range(40)], features, tags)


def learned(system, around: Around = ALONE):
    vectors = torch.rand(9, 8, generator=torch.Generator().manual_seed(1))
    return train(system, photos(), photos(), vectors, 3, around)


SHARDED = ("joint", "batch")


class Killed(SharedCheckpoint):
    """Ends the process that writes, in the middle of a training."""

    writes = -1

    def keep(self, course) -> None:
        super().keep(course)
        self.writes -= 1
        if not self.writes and self.first:
            os.kill(os.getpid(), signal.SIGKILL)


class KilledInParts(ShardedCheckpoint, Killed):
    """The same of one that gathers."""


def main(folder: Path, killed: str = "", writes: str = "-1") -> None:
    for name, system in SYSTEMS.items():
        checkpoint = Killed(folder / f"{name}.checkpoint.safetensors", "same")
        checkpoint.writes = int(writes) if name == killed else -1
        around = Around(checkpoint, prepare=share_photos, judged=judged_once)
        tagger, history = learned(system, around)
        written(folder, name, tagger, history)
    has = photos().counts(9) > 0
    parts = {"held": ShardedTagger, "judged": judged_in_parts(has), "prepare": share_photos}
    for name in SHARDED:
        checkpoint = KilledInParts(folder / f"{name}.sharded.checkpoint.safetensors", "same")
        checkpoint.writes = int(writes) if f"{name}.sharded" == killed else -1
        tagger, history = learned(SYSTEMS[name], Around(checkpoint, **parts))
        assert len(tagger.tag_vectors) == (5, 4)[dist.get_rank()]
        written(folder, f"{name}.sharded", whole(tagger, 9), history)


def written(folder: Path, name: str, tagger, history) -> None:
    about = history.astype(float).values.tolist()
    write_tensors(folder / f"{name}-{dist.get_rank()}.safetensors", tagger.tensors(), about)


if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    main(Path(sys.argv[1]), *sys.argv[2:])
    dist.destroy_process_group()
