"""Kills downloads at random moments and looks at what is left of them.

Run it for the hundred kills: `python -m tests.download.kills --kills 100`.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from phototags.download.journal import read_journal
from tests.download.conftest import read_packed
from tests.download.misbehaving import HOST, MisbehavingServer, ServerThread, picture

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "allow_private": [HOST],
    "max_requests": 8,
    "max_requests_per_host": 8,
    "backoff": 0.01,
    "timeout": 20.0,
}


class Zygote:
    """A warm process that starts downloads at once; use as a context."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.download.zygote"],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def run(self, folder: Path, urls: list[str], kill_after: float | None) -> int:
        """The exit status of one download; -9 when it was killed, `kill_after` seconds in."""
        job = {"folder": str(folder), "urls": urls, "settings": SETTINGS}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self.process.stdout.readline())


def urls_of(server: MisbehavingServer, count: int) -> list[str]:
    """Mostly photos, some twice, some that come at the second try or elsewhere or never."""
    cases = ["ok"] * 12 + ["broken_once", "half_once", "redirect", "missing", "half_file", "bomb"]
    return [server.url(cases[number % len(cases)], number % (count - 9)) for number in range(count)]


@dataclass
class Count:
    """What was seen: kills, downloads that came to their end, moments of the kills."""

    kills: int = 0
    ends: int = 0
    while_asking: int = 0
    asked_twice: int = 0


def answered(folder: Path) -> set[str]:
    """Urls whose answer is written down and final."""
    known = read_journal(folder / "work" / "journal.jsonl").values()
    return {record.url for record in known if not record.retry_next_run}


def kill_and_resume(server: MisbehavingServer, kills: int, seed: int, photos: int) -> Count:
    """Kill downloads until `kills` have died, each resumed until it ends.

    Raises:
        AssertionError: when an ended download has other bytes than an undisturbed one, when
            an answered url was asked again, or when a half-written shard was left.
    """
    chance, count = random.Random(seed), Count()
    urls = urls_of(server, photos)
    with Zygote() as zygote, tempfile.TemporaryDirectory() as base:
        undisturbed = Path(base) / "undisturbed"
        begun = time.monotonic()
        assert zygote.run(undisturbed, urls, None) == 0
        whole = time.monotonic() - begun
        while count.kills < kills:
            folder = Path(base) / f"killed{count.ends}"
            server.hits.clear()
            done: set[str] = set()
            while True:
                after = chance.uniform(0.0, whole * chance.choice((0.3, 1.0)))
                status = zygote.run(folder, urls, None if count.kills >= kills else after)
                check_nothing_asked_twice(server, done)
                if status == 0:
                    break
                assert status == -signal.SIGKILL, status
                done = answered(folder)
                count.kills += 1
                count.while_asking += 0 < len(done) < len(set(urls))
                check_no_half_shard(folder, undisturbed)
            count.ends += 1
            check_the_end(zygote, server, folder, undisturbed, urls)
    return count


def check_no_half_shard(folder: Path, undisturbed: Path) -> None:
    """The shard is whole or not there."""
    if (folder / "0.tar").exists():
        assert (folder / "0.tar").read_bytes() == (undisturbed / "0.tar").read_bytes()


def check_the_end(zygote, server, folder: Path, undisturbed: Path, urls: list[str]) -> None:
    """The same bytes, one store, no rubbish, and nothing left to ask."""
    assert (folder / "0.tar").read_bytes() == (undisturbed / "0.tar").read_bytes()
    here, there = (read_packed(at / "d.parquet") for at in (folder, undisturbed))
    assert here.num_rows > 0 and here.equals(there)
    assert len(list((folder / "work").glob("[0-9]*"))) == 1
    assert not list(folder.glob(".*.part"))
    server.hits.clear()
    assert zygote.run(folder, urls, None) == 0
    assert server.hits.total() == 0


def check_nothing_asked_twice(server: MisbehavingServer, done: set[str]) -> None:
    """No url that was answered before this start was asked since."""
    asked = {f"http://{HOST}:{server.port}{path}" for path in server.hits}
    assert not asked & done, sorted(asked & done)[:3]
    server.hits.clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--photos", type=int, default=300)
    chosen = parser.parse_args()
    with ServerThread(MisbehavingServer([picture(n) for n in range(200)], 0.005)) as server:
        begun = time.monotonic()
        count = kill_and_resume(server, chosen.kills, chosen.seed, chosen.photos)
    print(
        f"{count.kills} kills, {count.while_asking} of them amid the answers, {count.ends} "
        f"downloads brought to their end in {time.monotonic() - begun:.0f} s: "
        "the same bytes as undisturbed, nothing answered was asked again"
    )


if __name__ == "__main__":
    main()
