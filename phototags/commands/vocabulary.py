"""`phototags vocabulary why`: explain why a tag is in the vocabulary or not."""

import argparse

from phototags.commands import common

DETAILS = """\
examples:
  phototags vocabulary why flowers
  phototags vocabulary why "Golden+Gate%20Bridge" --model models/photos/flickr8k

Prints how the tag is spelt, what it was merged into, and whether it was kept or which rule refused
it first; with its photos, its users, and how evenly they share it: entropy in bits, and effective
users, the number of users that would have this entropy if all wrote the tag equally often.
docs/vocabulary.md describes the rules.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_run_option(parser)
    parser.add_argument("question", choices=["why"], help="why a tag was kept, merged or refused")
    parser.add_argument("tag", metavar="TAG", help="a tag as people write it")


def run(args: argparse.Namespace) -> int:
    """Print what became of the tag, a line for each step."""
    folder, _ = common.find_training_folder(args.model)
    import polars as pl

    from phototags.tags.explain import explain
    from phototags.tags.vocabulary import CANDIDATES, SPELLING, read_tsv

    candidates = read_tsv(folder / "candidates.tsv", CANDIDATES)
    written = folder.parents[2] / "data" / "corpora" / folder.name / "spelling.tsv"
    spelling = read_tsv(written, SPELLING) if written.exists() else pl.DataFrame(schema=SPELLING)
    return common.print_answer(lambda: explain(args.tag, candidates, spelling))
