"""Update an index: look at what is new or changed in folders, and forget what is gone."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from phototags.errors import PhototagsError
from phototags.library.looking import Look, Looker, look_at_files
from phototags.library.records import (
    apply_removals,
    forget_files,
    read_known,
    read_paths,
    read_stamps,
    write_look,
)
from phototags.library.scan import Scan, is_below, scan_folders
from phototags.library.store import (
    FILE,
    lock,
    name_errors,
    open_store,
    read_about,
    set_about,
    transaction,
)
from phototags.library.taggers import (
    FolderTagger,
    TaggerIdentity,
    identify_tagger,
    load_tagger,
    read_aliases,
    tag_features,
)
from phototags.library.vectors import PREFIX, publish, write_vectors
from phototags.photos.removals import Removals, read_removals

REMOVALS = "removals.txt"
"""In the folder of an index: photos that it leaves out, by the sha256 of their bytes."""
COMMIT_SECONDS = 5.0
TAGGED_AT_ONCE = 512


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
        return {name: dict(of) if isinstance(of, Counter) else of for name, of in asdict(self).items()}


@dataclass
class Update:
    """One run over an index.

    Args:
        store: opened to be written. folder: of the index. model: of the tagger.
        workers: processes that look at photos.
    """

    store: sqlite3.Connection
    folder: Path
    model: Path
    workers: int
    identity: TaggerIdentity = field(init=False)
    tagger: FolderTagger | None = None

    def __post_init__(self):
        self.identity = identify_tagger(self.model)

    def load(self) -> FolderTagger:
        """The tagger, loaded when it is needed first."""
        self.tagger = self.tagger or load_tagger(self.model)
        return self.tagger

    def run(self, folders: Sequence[str], removals: Removals) -> Summary:
        """Bring the index up to date with the folders; what is interrupted goes on next time."""
        with transaction(self.store):
            apply_removals(self.store, removals)
            rows = [(os.fsencode(folder),) for folder in folders]
            self.store.executemany("INSERT OR IGNORE INTO folders VALUES (?)", rows)
        before, known = read_paths(self.store), read_stamps(self.store, self.identity.backbone)
        scan = scan_folders(folders, {path: known.get(path, "") for path in before})
        summary = start_summary(scan)
        hashes = {path: sha256 for path, (_, sha256) in before.items()}
        try:
            looks = self._look(scan, removals)
            settle_changes(summary, looks, hashes, scan)
            with transaction(self.store):
                forget_files(self.store, scan.gone)
        finally:  # also after Ctrl-C: what was looked at is searched
            self._tag()
            self._publish()
        count_skipped(self.store, scan, summary)
        return summary

    def _look(self, scan: Scan, removals: Removals) -> dict[str, Look]:
        """Look at the changed files, committing every few seconds; by path, without features."""
        if not scan.changed:
            return {}
        from tqdm import tqdm

        backbone = self.load().exported.backbone
        looker = Looker(backbone, read_known(self.store, self.identity.backbone), removals)
        found, waiting, committed = {}, [], time.monotonic()
        bar = tqdm(
            total=len(scan.changed), desc="indexing", unit=" photos", disable=None,
            dynamic_ncols=True,
        )  # fmt: skip
        with closing(bar):
            for looks in look_at_files(looker, scan.changed, self.workers):
                waiting += looks
                found |= {look.path: replace(look, features=None) for look in looks}
                bar.update(len(looks))
                if time.monotonic() - committed > COMMIT_SECONDS:
                    self._commit(waiting, scan)
                    waiting, committed = [], time.monotonic()
            self._commit(waiting, scan)
        return found

    def _commit(self, looks: list[Look], scan: Scan) -> None:
        with transaction(self.store):
            for look in looks:
                write_look(self.store, look, scan.stamps[look.path], self.identity.backbone)

    def _tag(self) -> None:
        """Tag what this tagger has not tagged, by the features that are kept."""
        query = "SELECT id, features FROM contents WHERE backbone = ? AND tagger IS NOT ? LIMIT ?"
        values = (*self.identity, TAGGED_AT_ONCE)
        while rows := self.store.execute(query, values).fetchall():
            features = np.stack([np.frombuffer(row[1], np.float16) for row in rows])
            tagged = tag_features(self.load(), features)
            vectors = [None] * len(rows) if tagged.text_vectors is None else tagged.text_vectors
            values_of = zip(rows, tagged.probabilities, vectors, tagged.top, strict=True)
            updates = [
                (self.identity.tagger, one.tobytes(), None if text is None else text.tobytes(),
                 top, row[0])
                for row, one, text, top in values_of
            ]  # fmt: skip
            with transaction(self.store):
                self.store.executemany(
                    "UPDATE contents SET tagger = ?, probabilities = ?, text_vector = ?, top = ? "
                    "WHERE id = ?",
                    updates,
                )

    def _publish(self) -> None:
        """Write the vectors that are searched, if those there are not of this state."""
        about = read_about(self.store)
        same = about.get("tagger") == self.identity.tagger
        place = self.folder / f"{PREFIX}{about.get('generation')}"
        if same and about["generation"] == about.get("revision", "0") and place.is_dir():
            return
        tags = json.loads(about["tags"]) if same else self.load().exported.vocabulary.tags
        written = write_vectors(self.store, self.folder, self.identity.tagger, len(tags))
        facts = {} if same else describe_tagger(self.model, self.identity, tags)
        publish(self.store, self.folder, written, **facts)


def describe_tagger(
    model: Path, identity: TaggerIdentity, tags: Sequence[str]
) -> dict[str, str]:
    """What an index keeps of its tagger, so that a search need not read its vocabulary."""
    names = ("backbone", "tagger")
    aliases = json.dumps(read_aliases(model / "vocabulary.tsv"))
    facts = {"model": str(model.absolute()), "tags": json.dumps(list(tags)), "aliases": aliases}
    return dict(zip(names, identity, strict=True)) | facts


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


def update_index(
    folder: Path | str, folders: Sequence[str], model: Path, workers: int, dry: bool = False
) -> Summary:
    """Update the index in `folder` with folders of photos; the index is made if there is none.

    Args:
        folders: absolute paths.
        dry: change nothing, and say what would be done.

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
            return Update(store, folder, model, workers).run(folders, removals)


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
