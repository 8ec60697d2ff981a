"""The lines of a journal of replaced files (`journal.py`), and what a backup must hold."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from phototags.errors import PhototagsError


@dataclass(frozen=True)
class Replacement:
    """One replaced file.

    Args:
        number: of the replacement in the journal.
        path: relative to the folder.
        before, after: sha256 of its content; None where there was no file.
        start, end: numbers of bytes at its beginning and end that did not change; the backup
            holds those between.
        changed_ns: its time of change before, in nanoseconds.
    """

    number: int
    path: str
    before: str | None
    after: str
    start: int
    end: int
    changed_ns: int | None


def read_journal(file: BinaryIO, path: Path) -> tuple[list[Replacement], list[Replacement], int]:
    """Read a journal: replacements that were only begun, those that stand, and the last number.

    A last line that a killed process left half-written is cut off: its replacement was not begun.

    Raises:
        PhototagsError: when another line is damaged.
    """
    file.seek(0)
    content = file.read()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        file.truncate(whole)
    begun, done, last = {}, {}, 0
    try:
        for line in content[:whole].splitlines():
            record = json.loads(line)
            if "replace" in record:
                one = Replacement(**record["replace"])
                begun[one.number], last = one, one.number
            elif "done" in record:
                done[record["done"]] = begun.pop(record["done"])
            else:
                begun.pop(record["undone"], None) or done.pop(record["undone"], None)
    except (ValueError, TypeError, KeyError) as error:
        raise PhototagsError(
            f"{path} should be a journal of phototags, but: {error!r}. Keep the folder's files; "
            "what was written before can no longer be taken back once this journal is removed."
        ) from error
    return list(begun.values()), sorted(done.values(), key=lambda one: one.number), last


def hash_bytes(content: bytes) -> str:
    """Hexadecimal sha256."""
    return hashlib.sha256(content).hexdigest()


def find_unchanged(old: bytes, new: bytes) -> tuple[int, int]:
    """How many bytes two contents share at their beginning, and behind that at their end.

    >>> find_unchanged(b"abcde", b"abXde"), find_unchanged(b"aa", b"aaa")
    ((2, 2), (2, 0))
    """
    first, second = np.frombuffer(old, np.uint8), np.frombuffer(new, np.uint8)
    size = min(len(first), len(second))
    start = _count_equal(first[:size], second[:size])
    size -= start
    end = _count_equal(first[len(first) - size :][::-1], second[len(second) - size :][::-1])
    return start, end


def _count_equal(first: np.ndarray, second: np.ndarray) -> int:
    differs = first != second
    return int(differs.argmax()) if differs.any() else len(first)
