"""The downloader beside img2dataset, on clean and on faulty urls: download.csv.

`python tests/benchmarks/bench_download.py [--quick]`. A server in a process of its own, on
loopback addresses; both sides get the same list, requests at once, timeout and tries, one process,
and keep the bytes as they come. img2dataset's own clock, which leaves its start out, gives its
rate; ours leaves the imports out too. Times and memory are those of the whole command.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from harness import ROOT, Row, arguments, compare, conclude, peer_python, take_turns, version_of
from measuring import Cost, watched

SERVER = ROOT / "tests/download/misbehaving.py"
AT_ONCE, TIMEOUT, TRIES, COPIES = 64, 2, 2, 3
DRIP = 20  # seconds that a slow answer takes: real ones take for ever, but a benchmark ends
CLEAN = {True: 200, False: 3000}
"""Photos of the clean list, by whether the run is quick."""


@contextmanager
def serving() -> Iterator[dict]:
    """A server of 300 photos of 500x375 pixels; its ports."""
    command = [sys.executable, str(SERVER), "--photos", "300", "--drip", str(DRIP)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def clean_list(ports: dict, count: int) -> list[str]:
    return [f"http://127.0.0.1:{ports['port']}/distinct/{number}" for number in range(count)]


def faulty_list(ports: dict, copies: int) -> list[str]:
    """Every way in which the server misbehaves, some times each, and urls that need no server."""
    sys.path.insert(0, str(SERVER.parent))
    from misbehaving import CASES

    site = f"http://127.0.0.1:{ports['port']}"
    urls = [f"{site}/{case}/{number}" for number in range(copies) for case in CASES]
    private = [f"http://127.0.0.2:{ports['private_port']}/ok/{number}" for number in range(copies)]
    return urls + private + ["file:///etc/hostname", "ftp://127.0.0.1/a.jpg", "photo.jpg"]


def run(command: list, folder: Path) -> Cost:
    """The cost of a command; what it says goes to a log that is shown when it fails."""
    environment = os.environ | {"NO_ALBUMENTATIONS_UPDATE": "1", "PYTHONPATH": str(ROOT)}
    with open(folder / "log", "w") as log:
        try:
            return watched(command, cwd=folder, env=environment, stdout=log, stderr=log)
        except subprocess.CalledProcessError as error:
            sys.exit(f"{error}\n{(folder / 'log').read_text()}")


def theirs(urls: list[str]) -> Cost:
    """One run of img2dataset; the answer is its rate in photos a second."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "urls.txt").write_text("\n".join(urls) + "\n")
        options = {
            "url_list": "urls.txt", "output_folder": "out", "output_format": "webdataset",
            "resize_mode": "no", "disable_all_reencoding": True, "processes_count": 1,
            "thread_count": AT_ONCE, "number_sample_per_shard": len(urls), "timeout": TIMEOUT,
            "retries": TRIES - 1, "compute_hash": "sha256", "enable_wandb": False,
        }  # fmt: skip
        program = peer_python("img2dataset").with_name("img2dataset")
        cost = run([program, *(f"--{name}={value}" for name, value in options.items())], folder)
        said = json.loads((folder / "out/00000_stats.json").read_text())
    return replace(cost, answer=said["count"] / said["duration"])


def ours(urls: list[str]) -> Cost:
    """One run of phototags; the answer is its rate in photos a second."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "urls.txt").write_text("\n".join(urls) + "\n")
        cost = run([sys.executable, __file__, "--download", folder], folder)
        return replace(cost, answer=float((folder / "rate").read_text()))


def download(folder: Path) -> None:
    """What `ours` runs, in a process of its own."""
    import polars  # noqa: F401  (its import is no part of the rate)

    from phototags.download.download_shard import download_shard
    from phototags.params.download import Download

    settings = Download(
        max_requests=AT_ONCE,
        max_requests_per_host=AT_ONCE,
        timeout=TIMEOUT,
        max_tries=TRIES,
        allow_private=["127.0.0.1"],
    )
    paths = [folder / name for name in ("work", "00000.tar", "downloads.parquet")]
    photos = list(enumerate((folder / "urls.txt").read_text().split()))
    begun = time.monotonic()
    download_shard(photos, *paths, settings, max_pixels=30_000_000, max_bytes=50_000_000)
    (folder / "rate").write_text(str(len(photos) / (time.monotonic() - begun)))


def in_turns(urls: list[str], pairs: int, *, warm: bool) -> list[tuple[Cost, Cost]]:
    """Pairs of costs; each is shown as it is known, a round takes a minute and more."""

    def shown(side: Callable[[list[str]], Cost]) -> Cost:
        cost = side(urls)
        print(side.__name__, cost, file=sys.stderr, flush=True)
        return cost

    return take_turns(lambda: shown(ours), lambda: shown(theirs), pairs, warm=warm)


def case(name: str, unit: str, key: str, costs: list[tuple[Cost, Cost]]) -> Row:
    pairs = [(getattr(our, key), getattr(their, key)) for our, their in costs]
    version = version_of("img2dataset", peer_python("img2dataset"))
    return compare(name, "img2dataset", version, unit, pairs, "more" if "/" in unit else "less")


def main() -> None:
    if sys.argv[1:2] == ["--download"]:
        return download(Path(sys.argv[2]))
    given = arguments(__doc__)
    with serving() as ports:
        clean = in_turns(clean_list(ports, CLEAN[given.quick]), given.pairs, warm=False)
    with serving() as ports:
        urls = faulty_list(ports, 1 if given.quick else COPIES)
        faulty = in_turns(urls, given.pairs, warm=True)
    rows = [
        case("steady_rate", "photos/s", "answer", clean),
        case("faulty_time", "s", "seconds", faulty),
        case("faulty_memory", "MB", "megabytes", faulty),
    ]
    conclude("download", rows, given.quick)


if __name__ == "__main__":
    main()
