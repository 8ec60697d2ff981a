"""What was answered, line by line, so that a killed run asks nothing twice that was answered."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from phototags.download.outcomes import Outcome
from phototags.download.refusals import OURS, Rules
from phototags.errors import PhotoError, PhototagsError
from phototags.io.storage import atomic_write


@dataclass(frozen=True, slots=True)
class Record:
    """One answered url.

    Args:
        again: a rerun asks again, because it can end better.
        seconds: of network, over all tries.
        rules: fingerprint of the rules it was judged by.
        file, offset: where its bytes lie in the work folder (ok only).
    """

    url: str
    outcome: str
    tries: int
    bytes: int
    sha256: str | None
    final_url: str
    seconds: float
    detail: str
    again: bool
    rules: str
    opted_out: bool = False
    format: str | None = None
    width: int | None = None
    height: int | None = None
    file: str | None = None
    offset: int | None = None

    def line(self) -> bytes:
        said = {name: getattr(self, name) for name in NAMES}
        return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


NAMES = tuple(field.name for field in fields(Record))


def read_line(line: bytes) -> Record | None:
    """The record of a line, None when it is torn or from another time: its url is asked again."""
    try:
        said = json.loads(line)
        record = Record(**said) if isinstance(said, dict) and said.keys() <= set(NAMES) else None
        return replace(record, outcome=Outcome(record.outcome)) if record else None
    except (ValueError, TypeError):
        return None


def read_journal(path: Path) -> dict[str, Record]:
    """The last record of each url; a missing journal is an empty one."""
    if not path.exists():
        return {}
    with open(path, "rb") as lines:
        records = (read_line(line) for line in lines)
        return {record.url: record for record in records if record is not None}


def settled(record: Record, rules: Rules) -> Record | None:
    """The record as today's rules see it, None when the url is to be asked (again).

    A photo is judged anew from what is known of it; a refusal of ours holds only under the
    rules that made it; a failure that may pass is asked again.
    """
    if record.again or (record.outcome in OURS and record.rules != rules.fingerprint):
        return None
    if record.outcome != Outcome.OK:
        return record
    record = replace(record, rules=rules.fingerprint)
    try:
        rules.judge_opt_out(record.opted_out)
        rules.judge_bytes(record.bytes)
        rules.judge_content(record.sha256)
        rules.judge_size(record.width, record.height)
    except PhotoError as refusal:
        said = {"outcome": Outcome(refusal.reason), "detail": str(refusal)}
        return replace(record, **said, format=None, width=None, height=None, file=None, offset=None)
    return record


def write_journal(path: Path, records: Iterable[Record]) -> None:
    """Replace the journal as a whole."""
    with atomic_write(path) as part, open(part, "wb") as lines:
        lines.writelines(record.line() for record in records)


class Journal:
    """The open end of a journal: one write a record, no line begun that a torn one would spoil."""

    def __init__(self, path: Path):
        self.path = path
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        end = os.fstat(self.file).st_size
        if end and os.pread(self.file, 1, end - 1) != b"\n":
            self._write(b"\n")

    def write(self, record: Record) -> None:
        """Append one record.

        Raises:
            PhototagsError: when the disk does not take it.
        """
        self._write(record.line())

    def _write(self, line: bytes) -> None:
        try:
            while line:
                line = line[os.write(self.file, line) :]
        except OSError as error:
            raise PhototagsError(
                f"{self.path} should take another line, but: {error}. Make room and run again: "
                "what was answered is not asked again."
            ) from error

    def close(self) -> None:
        os.close(self.file)
