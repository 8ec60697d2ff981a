"""Forks downloads on request, so that a hundred of them can be killed in less than a minute.

One JSON job a line on stdin; answers with the child's process id, then, when it has ended, with
its exit status. Nothing runs in threads before the fork.
"""

import json
import os
import sys
from pathlib import Path

import polars  # noqa: F401  (here, so that no child has to)

from phototags.download.download_shard import download_shard
from phototags.params.download import Download


def download(job):
    photos = list(enumerate(job["urls"]))
    paths = [Path(job["folder"]) / name for name in ("work", "0.tar", "d.parquet")]
    settings = Download.model_validate(job["settings"])
    download_shard(photos, *paths, settings, max_pixels=10**7, max_bytes=10**6)


def main():
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                download(json.loads(line))
                status = 0
            finally:
                os._exit(status)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
