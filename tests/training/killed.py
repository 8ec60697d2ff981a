"""Trains in children that are killed (-9) at moments drawn from a seed, and goes on in the next.

`python -m tests.training.killed FOLDER`: writes undisturbed.safetensors and killed.safetensors
and prints how often a child was killed and how often one went on.
"""

import logging
import math
import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

from phototags.io.storage import write_tensors
from phototags.systems.im2vec import Im2Vec
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.checkpoints import Checkpoint
from phototags.training.context import TrainContext
from phototags.training.train import train

SYSTEM = Im2Vec(
    model="im2vec", hidden=[16], dropout=0.3, tag_vectors="joint", ema_decay=0.9,
    draw_negatives="each_epoch", epochs=40, patience=40, batch_size=16, warmup_epochs=2.5,
    lr_schedule="cosine", label_noise=0.1,
)  # fmt: skip
KILLS = 12


def photos() -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    tags = torch.randint(0, 9, (160, 1), generator=generator)
    features = torch.rand(160, 32, generator=generator)
    return TaggedPhotos([str(row) for row in range(160)], features, tags)


def learn(path: Path, checkpoint: Checkpoint | None) -> None:
    """The whole training, from the checkpoint if it is there; its bytes go to `path`."""
    vectors = torch.rand(9, 8, generator=torch.Generator().manual_seed(1))
    tagger, history = train(SYSTEM, photos(), photos(), vectors, 3, TrainContext(checkpoint))
    write_tensors(path, tagger.tensors(), history.astype(float).values.tolist())


def killed_after(writes: float, seconds: float, path: Path, checkpoint: Checkpoint) -> bool:
    """Train in a child; whether it was killed before its end.

    Args:
        writes: of the checkpoint that are seen before the seconds count: a slow machine's child
            comes as far as a quick one's.
    """
    child = os.fork()
    if not child:
        learn(path, checkpoint)
        os._exit(0)
    last, seen, until = written(checkpoint), 0, math.inf
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        now = written(checkpoint)
        last, seen = now, seen + (now != last)
        if seen >= writes and until == math.inf:
            until = time.monotonic() + seconds
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            ended = os.waitpid(child, 0)
            break
        time.sleep(0.001)
    return os.WIFSIGNALED(ended[1])


def written(checkpoint: Checkpoint) -> int:
    """When the checkpoint was written, in nanoseconds; 0 without one."""
    return checkpoint.path.stat().st_mtime_ns if checkpoint.path.exists() else 0


def main(folder: Path) -> None:
    torch.set_num_threads(1)  # a child of a process with more threads would miss them
    logging.basicConfig(filename=folder / "log", level=logging.INFO)
    checkpoint, chance, killed = Checkpoint(folder / "state.safetensors", "f"), random.Random(0), 0
    learn(folder / "undisturbed.safetensors", None)
    for kill in range(KILLS + 1):
        writes = chance.randint(0, 2) if kill < KILLS else math.inf
        moment = writes, chance.uniform(0, 0.02)
        killed += killed_after(*moment, folder / "killed.safetensors", checkpoint)
    print(killed, (folder / "log").read_text().count("going on"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
