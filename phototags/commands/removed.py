"""`phototags removed`: say of each line of the removals whether its photo is gone."""

import argparse
from pathlib import Path

import phototags
from phototags.commands import common

DETAILS = """\
examples:
  phototags removed
  phototags removed --removals requests.txt

Looks through the tables of photos, the downloads, features, search indexes, model cards and
reports below the working directory (or the checkout). Sources (data/sources), the caches of DVC
and copies elsewhere are not looked through: see docs/licences-and-removals.md.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--removals",
        type=Path,
        metavar="FILE",
        help="file of removals (default: removals.txt beside the Snakefile)",
    )


def run(args: argparse.Namespace) -> int:
    """Print what became of each line; the exit code is 0 when every photo is gone."""
    from phototags.photos.removals import hash_line, read_removals
    from phototags.workflow.removal_check import FILE, count_matches
    from phototags.workflow.removal_traces import find_traces

    root = find_root()
    removals = read_removals([args.removals or root / FILE])
    corpora = sorted(file.parent.name for file in root.glob("data/corpora/*/listing.removed.tsv"))
    counts, traces = count_matches(removals, corpora, root), find_traces(removals, root)
    for line in removals.lines:
        common.say(f"{line}: {describe(traces.get(line), counts.get(hash_line(line)))}")
    for path in traces.get("", ()):
        common.say(f"rows of removed photos are still in {path}: run `make results`")
    gone = all(counts.get(hash_line(line)) for line in removals.lines)
    common.say(f"{len(removals.lines)} lines, {len(traces)} with traces in files")
    return common.SUCCESS if gone and not traces else common.PARTIAL


def find_root() -> Path:
    """The folder with the data: the working directory, or the checkout of phototags."""
    here = Path()
    return here if (here / "data").is_dir() else Path(phototags.__file__).parents[1]


def describe(files: list[Path] | None, count: int | None) -> str:
    """What became of one line.

    Args:
        files: that still name its photo.
        count: photos that were removed; None where a corpus was not listed since the request.
    """
    if files:
        more = f" and {len(files) - 3} more files" if len(files) > 3 else ""
        return f"still in {', '.join(map(str, files[:3]))}{more}: run `make results`"
    if count is None:
        return "no run has seen this line: run `make results`"
    return f"removed, {count} photo{'s' * (count != 1)}" if count else "names no photo"
