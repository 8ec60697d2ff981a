"""Photos that somebody asked to be gone: they are named in a file, and the next run has none of it.

A line holds one photo: its id (`photo_id`, or `corpus/photo_id`), an address of it, or the
sha256 of its bytes. Lines that begin with # are comments, and so is what follows a blank and #.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from phototags.errors import ParamsError
from phototags.photos.table import Drop

REASON = "removed"
ADDRESSES = ("page_url", "photo_url")


class Removals:
    """What is to be gone.

    Args:
        lines: as in the file, without comments.
    """

    def __init__(self, lines: Iterable[str] = ()):
        self.names = frozenset(lines)
        digests = (name.lower() for name in self.names)
        self.hashes = frozenset(one for one in digests if re.fullmatch("[0-9a-f]{64}", one))
        self.addresses = frozenset(_bare(name) for name in self.names if "://" in name)

    def __contains__(self, content: bytes) -> bool:
        """Whether these are the bytes of a photo that is to be gone."""
        return bool(self.hashes) and hashlib.sha256(content).hexdigest() in self.hashes

    def name(self, corpus: str, photo_id: str) -> bool:
        """Whether this id, bare or behind its corpus, is to be gone."""
        return photo_id in self.names or f"{corpus}/{photo_id}" in self.names

    def among(self, corpus: str, photos: pd.DataFrame) -> list[bool]:
        """For each photo of a photo table, whether its id or an address of it is to be gone."""
        return [
            self.name(corpus, photo_id)
            or any(isinstance(url, str) and _bare(url) in self.addresses for url in urls)
            for photo_id, *urls in photos[["photo_id", *ADDRESSES]].itertuples(index=False)
        ]


def _bare(address: str) -> str:
    """An address without what makes no difference: its scheme and a slash at its end."""
    return address.strip().partition("://")[2].rstrip("/")


def read_removals(files: Iterable[Path | str]) -> Removals:
    """Read the files; none stands for nobody having asked for anything.

    Raises:
        ParamsError: when one can't be read: then nothing may go on as if nobody had asked.
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


def removed(step: str, row: int) -> Drop:
    """The drop of such a photo, which does not say which one it was: it has but a row."""
    return Drop(step, "", REASON, f"row {row}")


def removed_row(drop: Drop) -> int | None:
    """The row of a drop that `removed` made; None for any other drop."""
    return int(drop.detail.removeprefix("row ")) if drop.reason == REASON else None
