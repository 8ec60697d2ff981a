"""`phototags analogy`: find the tag that is to C as B is to A."""

import argparse

from phototags.commands import common

DETAILS = """\
examples:
  phototags analogy cat kitten dog

Prints the tags nearest to B - A + C, by the cosine of unit tag vectors (Mikolov et al., NAACL
2013), without A, B and C themselves.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_run_option(parser)
    common.add_top_option(parser, 10, "tags to list")
    for name, what in (("a", "a tag"), ("b", "the tag that belongs to A"), ("c", "another tag")):
        parser.add_argument(name, metavar=name.upper(), help=what)


def run(args: argparse.Namespace) -> int:
    """Print the answers, best first."""
    vocabulary, vectors = common.read_tag_space(args.model)
    from phototags.tag_vectors.relatedness import solve_analogy

    tags = [common.normalise_tag(tag) for tag in (args.a, args.b, args.c)]
    return common.print_answer(
        lambda: common.format_cosines(solve_analogy(*tags, vocabulary, vectors, args.top))
    )
