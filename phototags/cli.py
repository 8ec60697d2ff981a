"""The command line: `phototags COMMAND`; what each does is in phototags/commands/."""

import argparse
import os
import sys

import phototags
from phototags.commands import analogy, near, search, tag, vocabulary
from phototags.commands import drops as losses
from phototags.commands.common import ALL_FINE, NOT_STARTED
from phototags.errors import PhototagsError

COMMANDS = {
    "tag": tag,
    "search": search,
    "near": near,
    "analogy": analogy,
    "vocabulary": vocabulary,
    "losses": losses,
}
EXIT_CODES = """
exit codes:
  0  all fine
  1  a picture could not be read (the others were tagged), a search found nothing, or a tag is
     not known
  2  wrong usage, or no tagger, index, table or corpus where one is needed
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, 1 or 2 as EXIT_CODES says."""
    given = make_parser().parse_args(arguments)
    try:
        return given.run(given)
    except PhototagsError as error:
        print(f"phototags: error: {error}", file=sys.stderr)
        return NOT_STARTED
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ALL_FINE
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """All commands and what they take."""
    parser = argparse.ArgumentParser(
        prog="phototags",
        description="Tags for pictures, and pictures for words, by a tagger learned from the tags "
        "that people wrote.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"phototags {phototags.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name,
            help=command.SUMMARY,
            description=f"{command.SUMMARY.capitalize()}.",
            epilog=command.DETAILS + EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
