"""Peak memory and time of steps on corpora of generated metadata: scale.csv.

`python tests/benchmarks/bench_scale.py [--quick]`. 300,000 and 1.2 million photos with the metadata
of lines in YFCC100M's layout (`metadata_lines`), in shards of 2,048 without pictures. Each step is
a process of its own; its imports are not in its time, but in its memory. `match_hashes` looks
20,000 hashes up among those of all photos.

`... --photos 2000000 --work FOLDER`: so many photos from lines to tag vectors (`PIPELINE`), as the
rules do it, tag vectors for one epoch. A call does the next step, keeps its files in FOLDER and
writes its row; call it until it says that nothing is left. `pipeline_2m` then adds up the steps,
with the most memory of one. `linear` divides what a photo took in the largest corpus by what it
took in the one before, and its memory alike: 1 is linear time, and memory that does not grow.

`... --plan`: `plan_100m` is `snakemake -n` of presets/yfcc100m-sample.yaml with every photo of
YFCC100M, in a folder without data; its memory is that of all its processes.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from harness import RESULTS, ROOT, machine
from measuring import Cost, Worker, watched

from phototags.io.storage import atomic_write

PHOTOS, QUICK_PHOTOS = (300_000, 1_200_000), (5_000, 20_000)
STEPS = ("collect_photos", "split_photos")
PIPELINE = {
    "write_lines": "yfcc100m_dataset",
    "list_photos": "listing.parquet",
    "split_photos": "split.parquet",
    "clean_tags": "tags.parquet",
    "build_vocabulary": "merged.parquet",
    "embed_tags": "tag_vectors.safetensors",
}
"""The steps from metadata to tag vectors, and a file that each writes; the first is not ours."""
YFCC100M = 99_206_564  # photos; the others are videos
TABLE = RESULTS / "scale.csv"
SIDE = [sys.executable, Path(__file__).with_name("scale_side.py")]


class Row(NamedTuple):
    """A line of scale.csv.

    Args:
        step: a rule, or the part of one that grows.
        photos: of the corpus.
        how: `measured`, the `sum` of steps or a `ratio` of two corpora.
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


def make_row(step: str, photos: int, cost: Cost) -> Row:
    return Row(step, photos, "measured", cost.seconds, cost.cpu_seconds, cost.megabytes, machine())


def measure(photos: int) -> list[Row]:
    with TemporaryDirectory() as folder:
        run("make", folder=folder, photos=photos)
        costs = {step: run(step, folder=folder) for step in STEPS}
    costs["match_hashes"] = run("match_hashes", photos=photos)
    return [make_row(step, photos, cost) for step, cost in costs.items()]


def plan() -> list[Row]:
    """What planning a run on the whole of YFCC100M takes."""
    asked = [Path(sys.executable).with_name("snakemake"), "-n", "--quiet", "--configfile"]
    asked += ["presets/yfcc100m-sample.yaml", "all.yaml"]
    with TemporaryDirectory() as name:
        for one in ROOT.glob("[!.]*"):
            if one.name not in ("data", "models", "results"):
                (Path(name) / one.name).symlink_to(one)
        samples = f"corpora: {{samples: {{yfcc100m: {YFCC100M}}}}}\n"
        (Path(name) / "all.yaml").write_text(samples)
        cost = watched(asked, cwd=name, stdout=subprocess.DEVNULL)
    return [make_row("plan_100m", YFCC100M, cost)]


def do_next_step(photos: int, folder: Path) -> list[Row]:
    """The row of the first step whose file is missing; none where all are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for step, file in PIPELINE.items():
        if not (folder / file).exists():
            print(f"{step}, {photos:,} photos", flush=True)
            sized = {"photos": photos} if step in ("write_lines", "list_photos") else {}
            cost = run(step, folder=str(folder), **sized)
            return [make_row(step, photos, cost)] if step != "write_lines" else []
    print("nothing is left")
    return []


def summarise(rows: list[Row]) -> list[Row]:
    """The sums of the corpora that went through all steps, and the ratios of the largest two.

    >>> steps = [step for step in PIPELINE if step != "write_lines"]
    >>> rows = [Row(one, n, "measured", n / 10**6, 1.0, 7.0, "") for one in steps
    ...         for n in (2 * 10**6, 20 * 10**6)]
    >>> [one[:6] for one in summarise(rows)]  # doctest: +NORMALIZE_WHITESPACE
    [('pipeline_2m', 2000000, 'sum', 10.0, 5.0, 7.0),
     ('pipeline_20m', 20000000, 'sum', 100.0, 5.0, 7.0),
     ('linear', 20000000, 'ratio', 1.0, 0.1, 1.0)]
    """
    steps, sums = set(PIPELINE) - {"write_lines"}, []
    for photos in sorted({row.photos for row in rows}):
        of = [row for row in rows if row.photos == photos and row.step in steps]
        if {row.step for row in of} == steps and photos >= 10**6:
            took = [sum(row[at] for row in of) for at in (3, 4)]
            name = f"pipeline_{photos // 10**6}m"
            most = max(row.megabytes for row in of)
            sums.append(Row(name, photos, "sum", *took, most, of[0].machine))
    if len(sums) < 2:
        return sums
    small, large = sums[-2:]
    times = large.photos / small.photos
    seconds, cpu, memory = (one / other for one, other in zip(large[3:6], small[3:6], strict=True))
    ratios = seconds / times, cpu / times, memory
    return [*sums, Row("linear", large.photos, "ratio", *ratios, large.machine)]


def read_rows() -> list[Row]:
    if not TABLE.exists():
        return []
    with open(TABLE, newline="") as file:
        return [
            Row(one[0], int(one[1]), one[2], *map(float, one[3:6]), one[6])
            for one in list(csv.reader(file))[1:]
        ]


def write_rows(rows: list[Row]) -> None:
    """Put rows in the place of older ones of the same step and photos."""
    known = {row[:2]: row for row in [*read_rows(), *rows] if row.how == "measured"}
    rows = sorted([*known.values(), *summarise(list(known.values()))], key=lambda row: row[:2])
    with atomic_write(TABLE) as part, open(part, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Row._fields)
        for row in rows:
            table.writerow(f"{one:.4g}" if isinstance(one, float) else one for one in row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small corpora, nothing written")
    parser.add_argument("--photos", type=int, help="do the next step of so many photos")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="where its files are kept")
    parser.add_argument("--plan", action="store_true", help="plan a run on YFCC100M")
    given = parser.parse_args()
    if given.plan:
        rows = plan()
    elif given.photos:
        rows = do_next_step(given.photos, given.work)
    else:
        sizes = QUICK_PHOTOS if given.quick else PHOTOS
        rows = [row for photos in sizes for row in measure(photos)]
    for row in rows:
        print(*(f"{one:.4g}" if isinstance(one, float) else one for one in row[:-1]), sep=",")
    if not given.quick and rows:
        write_rows(rows)


if __name__ == "__main__":
    main()
