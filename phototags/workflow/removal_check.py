"""Check the file of removals at every run, and say which of its lines name no photo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from phototags.io.escapes import escape
from phototags.photos.removals import Removals, hash_line, read_matches, read_removals

FILE = "removals.txt"
SHOWN = 20


def find_removals(named: str | None, root: Path = Path()) -> list[str]:
    """Find the files of removals: the one that params name, else `removals.txt` if it exists.

    Raises:
        ParamsError: when a file is missing or can't be read, whatever else the run has to do.
    """
    files = [named] if named else [FILE] * (root / FILE).exists()
    read_removals(root / file for file in files)
    return files


def count_matches(removals: Removals, corpora: Iterable[str], root: Path = Path()) -> Counter[str]:
    """Count the photos that each line has removed, by its hash.

    Args:
        corpora: that were listed; none is counted before all are.
        root: of the run.

    Returns:
        counts of the lines that all the corpora were searched for.

    Raises:
        CorpusError: when a file of counts is damaged.
    """
    from phototags.download.journal import read_journal

    corpora = list(corpora)
    files = [root / f"data/corpora/{corpus}/listing.removed.tsv" for corpus in corpora]
    if not files or not all(file.exists() for file in files):
        return Counter()
    counts = read_matches(files)
    if removals.hashes:  # of photos on the web, only their downloads know the bytes
        journals = [
            journal
            for corpus in corpora
            for journal in (root / "data/downloads" / corpus).glob("*/journal.jsonl")
        ]
        found = {one.sha256 for file in journals for one in read_journal(file).values()}
        counts.update(hash_line(removals.find_digest(one)) for one in found & removals.hashes)
    return counts


def describe_unmatched(files: Iterable[str], corpora: Iterable[str], root: Path = Path()) -> str:
    """Say how many lines of the removals name no photo, and which; empty where all do."""
    removals, corpora = read_removals(root / file for file in files), list(corpora)
    counts = count_matches(removals, corpora, root)
    unmatched = [line for line in removals.lines if counts.get(hash_line(line)) == 0]
    if not unmatched:
        return ""
    shown = [f"  {escape(line)[:200]}" for line in unmatched[:SHOWN]]
    more = [f"  and {len(unmatched) - SHOWN} more"] * (len(unmatched) > SHOWN)
    return "\n".join(
        [
            f"{len(unmatched)} of {len(removals.lines)} lines of {', '.join(files)} name no photo "
            f"of {', '.join(corpora)}:",
            *shown,
            *more,
            "Check their spelling; docs/licences-and-removals.md has the forms.",
        ]
    )
