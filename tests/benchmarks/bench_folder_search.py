"""Time searches in an index of many photos: warm, and cold from the shell.

    python -m tests.benchmarks.bench_folder_search [--photos 100000]

The photos are made up: 5,000 random ones over and over, few probabilities of them high.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from phototags.commands.common import BOX
from phototags.io.cpu import instruction_set_variables
from phototags.library.photo_index import PhotoIndex
from phototags.library.store import open_store, transaction
from phototags.library.taggers import identify_tagger
from phototags.library.update import describe_tagger
from phototags.library.vectors import publish, write_vectors
from phototags.tags.vocabulary import read_vocabulary

WORDS = ("dog beach", "snow mountain -people", "red car", "boat", "child water without dog")
ROUNDS = 10
CHUNK, FEATURES = 5_000, 2048


def make_index(folder: Path, photos: int) -> None:
    """Make an index of made-up photos."""
    tags = read_vocabulary(BOX / "vocabulary.tsv").tags
    identity, rng = identify_tagger(BOX), np.random.default_rng(0)
    store = open_store(folder, create=True)
    probabilities = (rng.random((CHUNK, len(tags)), np.float32) ** 8).astype(np.float16)
    features = rng.standard_normal((CHUNK, FEATURES), np.float32).astype(np.float16)
    for start in range(0, photos, CHUNK):
        rows = range(start + 1, min(start + CHUNK, photos) + 1)
        with transaction(store):
            store.executemany(
                "INSERT INTO contents (id, sha256, backbone, features, tagger, probabilities, top) "
                "VALUES (?, ?, ?, ?, ?, ?, '[]')",
                (
                    (
                        row,
                        row.to_bytes(32, "big"),
                        identity.backbone,
                        seen.tobytes(),
                        identity.tagger,
                        one.tobytes(),
                    )
                    for row, seen, one in zip(rows, features, probabilities, strict=False)
                ),  # fmt: skip
            )
            store.executemany(
                "INSERT INTO files (id, path, stamp, content, keywords, title, taken) "
                "VALUES (?, ?, '', ?, '[]', '', '2020-01-01')",
                ((row, os.fsencode(f"/photos/{row % 2}/{row:08}.jpg"), row) for row in rows),
            )
            store.executemany(
                "INSERT INTO words VALUES (?, ?)",
                ((f"word{row % 1000}", row) for row in rows),
            )
    written = write_vectors(store, folder, identity.tagger, len(tags))
    publish(store, folder, written, **describe_tagger(BOX, identity, tags))
    store.close()


def time_warm(folder: Path) -> dict[str, float]:
    """Median milliseconds of each search in an opened index, and of a look-alike search."""
    found = {}
    with PhotoIndex.open(folder) as index:
        searches = {words: {"words": words} for words in WORDS}
        searches["dog beach, in a folder"] = {"words": "dog beach", "within": "/photos/1"}
        searches["like a photo"] = {"like": "/photos/1/00000001.jpg"}
        for name, options in searches.items():
            times = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                index.search(**options)
                times.append(1000 * (time.perf_counter() - began))
            found[name] = median(times)
    return found


def time_cold(folder: Path) -> tuple[float, float]:
    """Median seconds of a search from the shell: wall, and CPU."""
    command = [sys.executable, "-m", "phototags.cli", "search", "dog", "beach", "--index", folder]
    walls, cpus = [], []
    for _ in range(5):
        before, began = os.times(), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        walls.append(time.perf_counter() - began)
        after = os.times()
        children = "children_user", "children_system"
        cpus.append(sum(getattr(after, one) - getattr(before, one) for one in children))
    return median(walls), median(cpus)


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    photos = parser.parse_args().photos
    os.environ.update(instruction_set_variables("avx2"))
    with tempfile.TemporaryDirectory() as temporary:
        make_index(Path(temporary), photos)
        for name, milliseconds in time_warm(Path(temporary)).items():
            print(f"{milliseconds:8.1f} ms  {name}")
        wall, cpu = time_cold(Path(temporary))
        print(f"cold, from the shell: {wall:.2f} s, {cpu:.2f} s of CPU")


if __name__ == "__main__":
    main()
