"""Tags that a person accepted or refused, a line of JSON each, beside the index.

    {"version": 1, "photo": "9f86...", "tag": "dog", "accepted": true, "at": "2026-01-31T10:05:00Z"}

`photo` is the sha256 of the photo's bytes, so that it is found wherever the file moves. The last
line of a photo and a tag holds; `"accepted": null` takes an earlier one back.
"""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

from phototags.errors import PhototagsError
from phototags.serve.refusals import RefusalError

FILE = "feedback.jsonl"
VERSION = 1
MAX_BYTES = 50_000_000  # some 300,000 lines


class Feedback:
    """The file of feedback, read once and appended to.

    Args:
        path: made with the first line.
    """

    def __init__(self, path: Path):
        self.path, self._lock = path, threading.Lock()
        self._verdicts: dict[str, dict[str, bool]] = {}
        for line in _read_lines(path):
            self._keep(*line)

    def _keep(self, photo: str, tag: str, accepted: bool | None) -> None:
        of = self._verdicts.setdefault(photo, {})
        if accepted is None:
            of.pop(tag, None)
        else:
            of[tag] = accepted

    @property
    def verdicts(self) -> dict[str, dict[str, bool]]:
        """What was judged of each photo that was, by its id."""
        with self._lock:
            return {photo: dict(of) for photo, of in self._verdicts.items() if of}

    def of_photo(self, photo: str) -> dict[str, bool]:
        """Whether each tag that was judged of a photo was accepted."""
        with self._lock:
            return dict(self._verdicts.get(photo, {}))

    def add(self, photo: str, tag: str, accepted: bool | None) -> None:
        """Append a line, safe on disk when this returns.

        Raises:
            RefusalError: `feedback_full`.
            OSError: the disk is full, or may not be written.
        """
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = {"version": VERSION, "photo": photo, "tag": tag, "accepted": accepted, "at": at}
        content = json.dumps(line).encode() + b"\n"
        with self._lock, open(self.path, "ab") as file:
            if file.tell() + len(content) > MAX_BYTES:
                raise RefusalError(409, "feedback_full", f"{FILE} has {MAX_BYTES} bytes at most")
            if not _ends_whole(self.path):
                content = b"\n" + content  # after a line that a crash cut off
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            self._keep(photo, tag, accepted)


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _read_lines(path: Path) -> list[tuple[str, str, bool | None]]:
    """Read photo, tag and verdict of each line; lines that a crash cut off are passed over.

    Raises:
        PhototagsError: a line is of a later version, or the file is larger than it may be.
    """
    if not path.exists():
        return []
    if path.stat().st_size > MAX_BYTES:
        raise PhototagsError(f"{path} should have {MAX_BYTES} bytes at most. Move it elsewhere.")
    lines = []
    for text in path.read_bytes().splitlines():
        try:
            line = json.loads(text)
            version, found = line["version"], (line["photo"], line["tag"], line["accepted"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if version != VERSION:
            raise PhototagsError(
                f"{path} has a line of version {version}, but this phototags reads version "
                f"{VERSION}. Update phototags, or move the file elsewhere."
            )
        is_verdict = found[2] is None or isinstance(found[2], bool)
        if isinstance(found[0], str) and isinstance(found[1], str) and is_verdict:
            lines.append(found)
    return lines
