"""Our side of bench_tag_vectors."""

import numpy as np
import torch
from measuring import serve

from phototags.tag_vectors.initialisation import random_start
from phototags.tag_vectors.skipgram import SkipGram, learn
from phototags.tags.encoding import TagSets

ready = {}


def prepare(sets: str, tags: int, dimensions: int, **settings: float) -> None:
    """Read the sets, draw a start and compile; `settings` are SkipGram's."""
    torch.set_num_threads(1)
    ready.pop("table", None)
    with np.load(sets) as file:
        photos = TagSets(file["tags"], file["ends"])
    start = random_start(tags, dimensions, torch.Generator().manual_seed(1))
    wanted = SkipGram(engine="compiled", **settings)
    learn(photos.of(slice(0, 1)), start[:1], SkipGram(epochs=0, engine="compiled"), None)
    ready.update(photos=photos, start=start, settings=wanted)


def train() -> int:
    """Train from the start on; return the pairs."""
    generator = torch.Generator().manual_seed(1)
    ready["table"], _ = learn(ready["photos"], ready["start"], ready["settings"], generator)
    return ready["photos"].pairs * ready["settings"].epochs


def save(path: str) -> None:
    table = ready["table"]
    rows = np.arange(len(table.words))
    np.savez(path, rows=rows, words=table.words, contexts=table.contexts)


if __name__ == "__main__":
    serve({"prepare": prepare, "train": train, "save": save})
