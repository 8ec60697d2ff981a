"""`phototags tag --write` and `--undo`: write tags back into a folder of photos, or take them back.

No command of its own; `tag` uses it.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.errors import PhototagsError

if TYPE_CHECKING:
    from phototags.export.tag_photos import PhotoTags
    from phototags.keywords.changes import KeywordChanges
    from phototags.keywords.write_back import Report, TagWriter

KINDS = ("xmp", "iptc", "csv", "json")
DETAILS = """\
writing back:
  phototags tag holiday/ --above 0.5 --write xmp --dry-run      what would be written
  phototags tag holiday/ --above 0.5 --write xmp                sidecars, holiday/boat.jpg.xmp
  phototags tag holiday/ --above 0.5 --write xmp --in-file      into JPEG, PNG, WebP and TIFF
  phototags tag holiday/ --above 0.5 --write iptc --in-file     IPTC too, in JPEG
  phototags tag holiday/ --above 0.5 --write csv                holiday/phototags-tags.csv
  phototags tag holiday/ --undo                                 every byte as it was

Keywords go into dc:subject and lr:hierarchicalSubject, behind those that people wrote, which stay.
A second run replaces only what phototags wrote. docs/write-tags-back.md says more.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of writing back."""
    writing = parser.add_argument_group("writing back")
    what = "write the tags into sidecars or photos, or a table into the folder"
    writing.add_argument("--write", choices=KINDS, help=what)
    what = "into the photos themselves; where a format does not allow it, into sidecars"
    writing.add_argument("--in-file", action="store_true", help=what)
    what = "names of new sidecars: photo.jpg.xmp (darktable, digiKam) or photo.xmp (lightroom)"
    programs = ("darktable", "digikam", "lightroom")
    writing.add_argument("--sidecars", choices=programs, default="darktable", help=what)
    writing.add_argument("--dry-run", action="store_true", help="only say what would change")
    writing.add_argument("--undo", action="store_true", help="take back what was written")


def check_options(args: argparse.Namespace) -> None:
    """Raise a PhototagsError for options that do not go together."""
    if args.undo and args.write:
        raise PhototagsError("expected --write or --undo, found both: run one after the other")
    if args.write and args.above is None and args.precision is None:
        raise PhototagsError(
            "--write should come with --above P or --precision P: without, the ten best tags of "
            "each photo would be written, however unlikely. Try --above 0.5."
        )
    if args.write == "iptc" and not args.in_file:
        raise PhototagsError(
            "--write iptc should come with --in-file: IPTC stands in photos, never in sidecars"
        )
    if args.in_file and args.write in ("csv", "json"):
        raise PhototagsError(f"--write {args.write} makes a table: --in-file goes with xmp or iptc")
    if not (args.write or args.undo) and (args.in_file or args.dry_run):
        raise PhototagsError("--in-file and --dry-run should come with --write or --undo")


def list_folders(photos: Iterable[str]) -> list[Path]:
    """The folders whose journals hold what is written: those given, or where given photos lie."""
    paths = map(Path, photos)
    return list(dict.fromkeys(path if path.is_dir() else path.parent for path in paths))


def undo(args: argparse.Namespace) -> int:
    """Take back what was written in the folders, and say it; the exit code."""
    from phototags.keywords.journal import FOLDER, JOURNAL, open_journal
    from phototags.keywords.take_back import undo_all

    exit_code = common.SUCCESS
    for folder in list_folders(args.photos):
        if not (folder / FOLDER / JOURNAL).is_file():
            common.warn(f"{folder}: nothing that phototags wrote is to be taken back")
            continue
        with open_journal(folder) as journal:
            if args.dry_run:
                for name in sorted({one.path for one in journal.replacements}):
                    common.say(f"{folder / name}: would be restored")
                continue
            report = undo_all(journal, lambda path, what: common.say(f"{path}: {what}"))
        exit_code = max(exit_code, say_report(report, "taken back"))
    return exit_code


@contextlib.contextmanager
def open_writing(args: argparse.Namespace, tagger: Path) -> Iterator[Writing | None]:
    """What takes the tagged photos, with the journals of their folders open; None without --write.

    Args:
        tagger: its folder.
    """
    if not args.write:
        yield None
        return
    from phototags.io.storage import hash_file
    from phototags.keywords.exiv2 import load_pyexiv2
    from phototags.keywords.journal import open_journal
    from phototags.keywords.write_back import TagWriter, Target, describe_changes

    if args.write in ("xmp", "iptc"):
        load_pyexiv2()
    name = f"{tagger.resolve().name} {hash_file(tagger / 'model.safetensors')[:12]}"
    target = Target(
        args.in_file, args.write == "iptc", args.sidecars == "lightroom", args.max_bytes
    )

    def say(path: Path, changes: KeywordChanges) -> None:
        common.say(f"{path}: {describe_changes(changes)}")

    with contextlib.ExitStack() as stack:
        writers = {}
        for folder in list_folders(args.photos):
            journal = None if args.dry_run else stack.enter_context(open_journal(folder))
            writers[folder] = TagWriter(folder, name, target, journal, say)
        yield Writing(args.write, writers, read_spellings(tagger))


def read_spellings(tagger: Path) -> dict[str, str]:
    """How people write a tag, by the tagger's folder; only what is a spelling of its tag."""
    from phototags.io.tagger_config import read_tagger_config
    from phototags.tags.spelling import clean

    written = read_tagger_config(tagger).get("written")
    pairs = written.items() if isinstance(written, dict) else ()
    return {tag: word for tag, word in pairs if isinstance(word, str) and clean(word).tag == tag}


