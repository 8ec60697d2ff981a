"""Our side of bench_tag_vectors."""

import numpy as np
import torch
from measuring import serve

from phototags.tag_vectors.fit_skipgram import fit_skipgram
from phototags.tag_vectors.initialisation import init_random
from phototags.tag_vectors.skipgram import SkipGram
from phototags.tags.encoding import TagSets

ready = {}


def prepare(
    sets: str, tags: int, dimensions: int, engine: str = "numba", **settings: float
) -> None:
    """Read the sets, draw initial vectors and compile; `settings` are SkipGram's."""
    torch.set_num_threads(1)
    ready.pop("table", None)
    with np.load(sets) as file:
        photos = TagSets(file["tags"], file["ends"])
    initial = init_random(tags, dimensions, torch.Generator().manual_seed(1))
    compiling = photos.select(slice(0, 1)), initial[:1], SkipGram(epochs=0, engine=engine), None
    fit_skipgram(*compiling)
    ready.update(photos=photos, initial=initial, settings=SkipGram(engine=engine, **settings))


def train() -> int:
    """Train from the initial vectors on; return the pairs."""
    generator = torch.Generator().manual_seed(1)
    given = ready["photos"], ready["initial"], ready["settings"], generator
    ready["table"], _ = fit_skipgram(*given)
    return ready["photos"].n_pairs * ready["settings"].epochs


def save(path: str) -> None:
    table = ready["table"]
    rows = np.arange(len(table.input_vectors))
    np.savez(path, rows=rows, words=table.input_vectors, contexts=table.output_vectors)


if __name__ == "__main__":
    serve({"prepare": prepare, "train": train, "save": save})
