"""Remove photos on request: they are named in a file, and the next run is without them.

A line holds one photo: its id (`photo_id`, or `corpus/photo_id`), an address of it, or the
sha256 of its bytes. Lines that begin with # are comments, and so is what follows a blank and #.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from phototags.errors import ParamsError
from phototags.photos.photo_table import Drop

REASON = "removed"
ADDRESSES = ("page_url", "photo_url")


class Removals:
    """The photos to remove, by id, address or content.

    Args:
        lines: as in the file, without comments.
    """

    def __init__(self, lines: Iterable[str] = ()):
        self.names = frozenset(lines)
        digests = (name.lower() for name in self.names)
        self.hashes = frozenset(one for one in digests if re.fullmatch("[0-9a-f]{64}", one))
        self.addresses = frozenset(_normalise(name) for name in self.names if "://" in name)

    def __contains__(self, content: bytes) -> bool:
        """Whether these are the bytes of a photo to remove."""
        return bool(self.hashes) and hashlib.sha256(content).hexdigest() in self.hashes

    def includes(self, corpus: str, photo_id: str) -> bool:
        """Whether this id, alone or as `corpus/photo_id`, is to be removed."""
        return photo_id in self.names or f"{corpus}/{photo_id}" in self.names

    def match(self, corpus: str, photos: pd.DataFrame) -> list[bool]:
        """For each photo of a photo table, whether its id or an address of it is to be removed."""
        return [
            self.includes(corpus, photo_id)
            or any(isinstance(url, str) and _normalise(url) in self.addresses for url in urls)
            for photo_id, *urls in photos[["photo_id", *ADDRESSES]].itertuples(index=False)
        ]


def _normalise(address: str) -> str:
    """Strip an address of its scheme and final slash, which make no difference."""
    return address.strip().partition("://")[2].rstrip("/")


def read_removals(files: Iterable[Path | str]) -> Removals:
    """Read files of removals; no file stands for no request.

    Raises:
        ParamsError: when one can't be read: a run must not ignore requests.
    """
    return Removals(name for path in files for name in _lines(path))


def _lines(path: Path | str) -> list[str]:
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ParamsError(
            f"{path}, named by corpora.removals, should be a text file in UTF-8 with one photo id, "
            f"address or sha256 a line, but: {error}"
        ) from error
    named = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)
    return [name for name in named if name]


def drop_removed(step: str, row: int) -> Drop:
    """Make the drop of a removed photo, which has a row but does not identify the photo."""
    return Drop(step, "", REASON, f"row {row}")


def parse_removed_row(drop: Drop) -> int | None:
    """Parse the row of a drop that `drop_removed` made; None for any other drop."""
    return int(drop.detail.removeprefix("row ")) if drop.reason == REASON else None
