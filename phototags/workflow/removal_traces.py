"""Look through the files of a checkout for photos that were to be removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from phototags.download.journal import read_journal
from phototags.errors import CorpusError
from phototags.photos.photo_table import read_drops
from phototags.photos.removals import Removals, normalise_address, parse_removed_row

TABLES = (
    "data/corpora/*/*.parquet",
    "data/corpora/*/shards/*.parquet",
    "models/*/index/*.parquet",
)
"""Tables that name photos, by id, address or sha256."""
FEATURES = ("data/features/*/*/*.safetensors", "models/*/*/*/seed*/features/*/*.safetensors")
PAGES = ("results/*/report.html", "results/*/tables/*", "models/*/*/MODEL_CARD.md")
COLUMNS = ("photo_id", "page_url", "photo_url", "url", "final_url", "sha256")


def find_traces(removals: Removals, root: Path) -> dict[str, list[Path]]:
    """Find files that still name or hold a photo to remove.

    Looked through are the tables of photos, of downloads and of indexes, the journals of
    downloads, the rows of features, and the pages for addresses and sha256.

    Args:
        root: the checkout.

    Returns:
        files by the line of the removals; features by the empty line, since a row has no name.

    Raises:
        CorpusError: when a table can't be read.
    """
    traces: defaultdict[str, set[Path]] = defaultdict(set)
    for line, path in (
        *_search_tables(removals, root),
        *_search_journals(removals, root),
        *_search_features(root),
        *_search_pages(removals, root),
    ):
        traces[line].add(path.relative_to(root))
    return {line: sorted(paths) for line, paths in sorted(traces.items())}


def _glob(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())


def _search_tables(removals: Removals, root: Path) -> Iterator[tuple[str, Path]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in _glob(root, TABLES):
        corpus = path.stem if path.parent.name == "index" else path.relative_to(root).parts[2]
        try:
            names = [name for name in COLUMNS if name in pq.read_schema(path).names]
            columns = pq.ParquetFile(path).read(names).to_pydict() if names else {}
        except (OSError, pa.ArrowInvalid) as error:
            raise CorpusError(
                f"{path} should be a parquet table written by phototags, but: {error}. "
                "Remove it and run `snakemake` again."
            ) from error
        ids, digests = columns.pop("photo_id", None), columns.pop("sha256", [])
        urls = zip(*columns.values(), strict=True) if columns else None
        length = max(map(len, (ids or [], *columns.values())), default=0)
        for photo_id, addresses in zip(ids or [""] * length, urls or [()] * length, strict=True):
            if line := removals.find(corpus, photo_id or "", addresses):
                yield line, path
        for digest in removals.hashes.intersection(digests):
            yield removals.find_digest(digest), path


def _search_journals(removals: Removals, root: Path) -> Iterator[tuple[str, Path]]:
    for path in _glob(root, ("data/downloads/*/*/journal.jsonl",)):
        for record in read_journal(path).values():
            line = removals.find(path.parts[-3], "", (record.url, record.final_url))
            # Of a photo named by its bytes alone the journal keeps the address, lest it is asked
            # again; what it must not keep is where the bytes are.
            if record.file is not None:
                line = line or removals.find_digest(record.sha256)
            if line:
                yield line, path


def _search_features(root: Path) -> Iterator[tuple[str, Path]]:
    from phototags.io.storage import read_tensors

    removed = {
        folder.name: {
            row
            for file in (folder / "listing.drops.tsv", *(folder / "shards").glob("*.drops.tsv"))
            if file.exists()
            for drop in read_drops(file)
            if drop.detail.startswith("row ") and (row := parse_removed_row(drop)) is not None
        }
        for folder in (root / "data/corpora").glob("*")
    }
    for path in _glob(root, FEATURES):
        rows = removed.get(path.parent.name)
        if rows and rows.intersection(read_tensors(path, ["rows"], "np")[0]["rows"].tolist()):
            yield "", path


def _search_pages(removals: Removals, root: Path) -> Iterator[tuple[str, Path]]:
    sought = {line: normalise_address(line)[:1] for line in removals.lines}
    sought = {line: of for line, of in sought.items() if of and "/" in of[0]}
    sought |= {removals.find_digest(digest): [digest] for digest in removals.hashes}
    for path in _glob(root, PAGES):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from ((line, path) for line, (form,) in sought.items() if form in text)
