"""A corpus on the web for tests: forty photos at a server that misbehaves, in two shards."""

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.download.misbehaving import CASES, HOST, MisbehavingServer

ROOT = Path(__file__).parents[1]
PARTS = ["Snakefile", "params.yaml", "rules", "scripts", "phototags", "profiles", "envs"]
SHARD, PICTURES = 20, 100
FIRST = [
    *(("ok", number) for number in range(9)),
    ("redirect", 12),
    *((case, 10) for case in ("missing", "half_file", "redirect_private", "placeholder", "noai")),
    *((case, 11) for case in ("broken_once", "html", "bomb", "forbidden")),
    ("ok", PICTURES),  # the same content as row 0
]
SECOND = [
    *(("ok", number) for number in range(20, 34)),
    ("ok", PICTURES + 1),  # the same content as row 1, in another shard
    ("png", 40),
    ("ok", 90),  # all rights reserved
    ("ok", 91),  # to be gone, by its bytes
    ("ok", 92),  # to be gone, by its address
    ("nowhere", 0),  # no url at all
]
UNLICENSED, GONE_BY_BYTES, GONE_BY_ADDRESS, NO_URL = 36, 37, 38, 39
COLUMNS = ("photo_id", "tags", "photo_url", "licence")
CONTROL = "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: a\nDescription: b\n"


class Website:
    """The corpus `site` of a server, and what must become of each photo.

    Args:
        folder: becomes a mirror and a copy of the project that plans this corpus alone.
        server: of PICTURES photos.
    """

    def __init__(self, folder: Path, server: MisbehavingServer):
        self.project, self.mirror, self.server = folder / "project", folder / "mirror", server
        self.programs = [Path(sys.executable).parent, folder / "programs"]
        self.photos = [*FIRST, *SECOND]
        self.urls = [server.url(*photo) for photo in self.photos]
        self.urls[NO_URL] = "photo.jpg"
        self.write_mirror()
        self.copy_project()

    def write_mirror(self) -> None:
        (self.mirror / "site").mkdir(parents=True)
        with open(self.mirror / "site/photos.tsv", "w", newline="") as file:
            table = csv.writer(file, delimiter="\t", lineterminator="\n")
            table.writerow(COLUMNS)
            for row, url in enumerate(self.urls):
                licence = "all rights reserved" if row == UNLICENSED else "CC BY 2.0"
                table.writerow((f"p{row}", "sea, red", url, licence))
        tree = self.mirror / "wordnet/tree/DEBIAN"  # a package, of which nothing is read here
        tree.mkdir(parents=True)
        (tree / "control").write_text(CONTROL)
        command = ["dpkg-deb", "--build", tree.parent, self.mirror / "wordnet/wordnet-base.deb"]
        subprocess.run(command, check=True, capture_output=True)

    def copy_project(self) -> None:
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            (self.project / part).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / part, self.project / part)
        content = self.server.photos[91]
        gone = [hashlib.sha256(content).hexdigest(), self.urls[GONE_BY_ADDRESS]]
        (self.project / "removals.txt").write_text("\n".join(gone) + "\n")
        (self.project / "site.json").write_text(json.dumps(self.preset()))

    def preset(self) -> dict:
        placeholder = hashlib.sha256(self.server.placeholder).hexdigest()
        return {
            "run": "site",
            "experiments": [{"train": "site", "test": ["site"]}],
            "export": {"train": "site"},
            "corpora": {
                "tables": {"site": {"photos": len(self.photos), "pictures": "web"}},
                "shard_photos": SHARD,
                "licences": ["CC BY"],
            },
            "download": {
                "contact": "https://example.org/photos",
                "allow_private": [HOST],
                "max_requests_per_host": 2,
                "backoff": 0.01,
                "placeholders": [placeholder],
            },
        }

    def expected(self) -> dict[int, str]:
        """What must become of each row: `ok`, or the reason of its drop."""
        ends = {row: CASES.get(case) for row, (case, _) in enumerate(self.photos)}
        ends |= {UNLICENSED: "licence", NO_URL: "bad_url"}
        ends |= {GONE_BY_BYTES: "removed", GONE_BY_ADDRESS: "removed"}
        return ends | {19: "duplicate", 34: "duplicate"}

    def start(self, *words: str, **variables: str) -> subprocess.Popen:
        """Snakemake in a process group of its own, which `kill` ends.

        Args:
            variables: of the environment.
        """
        command = [sys.executable, "-m", "snakemake", "--configfile", "site.json", *words]
        environment = os.environ | {
            "PHOTOTAGS_MIRROR": str(self.mirror), "PYTHONPATH": str(self.project),
            "PATH": os.pathsep.join(map(str, [*self.programs, os.environ["PATH"]])),
        } | variables  # fmt: skip
        return subprocess.Popen(
            command, cwd=self.project, env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *words: str, **variables: str) -> str:
        """What Snakemake said; it must have ended well."""
        process = self.start(*words, **variables)
        said, _ = process.communicate(timeout=1800)
        assert process.returncode == 0, said[-8000:]
        return said

    def kill(self, process: subprocess.Popen, after: int) -> None:
        """Kill -9 Snakemake and its jobs once so many photos have been asked for."""
        while sum(self.server.hits.values()) < after:
            assert process.poll() is None, process.stdout.read()[-8000:]
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
