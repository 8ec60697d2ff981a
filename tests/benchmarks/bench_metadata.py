"""Reading YFCC100M's lines to a table of photos, against pandas' C engine, into metadata.csv.

`python tests/benchmarks/bench_metadata.py [LINES [REPETITIONS]]`: generates the lines (0.44 kB
each, 2 million unless said) into a temporary folder, runs ours and pandas in turns, each in a
process of its own whose peak memory the system tells, and checks that both tables are equal.
"""

import csv
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote_plus

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "results" / "benchmarks" / "metadata.csv"
COLUMNS = [
    "case",
    "peer",
    "peer_version",
    "unit",
    "ours",
    "theirs",
    "ratio",
    "low",
    "high",
    "machine",
]
FIELDS = {0: "photo_id", 1: "user_id", 2: "author", 3: "taken_at", 6: "title", 7: "description"}
FIELDS |= {8: "tags", 10: "longitude", 11: "latitude", 13: "page_url", 14: "photo_url"}
FIELDS |= {15: "licence", 16: "licence_url", 22: "marker"}


def ours(lines: Path, to: Path) -> None:
    """Block by block, as list_photos reads; the columns that pandas makes too."""
    import pyarrow.parquet as parquet

    from phototags.corpora.yfcc_lines import blocks

    writer, kept = None, [name for name in FIELDS.values() if name != "marker"]
    for block in blocks(lines):
        photos = block.photos.select(kept)
        writer = writer or parquet.ParquetWriter(to, photos.schema)
        writer.write_table(photos)
    writer.close()


def theirs(lines: Path, to: Path) -> None:
    """pandas at its best: only the columns needed, each distinct tag unquoted once."""
    import pandas as pd

    degrees = {10: "float64", 11: "float64"}
    kinds = dict.fromkeys(FIELDS, "str") | degrees | {22: "int8"}
    photos = pd.read_csv(
        lines,
        sep="\t",
        header=None,
        names=range(23),
        usecols=list(FIELDS),
        dtype=kinds,
        engine="c",
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        na_values={10: [""], 11: [""]},
    ).rename(columns=FIELDS)
    photos = photos[photos.pop("marker") == 0]
    for name in ("title", "description", "author"):
        photos[name] = photos[name].map(unquote_plus)
    known: dict[str, str] = {}
    photos["tags"] = [_unquoted(tags, known) for tags in photos["tags"].tolist()]
    photos.to_parquet(to, index=False)


def _unquoted(tags: str, known: dict[str, str]) -> list[str]:
    if not tags:
        return []
    return [known.get(tag) or known.setdefault(tag, unquote_plus(tag)) for tag in tags.split(",")]


def measure(side: str, lines: Path, to: Path) -> dict[str, float]:
    """Seconds and megabytes of one run in a fresh process."""
    command = [sys.executable, __file__, "--side", side, str(lines), str(to)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run(side: str, lines: Path, to: Path) -> None:
    """One side in this process; imports are not part of the time."""
    sys.path.insert(0, str(ROOT))
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    if side == "ours":
        import phototags.corpora.yfcc_lines  # noqa: F401
    start = time.perf_counter()
    {"ours": ours, "theirs": theirs}[side](lines, to)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def equal(one: Path, other: Path) -> bool:
    """Whether two tables hold the same, null and the empty string being one."""
    import pandas as pd

    mine, yours = pd.read_parquet(one), pd.read_parquet(other)
    texts = [name for name in mine if name not in ("tags", "longitude", "latitude")]
    same = all((mine[name].fillna("") == yours[name].fillna("")).all() for name in texts)
    same &= all(mine[name].equals(yours[name]) for name in ("longitude", "latitude"))
    return same and all(map(list.__eq__, map(list, mine["tags"]), map(list, yours["tags"])))


def row(case: str, unit: str, pairs: list[tuple[float, float]]) -> dict:
    """One line of the results: medians, and the spread of theirs over ours."""
    import pandas

    mine, yours = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratios = sorted(their / our for our, their in pairs)
    about = ["pandas C engine", pandas.__version__, unit, f"{mine:.2f}", f"{yours:.2f}"]
    spread = [statistics.median(ratios), ratios[0], ratios[-1]]
    machine = f"{platform.machine()}, {platform.python_version()}"
    return dict(zip(COLUMNS, [case, *about, *(f"{r:.2f}" for r in spread), machine], strict=True))


def main(lines: int = 2_000_000, repetitions: int = 5) -> None:
    generator = Path(__file__).with_name("metadata_lines.py")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, mine, yours = folder / "lines", folder / "ours.parquet", folder / "theirs.parquet"
        subprocess.run([sys.executable, generator, str(lines), file], check=True)
        measure("ours", file, mine)  # compiles what later runs load
        pairs = []
        for _ in range(repetitions):
            pairs.append((measure("ours", file, mine), measure("theirs", file, yours)))
            print(pairs[-1], flush=True)
        if not equal(mine, yours):
            sys.exit("ours and pandas' table differ: nothing is written")
        yours.unlink()
        with open(file, "rb") as once, open(folder / "more", "wb") as four:
            for _ in range(4):
                once.seek(0)
                while piece := once.read(1 << 24):
                    four.write(piece)
        peak = measure("ours", folder / "more", mine)["megabytes"]
    wall = [(our["seconds"], their["seconds"]) for our, their in pairs]
    memory = [(our["megabytes"], their["megabytes"]) for our, their in pairs]
    rows = [row("wall_2m", "s", wall), row("memory_2m", "MB", memory)]
    rows.append(row("peak_8m", "MB", [(peak, 1500.0)]) | {"peer": "limit", "peer_version": ""})
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    with open(RESULT, "w", newline="") as out:
        table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(RESULT.read_text())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        run(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(*map(int, sys.argv[1:]))
