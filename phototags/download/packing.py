"""The shard's tar: the same photos give the same bytes, in whatever order they came."""

import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from phototags.download.journal import Record
from phototags.download.outcomes import Outcome
from phototags.download.store import PIECE, Store
from phototags.io.storage import atomic_write


@dataclass(frozen=True, slots=True)
class Member:
    """Where a content lies in the tar: the member's name, the offset of its first byte."""

    name: str
    offset: int


def pack(tar: Path, rows: Iterable[tuple[int, Record]], store: Store) -> dict[str, Member]:
    """Write the photos that are had by row, each content once, under the first row that has it.

    Photos stream from the store: memory does not depend on their size.

    Args:
        rows: of the shard, each with its url's record.

    Returns:
        the member of each content's sha256.
    """
    members: dict[str, Member] = {}
    had = ((row, record) for row, record in sorted(rows, key=lambda pair: pair[0]))
    form = {"format": tarfile.USTAR_FORMAT, "copybufsize": PIECE}
    with atomic_write(tar) as part, tarfile.open(part, "w", **form) as packed:
        for row, record in had:
            if record.outcome != Outcome.OK or record.sha256 in members:
                continue
            entry = tarfile.TarInfo(f"{row:08d}.{record.format}")  # time 0, owner 0, mode 644
            entry.size = record.bytes
            members[record.sha256] = Member(entry.name, packed.offset + tarfile.BLOCKSIZE)
            with store.open_at(record.file, record.offset) as photo:
                packed.addfile(entry, photo)
    return members
