"""Make, update and change an index in a folder."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from phototags.errors import PhototagsError
from phototags.library.looking import Looker, look_at_files
from phototags.library.records import forget_files, read_paths, read_stamps
from phototags.library.scan import is_below, scan_folders
from phototags.library.store import FILE, lock, name_errors, open_store, read_about, transaction
from phototags.library.summary import Summary, settle_changes, start_summary
from phototags.library.update import Update
from phototags.library.vectors import publish, write_vectors
from phototags.library.words_by_meaning import fetch_encoder
from phototags.photos.removals import Removals, read_removals
from phototags.tags.word_choices import NO_CHOICES, WordChoices

REMOVALS = "removals.txt"
"""In the folder of an index: photos that it leaves out, by the sha256 of their bytes."""


def update_index(
    folder: Path | str,
    folders: Sequence[str],
    model: Path | str,
    workers: int,
    dry: bool = False,
    choices: WordChoices = NO_CHOICES,
) -> Summary:
    """Update the index in `folder` with folders of photos; the index is made if there is none.

    Args:
        folders: absolute paths.
        dry: change nothing, and say what would be done.
        choices: a person's, about the tagger's words.

    Raises:
        PhototagsError: as `open_store`, `load_tagger` and `look_at_files`.
    """
    folder = Path(folder)
    if dry and not (folder / FILE).is_file():
        return dry_run(None, folders, Removals())
    with closing(open_store(folder, create=not dry)) as store, name_errors(folder):
        removals = read_removals([path for path in [folder / REMOVALS] if path.exists()])
        if dry:
            return dry_run(store, folders, removals)
        with lock(folder):
            update = Update(store, folder, Path(model), workers, choices)
            summary = update.run(folders, removals)
    fetch_encoder(Path(model))
    return summary


def tag_again(folder: Path, choices: WordChoices) -> int:
    """Tag the photos of an index under other choices, by the features that are kept.

    Returns:
        how many photos.

    Raises:
        PhototagsError: as `update_index`.
    """
    model = read_model(folder)
    with closing(open_store(folder, create=True)) as store, name_errors(folder), lock(folder):
        return Update(store, folder, model, 1, choices).tag()


def dry_run(
    store: sqlite3.Connection | None, folders: Sequence[str], removals: Removals
) -> Summary:
    """Say what an update would do; files are hashed, and no pixels are looked at."""
    backbone = read_about(store).get("backbone", "") if store else ""
    before = read_paths(store) if store else {}
    known = read_stamps(store, backbone) if store else {}
    scan = scan_folders(folders, {path: known.get(path, "") for path in before})
    summary = start_summary(scan)
    looker = Looker(None, frozenset(), removals)
    found = {one.path: one for looks in look_at_files(looker, scan.changed, 1) for one in looks}
    settle_changes(summary, found, {path: sha for path, (_, sha) in before.items()}, scan)
    summary.photos = len(before) + summary.added - summary.gone
    return summary


def forget_folders(folder: Path, folders: Sequence[str]) -> Summary:
    """Take folders and all indexed files below them out of an index.

    Raises:
        ModelError: as `open_store`.
    """
    with closing(open_store(folder)) as store:
        store.close()
    with closing(open_store(folder, create=True)) as store, name_errors(folder), lock(folder):
        paths = [path for path in read_paths(store) if any(is_below(path, of) for of in folders)]
        with transaction(store):
            forget_files(store, paths)
            rows = [(os.fsencode(one),) for one in folders]
            store.executemany("DELETE FROM folders WHERE path = ?", rows)
        about = read_about(store)
        if "tagger" in about:
            tags = len(json.loads(about["tags"]))
            publish(store, folder, write_vectors(store, folder, about["tagger"], tags))
        return Summary(photos=len(read_paths(store)), gone=len(paths))


def list_folders(index: Path, named: Sequence[str], must_exist: bool) -> list[str]:
    """Absolute paths of the folders that were named, or of all that were indexed before.

    Raises:
        PhototagsError: when one is no folder, or none was named and none indexed.
    """
    folders = [os.path.abspath(one) for one in named]
    if not folders and (index / FILE).is_file():
        with closing(open_store(index)) as store, name_errors(index):
            rows = store.execute("SELECT path FROM folders ORDER BY path")
            return [os.fsdecode(row[0]) for row in rows]
    missing = [one for one in folders if must_exist and not os.path.isdir(one)]
    if missing or not folders:
        raise PhototagsError(
            f"expected a folder of photographs, found {missing[0] if missing else 'none named'}. "
            "Name one that is there: `phototags index FOLDER`."
        )
    return folders


def read_model(index: Path) -> Path | None:
    """The folder of the tagger that an index was made with; None where it is not there."""
    if not (index / FILE).is_file():
        return None
    with closing(open_store(index)) as store, name_errors(index):
        model = Path(read_about(store).get("model", ""))
    return model if (model / "config.json").is_file() else None
