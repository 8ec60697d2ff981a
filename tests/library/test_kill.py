"""An update that is killed at any moment leaves nothing half, and the next goes on from there."""

import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time

import pytest
from tqdm import tqdm

from phototags.library import update
from phototags.library.photo_index import PhotoIndex
from phototags.library.taggers import load_tagger

PHOTOS, KILLS = 96, 6
COLOURS = ("red", "blue", "#00ff00")
CONTENT = (
    "SELECT path, stamp, sha256, features, contents.hash, probabilities, top FROM files "
    "JOIN contents ON contents.id = content ORDER BY path"
)
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def start(home, monkeypatch):
    """Start an update in a process of a session of its own; it tells every commit."""
    for number in range(PHOTOS):
        home.add(f"{number:03}.png", COLOURS[number % 3], number + 1)
    monkeypatch.setattr(update, "COMMIT_SECONDS", -1)
    tagger = load_tagger(home.model)  # here, for polars reads nothing in a fork
    monkeypatch.setattr(update, "load_tagger", lambda *_: tagger)
    monkeypatch.setattr(update, "read_aliases", lambda _: {})
    commit = update.Update._commit

    def begin(workers):
        told, tell = FORK.Pipe(duplex=False)

        def announce(self, *arguments):
            tell.send("commit")
            time.sleep(0.02)
            commit(self, *arguments)

        def run():
            os.setsid()
            tqdm.set_lock(threading.RLock())  # all forks share the other, which a killed one holds
            update.Update._commit = announce
            home.update(workers=workers)
            tell.send("done")

        process = FORK.Process(target=run)
        process.start()
        tell.close()
        return process, told

    return begin


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def read_rows(home):
    store = sqlite3.connect(home.index / "index.sqlite")
    try:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        return store.execute(CONTENT).fetchall()
    finally:
        store.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_random_it_ends_as_if_never_killed(home, start, workers):
    rng, before = random.Random(workers), 0
    for _ in range(KILLS):
        process, told = start(workers)
        told.recv()
        time.sleep(rng.uniform(0, 0.06))
        kill(process)
        rows = read_rows(home)
        assert len(rows) >= before  # what was committed is never lost
        assert all(None not in row[:4] for row in rows)
        before = len(rows)
        if before == PHOTOS + 3:
            break
    process, told = start(workers)
    process.join()
    assert process.exitcode == 0
    with PhotoIndex.open(home.index) as index:
        assert len(index) == PHOTOS + 3
    found = read_rows(home)
    home.index = home.index.with_name("never killed")
    home.update()
    assert found == read_rows(home)


def test_processes_end_with_the_one_that_started_them(start):
    process, told = start(2)
    told.recv()
    kill(process)
    deadline = time.monotonic() + 20
    while list_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list_session(process.pid) == []


def list_session(session):
    """Living processes of a session, by /proc."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(name))
    return found
