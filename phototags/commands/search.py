"""`phototags search`: find pictures by words."""

import argparse
from pathlib import Path

from phototags.commands import common

DETAILS = """\
examples:
  phototags search "tree, flower"
  phototags search "cat, christmas tree" --corpus tuxpaint --out found.html
  phototags search "two dogs running in the snow"

Sums the vectors of the words' tags and lists the pictures with the highest dot product. Words that
are no tags are placed among the pictures by their meaning, if the run has `zero_shot`; a note says
so. Words that mean nothing here find no match.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_model_option(parser)
    common.add_top_option(parser, 15, "pictures to list")
    parser.add_argument("words", nargs="+", metavar="WORDS", help="words to search for")
    parser.add_argument("--corpus", help="corpus to search (default: the tagger's training corpus)")
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="also write a page with them")


def run(args: argparse.Namespace) -> int:
    """Print the pictures found, best first, and write a page of them if wanted."""
    folder = common.find_tagger(args.model)
    corpus = args.corpus or common.read_config(folder, "train")[0]
    common.pin_instruction_set()
    from phototags.search.search_index import read_search_index, search

    index, words = read_search_index(folder, corpus), " ".join(args.words)
    query, found = search(index, words, args.top)
    for note in query.notes:
        common.warn(note)
    if not found:
        common.warn(f"no match for {words!r:.200}")
        return common.PARTIAL
    tags = [*(index.tags[tag] for tag in query.tags), *query.terms]
    common.say(f"{len(index.photos.table):,} photos of {corpus} searched for: {', '.join(tags)}")
    for rank, (card, score) in enumerate(found, 1):
        common.say(format_result(rank, card, score))
    if args.out:
        from phototags.report.search_page import write_found

        write_found(args.out, words, tags, query.notes, corpus, found, index.shards)
        common.say(f"page: {args.out}")
    return common.SUCCESS


def format_result(rank: int, card, score: float) -> str:
    """Three lines for a picture: score, title and author; its tags; its address or file."""
    credit = ", ".join(filter(None, [card.author, card.licence]))
    title = f"{card.title or card.photo_id}" + (f" ({credit})" if credit else "")
    lines = [f"{rank:3}. {score:8.2f}  {title}", ", ".join(card.tags), card.page_url or card.file]
    return "\n               ".join(lines)
