"""`phototags analogy`: what is to one tag as a second is to a third."""

import argparse

from phototags.commands.common import add_top, pin_instructions
from phototags.commands.learned import add_learned, answer, read_space, spelt

SUMMARY = "find what is to C as B is to A"
DETAILS = """\
examples:
  phototags analogy cat kitten dog

The tags nearest to B - A + C, by the cosine of unit tag vectors (Mikolov et al., NAACL 2013);
A, B and C themselves are left out.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_learned(parser)
    add_top(parser, 10, "tags")
    for name, what in (("a", "a tag"), ("b", "what belongs to A"), ("c", "another tag")):
        parser.add_argument(name, metavar=name.upper(), help=what)


def run(given: argparse.Namespace) -> int:
    """Print the tags that answer, best first."""
    pin_instructions()
    from phototags.tag_vectors.relatedness import analogy

    vocabulary, vectors = read_space(given.model)
    tags = [spelt(tag) for tag in (given.a, given.b, given.c)]
    return answer(lambda: analogy(*tags, vocabulary, vectors, given.top))
