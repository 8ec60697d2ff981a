"""`phototags near`: the tags that mean something like a tag."""

import argparse

from phototags.commands.common import add_top, pin_instructions
from phototags.commands.learned import add_learned, answer, read_space, spelt

SUMMARY = "list the tags nearest to a tag"
DETAILS = """\
examples:
  phototags near flower
  phototags near "christmas tree" --top 20

Nearness is the cosine of two tag vectors, at most 1: near are tags that people write on the same
photos, or beside the same other tags.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_learned(parser)
    add_top(parser, 10, "tags")
    parser.add_argument("tag", metavar="TAG", help="a tag of the vocabulary, in any spelling")


def run(given: argparse.Namespace) -> int:
    """Print the nearest tags, nearest first."""
    pin_instructions()
    from phototags.tag_vectors.relatedness import near

    vocabulary, vectors = read_space(given.model)
    return answer(lambda: near(spelt(given.tag), vocabulary, vectors, given.top))
