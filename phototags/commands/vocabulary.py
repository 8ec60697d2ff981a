"""`phototags vocabulary why`: what became of a tag."""

import argparse
import sys

from phototags.commands.common import ALL_FINE, SOME_FAILED
from phototags.commands.learned import add_learned, learned
from phototags.errors import VocabularyError

SUMMARY = "say why a tag is in the vocabulary, or not"
DETAILS = """\
examples:
  phototags vocabulary why flowers
  phototags vocabulary why "Golden+Gate%20Bridge" --model models/photos/flickr8k

How the tag is spelt, what it was merged into, whether it was kept, else the first rule against it;
with its photos, its users, and how evenly they share it: entropy in bits, and spread, the number of
users who would share it so if all wrote it equally often. docs/vocabulary.md describes the rules.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_learned(parser)
    parser.add_argument("question", choices=["why"], help="why a tag was kept, merged or refused")
    parser.add_argument("tag", metavar="TAG", help="a tag as people write it")


def run(given: argparse.Namespace) -> int:
    """Print the tag's way, a line a step."""
    folder = learned(given.model).folder
    from phototags.tags.explain import explain, no_spelling, read_candidates, read_spelling

    candidates = read_candidates(folder / "candidates.tsv")
    written = folder.parents[2] / "data" / "corpora" / folder.name / "spelling.tsv"
    spelling = read_spelling(written) if written.exists() else no_spelling()
    try:
        print("\n".join(explain(given.tag, candidates, spelling)))
    except VocabularyError as error:
        print(f"phototags: {error}", file=sys.stderr)
        return SOME_FAILED
    return ALL_FINE
