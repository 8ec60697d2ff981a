"""The store of an index: an SQLite file of photo files, features and words, in transactions.

It is the truth; the mapped vectors of `vectors.py` are made from it again whenever they are gone.
A process killed at any moment leaves the transactions that it committed, and nothing half.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from phototags.errors import ModelError, PhototagsError
from phototags.io.storage import is_disk_full

FILE, LOCK = "index.sqlite", "lock"
VERSION = 1
"""Of the tables below. A reader refuses another."""
APPLICATION = 0x50685467
"""SQLite's application id of our files."""
BUSY_SECONDS = 30
SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE folders (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    backbone TEXT,
    features BLOB,
    hash INTEGER,
    tagger TEXT,
    probabilities BLOB,
    text_vector BLOB,
    top TEXT,
    reason TEXT,
    message TEXT
);
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    stamp TEXT NOT NULL,
    content INTEGER REFERENCES contents (id),
    keywords TEXT NOT NULL,
    title TEXT NOT NULL,
    taken TEXT NOT NULL,
    reason TEXT,
    message TEXT
);
CREATE INDEX files_by_content ON files (content);
CREATE TABLE words (
    word TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    PRIMARY KEY (word, file)
) WITHOUT ROWID;
CREATE INDEX words_by_file ON words (file);
"""
"""A content is the bytes of a photo, which several files may have.

about: `tagger`, `backbone`, `model`, `tags`, `zero_shot` of the vectors that are searched,
    `generation` of these, and `revision`, a number that rises with every change.
contents: `features` (F,) and `probabilities` (T,), `text_vector` (E,) as float16; `hash` is
    perceptual; `top` the first tags as JSON; `reason` and `message` why there are no features.
files: `path` as the bytes of the system, `stamp` of `scan.py`, `keywords` as JSON, `taken` as ISO
    8601; `reason` and `message` why there is no content.
words: of keywords, titles and names, in the spelling of tags.
"""


def open_store(folder: Path | str, create: bool = False) -> sqlite3.Connection:
    """Open the store of an index folder.

    Args:
        create: make it where there is none; otherwise it is opened to be read.

    Raises:
        ModelError: there is none, it is damaged, no index, or of another version.
    """
    path = Path(folder) / FILE
    if not path.is_file() and not create:
        raise ModelError(
            f"expected an index of photos in {folder}, found no {FILE}. Make one with `phototags "
            f"index FOLDER --index {folder}`."
        )
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        with name_errors(folder):
            return _connect(path, create)
    except OSError as error:
        raise PhototagsError(
            f"{path} can't be opened: {error}. Name another folder with --index, or make room."
        ) from error


def _connect(path: Path, create: bool) -> sqlite3.Connection:
    if create:
        store = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    else:
        # What a killed writer left of its last transaction is rolled back by the next reader.
        mode = "rw" if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK) else "ro"
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        store = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        empty = not store.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if create and empty:
            store.executescript(
                f"PRAGMA page_size = 16384; PRAGMA application_id = {APPLICATION};"
                f"PRAGMA user_version = {VERSION}; BEGIN IMMEDIATE; {SCHEMA} COMMIT;"
            )
        _check_version(store, path)
        store.execute("PRAGMA foreign_keys = ON")
        store.execute(f"PRAGMA query_only = {'OFF' if create else 'ON'}")
    except BaseException:
        store.close()
        raise
    return store


def _check_version(store: sqlite3.Connection, path: Path) -> None:
    application, version = (
        store.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application != APPLICATION:
        raise ModelError(
            f"{path} should be an index made by `phototags index`, but is a database of another "
            "program. Name another folder with --index."
        )
    if version != VERSION:
        raise ModelError(
            f"{path} is an index of version {version}, but this phototags reads version {VERSION}. "
            + ("Update phototags" if version > VERSION else "Remove its folder and index again")
            + ", or name another folder with --index."
        )


@contextlib.contextmanager
def name_errors(folder: Path | str) -> Iterator[None]:
    """Raise what SQLite says of a damaged, full or busy store as an error that says what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        busy = "locked" in str(error)
        todo = (
            "Wait for the other `phototags index`, or end it."
            if busy
            else "Make room on that disk, then run again; nothing half-written was kept."
            if "disk is full" in str(error) or is_disk_full(error)
            else f"Remove {folder} and run `phototags index` again."
        )
        raise ModelError(
            f"{Path(folder) / FILE} should be an index of photos, but: {error}. {todo}"
        ) from error


@contextlib.contextmanager
def transaction(store: sqlite3.Connection) -> Iterator[None]:
    """Commit all statements of the block, or none; the revision rises if they change a row."""
    store.execute("BEGIN IMMEDIATE")
    before = store.total_changes
    try:
        yield
        if store.total_changes > before:
            set_about(store, revision=int(read_about(store).get("revision", 0)) + 1)
    except BaseException:
        if store.in_transaction:
            store.execute("ROLLBACK")
        raise
    store.execute("COMMIT")


@contextlib.contextmanager
def lock(folder: Path | str) -> Iterator[None]:
    """Lock an index against a second writer; the system unlocks it however the process ends.

    By lockf, whose locks no forked process inherits: those that look at photos may live longer.
    """
    path = Path(folder) / LOCK
    with open(path, "w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PhototagsError(
                f"another `phototags index` writes to {folder}. Wait for it, or end it."
            ) from None
        yield


def read_about(store: sqlite3.Connection) -> dict[str, str]:
    """The table `about`."""
    return dict(store.execute("SELECT key, value FROM about"))


def set_about(store: sqlite3.Connection, **values: object) -> None:
    """Set keys of the table `about`."""
    store.executemany(
        "INSERT OR REPLACE INTO about VALUES (?, ?)", [(key, str(of)) for key, of in values.items()]
    )
