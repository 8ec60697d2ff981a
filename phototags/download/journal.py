"""Record each result in a line of JSON: a killed run repeats no request that was answered."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from phototags.download.outcomes import Outcome
from phototags.download.refusals import OUR_REFUSALS, RefusalRules
from phototags.errors import PhotoError, PhototagsError
from phototags.io.storage import atomic_write
from phototags.photos.inspection import check_bytes, check_pixels

Count = Annotated[int, Field(ge=0, lt=1 << 62)]
Pixels = Annotated[int, Field(gt=0, lt=1 << 31)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FORMER = {"again": "retry_next_run", "bomb": "too_many_pixels", "too_large": "too_many_bytes"}


@dataclass(frozen=True, slots=True)
class Record:
    """The outcome of one url.

    Args:
        seconds: of network, over all tries.
        retry_next_run: a rerun asks again, because it can end better.
        rules: fingerprint of the rules that were applied.
        usable_until: a later run asks again, since its owner's headers say no from then on; seconds
            since 1970.
        file, offset: where its bytes lie in the work folder (ok only).
        stored_sha256: of these bytes, where they are without places and serial numbers; null where
            they are as they came.
    """

    url: str
    outcome: str
    tries: Count
    bytes: Count
    sha256: Digest | None
    final_url: str
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    detail: str
    retry_next_run: bool
    rules: str
    opted_out: bool = False
    usable_until: Annotated[float, Field(allow_inf_nan=False)] | None = None
    format: Annotated[str, Field(pattern=r"^[a-z0-9]{2,5}$")] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    file: Annotated[str, Field(pattern=r"^[0-9]+\.(new|kept)$")] | None = None
    offset: Count | None = None
    stored_sha256: Digest | None = None

    def to_line(self) -> bytes:
        """Format the record as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


RECORD = TypeAdapter(Record)


def parse_line(line: bytes) -> Record | None:
    """Parse a line; None when it is incomplete or invalid: its url is requested again.

    A value of a wrong type or out of its range makes a line invalid, and so does a photo that
    lacks what `ok` promises.
    """
    try:
        values = {FORMER.get(name, name): value for name, value in json.loads(line).items()}
        record = RECORD.validate_json(json.dumps(values), strict=True)
        record = replace(record, outcome=Outcome(FORMER.get(record.outcome, record.outcome)))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    known = (record.sha256, record.format, record.width, record.height)
    lost = record.outcome == Outcome.OK and None in known
    return None if lost or (record.file is None) != (record.offset is None) else record


def read_journal(path: Path) -> dict[str, Record]:
    """Read the last record of each url; a missing journal is empty."""
    if not path.exists():
        return {}
    with open(path, "rb") as lines:
        records = (parse_line(line) for line in lines)
        return {record.url: record for record in records if record is not None}


def apply_rules(record: Record, rules: RefusalRules, now: float | None = None) -> Record | None:
    """Apply today's rules to a record; None when the url is to be requested (again).

    A photo is checked anew by what is known of it; a refusal of ours holds only under the
    rules that made it; a failure that may pass is asked again, and so is a photo whose owner
    forbids it from a moment on that has come.

    Args:
        now: in seconds since 1970; None is the clock's.
    """
    if record.retry_next_run:
        return None
    if record.outcome in OUR_REFUSALS and record.rules != rules.fingerprint:
        return None
    if record.outcome != Outcome.OK:
        return record
    until = record.usable_until if rules.settings.honour_opt_out else None
    if until is not None and until <= (time.time() if now is None else now):
        return None
    record = replace(record, rules=rules.fingerprint)
    try:
        rules.check_opt_out(record.opted_out)
        check_bytes(record.bytes, rules.max_bytes)
        rules.check_content(record.sha256)
        check_pixels(record.format, record.width, record.height, rules.max_pixels)
    except PhotoError as refusal:
        result = {"outcome": Outcome(refusal.reason), "detail": str(refusal)}
        stored = dict.fromkeys(("format", "width", "height", "file", "offset"))
        return replace(record, **result, **stored)
    return record


def write_journal(path: Path, records: Iterable[Record]) -> None:
    """Replace the journal atomically."""
    with atomic_write(path) as part, open(part, "wb") as lines:
        lines.writelines(record.to_line() for record in records)


class Journal:
    """Appends records to a journal: one write a record, never onto an incomplete line."""

    def __init__(self, path: Path):
        self.path = path
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        end = os.fstat(self.file).st_size
        if end and os.pread(self.file, 1, end - 1) != b"\n":
            self._write(b"\n")

    def write(self, record: Record) -> None:
        """Append one record. Raises: PhototagsError when the disk does not take it."""
        self._write(record.to_line())

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
        """Close the file."""
        os.close(self.file)
