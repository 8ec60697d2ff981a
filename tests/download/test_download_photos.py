"""A shard of a corpus on the web."""

import tarfile

from phototags.download.download_photos import download_photos
from phototags.params.download import Download
from phototags.photos.photo_table import make_photo_table
from phototags.photos.removals import Removals


def test_a_shard_without_a_photo_is_an_empty_tar(tmp_path):
    had, drops = download_photos(
        make_photo_table([]),
        tmp_path / "work",
        tmp_path / "00003.tar",
        tmp_path / "downloads.parquet",
        Download(),
        max_pixels=10**6,
        max_bytes=10**6,
        licences=None,
        removals=Removals(),
    )
    assert had.empty and drops == []
    with tarfile.open(tmp_path / "00003.tar") as tar:
        assert tar.getnames() == []
