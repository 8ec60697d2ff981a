"""`phototags tag`: the first tags of each picture."""

import argparse
import json
import sys

from phototags.commands.common import (
    ALL_FINE,
    SOME_FAILED,
    add_model,
    add_top,
    model_folder,
    pin_instructions,
)

SUMMARY = "say what is in pictures"
DETAILS = """\
examples:
  phototags tag boat.jpg
  phototags tag --top 5 holiday/            every picture in a folder and below
  phototags tag --json *.png > tags.jsonl   one JSON object a line
  phototags tag --believed boat.jpg         no tag below its own threshold

Scores put the tags of one photo in order; they are no probabilities. A tag's threshold is the
score that had the best F1 on validation photos: vocabulary.tsv beside the tagger has it.
Pictures are PNG, JPEG, GIF or WebP files; addresses are not fetched.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_model(parser)
    add_top(parser, 10, "tags a picture")
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="picture file, or a folder")
    parser.add_argument(
        "--believed", action="store_true", help="only tags that score at their threshold or above"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a picture")


def run(given: argparse.Namespace) -> int:
    """Print the first tags of each picture; one that cannot be read gets its own error."""
    folder = model_folder(given.model)
    pin_instructions()
    from phototags.export.tag_photos import pictures_in, read_exported, tag_photos
    from phototags.io.progress import show_progress

    exported = read_exported(folder, given.believed)
    photos = pictures_in(given.photos)
    if not sys.stdout.isatty():  # else the lines themselves show how far it is
        photos = show_progress(photos, "tagging", len(photos))
    failed = False
    for place, tagged in enumerate(tag_photos(exported, photos, given.top)):
        failed |= tagged.error is not None
        if tagged.error:
            reason = f"{tagged.error.reason}: {tagged.error}"
            print(f"phototags: {tagged.photo}: {reason}", file=sys.stderr)
        if given.json:
            print(as_json(tagged), flush=True)
        elif not tagged.error:
            lines = [f"{score:8.2f}  {name}" for name, score in tagged.tags]
            print("\n".join(([""] if place else []) + [tagged.photo, *lines]), flush=True)
    return SOME_FAILED if failed else ALL_FINE


def as_json(tagged) -> str:
    """One picture as a line of JSON: photo, and tags or error."""
    if tagged.error:
        error = {"reason": tagged.error.reason, "message": str(tagged.error)}
        return json.dumps({"photo": tagged.photo, "error": error}, ensure_ascii=False)
    tags = [{"tag": name, "score": round(score, 6)} for name, score in tagged.tags]
    return json.dumps({"photo": tagged.photo, "tags": tags}, ensure_ascii=False)
