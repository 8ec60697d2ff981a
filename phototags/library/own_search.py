"""Look up what photos' owners wrote, and which files lie in a folder or are of a time."""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phototags.library.scan import is_below
from phototags.search.terms import list_forms

PLURALS = ("s", "es")


def make_lookup(store: sqlite3.Connection) -> Callable[[str], bool]:
    """A function that says whether some photo's owner wrote a word or phrase."""

    @functools.cache
    def is_own(text: str) -> bool:
        return any(
            store.execute("SELECT 1 FROM words WHERE word = ? LIMIT 1", (form,)).fetchone()
            for form in list_spellings(text)
        )

    return is_own


def list_spellings(text: str) -> list[str]:
    """A text, its singulars and its plurals.

    >>> list_spellings("dogs"), list_spellings("dog")
    (['dogs', 'dog', 'dogss', 'dogses'], ['dog', 'dogs', 'doges'])
    """
    return [*list_forms(text), *(text + end for end in PLURALS)]


def find_contents(store: sqlite3.Connection, text: str) -> NDArray[np.int64]:
    """Ids of the contents whose owner wrote a text."""
    forms = list_spellings(text)
    marks = ", ".join("?" * len(forms))
    query = f"SELECT content FROM files JOIN words ON file = files.id WHERE word IN ({marks})"
    rows = store.execute(query, forms).fetchall()
    return np.unique(np.array([row[0] for row in rows if row[0] is not None], np.int64))


def select_files(
    store: sqlite3.Connection, since: str, within: str | None
) -> NDArray[np.int64] | None:
    """Ids of contents with a file below a folder and taken since a date; None without limits."""
    if not since and within is None:
        return None
    where, values = "content IS NOT NULL AND taken >= ?", [since]
    if within is not None:
        folder = os.fsencode(os.path.abspath(within)).rstrip(b"/")
        # A range of the index of paths; 0 is the byte after /.
        where += " AND path >= ? AND path < ? AND (path = ? OR path > ?)"
        values += [folder, folder + b"0", folder, folder + b"/"]
    rows = store.execute(f"SELECT content FROM files WHERE {where}", values)
    return np.fromiter((row[0] for row in rows), np.int64)


def lies_within(path: str, within: str | None) -> bool:
    """Whether a file lies in a folder or below it; True without one."""
    return within is None or is_below(path, os.path.abspath(within))
