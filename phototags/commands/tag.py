"""`phototags tag`: print the best tags of each picture."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from phototags.commands import common, tag_writing
from phototags.io.escapes import show

if TYPE_CHECKING:
    from phototags.export.tag_photos import PhotoTags
    from phototags.photos.picture_files import PictureFiles

DETAILS = (
    """\
examples:
  phototags tag boat.jpg
  phototags tag --top 5 holiday/                   every picture in a folder and below
  phototags tag --json *.png > tags.jsonl          one JSON object a line
  phototags tag --above 0.5 boat.jpg               tags that are more likely right than wrong
  phototags tag --precision 0.5 boat.jpg           as many tags as keep half of them right

Without --model, photographs are tagged by the tagger that comes with phototags, whatever was
trained here; its network is fetched once. `--model models/pictures/tagger` names the tagger of
`make results`.

Numbers are probabilities, fitted on photos that were not learned from; MODEL_CARD.md beside the
tagger says how well they hold on test photos. A tagger without calibration.safetensors prints
scores, which only rank the tags. JSON: {"photo", "tags": [{"tag", "probability"}]}, with "score"
in place of "probability" for such a tagger, or {"photo", "error": {"reason", "message"}}.
Pictures are JPEG, PNG, GIF, WebP, AVIF or TIFF files, whatever their names; addresses are not
fetched. In folders, thumbnails, bins and other copies of network drives and systems are passed
over, and pictures of kinds that are not read (JPEG XL, HEIC without pillow-heif, RAW without rawpy)
are counted; both are said. Of a RAW the camera's JPEG in it is seen.

"""
    + tag_writing.DETAILS
)
PIXELS = "decode no more pixels of a picture; most formats of up to eight times as many are reduced"
BYTES = "open no picture file of more bytes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_model_option(parser, default="the tagger of photographs that phototags comes with")
    common.add_top_option(parser, 10, "tags per picture, at most")
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="picture file, or a folder")
    cut = parser.add_mutually_exclusive_group()
    cut.add_argument("--above", type=parse_share, metavar="P", help="only tags at least so likely")
    precision = "only so many tags that this share of them is expected to be right"
    cut.add_argument("--precision", type=parse_precision, metavar="P", help=precision)
    from phototags.photos.picture_files import MAX_BYTES, MAX_PIXELS

    caps = ("--max-pixels", MAX_PIXELS, PIXELS), ("--max-bytes", MAX_BYTES, BYTES)
    for name, default, what in caps:
        what = f"{what} (default: {default})"
        parser.add_argument(name, type=common.parse_count, default=default, metavar="N", help=what)
    parser.add_argument("--json", action="store_true", help="one JSON object per picture")
    tag_writing.add_arguments(parser)


def parse_share(text: str) -> float:
    """Parse a probability from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, found {text!r}")
    return value


def parse_precision(text: str) -> float:
    """Parse a precision above 0 and below 1."""
    value = parse_share(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"expected a number above 0, below 1, found {text!r}")
    return value


def run(args: argparse.Namespace) -> int:
    """Print the best tags of each picture; one that cannot be read gets an error of its own."""
    tag_writing.check_options(args)
    if args.undo:
        return tag_writing.undo(args)
    folder = common.find_tagger(args.model or common.BOX)
    common.prepare_backbone(folder)
    from phototags.export.tag_photos import load_exported, tag_photos
    from phototags.io.progress import show_progress
    from phototags.photos.folders import describe_counts
    from phototags.photos.picture_files import list_pictures

    choices = common.read_words(folder)
    exported = load_exported(folder, args.above, args.precision, choices=choices)
    unit = "probability" if exported.calibration else "score"
    found = list_pictures(args.photos)
    exit_code = warn_of_files(found)
    photos, ignored = found.photos, Counter()
    if not sys.stdout.isatty():  # on a terminal the lines themselves show the progress
        photos = show_progress(photos, "tagging", len(photos))
    caps = args.max_pixels, args.max_bytes, ignored
    with tag_writing.open_writing(args, folder) as writing:
        for number, tagged in enumerate(tag_photos(exported, photos, args.top, *caps)):
            if tagged.error:
                exit_code = common.PARTIAL
                common.warn(show(f"{tagged.photo}: {tagged.error.reason}: {tagged.error}"))
            elif writing:
                writing.add(tagged)
            if args.json:
                print(format_json(tagged, unit), flush=True)
            elif not (tagged.error or writing):
                print("\n" * (number > 0) + format_lines(tagged), flush=True)
        exit_code = max(exit_code, writing.finish() if writing else common.SUCCESS)
    if ignored:
        common.warn(f"damaged metadata were ignored: {describe_counts(ignored)}")
    return exit_code


def warn_of_files(found: PictureFiles) -> int:
    """Say which files in folders are not tagged; the exit code that this means."""
    from phototags.photos.folders import describe_counts

    found.passed_over.pop(".phototags", None)  # our own
    if found.passed_over:
        common.warn(show(f"passed over in folders: {describe_counts(found.passed_over)}"))
    if found.unread:
        total = sum(found.unread.values())
        counts = describe_counts(found.unread)
        files = "1 file" if total == 1 else f"{total} files"
        common.warn(f"{files} of kinds that are not read: {counts}")
        common.warn_of_packages(found.unread)
    for folder in found.empty:
        common.warn(show(f"{folder}: no picture that is read is in this folder"))
    return common.PARTIAL if found.unread or found.empty else common.SUCCESS


def format_lines(tagged: PhotoTags) -> str:
    """A picture's name, and a line for each tag."""
    lines = [f"{value:8.2f}  {show(name)}" for name, value in tagged.tags]
    return "\n".join([show(tagged.photo), *lines])


def format_json(tagged: PhotoTags, unit: str) -> str:
    """A picture as a line of JSON: `photo`, and `tags` or `error`; `unit` names a tag's number."""
    if tagged.error:
        content = {"error": {"reason": tagged.error.reason, "message": str(tagged.error)}}
    else:
        content = {"tags": [{"tag": name, unit: round(value, 6)} for name, value in tagged.tags]}
    photo = tagged.photo if is_encodable(tagged.photo) else show(tagged.photo)
    return json.dumps({"photo": photo, **content}, ensure_ascii=False, allow_nan=False)


def is_encodable(name: str) -> bool:
    """Whether a file's name is UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
