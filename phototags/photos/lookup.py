"""Any picture of a corpus by its row, without reading the shards before it."""

import os
import tarfile
from collections.abc import Iterable
from pathlib import Path

from phototags.errors import ArchiveError


class Lookup:
    """Where in which shard each picture lies; read once from the tars' headers.

    Args:
        shards: tars that `pack` wrote.

    Raises:
        ArchiveError: when one is missing, no shard or damaged, or a row stands in two.
    """

    def __init__(self, shards: Iterable[Path | str]):
        self.places: dict[int, tuple[Path, int, int]] = {}
        for shard in map(Path, shards):
            for row, place in headers(shard).items():
                if row in self.places:
                    raise ArchiveError(
                        f"row {row} should be in one shard, but is in {self.places[row][0]} and "
                        f"{shard}. Remove both and run `snakemake` again."
                    )
                self.places[row] = (shard, *place)

    def __contains__(self, row: int) -> bool:
        return row in self.places

    def read(self, row: int, at_most: int) -> bytes:
        """The bytes of a picture, one more than `at_most` when it has more; from any thread.

        Raises:
            ArchiveError: when no shard has it, or the shard ends inside it.
        """
        if row not in self.places:
            raise ArchiveError(f"no shard has the picture of row {row}. Run `snakemake` again.")
        shard, offset, size = self.places[row]
        with open(shard, "rb") as file:
            content = os.pread(file.fileno(), min(size, at_most + 1), offset)
        if len(content) < min(size, at_most + 1):
            raise ArchiveError(
                f"{shard} ends inside the picture of row {row}: {len(content)} of {size} bytes. "
                "Remove it and run `snakemake` again."
            )
        return content


def headers(shard: Path) -> dict[int, tuple[int, int]]:
    """Offset and size, in bytes, of each row's picture in a shard."""
    try:
        with tarfile.open(shard, "r:") as tar:
            return {int(Path(one.name).stem): (one.offset_data, one.size) for one in tar}
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ArchiveError(
            f"{shard} should be a shard of pictures written by phototags, but: {error}. "
            "Remove it and run `snakemake` again."
        ) from error
