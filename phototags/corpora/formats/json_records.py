"""Long JSON files in zips, read one record at a time: Visual Genome's have nearly a gigabyte."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import ijson

from phototags.corpora.reader import find_file
from phototags.errors import CorpusError
from phototags.photos.archives import ZipArchive

MAX_JSON = 4 << 30  # bytes; the largest, Visual Genome's relationships, has 0.7
MAX_DEPTH = 10_000  # brackets open at once; ijson's time grows with the square of the depth


class DepthLimit:
    """Pass on a file, and refuse it when more brackets are open than any corpus has.

    Brackets inside of texts count too, so the limit is far above the depth of the files, 6.
    """

    def __init__(self, file: IO[bytes], where: str):
        self.file, self.where, self.depth = file, where, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; a CorpusError at too many brackets."""
        piece = self.file.read(size)
        self.depth += piece.count(b"[") + piece.count(b"{")
        self.depth -= piece.count(b"]") + piece.count(b"}")
        if self.depth > MAX_DEPTH:
            raise CorpusError(f"{self.where} opens {self.depth} brackets; {MAX_DEPTH} at most")
        return piece


def read_records(archive: Path, name: str, place: str) -> Iterator[dict]:
    """Read the objects of a list in a JSON file in a zip.

    Args:
        name: the file's name, wherever in the zip it lies.
        place: where the list is, as ijson writes it: `item`, or `images.item`.

    Raises:
        ArchiveError: when the zip is damaged or has no such file.
        CorpusError: when the file is no JSON, or the list holds something else than objects.
    """
    with ZipArchive(archive) as files, files.stream(find_file(files, name), MAX_JSON) as file:
        try:
            for record in ijson.items(DepthLimit(file, name), place, use_float=True):
                if not isinstance(record, dict):
                    raise CorpusError(f"{archive}, {name}: {place} is {record!r:.80}")
                yield record
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise CorpusError(
                f"{name} in {archive} should be JSON, but: {' '.join(str(error).split())}. "
                "Remove the archive and run `snakemake` again to fetch it anew."
            ) from error


def get_field(record: dict, name: str, kind: type | tuple[type, ...], where: str) -> object:
    """The value of a key, which must be of that kind.

    Raises:
        CorpusError: when it is missing or of another kind.

    >>> get_field({"id": 3}, "id", int, "images.json")
    3
    """
    value = record.get(name) if isinstance(record, dict) else None
    if not isinstance(value, kind):
        raise CorpusError(
            f"{where}: expected {name!r} as {kind}, found {value!r:.60} in {str(record):.120}. "
            "The file is of another release, or damaged."
        )
    return value
