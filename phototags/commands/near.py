"""`phototags near`: list the tags nearest to a tag."""

import argparse

from phototags.commands import common

DETAILS = """\
examples:
  phototags near flower
  phototags near "christmas tree" --top 20

Prints the cosine of two tag vectors, at most 1, and the tag. Near tags are written on the same
photos, or beside the same other tags.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_run_option(parser)
    common.add_top_option(parser, 10, "tags to list")
    parser.add_argument("tag", metavar="TAG", help="a tag of the vocabulary, in any spelling")


def run(args: argparse.Namespace) -> int:
    """Print the nearest tags, nearest first."""
    vocabulary, vectors = common.read_tag_space(args.model)
    from phototags.tag_vectors.relatedness import find_nearest

    tag = common.normalise_tag(args.tag)
    return common.print_answer(
        lambda: common.format_cosines(find_nearest(tag, vocabulary, vectors, args.top))
    )