class Writing:
    """Takes tagged photos and writes their tags.

    Args:
        kind: one of `KINDS`.
        writers: of each folder.
        written: how people write a tag, where the tagger was learned from their keywords.
    """

    def __init__(self, kind: str, writers: dict[Path, TagWriter], written: dict[str, str]):
        self.kind, self.writers, self.written = kind, writers, written
        self.tables: dict[Path, dict] = {folder: {} for folder in writers}

    def add(self, tagged: PhotoTags) -> None:
        """Write the tags of a photo, or keep them for the table."""
        photo, tags = Path(tagged.photo), [(self.written.get(t, t), p) for t, p in tagged.tags]
        inside = [folder for folder in self.writers if photo.is_relative_to(folder)]
        folder = max(inside, key=lambda one: len(one.parts))
        if self.kind in ("csv", "json"):
            self.tables[folder][photo] = tags
        else:
            self.writers[folder].write(photo, tags)

    def finish(self) -> int:
        """Write the tables and say what was written; the exit code."""
        from phototags.keywords.tables import NAMES, format_table

        for folder, writer in self.writers.items() if self.kind in NAMES else ():
            path, table = folder / NAMES[self.kind], self.tables[folder]
            content = format_table(self.kind, table, folder, writer.tagger)
            if writer.journal and path.exists() and not writer.journal.has(path):
                raise PhototagsError(f"{path} is not phototags': rename it, it is not replaced")
            if writer.journal:
                writer.journal.replace(path, content)
            writer.report.written[f"{NAMES[self.kind]} of so many photos"] += len(table)
        what = {True: "written", False: "would be written"}
        return max(say_report(one.report, what[bool(one.journal)]) for one in self.writers.values())


def say_report(report: Report, what: str) -> int:
    """Say how many files were `what`, what was left out and what failed; the exit code."""
    from phototags.photos.folders import describe_counts

    if report.written:
        common.warn(f"{what}: {describe_counts(report.written)}")
    if report.unchanged:
        common.warn(f"unchanged: {report.unchanged}")
    if report.notes:
        common.warn(describe_counts(report.notes))
    for path, error in report.failed:
        common.warn(f"{path}: {error.reason}: {error}")
    return common.PARTIAL if report.failed else common.SUCCESS
