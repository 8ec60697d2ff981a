"""What an index run writes into the store: contents, files, their words, and what leaves it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from phototags.library.looking import Look
from phototags.library.own_words import encode_keywords, list_words
from phototags.photos.removals import REASON, Removals

FILE_COLUMNS = "path, stamp, content, keywords, title, taken, reason, message"
CONTENT_COLUMNS = "sha256, backbone, features, hash, reason, message"


def read_stamps(store: sqlite3.Connection, backbone: str) -> dict[str, str]:
    """Stamps of the files that need no look: of this backbone, or unusable whatever it is."""
    rows = store.execute(
        "SELECT path, stamp FROM files JOIN contents ON contents.id = content "
        "WHERE backbone = ? OR contents.reason IS NOT NULL",
        (backbone,),
    )
    return {os.fsdecode(path): stamp for path, stamp in rows}


def read_paths(store: sqlite3.Connection) -> dict[str, tuple[int | None, bytes | None]]:
    """All files: the id and sha256 of their content."""
    rows = store.execute(
        "SELECT path, content, sha256 FROM files LEFT JOIN contents ON contents.id = content"
    )
    return {os.fsdecode(path): (content, sha256) for path, content, sha256 in rows}


def read_known(store: sqlite3.Connection, backbone: str) -> frozenset[bytes]:
    """sha256 of the contents that need no look."""
    rows = store.execute(
        "SELECT sha256 FROM contents WHERE backbone = ? OR reason IS NOT NULL", (backbone,)
    )
    return frozenset(row[0] for row in rows)


def find_sha256(store: sqlite3.Connection, path: str) -> str | None:
    """The sha256 of an indexed file's content, as hexadecimal digits; None where it has none."""
    query = "SELECT sha256 FROM contents JOIN files ON content = contents.id WHERE path = ?"
    row = store.execute(query, (os.fsencode(os.path.abspath(path)),)).fetchone()
    return row[0].hex() if row else None


def find_features(
    store: sqlite3.Connection, backbone: str, sha256: str
) -> NDArray[np.float32] | None:
    """(F,) features that an index keeps of a photo, by a backbone; None where it has none."""
    query = "SELECT features FROM contents WHERE sha256 = ? AND backbone = ?"
    row = store.execute(query, (bytes.fromhex(sha256), backbone)).fetchone()
    if row is None or row[0] is None:
        return None
    return np.frombuffer(row[0], np.float16).astype(np.float32)


def write_look(store: sqlite3.Connection, look: Look, stamp: str, backbone: str) -> None:
    """Write what looking at a file found; call it in a transaction."""
    content = None
    if look.sha256:
        content = _write_content(store, look, backbone)
    path = os.fsencode(look.path)
    values = (stamp, content, encode_keywords(look.own.keywords), _encode(look.own.title))
    refused = () if look.sha256 else (look.reason, look.message)
    row = (path, *values, look.own.taken, *(refused or (None, None)))
    # An update keeps the id, which the words refer to.
    sets = ", ".join(f"{name} = excluded.{name}" for name in FILE_COLUMNS.split(", ")[1:])
    store.execute(
        f"INSERT INTO files ({FILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        f"ON CONFLICT (path) DO UPDATE SET {sets}",
        row,
    )
    number = store.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()[0]
    store.execute("DELETE FROM words WHERE file = ?", (number,))
    if look.reason != REASON:
        words = list_words(look.path, look.own)
        store.executemany("INSERT INTO words VALUES (?, ?)", [(word, number) for word in words])


def _write_content(store: sqlite3.Connection, look: Look, backbone: str) -> int:
    if look.features is not None or look.reason:
        features = None if look.features is None else look.features.tobytes()
        of = None if features is None else backbone
        row = (look.sha256, of, features, look.hash, look.reason or None, look.message or None)
        sets = ", ".join(f"{name} = excluded.{name}" for name in CONTENT_COLUMNS.split(", ")[1:])
        store.execute(
            f"INSERT INTO contents ({CONTENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT (sha256) DO UPDATE SET {sets}, tagger = NULL, probabilities = NULL, "
            "text_vector = NULL, top = NULL",
            row,
        )
    query = "SELECT id FROM contents WHERE sha256 = ?"
    return store.execute(query, (look.sha256,)).fetchone()[0]


def _encode(text: str) -> str:
    """A text as SQLite can hold it."""
    return text.encode("utf-8", "replace").decode()


def forget_files(store: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget files, and the contents that no file has any more; call it in a transaction."""
    store.executemany("DELETE FROM files WHERE path = ?", [(os.fsencode(one),) for one in paths])
    store.execute("DELETE FROM contents WHERE id NOT IN (SELECT content FROM files "
                  "WHERE content IS NOT NULL)")  # fmt: skip


def apply_removals(store: sqlite3.Connection, removals: Removals) -> int:
    """Take the features and words of removed photos out; let go what is no longer to be removed.

    Returns:
        how many contents were taken out.
    """
    taken = 0
    for number, sha256, reason in store.execute(
        "SELECT id, sha256, reason FROM contents"
    ).fetchall():
        named = removals.find_digest(sha256.hex()) is not None
        if named and reason != REASON:
            store.execute(
                "UPDATE contents SET backbone = NULL, features = NULL, hash = NULL, tagger = NULL, "
                "probabilities = NULL, text_vector = NULL, top = NULL, reason = ?, message = ? "
                "WHERE id = ?",
                (REASON, "the file of removals names it", number),
            )
            store.execute(
                "DELETE FROM words WHERE file IN (SELECT id FROM files WHERE content = ?)",
                (number,),
            )
            store.execute(
                "UPDATE files SET keywords = '[]', title = '', taken = '' WHERE content = ?",
                (number,),
            )
            taken += 1
        elif reason == REASON and not named:
            store.execute("UPDATE files SET content = NULL WHERE content = ?", (number,))
            store.execute("DELETE FROM contents WHERE id = ?", (number,))
    return taken
