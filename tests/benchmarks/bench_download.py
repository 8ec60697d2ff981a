"""The downloader beside img2dataset: steady rate on clean photos, time and memory on faulty ones.

A server in a process of its own on loopback; both programs get the same list, the same number of
requests at once, the same timeout and tries, and keep the bytes as they come (no re-encoding).
Rounds alternate. Needs `.venv-peers/img2dataset` with the packages of `peers/img2dataset.txt`.
"""

import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEER = ROOT / ".venv-peers" / "img2dataset" / "bin"
SERVER = ROOT / "tests" / "download" / "misbehaving.py"
RESULT = ROOT / "results" / "benchmarks" / "download.csv"
AT_ONCE, TIMEOUT, TRIES, CLEAN, COPIES = 64, 3, 3, 3000, 3
COLUMNS = ("case", "peer", "peer_version", "unit", "ours", "theirs", "ratio", "low", "high")
COLUMNS += ("machine",)


@contextmanager
def serving() -> Iterator[dict]:
    """A server of 300 photos of 500x375 pixels; its ports."""
    command = [sys.executable, str(SERVER), "--photos", "300"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def clean_list(ports: dict) -> list[str]:
    return [f"http://127.0.0.1:{ports['port']}/distinct/{number}" for number in range(CLEAN)]


def faulty_list(ports: dict) -> list[str]:
    """Every way in which the server misbehaves, some times each, and urls that need no server."""
    sys.path.insert(0, str(SERVER.parent))
    from misbehaving import CASES

    site = f"http://127.0.0.1:{ports['port']}"
    urls = [f"{site}/{case}/{number}" for number in range(COPIES) for case in CASES]
    private = [f"http://127.0.0.2:{ports['private_port']}/ok/{number}" for number in range(COPIES)]
    return urls + private + ["file:///etc/hostname", "ftp://127.0.0.1/a.jpg", "photo.jpg"]


def memory_of_tree(process: int) -> int:
    """Bytes of a process and all below it, shared pages shared out (PSS)."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().split("Pss:", 1)[1]
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return int(lines.split()[0]) * 1024 + sum(memory_of_tree(int(child)) for child in children)


def watched(command: list[str], folder: Path) -> dict:
    """Run a command; its wall seconds and peak megabytes, sampled twenty times a second."""
    environment = os.environ | {"NO_ALBUMENTATIONS_UPDATE": "1", "PYTHONPATH": str(ROOT)}
    with open(folder / "log", "w") as log:
        begun, peak = time.monotonic(), 0
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        while process.poll() is None:
            peak = max(peak, memory_of_tree(process.pid))
            time.sleep(0.05)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}:\n{(folder / 'log').read_text()}")
    return {"seconds": time.monotonic() - begun, "megabytes": peak / 2**20}


def theirs(urls: Path, folder: Path) -> dict:
    """One run of img2dataset; `rate` from its own clock, which leaves its start out."""
    options = {
        "url_list": urls, "output_folder": folder / "out", "output_format": "webdataset",
        "resize_mode": "no", "disable_all_reencoding": True, "processes_count": 1,
        "thread_count": AT_ONCE, "number_sample_per_shard": CLEAN, "timeout": TIMEOUT,
        "retries": TRIES - 1, "compute_hash": "sha256", "enable_wandb": False,
    }  # fmt: skip
    command = [str(PEER / "img2dataset"), *(f"--{name}={value}" for name, value in options.items())]
    seen = watched(command, folder)
    said = json.loads((folder / "out" / "00000_stats.json").read_text())
    return seen | {"rate": said["count"] / said["duration"], "photos": said["successes"]}


def ours(urls: Path, folder: Path) -> dict:
    """One run of phototags; `rate` from a clock that leaves the imports out, as theirs does."""
    seen = watched([sys.executable, __file__, "--download", str(urls), str(folder)], folder)
    said = json.loads((folder / "said.json").read_text())
    return seen | said


def download(urls: Path, folder: Path) -> None:
    """What `ours` runs, in a process of its own."""
    import pyarrow.parquet as parquet

    from phototags.download.settings import Download
    from phototags.download.shard import download_shard

    settings = Download(
        at_once=AT_ONCE, host_at_once=AT_ONCE, timeout=TIMEOUT, tries=TRIES, allow=["127.0.0.1"]
    )
    paths = [folder / name for name in ("work", "00000.tar", "00000.parquet", "downloads.parquet")]
    photos = list(enumerate(urls.read_text().split()))
    begun = time.monotonic()
    download_shard(photos, *paths, settings, max_pixels=30_000_000, max_bytes=50_000_000)
    seconds = time.monotonic() - begun
    said = {"rate": len(photos) / seconds, "photos": parquet.read_table(paths[2]).num_rows}
    (folder / "said.json").write_text(json.dumps(said))


def rounds(urls: list[str], repetitions: int, what: str) -> list[tuple[dict, dict]]:
    """Pairs of runs, ours and theirs in turn."""
    pairs = []
    for number in range(repetitions):
        pair = []
        for run in (ours, theirs):
            with tempfile.TemporaryDirectory() as folder:
                listed = Path(folder) / "urls.txt"
                listed.write_text("\n".join(urls) + "\n")
                pair.append(run(listed, Path(folder)))
        pairs.append(tuple(pair))
        print(what, number, *pair, flush=True)
    return pairs


def row(case: str, unit: str, key: str, pairs: list[tuple[dict, dict]]) -> dict:
    """A line of the result; `ratio` is how many times better we are, medians of the pairs."""
    better = 1 if unit.endswith("/s") else -1
    ratios = [(our[key] / their[key]) ** better for our, their in pairs]
    middle = [statistics.median(one[key] for one in side) for side in zip(*pairs, strict=True)]
    ends = min(ratios), max(ratios)
    version = next((PEER.parent / "lib").glob("*/site-packages/img2dataset-*.dist-info")).name
    return dict(zip(COLUMNS, [
        case, "img2dataset", version.split("-")[1].removesuffix(".dist"), unit,
        *(f"{value:.4g}" for value in (*middle, statistics.median(ratios), *ends)),
        f"{platform.machine()}, {os.cpu_count()} cores",
    ], strict=True))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--download", nargs=2, type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.download:
        return download(*chosen.download)
    with serving() as ports:
        clean = rounds(clean_list(ports), chosen.repetitions, "clean")
    with serving() as ports:
        faulty = rounds(faulty_list(ports), chosen.repetitions, "faulty")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    with open(RESULT, "w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerow(row("steady_rate", "photos/s", "rate", clean))
        table.writerow(row("faulty_time", "s", "seconds", faulty))
        table.writerow(row("faulty_memory", "MB", "megabytes", faulty))


if __name__ == "__main__":
    main()
