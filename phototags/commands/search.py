"""`phototags search`: the pictures that some words suit best."""

import argparse
import sys
from pathlib import Path

from phototags.commands.common import (
    ALL_FINE,
    SOME_FAILED,
    add_model,
    add_top,
    model_folder,
    pin_instructions,
)

SUMMARY = "find pictures by words"
DETAILS = """\
examples:
  phototags search "tree, flower"
  phototags search "cat, christmas tree" --corpus tuxpaint --out found.html

The vectors of the words' tags are summed; photos with the highest dot product come first. A word
that is no tag is replaced by the tag nearest in meaning, and a note says so.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_model(parser)
    add_top(parser, 15, "pictures")
    parser.add_argument("words", nargs="+", metavar="WORDS", help="what to look for")
    parser.add_argument("--corpus", help="where to look (default: what the tagger learned from)")
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="write a page to look at")


def run(given: argparse.Namespace) -> int:
    """Print the pictures found, best first, and perhaps write a page of them."""
    folder = model_folder(given.model)
    pin_instructions()
    from phototags.search.search_index import look_up, read_shelf

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
        from phototags.report.search_page import write_found

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
