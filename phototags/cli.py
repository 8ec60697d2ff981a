"""The command line: `phototags tag` and `phototags search`."""

import argparse
import json
import os
import sys
from pathlib import Path

import phototags
from phototags.compute import instruction_set_variables
from phototags.errors import PhototagsError

MODEL = Path("models/pictures/tagger")
ALL_FINE, SOME_FAILED, NOT_STARTED = 0, 1, 2
EXIT_CODES = """\
exit codes:
  0  all fine
  1  a picture could not be read (the others were tagged), or a search found nothing
  2  wrong usage, or no tagger or index where one is needed
"""
TAG_EXAMPLES = """\
examples:
  phototags tag boat.jpg
  phototags tag --top 5 holiday/            every picture in a folder and below
  phototags tag --json *.png > tags.jsonl   one JSON object a line

Scores put the tags of one photo in order; they are no probabilities. Pictures are PNG, JPEG,
GIF or WebP files; addresses are not fetched.

"""
SEARCH_EXAMPLES = """\
examples:
  phototags search "red flower"
  phototags search "cat, christmas tree" --corpus tuxpaint --out found.html

The vectors of the words' tags are summed; photos with the highest dot product come first. A word
that is no tag is replaced by the tag nearest in meaning, and a note says so.

"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, 1 or 2 as EXIT_CODES says."""
    given = make_parser().parse_args(arguments)
    try:
        return given.command(given)
    except PhototagsError as error:
        print(f"phototags: error: {error}", file=sys.stderr)
        return NOT_STARTED
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ALL_FINE
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """All commands and what they take."""
    parser = argparse.ArgumentParser(
        prog="phototags",
        description="Tags for pictures, and pictures for words, by a tagger learned from the tags "
        "that people wrote.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"phototags {phototags.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, summary, epilog, command in (
        ("tag", "say what is in pictures", TAG_EXAMPLES, tag),
        ("search", "find pictures by words", SEARCH_EXAMPLES, search),
    ):
        one = commands.add_parser(
            name,
            help=summary,
            description=f"{summary.capitalize()}.",
            epilog=epilog + EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.set_defaults(command=command)
        add_arguments(one, name)
    return parser


def add_arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """What a command takes."""
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help=f"folder of the tagger (default: {MODEL})"
    )
    default, what = (10, "tags a picture") if name == "tag" else (15, "pictures")
    parser.add_argument(
        "--top", type=count, default=default, metavar="N", help=f"{what} (default: {default})"
    )
    if name == "tag":
        parser.add_argument("photos", nargs="+", metavar="PHOTO", help="picture file, or a folder")
        parser.add_argument("--json", action="store_true", help="one JSON object a picture")
        return
    parser.add_argument("words", nargs="+", metavar="WORDS", help="what to look for")
    parser.add_argument("--corpus", help="where to look (default: what the tagger learned from)")
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="write a page to look at")


def count(written: str) -> int:
    """A whole number of at least one."""
    if not written.isdigit() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {written!r}")
    return int(written)


def tag(given: argparse.Namespace) -> int:
    """`phototags tag`: print the first tags of each picture."""
    folder = model_folder(given.model)
    pin_instructions()
    from phototags.export.use import pictures_in, read_exported, tag_photos
    from phototags.progress import progress

    exported, photos = read_exported(folder), pictures_in(given.photos)
    if not sys.stdout.isatty():  # else the lines themselves show how far it is
        photos = progress(photos, "tagging", len(photos))
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


def search(given: argparse.Namespace) -> int:
    """`phototags search`: print the pictures that the words suit best, and perhaps a page."""
    folder = model_folder(given.model)
    pin_instructions()
    from phototags.search.shelf import look_up, read_shelf

    shelf = read_shelf(folder, given.corpus)
    words = " ".join(given.words)
    query, found = look_up(shelf, words, given.top)
    for note in query.notes:
        print(f"phototags: {note}", file=sys.stderr)
    if not found:
        print(f"phototags: nothing to show for {words!r}", file=sys.stderr)
        return SOME_FAILED
    asked = [shelf.tags[tag] for tag in query.tags]
    index = shelf.index
    print(f"{len(index.photos):,} photos of {index.corpus} searched for: {', '.join(asked)}")
    for place, (card, score) in enumerate(found, 1):
        print(as_lines(place, card, score))
    if given.out:
        from phototags.report.found import write_found

        write_found(given.out, words, asked, query.notes, index.corpus, found, shelf.shards)
        print(f"page: {given.out}")
    return ALL_FINE


def as_lines(place: int, card, score: float) -> str:
    """One found photo: score and title, who made it, its tags, where it is."""
    credit = ", ".join(filter(None, [card.author, card.licence]))
    lines = [
        f"{place:3}. {score:8.2f}  {card.title or card.photo_id}" + (f" ({credit})" * bool(credit)),
        ", ".join(card.tags),
        card.page_url or card.file,
    ]
    return "\n               ".join(lines)


def model_folder(named: Path | None) -> Path:
    """The folder named, or the one that `make results` makes, here or where phototags lies."""
    checkout = Path(phototags.__file__).parents[1]
    places = [named] if named else [MODEL, checkout / MODEL]
    for place in places:
        if (place / "config.json").exists():
            return place
    raise PhototagsError(
        f"expected a tagger's config.json in {' or '.join(map(str, places))}, found none. "
        "Make one with `make results`, or name its folder with --model."
    )


def pin_instructions() -> None:
    """Compute as the run does, so that a picture gets the same scores; before torch is there."""
    if "torch" not in sys.modules:
        os.environ.update(instruction_set_variables("avx2"))


if __name__ == "__main__":
    sys.exit(main())
