"""Which settings are best for either side of bench_tag_vectors, by recall@10 on validation photos.

`python tests/benchmarks/choose_settings.py [--quick]` trains each side with every setting of its
grid at d = 64 and prints a line each, the best last. Some ten minutes of two cores; the best
belong into GENSIM and OURS of bench_tag_vectors.py, so that neither side is held back.
"""

import itertools
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tag_corpus
from bench_tag_vectors import HERE, TAGS, topical_parts
from harness import arguments, peer_python
from measuring import Worker

WIDTH = 64
GRIDS = {
    "gensim": {"alpha": (0.025, 0.05), "sample": (0.0, 1e-3), "epochs": (5, 10)},
    "ours": {"learning_rate": (0.05, 0.1, 0.2), "final_lr_fraction": (0.1, 1.0), "epochs": (5, 10)},
}


def main() -> None:
    smaller = 20 if arguments(__doc__).quick else 1
    parts = topical_parts(smaller, np.random.default_rng(0))
    commands = {
        "gensim": [peer_python("gensim"), HERE / "gensim_side.py"],
        "ours": [sys.executable, HERE / "skipgram_side.py"],
    }
    with TemporaryDirectory() as folder:
        files = tag_corpus.write(parts["train"], Path(folder) / "topical")
        given = {
            "gensim": dict(files, from_file=False, workers=2, vector_size=WIDTH),
            "ours": {"sets": files["sets"], "tags": TAGS, "dimensions": WIDTH},
        }
        for side, command in commands.items():
            with Worker(command) as worker:
                tried = tries(worker, side, given[side], parts, Path(folder))
            print(side, "best:", *max(tried, key=lambda one: one[1]), flush=True)


def tries(worker: Worker, side: str, given: dict, parts: dict, folder: Path) -> list[tuple]:
    """Each setting of a side's grid, with its recall@10 on half of the validation photos.

    The other half chooses the prior, as `tag_corpus.quality` asks.
    """
    counts, found = parts["train"].count(TAGS), []
    chosen, judged = (parts["validation"].select(slice(begin, None, 2)) for begin in (0, 1))
    for values in itertools.product(*GRIDS[side].values()):
        settings = dict(zip(GRIDS[side], values, strict=True))
        worker.ask("prepare", **given, **settings)
        worker.ask("train")
        worker.ask("save", path=str(folder / "table.npz"))
        quality = tag_corpus.quality(folder / "table.npz", counts, chosen, judged)
        found.append((settings, quality["recall"]))
        print(side, *found[-1], quality["prior"], flush=True)
    return found


if __name__ == "__main__":
    main()
