"""Peak memory and time of steps on corpora of generated metadata of two sizes: scale.csv.

`python tests/benchmarks/bench_scale.py [--quick]`. 300,000 and 1.2 million photos with the metadata
of lines in YFCC100M's layout (`metadata_lines`), in shards of 2,048 without pictures. Each step is
a process of its own; its imports are not in its time, but in its memory. `match_hashes` looks
20,000 hashes up among those of all photos. `extrapolated`: the straight line through both sizes at
100 million photos, of a step that holds a row a photo in memory; nothing of that size was run.
"""

import csv
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from harness import RESULTS, arguments, machine
from measuring import Cost, Worker

from phototags.io.storage import atomic_write

PHOTOS, QUICK_PHOTOS = (300_000, 1_200_000), (5_000, 20_000)
LINEAR = ("split_photos",)
STEPS = ("collect_photos", "split_photos")
FAR = 100_000_000
SIDE = [sys.executable, Path(__file__).with_name("scale_side.py")]


class Row(NamedTuple):
    """A line of scale.csv.

    Args:
        step: a rule, or the part of one that grows.
        photos: of the corpus.
        how: `measured` or `extrapolated`.
        seconds: on the clock.
        cpu_seconds: of all threads.
        megabytes: the most memory that the process held.
        machine: processor, cores and GPU.
    """

    step: str
    photos: int
    how: str
    seconds: float
    cpu_seconds: float
    megabytes: float
    machine: str


def run(task: str, **given: object) -> Cost:
    with Worker(SIDE) as worker:
        return worker.ask(task, **given)


def measure(photos: int) -> list[Row]:
    with TemporaryDirectory() as folder:
        run("make", folder=folder, photos=photos)
        costs = {step: run(step, folder=folder) for step in STEPS}
    costs["match_hashes"] = run("match_hashes", photos=photos)
    rows = [
        Row(step, photos, "measured", cost.seconds, cost.cpu_seconds, cost.megabytes, machine())
        for step, cost in costs.items()
    ]
    show(rows)
    return rows


def show(rows: list[Row]) -> None:
    for row in rows:
        print(*(f"{one:.4g}" if isinstance(one, float) else one for one in row[:-1]), sep=",")


def extrapolate(small: Row, large: Row) -> Row:
    """The line through two sizes, at FAR photos.

    >>> rows = [Row("a", n, "measured", n / 10**6, 1.0, 7.0, "") for n in (10**6, 10**7)]
    >>> extrapolate(*rows)[2:6]
    ('extrapolated', 100.0, 1.0, 7.0)
    """
    steps = (FAR - small.photos) / (large.photos - small.photos)
    figures = [
        one + (other - one) * steps for one, other in zip(small[3:6], large[3:6], strict=True)
    ]
    return Row(small.step, FAR, "extrapolated", *figures, small.machine)


def main() -> None:
    given = arguments(__doc__)
    small, large = (measure(photos) for photos in (QUICK_PHOTOS if given.quick else PHOTOS))
    pairs = zip(small, large, strict=True)
    far = [extrapolate(*pair) for pair in pairs if pair[0].step in LINEAR]
    show(far)
    if given.quick:
        return
    rows = sorted([*small, *large, *far], key=lambda row: row.step)
    with atomic_write(RESULTS / "scale.csv") as part, open(part, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Row._fields)
        for row in rows:
            table.writerow(f"{one:.4g}" if isinstance(one, float) else one for one in row)


if __name__ == "__main__":
    main()
