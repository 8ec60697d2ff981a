"""`phototags similar`: find near-duplicates and look-alikes among indexed photographs."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.io.escapes import show

if TYPE_CHECKING:
    from phototags.library.photo_index import PhotoIndex

DETAILS = """\
examples:
  phototags similar                                groups of near-duplicates in all indexed folders
  phototags similar IMG_2034.jpg --top 10          the photos that look most like this one

A near-duplicate is the same photo saved, resized or cropped a little again: its perceptual hash
differs in few bits, and its features have nearly the same direction. Numbers are cosines. JSON:
{"version": 1, "groups": [{"paths", "same_bytes", "similarity"}]}, or with PHOTO {"version": 1,
"photo", "photos": [{"path", "similarity"}]}.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("photo", nargs="?", metavar="PHOTO", help="photo to compare with, any file")
    common.add_index_option(parser)
    common.add_top_option(parser, 20, "look-alikes to list")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print look-alikes of a photo, or the groups of near-duplicates."""
    from phototags.library.photo_index import PhotoIndex

    with PhotoIndex.open(args.index or common.default_index()) as index:
        if args.photo is None:
            return print_groups(index, args.json)
        return print_look_alikes(index, args.photo, args.top, args.json)


def print_look_alikes(index: PhotoIndex, photo: str, top: int, as_json: bool) -> int:
    """Print the photos that look most like one, best first."""
    from phototags.commands.search_folders import prepare_likeness

    prepare_likeness(index, photo)
    found = index.search(like=photo, top=top).photos
    if as_json:
        photos = [{"path": show(one.path), "similarity": round(one.score, 4)} for one in found]
        print(json.dumps({"version": 1, "photo": show(photo), "photos": photos}))
    else:
        for rank, one in enumerate(found, 1):
            common.say(f"{rank:3}. {one.score:5.2f}  {one.path}")
    return common.SUCCESS if found else common.PARTIAL


def print_groups(index: PhotoIndex, as_json: bool) -> int:
    """Print each group of near-duplicates, with a blank line between two."""
    from phototags.library.similar import find_groups

    groups = find_groups(index)
    if as_json:
        content = [
            {
                "paths": [show(path) for path in group.paths],
                "same_bytes": group.same_bytes,
                "similarity": group.similarity,
            }
            for group in groups
        ]
        print(json.dumps({"version": 1, "groups": content}))
        return common.SUCCESS if groups else common.PARTIAL
    for number, group in enumerate(groups):
        how = "equal files" if group.same_bytes else f"cosine {group.similarity:.2f}"
        common.say(("\n" if number else "") + f"{len(group.paths)} files, {how}")
        for path in group.paths:
            common.say(f"  {path}")
    if not groups:
        common.warn(f"no near-duplicates among {len(index):,} photos")
    return common.SUCCESS if groups else common.PARTIAL
