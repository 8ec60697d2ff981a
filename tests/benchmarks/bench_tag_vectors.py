"""Tag vectors beside gensim: pairs a second, and the missing tag found again: tag_vectors.csv.

`python tests/benchmarks/bench_tag_vectors.py [--quick]`. Both sides learn from the same synthetic
photos, one epoch a run, with 5 negatives and the whole photo as window; a pair is an ordered pair
of two tags of a photo. One core is counted in CPU seconds, two cores on the clock. Recall@10 is
that of full training with GENSIM and OURS, the prior chosen on validation photos. `peak_5m`: the
most memory of a whole epoch over five million tags, beside the limit set.

`plain_*` and `torch_*`: our two trainers beside the kernels in LLVM's intermediate language that
the numba trainer replaced; measured where PHOTOTAGS_FORMER names a checkout of commit FORMER
(`git worktree add FOLDER COMMIT`), else the rows of the last such run are kept.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tag_corpus
from harness import (
    Row,
    arguments,
    compare,
    conclude,
    peer_python,
    read_rows,
    take_turns,
    version_of,
)
from measuring import Cost, Worker

HERE = Path(__file__).parent
TAGS, PHOTOS, LARGE, LARGE_PHOTOS, HELD_OUT = 10_000, 150_000, 2_000_000, 300_000, 10_000
FORMER = "38406ef"
LARGEST, LARGEST_PHOTOS, LIMIT = 5_000_000, 1_000_000, 6000.0
GENSIM = {"alpha": 0.025, "sample": 0.0, "epochs": 5}
OURS = {"learning_rate": 0.1, "final_lr_fraction": 0.1, "epochs": 10}
"""The best of either side's grid on validation photos (`choose_settings.py`)."""


FORMER_SETTINGS = {"learning_rate": 0.1, "final": 0.1, "epochs": 1}


