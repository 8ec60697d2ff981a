"""A server that misbehaves, and one way to download from it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest

from phototags.download import url_safety
from phototags.download.download_shard import download_shard
from phototags.params.download import Download
from phototags.photos.photo_table import PACKED
from tests.download.misbehaving import HOST, MisbehavingServer, ServerThread, picture

LIMITS = {"max_pixels": 30_000_000, "max_bytes": 5_000_000}


@pytest.fixture(scope="session")
def one_server():
    with ServerThread(
        MisbehavingServer([picture(number) for number in range(200)], 0.002)
    ) as server:
        yield server


@pytest.fixture
def server(one_server):
    one_server.hits.clear()
    one_server.private_hits = one_server.most_under_way = 0
    return one_server


def read_packed(downloads):
    """Row, file, sha256, width and height of every photo that is in the tar."""
    outcomes = parquet.read_table(downloads)
    return outcomes.filter(pc.field("file").is_valid()).select(PACKED.names)


@dataclass
class Shard:
    """A shard's files in one folder, downloaded anew at each call."""

    folder: Path
    settings: Download
    limits: dict

    def __call__(self, urls, lookup=None, **changes):
        """The rows of the downloads table, one a url."""
        settings = self.settings.model_copy(update=changes)
        photos = list(enumerate(urls))
        paths = (self.work, self.tar, self.downloads)
        with pytest.MonkeyPatch.context() as patch:
            if lookup is not None:
                patch.setattr(url_safety, "ThreadedResolver", lambda: lookup)
            download_shard(photos, *paths, settings, **self.limits)
        return parquet.read_table(self.downloads).to_pylist()

    @property
    def work(self):
        return self.folder / "work"

    @property
    def tar(self):
        return self.folder / "00000.tar"

    @property
    def packed(self):
        return read_packed(self.downloads)

    @property
    def downloads(self):
        return self.folder / "00000.downloads.parquet"


def new_shard(folder, server):
    """A shard in an empty folder; deadlines that the busiest machine keeps."""
    settings = Download(
        contact="https://example.org/photos",
        timeout=20.0,
        backoff=0.05,
        max_requests_per_host=64,
        dead_host_photos=1000,  # one host has every failure there is
        allow_private=[HOST],
        placeholders=[hashlib.sha256(server.placeholder).hexdigest()],
    )
    return Shard(folder, settings, dict(LIMITS))


@pytest.fixture
def shard(tmp_path, server):
    return new_shard(tmp_path, server)
