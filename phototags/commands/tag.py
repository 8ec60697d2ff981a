"""`phototags tag`: print the best tags of each picture."""

import argparse
import json
import sys

from phototags.commands import common

DETAILS = """\
examples:
  phototags tag boat.jpg
  phototags tag --top 5 holiday/                   every picture in a folder and below
  phototags tag --json *.png > tags.jsonl          one JSON object a line
  phototags tag --above-threshold boat.jpg         no tag below its own threshold

Scores rank the tags of one picture; they are not probabilities. A tag's threshold is the score
with the best F1 on validation photos: see vocabulary.tsv beside the tagger. Pictures are PNG,
JPEG, GIF or WebP files; addresses are not fetched.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_model_option(parser)
    common.add_top_option(parser, 10, "tags per picture, at most")
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="picture file, or a folder")
    at_least = "only tags that score at least their threshold"
    parser.add_argument("--above-threshold", action="store_true", help=at_least)
    parser.add_argument("--json", action="store_true", help="one JSON object per picture")


def run(args: argparse.Namespace) -> int:
    """Print the best tags of each picture; one that cannot be read gets an error of its own."""
    folder = common.find_tagger(args.model)
    common.pin_instruction_set()
    from phototags.export.tag_photos import list_pictures, load_exported, tag_photos
    from phototags.io.progress import show_progress

    exported = load_exported(folder, args.above_threshold)
    photos = list_pictures(args.photos)
    if not sys.stdout.isatty():  # on a terminal the lines themselves show the progress
        photos = show_progress(photos, "tagging", len(photos))
    exit_code = common.SUCCESS
    for number, tagged in enumerate(tag_photos(exported, photos, args.top)):
        if tagged.error:
            exit_code = common.PARTIAL
            common.warn(f"{tagged.photo}: {tagged.error.reason}: {tagged.error}")
        if args.json:
            print(format_json(tagged), flush=True)
        elif not tagged.error:
            lines = [f"{score:8.2f}  {name}" for name, score in tagged.tags]
            print("\n".join([""] * (number > 0) + [tagged.photo, *lines]), flush=True)
    return exit_code


def format_json(tagged) -> str:
    """A picture as a line of JSON: `photo`, and `tags` or `error`."""
    if tagged.error:
        content = {"error": {"reason": tagged.error.reason, "message": str(tagged.error)}}
    else:
        content = {"tags": [{"tag": name, "score": round(score, 6)} for name, score in tagged.tags]}
    return json.dumps({"photo": tagged.photo, **content}, ensure_ascii=False)