def topical_parts(smaller: int, rng: np.random.Generator) -> dict:
    """The photos of the first corpus, those to test on and to choose settings by held out."""
    photos, held_out = tag_corpus.topical_sets(PHOTOS // smaller, TAGS, rng), HELD_OUT // smaller
    return {
        "test": photos.select(slice(0, held_out)),
        "validation": photos.select(slice(held_out, 2 * held_out)),
        "train": photos.select(slice(2 * held_out, None)),
    }


def per_core(cost: Cost) -> float:
    """Million pairs a CPU second."""
    return cost.answer / cost.cpu_seconds / 1e6


def on_the_clock(cost: Cost) -> float:
    """Million pairs a second."""
    return cost.answer / cost.seconds / 1e6


class Bench:
    """Both workers, and the folder they share."""

    def __init__(self, ours: Worker, theirs: Worker, version: str, given) -> None:
        self.ours, self.theirs, self.version, self.given = ours, theirs, version, given

    def rates(self, case: str, files: dict, tags: int, width: int, workers: int = 1) -> Row:
        """One epoch a run. gensim runs in the mode that is best for its number of workers."""
        self.ours.ask(
            "prepare",
            sets=files["sets"],
            tags=tags,
            dimensions=width,
            **OURS | {"epochs": 1},
            workers=workers,
        )
        settings = GENSIM | {"epochs": 1, "vector_size": width, "workers": workers}
        self.theirs.ask("prepare", **files, from_file=workers > 1, **settings)
        rate = on_the_clock if workers > 1 else per_core
        done = take_turns(
            lambda: rate(self.ours.ask("train")),
            lambda: rate(self.theirs.ask("train")),
            self.given.pairs,
        )
        unit = "M pairs/s" if workers > 1 else "M pairs/s/core"
        return compare(case, "gensim", self.version, unit, done, better="more")

    def recall(self, case: str, files: dict, parts: dict, width: int, folder: Path) -> Row:
        """Full training of both, once: same seeds give the same figure."""
        self.ours.ask("prepare", sets=files["sets"], tags=TAGS, dimensions=width, **OURS)
        self.theirs.ask("prepare", **files, from_file=False, workers=1, vector_size=width, **GENSIM)
        counts, found = parts["train"].count(TAGS), {}
        for name, side in (("ours", self.ours), ("gensim", self.theirs)):
            side.ask("train")
            side.ask("save", path=str(folder / f"{name}.npz"))
            judged = parts["validation"], parts["test"]
            found[name] = tag_corpus.quality(folder / f"{name}.npz", counts, *judged)
            print(case, name, found[name], flush=True)
        pair = [(found["ours"]["recall"], found["gensim"]["recall"])]
        return compare(case, "gensim", self.version, "share", pair, better="more")


def beside_former(files: dict, pairs: int) -> list[Row]:
    """Both trainers beside the former kernels, one thread, all three in turn."""
    if not (former := os.environ.get("PHOTOTAGS_FORMER")):
        return [row for row in read_rows("tag_vectors") if row.peer == "LLVM IR kernels"]
    rows, script = [], Path(former) / "tests/benchmarks/skipgram_side.py"
    with (
        Worker([sys.executable, HERE / "skipgram_side.py"]) as ours,
        Worker([sys.executable, script], {"PYTHONPATH": former}) as theirs,
    ):
        for case, engine, width in (
            ("plain_d64", "numba", 64),
            ("plain_d300", "numba", 300),
            ("torch_d64", "torch", 64),
            ("torch_d300", "torch", 300),
        ):
            given = {"sets": files["sets"], "tags": TAGS, "dimensions": width}
            ours.ask("prepare", **given, engine=engine, **OURS | {"epochs": 1})
            theirs.ask("prepare", **given, **FORMER_SETTINGS)
            rates = (lambda side=side: per_core(side.ask("train")) for side in (ours, theirs))
            done = take_turns(*rates, pairs)
            unit = "M pairs/s/core"
            rows.append(compare(case, "LLVM IR kernels", FORMER, unit, done, better="more"))
    return rows


def peak(sets: dict, tags: int, pairs: int) -> Row:
    """Megabytes of a process that learns from the sets, from reading them to the trained table."""
    done = []
    for _ in range(pairs):
        with Worker([sys.executable, HERE / "skipgram_side.py"]) as ours:
            asked = {"sets": sets["sets"], "tags": tags, "dimensions": 64, **OURS, "epochs": 1}
            start = ours.ask("prepare", **asked).megabytes
            done.append((max(start, ours.ask("train").megabytes), LIMIT))
    return compare("peak_5m", "limit", "", "MB", done, better="less")


def main() -> None:
    given = arguments(__doc__)
    smaller = 20 if given.quick else 1
    rng, rows = np.random.default_rng(0), []
    gensim = peer_python("gensim")
    sides = ([sys.executable, HERE / "skipgram_side.py"], [gensim, HERE / "gensim_side.py"])
    with TemporaryDirectory() as folder, Worker(sides[0]) as ours, Worker(sides[1]) as theirs:
        bench, folder = Bench(ours, theirs, version_of("gensim", gensim), given), Path(folder)
        parts = topical_parts(smaller, rng)
        files = tag_corpus.write(parts["train"], folder / "topical")
        large = tag_corpus.zipf_sets(LARGE_PHOTOS // smaller, LARGE // smaller, rng)
        large_files = tag_corpus.write(large, folder / "large")
        rows += [
            bench.rates("pairs_per_core_d64", files, TAGS, 64),
            bench.rates("pairs_two_cores_d64", files, TAGS, 64, workers=2),
            bench.rates("pairs_per_core_d300", files, TAGS, 300),
            bench.rates("vocabulary_2m", large_files, LARGE // smaller, 64),
            bench.recall("recall_at_10_d64", files, parts, 64, folder),
            bench.recall("recall_at_10_d300", files, parts, 300, folder),
        ]
        rows += beside_former(files, given.pairs)
    with TemporaryDirectory() as folder:
        most = tag_corpus.zipf_sets(LARGEST_PHOTOS // smaller, LARGEST // smaller, rng)
        sets = tag_corpus.write(most, Path(folder) / "largest")
        rows.append(peak(sets, LARGEST // smaller, given.pairs))
    conclude("tag_vectors", rows, given.quick)


if __name__ == "__main__":
    main()
