"""Look into a tar without unpacking it: nothing is written, so nothing can be written elsewhere.

Links are followed by name inside the archive; devices, sparse files and links that lead out
are as if they were not there.
"""

import itertools
import posixpath
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from phototags.errors import ArchiveError

MAX_LINKS = 40  # as many as Linux follows
MAX_MEMBERS = 2_000_000  # COCO has 123,287 pictures in its largest archive


def names_below(names: Iterable[str], folder: str, suffix: str) -> list[str]:
    """The names below a folder ("" for all) that end so in lower case, sorted.

    >>> names_below(["b/2.PNG", "b/1.png", "bb/3.png", "b/4.txt"], "b", ".png")
    ['b/1.png', 'b/2.PNG']
    """
    start = f"{folder.rstrip('/')}/" if folder else ""
    return sorted(
        name for name in names if name.startswith(start) and name.lower().endswith(suffix)
    )


class Archive:
    """The files and links of an uncompressed tar, by name (without a leading `./`).

    Used in a `with` block.

    Raises:
        ArchiveError: when the file is missing or no tar, ends too early, or names more than
            `MAX_MEMBERS` files.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        try:
            self._tar = tarfile.open(self.path, "r:")  # noqa: SIM115
            members = list(itertools.islice(self._tar, MAX_MEMBERS + 1))
            if len(members) > MAX_MEMBERS:
                raise ValueError(f"it has more than {MAX_MEMBERS} files")
        except (OSError, tarfile.TarError, ValueError) as error:
            raise ArchiveError(
                f"{self.path} should be an uncompressed tar, but: {error}. "
                "Remove it and run `snakemake` again to fetch it anew."
            ) from error
        self._members = {
            posixpath.normpath(member.name): member
            for member in members
            if (member.isfile() and not member.issparse()) or member.issym() or member.islnk()
        }

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tar.close()

    def names(self, folder: str, suffix: str) -> list[str]:
        """Names of files and links below a folder ("" for all), sorted; suffixes in lower case."""
        return names_below(self._members, folder, suffix)

    def target(self, name: str) -> str | None:
        """The file that a name leads to, itself when it is no link.

        None when there is no such name, when links lead out of the archive or nowhere, or in
        a circle.
        """
        name = posixpath.normpath(name)
        for _ in range(MAX_LINKS):
            member = self._members.get(name)
            if member is None or member.isfile():
                return name if member else None
            if member.issym():
                name = posixpath.join(posixpath.dirname(name), member.linkname)
            else:
                name = member.linkname
            name = posixpath.normpath(name)
        return None

    def read(self, name: str, at_most: int) -> bytes | None:
        """A file's bytes, one more than `at_most` when it has more; None where `target` is None.

        Raises:
            ArchiveError: when the tar ends inside the file.
        """
        target = self.target(name)
        if target is None:
            return None
        member = self._members[target]
        wanted = min(member.size, at_most + 1)
        try:
            content = self._tar.extractfile(member).read(wanted)
        except (OSError, tarfile.TarError) as error:
            raise ArchiveError(f"{self.path} can't be read at {target}: {error}") from error
        if len(content) < wanted:
            raise ArchiveError(
                f"{self.path} ends inside {target}: {len(content)} of {member.size} bytes. "
                "Remove it and run `snakemake` again to fetch it anew."
            )
        return content


def read_members(tar: Path | str) -> Iterator[tuple[int, bytes]]:
    """The row and the bytes of each picture of a shard that `pack` wrote, in the order of rows.

    Raises:
        ArchiveError: when the file is no shard, or damaged.
    """
    try:
        with tarfile.open(tar, "r:") as shard:
            for member in shard:
                yield int(Path(member.name).stem), shard.extractfile(member).read()
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ArchiveError(
            f"{tar} should be a shard of pictures written by phototags, but: {error}. "
            "Remove it and run `snakemake` again."
        ) from error
