"""What every benchmark of training needs: pictures in a shard, nothing to judge by, a clock."""

import tarfile
import time
from io import BytesIO
from pathlib import Path

import torch
from bench_features import drawn_jpegs

from phototags.systems.parts.tagged_photos import TaggedPhotos


def without_validation(width: int) -> TaggedPhotos:
    return TaggedPhotos([], torch.empty(0, width), torch.zeros(0, 1, dtype=torch.int64))


class Clock:
    """A fit's `follow` that knows how long the last epoch took; the first one warms up."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def __call__(self, row: dict) -> None:
        self.ends.append(time.perf_counter())

    def rate(self, photos: int) -> float:
        """Photos a second in the last epoch."""
        return photos / (self.ends[-1] - self.ends[-2])


def shard_of(folder: Path, photos: int) -> Path:
    """A shard of drawn JPEGs as large as Flickr's."""
    with tarfile.open(folder / "00000.tar", "w") as tar:
        for row, content in enumerate(drawn_jpegs(photos, (500, 375))):
            member = tarfile.TarInfo(f"{row:08d}.jpg")
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    return folder / "00000.tar"
