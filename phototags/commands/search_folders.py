"""Search of indexed folders: what it prints, its page and its JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.errors import PhototagsError
from phototags.io.escapes import show

if TYPE_CHECKING:
    from phototags.library.found import FoundPhoto, SearchResult
    from phototags.library.photo_index import PhotoIndex

SHOWN_TAGS = 6
JSON_VERSION = 1


def search_folders(args: argparse.Namespace, folder: Path) -> int:
    """Print the photos found in an index, best first."""
    words = " ".join(args.words)
    if not words and not args.like and not args.without:
        raise PhototagsError("expected words to search for, or --like PHOTO, found neither.")
    from phototags.library.photo_index import PhotoIndex

    with PhotoIndex.open(folder) as index:
        if args.like:
            prepare_likeness(index, args.like)
        result = index.search(
            words,
            without=args.without,
            like=args.like,
            since=args.since or "",
            within=args.within,
            own_only=args.own_tags,
            top=args.top,
        )
    for note in result.notes:
        common.warn(note)
    if args.json:
        print(format_json(result))
    elif args.paths:
        print_paths(result)
    elif result.photos:
        print_photos(result)
    if not result.photos:
        common.warn(f"no match for {describe(result, args) or words!r:.200}")
        return common.PARTIAL
    if args.out or args.open:
        make_page(args, result)
    return common.SUCCESS


def prepare_likeness(index: PhotoIndex, photo: str) -> None:
    """Prepare the network for a photo that is not in the index."""
    from phototags.library.likeness import find_photo

    if not len(find_photo(index, photo)):
        common.prepare_backbone(Path(index.about["model"]))


def describe(result: SearchResult, args: argparse.Namespace) -> str:
    """What was searched for, in words."""
    parts = [*result.wanted, *(f"without {term}" for term in result.unwanted)]
    return ", ".join(parts + [f"like {args.like}"] * bool(args.like))


def print_photos(result: SearchResult) -> None:
    """Print two lines a photo: score and path, then keywords and tags."""
    for rank, photo in enumerate(result.photos, 1):
        common.say(f"{rank:3}. {photo.score:5.2f}  {photo.path}")
        if words := format_words(photo):
            common.say(f"            {words}")
        if photo.copies:
            common.say(f"            also: {', '.join(photo.copies)}")


def format_words(photo: FoundPhoto) -> str:
    """A photo's title and keywords, then tags with their probabilities."""
    own = "; ".join(filter(None, [photo.title, ", ".join(photo.keywords)]))
    tags = ", ".join(f"{tag} {of:.2f}" for tag, of in photo.tags[:SHOWN_TAGS])
    return " | ".join(filter(None, [own, tags]))


def print_paths(result: SearchResult) -> None:
    """Print the paths alone, their bytes as they are, for other programs."""
    for photo in result.photos:
        sys.stdout.buffer.write(photo.path.encode("utf-8", "surrogateescape") + b"\n")


def format_json(result: SearchResult) -> str:
    """The result as one line of JSON; bytes of a path that are no UTF-8 are escaped as `\\xe9`."""
    photos = [
        {
            "path": show(photo.path),
            "score": round(photo.score, 6),
            "tags": [{"tag": tag, "probability": of} for tag, of in photo.tags],
            "keywords": list(photo.keywords),
            "title": photo.title,
            "taken": photo.taken,
            "copies": [show(path) for path in photo.copies],
        }
        for photo in result.photos
    ]
    query = {name: list(getattr(result, name)) for name in ("wanted", "unwanted", "notes")}
    content = {"version": JSON_VERSION, "query": query, "searched": result.searched}
    return json.dumps(content | {"photos": photos}, ensure_ascii=False, allow_nan=False)


def make_page(args: argparse.Namespace, result: SearchResult) -> None:
    """Write a page of the photos, and show it if wanted."""
    from phototags.report.photos_page import write_photos

    path = args.out or Path(tempfile.mkdtemp(prefix="phototags-")) / "found.html"
    write_photos(path, describe(result, args), result)
    common.warn(f"page: {path}")
    if args.open:
        import webbrowser

        if not webbrowser.open(path.absolute().as_uri()):
            common.warn("no browser could be started: open the page by hand")
