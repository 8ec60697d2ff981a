"""Update an index: look at what is new or changed in folders, and forget what is gone."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from phototags.errors import ModelError
from phototags.library.looking import Look, Looker, look_at_files
from phototags.library.records import (
    apply_removals,
    forget_files,
    read_known,
    read_paths,
    read_stamps,
    write_look,
)
from phototags.library.scan import Scan, scan_folders
from phototags.library.store import read_about, transaction
from phototags.library.summary import Summary, count_skipped, settle_changes, start_summary
from phototags.library.taggers import (
    FolderTagger,
    TaggerIdentity,
    identify_tagger,
    load_tagger,
    read_aliases,
    tag_features,
)
from phototags.library.vectors import publish, read_vectors, write_vectors
from phototags.photos.removals import Removals
from phototags.tags.word_choices import NO_CHOICES, WordChoices

COMMIT_SECONDS = 5.0
TAGGED_AT_ONCE = 512


@dataclass
class Update:
    """One run over an index.

    Args:
        store: opened to be written. folder: of the index. model: of the tagger.
        workers: processes that look at photos. choices: a person's, about the tagger's words.
    """

    store: sqlite3.Connection
    folder: Path
    model: Path
    workers: int
    choices: WordChoices = NO_CHOICES
    identity: TaggerIdentity = field(init=False)
    tagger: FolderTagger | None = None

    def __post_init__(self):
        self.identity = identify_tagger(self.model, self.choices)

    def load(self) -> FolderTagger:
        """The tagger, loaded when it is needed first."""
        self.tagger = self.tagger or load_tagger(self.model, self.choices)
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
            self.tag()
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

    def tag(self) -> int:
        """Tag what this tagger has not tagged, by the features that are kept; how many photos."""
        tagged = self._tag()
        self._publish()
        return tagged

    def _tag(self) -> int:
        done = 0
        query = "SELECT id, features FROM contents WHERE backbone = ? AND tagger IS NOT ? LIMIT ?"
        values = (*self.identity, TAGGED_AT_ONCE)
        while rows := self.store.execute(query, values).fetchall():
            features = np.stack([np.frombuffer(row[1], np.float16) for row in rows])
            tagged = tag_features(self.load(), features)
            done += len(rows)
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
        return done

    def _publish(self) -> None:
        """Write the vectors that are searched, if those there are not of this state."""
        about = read_about(self.store)
        same = about.get("tagger") == self.identity.tagger
        tags = json.loads(about["tags"]) if same else self.load().exported.names
        if same and about["generation"] == about.get("revision") and self._is_whole(about, tags):
            return
        written = write_vectors(self.store, self.folder, self.identity.tagger, len(tags))
        facts = {} if same else self._describe(tags)
        publish(self.store, self.folder, written, **facts)

    def _is_whole(self, about: Mapping[str, str], tags: Sequence[str]) -> bool:
        """Whether the vectors that are searched can be read."""
        try:
            read_vectors(self.folder, about["generation"], len(tags))
        except ModelError:
            return False
        return True

    def _describe(self, tags: Sequence[str]) -> dict[str, str]:
        """What an index keeps of its tagger, so that a search need not read its vocabulary."""
        aliases, naming = read_aliases(self.model / "vocabulary.tsv"), self.load().exported.naming
        aliases = naming.list_aliases(aliases) if naming else aliases
        facts = {"tags": json.dumps(list(tags)), "aliases": json.dumps(aliases)}
        return self.identity._asdict() | facts | {"model": str(self.model.absolute())}
