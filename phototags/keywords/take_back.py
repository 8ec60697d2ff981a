"""Take back what phototags wrote in a folder."""

from collections.abc import Callable
from pathlib import Path

from phototags.errors import PhotoError
from phototags.io.storage import read_small_file
from phototags.keywords.changes import remove_ours
from phototags.keywords.edit_files import edit_photo, edit_sidecar
from phototags.keywords.journal import Journal
from phototags.keywords.metadata_block import read_block
from phototags.keywords.replace_file import replace_file
from phototags.keywords.sidecars import SIDECAR
from phototags.keywords.write_back import Report, read_sidecar
from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.picture_files import MAX_BYTES

RESTORED, CHANGED = "restored", "changed by others since: only phototags' keywords removed"
FAILED = "failed"


def undo_all(journal: Journal, show: Callable[[Path, str], None]) -> Report:
    """Give each file the bytes and time that it had before phototags wrote into it.

    Sidecars that phototags made are removed. A file that somebody changed since keeps the change
    and loses phototags' keywords alone.

    Args:
        show: called with each file and what became of it.
    """
    report, outcomes = Report(), {}
    for one in reversed(list(journal.replacements)):
        path, before = journal.folder / one.path, outcomes.get(one.path)
        try:
            if before == CHANGED:
                journal.forget(one)
            elif before != FAILED and journal.restore(one):
                outcomes[one.path] = RESTORED
            elif before != FAILED:
                remove_keywords(path)
                journal.forget(one)
                outcomes[one.path] = CHANGED
        except PhotoError as error:
            report.failed.append((path, error))
            outcomes[one.path] = FAILED
    for name, what in sorted(outcomes.items()):
        if what != FAILED:
            report.written[what] += 1
            show(journal.folder / name, what)
    return report


def remove_keywords(path: Path) -> None:
    """Remove phototags' keywords from a photo or sidecar that somebody changed since.

    Raises:
        PhotoError: when it cannot be changed safely; it is left as it is.
    """
    if not path.exists():
        return
    if path.suffix.lower() == SIDECAR:
        content, block = read_sidecar(path)
        if changes := remove_ours(block):
            replace_file(path, edit_sidecar(content, changes))
        return
    content = read_small_file(path, MAX_BYTES)
    if changes := remove_ours(read_block(content)):
        replace_file(path, edit_photo(content, sniff_format(content[:SNIFFED]), changes))
