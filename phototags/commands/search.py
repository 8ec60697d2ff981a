"""`phototags search`: find pictures by words, in indexed folders or in a run's corpus."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from phototags.commands import common
from phototags.errors import PhototagsError

DETAILS = """\
examples:
  phototags search dog beach                       all words must hold; phototags index comes first
  phototags search "snow -people" --since 2019     also: "snow without people", snow -x people
  phototags search --like IMG_2034.jpg sunset      sunsets that look like this photo
  phototags search anna --own-tags --in ~/Pictures/2021
  phototags search "dog on the beach" --paths      the files alone, one a line
  phototags search "red car" --open                a page with the photos, in the browser
  phototags search "cat, christmas tree" --corpus tuxpaint --out found.html

Searches the folders that `phototags index` has indexed. A word that the owner wrote (keyword,
title, name of the file) is certain, a learned tag has its probability, another word is placed
among the photos by its meaning; photos are ordered by the product. JSON: {"version": 1, "query":
{"wanted", "unwanted", "notes"}, "searched", "photos": [{"path", "score", "tags": [{"tag",
"probability"}], "keywords", "title", "taken", "copies"}]}.

With --corpus or --model, and where nothing was indexed, it searches a corpus of a run: it sums the
vectors of the words' tags and lists the pictures with the highest dot product. Words that are no
tags are placed by their meaning, if the run has `zero_shot`; a note says so.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("words", nargs="*", metavar="WORDS", help="words to search for")
    common.add_top_option(parser, 20, "pictures to list")
    common.add_index_option(parser)
    parser.add_argument(
        "-x", "--without", action="append", default=[], metavar="WORDS", help="words not to hold"
    )
    parser.add_argument("--like", metavar="PHOTO", help="photos that look like this one first")
    parser.add_argument(
        "--since", type=parse_since, metavar="DATE", help="as 2019, 2019-07, 2019-07-14"
    )
    parser.add_argument("--in", dest="within", metavar="FOLDER", help="photos below this folder")
    parser.add_argument(
        "--own-tags", action="store_true", help="search keywords, titles and names of files alone"
    )
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="also write a page with them")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--paths", action="store_true", help="print the paths alone")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    shown.add_argument("--open", action="store_true", help="show a page with them in the browser")
    run_options = parser.add_argument_group("a run's corpus instead of indexed folders")
    common.add_model_option(run_options)
    run_options.add_argument("--corpus", help="corpus (default: the tagger's training corpus)")


def parse_since(text: str) -> str:
    """Parse a year, month or day."""
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        raise argparse.ArgumentTypeError(f"expected a date as 2019 or 2019-07-14, found {text!r}")
    return text


def run(args: argparse.Namespace) -> int:
    """Print the pictures found, best first."""
    from phototags.commands.search_folders import search_folders
    from phototags.commands.search_run import search_run

    of_run = args.corpus or args.model
    if of_run and args.index:
        raise PhototagsError("--index names indexed folders, --corpus and --model a run: not both.")
    index = args.index or common.default_index()
    if args.index or (not of_run and (index / "index.sqlite").is_file()):
        return search_folders(args, index)
    return search_run(args)
