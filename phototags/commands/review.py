"""`phototags review`: accept or refuse tags of indexed photographs, in the terminal."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.errors import PhototagsError
from phototags.io.escapes import show

if TYPE_CHECKING:
    from phototags.library.photo_index import PhotoIndex
    from phototags.library.unsure import Doubt
    from phototags.serve.feedback import Feedback

DETAILS = """\
examples:
  phototags review ~/Pictures/2024             asks about what the tagger is least sure of
  phototags review --list --top 100            prints it: probability, tag, photo
  phototags review --accept dog IMG_2034.jpg --refuse cat IMG_2034.jpg
  phototags review < verdicts.tsv              lines `accept`, `refuse` or `clear`, tag, photo

Asks of one tag of one photo at a time: y accepts it, n refuses it, s or Enter passes it over, q
ends. Answers are kept at once in feedback.jsonl beside the index, where the page of `phototags
serve` keeps them too, and are not asked again. `phototags learn` learns from them. JSON (--json):
{"version": 1, "tags": [{"photo", "path", "tag", "probability"}]} of --list, else {"version": 1,
"accepted", "refused", "cleared"}.
"""
VERDICTS = {"accept": True, "refuse": False, "clear": None}
ANSWERS = {"y": True, "n": False}
MAX_LINE = 10_000  # bytes of a line of verdicts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    what = "photos below this folder (default: all that are indexed)"
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help=what)
    common.add_index_option(parser)
    common.add_top_option(parser, 50, "questions, at most")
    parser.add_argument("--list", action="store_true", help="print what would be asked")
    for name, what in (("--accept", "the tag is right"), ("--refuse", "the tag is wrong")):
        parser.add_argument(
            name, nargs=2, action="append", default=[], metavar=("TAG", "PHOTO"), help=what
        )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Keep the verdicts that are given, or ask for some."""
    from phototags.library.photo_index import PhotoIndex
    from phototags.library.unsure import list_unsure
    from phototags.serve.feedback import FILE, Feedback

    folder = args.index or common.default_index()
    with PhotoIndex.open(folder) as index:
        feedback = Feedback(folder / FILE)
        given = [("accept", *one) for one in args.accept] + [
            ("refuse", *one) for one in args.refuse
        ]
        if given:
            return keep_all(args, index, feedback, given)
        if not args.list and not sys.stdin.isatty():
            return keep_all(args, index, feedback, read_lines())
        found = itertools.islice(list_unsure(index, args.folder, feedback.verdicts), args.top)
        if args.list:
            return print_doubts(list(found), args.json)
        return ask_all(found, feedback, args.json)


def print_doubts(doubts: list[Doubt], as_json: bool) -> int:
    """Print what would be asked."""
    if as_json:
        tags = [one._asdict() | {"path": show(one.path)} for one in doubts]
        print(json.dumps({"version": 1, "tags": tags}, ensure_ascii=False))
    else:
        for one in doubts:
            common.say(f"{one.probability:.2f}  {one.tag:20}  {one.path}")
    return common.SUCCESS if doubts else common.PARTIAL


def ask_all(doubts: Iterable[Doubt], feedback: Feedback, as_json: bool) -> int:
    """Ask about each, and keep the answers."""
    counts = dict.fromkeys(VERDICTS.values(), 0)
    for one in doubts:
        print(f"{show(one.path)}\n  {show(one.tag)}, {one.probability:.2f} [y/n/s/q] ", end="",
              file=sys.stderr, flush=True)  # fmt: skip
        answer = sys.stdin.readline().strip().lower()[:1] or "s"
        if answer == "q":
            break
        if answer in ANSWERS:
            feedback.add(one.photo, one.tag, ANSWERS[answer])
            counts[ANSWERS[answer]] += 1
    return report(counts, as_json)


def read_lines() -> Iterator[tuple[str, str, str]]:
    """Verdict, tag and photo of each line of standard input.

    Raises:
        PhototagsError: a line is none; those before it are kept.
    """
    number = 0
    while line := sys.stdin.buffer.readline(MAX_LINE + 1):
        number += 1
        fields = os.fsdecode(line).rstrip("\r\n").split("\t")
        if len(line) > MAX_LINE or len(fields) != 3 or fields[0] not in VERDICTS:
            raise PhototagsError(
                f"line {number} of standard input should be `accept`, `refuse` or `clear`, a tag "
                f"and a photo, set apart by tabs, but is {line[:80]!a}. The lines before are kept."
            )
        yield fields[0], fields[1], fields[2]


def keep_all(
    args: argparse.Namespace,
    index: PhotoIndex,
    feedback: Feedback,
    given: Iterable[tuple[str, str, str]],
) -> int:
    """Keep verdicts that are given; those of unknown tags and photos are said and left out."""
    from phototags.library.records import find_sha256

    counts, whole = dict.fromkeys(VERDICTS.values(), 0), True
    for verdict, word, path in given:
        tag, photo = index.names.find(word.lower()), find_sha256(index.store, path)
        if tag is None or photo is None:
            whole = False
            unknown = f"{word!r} is no tag" if tag is None else f"{show(path)} is no indexed photo"
            common.warn(unknown)
            continue
        feedback.add(photo, index.tags[tag], VERDICTS[verdict])
        counts[VERDICTS[verdict]] += 1
    code = report(counts, args.json)
    return code if whole else common.PARTIAL


def report(counts: dict[bool | None, int], as_json: bool) -> int:
    """Say how many verdicts were kept."""
    names = {"accepted": counts[True], "refused": counts[False], "cleared": counts[None]}
    if as_json:
        print(json.dumps({"version": 1, **names}))
    else:
        common.say(", ".join(f"{count} {name}" for name, count in names.items()))
    return common.SUCCESS
