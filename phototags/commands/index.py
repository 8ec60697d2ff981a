"""`phototags index`: index folders of photographs, so that they can be searched."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.io.escapes import show

if TYPE_CHECKING:
    from phototags.library.summary import Summary

DETAILS = """\
examples:
  phototags index ~/Pictures                       then: phototags search "dog on the beach"
  phototags index ~/Pictures /media/archive        several folders, one index
  phototags index                                  look again at all that was indexed before
  phototags index --dry-run ~/Pictures             say what is new, changed, moved or gone

Looks at each photo once: a second run opens only files whose size or time changed, and knows moved
files by the hash of their bytes. It can be ended at any moment and goes on where it was. Another
--model on the same network tags again without looking at pixels. Nothing is written among the
photos. The index lies in phototags/index in XDG_DATA_HOME (~/.local/share); a file removals.txt in
it names photos to leave out, by the sha256 of their bytes, one a line.

A folder in which no photo is found loses none from the index, since a drive may be absent: --forget
takes it out. JSON: {"version": 1, "index", "seconds", "photos", "added", "changed", "moved",
"gone", "unchanged", "skipped": {reason: files}, "unread": {kind: files}, "passed_over": {name:
files}, "empty": [folder], "kept"}; `kept` are indexed files that are not known to be gone.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="folder of photographs")
    common.add_index_option(parser)
    what = "the tagger of the index, or the one that phototags comes with"
    common.add_model_option(parser, default=what)
    parser.add_argument(
        "--workers",
        type=common.parse_count,
        default=len(os.sched_getaffinity(0)),
        metavar="N",
        help="processes that look at photos (default: one a core)",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--forget", action="store_true", help="take the folders out of the index")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Update the index and say what was done."""
    from phototags.library.manage import forget_folders, list_folders, read_model, update_index

    began, index = time.monotonic(), args.index or common.default_index()
    folders = list_folders(index, args.folders, must_exist=not args.forget)
    if args.forget:
        summary = forget_folders(index, folders)
    else:
        model = common.find_tagger(args.model or read_model(index) or common.BOX)
        if not args.dry_run:
            common.prepare_backbone(model)
        choices = common.read_words(model)
        summary = update_index(index, folders, model, args.workers, args.dry_run, choices)
    seconds = time.monotonic() - began
    if args.json:
        about = {"version": 1, "index": show(index), "seconds": round(seconds, 3)}
        print(json.dumps(about | summary.as_dict(), ensure_ascii=False))
    else:
        report(summary, index, seconds, args.dry_run)
    whole = not (summary.skipped or summary.unread or summary.empty or summary.kept)
    return common.SUCCESS if whole else common.PARTIAL


def report(summary: Summary, index: Path, seconds: float, dry: bool) -> None:
    """Print what was done, and what was left out and why."""
    from phototags.photos.folders import describe_counts

    names = ("added", "changed", "moved", "gone", "unchanged")
    done = ", ".join(f"{getattr(summary, name):,} {name}" for name in names)
    common.say(f"{'would be ' if dry else ''}{done}; {seconds:.1f} s")
    common.say(f"{summary.photos:,} photos in {index}")
    for counts, what in (
        (summary.skipped, "photos that cannot be used"),
        (summary.unread, "files of kinds that are not read"),
        (summary.passed_over, "passed over in folders"),
    ):
        if counts:
            common.warn(f"{what}: {describe_counts(counts)}")
    common.warn_of_packages(summary.unread)
    for folder in summary.empty:
        common.warn(f"{folder}: no photo is in this folder; is its drive there?")
    if summary.kept:
        common.warn(
            f"{summary.kept:,} indexed files could not be found, but their folders could not be "
            "read whole: they are kept; --forget FOLDER takes a folder out"
        )
    sys.stdout.flush()
