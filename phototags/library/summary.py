"""What a run of `phototags index` did, in numbers."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from phototags.library.looking import Look
from phototags.library.scan import Scan


@dataclass
class Summary:
    """What a run of `phototags index` did.

    Args:
        photos: in the index now. added, changed, moved, gone, unchanged: photo files.
        skipped: files of the folders that cannot be used, by reason; over all runs.
        unread, passed_over, empty: as in `Scan`.
        kept: indexed files that are not known to be gone, since a folder could not be read.
    """

    photos: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    gone: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)
    kept: int = 0

    def as_dict(self) -> dict:
        """Its fields, counters as dictionaries."""
        fields = asdict(self).items()
        return {name: dict(of) if isinstance(of, Counter) else of for name, of in fields}


def start_summary(scan: Scan) -> Summary:
    """A summary of what the scan found."""
    unchanged = len(scan.stamps) - len(scan.changed)
    return Summary(
        unchanged=unchanged, unread=scan.unread, passed_over=scan.passed_over, empty=scan.empty,
        kept=len(scan.kept),
    )  # fmt: skip


def settle_changes(
    summary: Summary, looks: Mapping[str, Look], before: Mapping[str, bytes | None], scan: Scan
) -> None:
    """Tell added, changed, moved and gone files apart, by the sha256 of their bytes.

    A new file is moved if a file of the same bytes is gone.

    Args:
        before: sha256 of each indexed file; None of one that could not be read.
    """
    left = Counter(before[path] for path in scan.gone)
    for path, look in looks.items():
        if before.get(path) == look.sha256:
            summary.unchanged += 1
        elif look.reason:
            continue  # it is skipped, and counted so
        elif path in before:
            summary.changed += 1
        elif left[look.sha256]:
            left[look.sha256] -= 1
            summary.moved += 1
        else:
            summary.added += 1
    summary.gone = len(scan.gone) - summary.moved


def count_skipped(store: sqlite3.Connection, scan: Scan, summary: Summary) -> None:
    """Count the photos of the index, and the files of the folders that are none, by reason."""
    rows = store.execute(
        "SELECT path, coalesce(files.reason, contents.reason) FROM files "
        "LEFT JOIN contents ON contents.id = content"
    ).fetchall()
    summary.photos = sum(reason is None for _, reason in rows)
    here = ((os.fsdecode(path), reason) for path, reason in rows if reason)
    summary.skipped.update(reason for path, reason in here if path in scan.stamps)
