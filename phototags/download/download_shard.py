"""Download one shard of a corpus: a tar of its photos, and a table of each url's outcome.

The tar's bytes depend on which photos were downloaded, never on when they came. One shard is one
job, so that an executor (SLURM, Kubernetes) spreads them; a killed job goes on where it was.
"""

import contextlib
import fcntl
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from phototags.download.downloader import Downloader
from phototags.download.journal import Journal, Record, apply_rules, read_journal, write_journal
from phototags.download.outcomes import Outcome
from phototags.download.refusals import RefusalRules
from phototags.download.shard_tables import write_downloads
from phototags.download.store import Store
from phototags.errors import PhototagsError
from phototags.io.progress import show_progress
from phototags.params.download import Download
from phototags.photos.inspection import inspect_file
from phototags.photos.private_metadata import blank_private
from phototags.photos.shards import Member, write_shard

JOURNAL = "journal.jsonl"


def download_shard(
    photos: Iterable[tuple[int, str | None]],
    work: Path,
    tar: Path,
    downloads: Path,
    settings: Download,
    *,
    max_pixels: int,
    max_bytes: int,
    unwanted: Collection[str] = (),
    keep_exif: bool = False,
) -> None:
    """Download the photos of a shard into a tar, and list the outcome of every url.

    Args:
        photos: row in the listing and url; a url listed twice is asked once.
        work: folder of the journal and of the photos on their way; kept, so that a rerun asks
            only what can end better. On the disk of `tar` it takes no room of its own.
        tar: to be written: the photos by row, `{row:08d}.{jpg,png,gif,webp}`, each content once.
        downloads: to be written: what became of each url (`shard_tables.write_downloads`).
        max_pixels, max_bytes: of one photo.
        unwanted: sha256 of photos that must go: neither packed nor kept nor named.
        keep_exif: whether places and serial numbers stay in the photos.

    Raises:
        PhototagsError: when another process works on the shard, or the disk is full.
    """
    photos, tar = [(row, url or "") for row, url in photos], Path(tar)
    with _lock(Path(work)), contextlib.closing(Store(Path(work))) as store:
        rules = RefusalRules(settings, max_pixels, max_bytes)
        urls = dict.fromkeys(url for _, url in photos)
        records = _fetch_all(urls, store, rules, unwanted, keep_exif)
        wanted = [(row, records[url]) for row, url in photos]
        wanted = [one for one in wanted if one[1].sha256 not in unwanted]
        members, changed = _pack(tar, wanted, store, keep_exif)
        _keep_packed_alone(tar, members, changed, records, store)
    rows = ((row, records[url]) for row, url in photos)
    rows = ((row, _anonymise(one, unwanted), members.get(one.sha256)) for row, one in rows)
    write_downloads(downloads, rows)


@contextlib.contextmanager
def _lock(work: Path) -> Iterator[None]:
    """Lock the work folder; the system unlocks it when the process ends, however it ends."""
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PhototagsError(
                f"{work} is in use by another process. Two would ask for every photo twice: "
                "wait for the other, or end it."
            ) from None
        yield


def _fetch_all(
    urls: Iterable[str],
    store: Store,
    rules: RefusalRules,
    unwanted: Collection[str],
    keep_exif: bool,
) -> dict[str, Record]:
    """Return the record of each url: from the journal where it is valid, else by a request."""
    path = store.folder / JOURNAL
    known = read_journal(path)
    store.remove_all_but(record.file for record in known.values() if record.file)
    records = {}
    for url in urls:
        record = apply_rules(known[url], rules) if url in known else None
        if record and keep_exif and record.stored_sha256:
            continue  # what was blanked comes back by asking again alone
        if record and (record.sha256 in unwanted or _is_complete(record, store)):
            records[url] = record
    left = [url for url in urls if url not in records]
    # What failed before is asked last, so that a host given up again has answered the others.
    left.sort(key=lambda url: known[url].tries if url in known else 0)
    bar = show_progress(range(len(left)), "download")
    with contextlib.closing(Journal(path)) as journal:
        fetched = Downloader(rules, store, journal).run(left, lambda: next(bar, None))
    bar.close()
    return records | fetched


def _is_complete(record: Record, store: Store) -> bool:
    """Whether the store has the bytes that the journal names."""
    if record.outcome != Outcome.OK:
        return True
    return record.file is not None and store.contains(
        record.file, record.offset, record.bytes, record.stored_sha256 or record.sha256
    )


def _pack(
    tar: Path, rows: Iterable[tuple[int, Record]], store: Store, keep_exif: bool
) -> tuple[dict[str, Member], dict[str, str]]:
    """Write downloaded photos by row, each content once, under the first row that has it.

    One photo at a time is in memory.

    Returns:
        the member of each content's sha256, and the sha256 of what was packed where that is
        another content.
    """
    members: dict[str, Member] = {}
    changed: dict[str, str] = {}
    with write_shard(tar) as writer:
        for row, record in sorted(rows, key=lambda pair: pair[0]):
            if record.outcome == Outcome.OK and record.sha256 not in members:
                with store.open_at(record.file, record.offset) as photo:
                    content = photo.read(record.bytes)
                if not keep_exif:
                    content = blank_private(content, inspect_file(io.BytesIO(content)))
                packed = hashlib.sha256(content).hexdigest()
                if packed != record.sha256:
                    changed[record.sha256] = packed
                members[record.sha256] = writer.add(
                    row, record.format, len(content), io.BytesIO(content)
                )
    return members, changed


def _anonymise(record: Record, unwanted: Collection[str]) -> Record:
    """Remove from the record of an unwanted photo what would identify it."""
    if record.sha256 not in unwanted:
        return record
    return replace(record, url="", final_url="", sha256=None, detail="")


def _keep_packed_alone(
    tar: Path,
    members: Mapping[str, Member],
    changed: Mapping[str, str],
    records: Mapping[str, Record],
    store: Store,
) -> None:
    """Make the tar the only copy: point the journal into it, then remove the others.

    Killed at any moment in between, each line of the journal, old or new, has its bytes.
    """
    name = store.link_shard(tar)

    def relocate(record: Record) -> Record:
        if record.file is None:
            return record
        if record.sha256 not in members:
            return replace(record, file=None, offset=None)
        offset, stored = members[record.sha256].offset, changed.get(record.sha256)
        return replace(record, file=name, offset=offset, stored_sha256=stored)

    write_journal(store.folder / JOURNAL, map(relocate, records.values()))
    store.remove_all_but([name])
