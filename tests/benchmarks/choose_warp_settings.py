"""Which settings are best for either side of bench_training's WARP, by recall@10 on other photos.

`python tests/benchmarks/choose_warp_settings.py [--quick]` trains each side with every setting of
its grid on photos of the same kind that the benchmark never sees, and prints a line each, the best
last. Some half an hour of one core. The best belong into LIGHTFM and OURS of bench_training.py,
so that neither side is held back.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import bench_training
import torch
from bench_training import lightfm_worker, our_warp, recall_of, warp_parts
from harness import arguments

GRIDS = {
    "LightFM": {"learning_rate": (0.05, 0.1, 0.2), "epochs": (30, 60, 120)},
    "ours": {"learning_rate": (0.005, 0.01, 0.03), "epochs": (18, 30, 60)},
}


def tries(side: str, recall: Callable[..., float]) -> Iterator[tuple[float, dict]]:
    """Each setting of a side's grid, after its recall@10."""
    for values in itertools.product(*GRIDS[side].values()):
        settings = dict(zip(GRIDS[side], values, strict=True))
        found = recall(**settings)
        print(side, settings, f"{found:.4f}", flush=True)
        yield found, settings


def main() -> None:
    torch.set_num_threads(1)
    smaller = 10 if arguments(__doc__).quick else 1
    with TemporaryDirectory() as folder:
        parts, files = warp_parts(Path(folder), smaller, seed=1)
        with lightfm_worker(files) as worker:

            def theirs(**settings: float) -> float:
                worker.ask("train", **bench_training.LIGHTFM | settings)
                return worker.ask("recall").answer

            def ours(**settings: float) -> float:
                train = our_warp(parts["train"], bench_training.OURS | settings)
                return recall_of(train(), parts["test"])

            for side, recall in (("LightFM", theirs), ("ours", ours)):
                print(side, "best:", *max(tries(side, recall), key=lambda one: one[0]))


if __name__ == "__main__":
    main()
