"""The command line `phototags COMMAND`; each command is a module of phototags/commands."""

import argparse
import importlib
import sys

import phototags
from phototags.errors import PhototagsError
from phototags.io.endings import run_command

COMMANDS = {
    "tag": "list the tags that fit pictures",
    "index": "index folders of photographs, so that they can be searched",
    "learn": "learn a tagger from the keywords in your photos",
    "search": "find pictures by words",
    "similar": "find near-duplicates and look-alikes among indexed photographs",
    "review": "accept or refuse tags of indexed photographs, for learning",
    "serve": "serve a page and REST over indexed photographs",
    "near": "list the tags nearest to a tag",
    "analogy": "find the tag that is to C as B is to A",
    "vocabulary": "choose the words of a tagger, and explain why a tag is one",
    "export": "write a tagger as ONNX, for onnxruntime",
    "fetch": "fetch the weights of a network, and check them",
    "drops": "count the photos of a corpus that were left out, and why",
    "removed": "check that no file holds a photo that was to be removed",
}
RENAMED = {"losses": "drops"}
RENAMED |= dict.fromkeys(("--believed", "--above-threshold"), "--above P or --precision P")
EXAMPLES = """
examples:
  phototags tag boat.png
  phototags index ~/Pictures
  phototags search "dog on the beach"
"""
EXIT_CODES = """
exit codes:
  0  success
  1  a picture could not be read (the others were tagged), a search found nothing, or a tag is
     not known
  2  wrong usage, or a tagger, index, table or corpus is missing
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns one of EXIT_CODES."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser(*arguments[:1])
    for former, today in RENAMED.items():
        if former in (arguments if former.startswith("--") else arguments[:1]):
            parser.error(f"{former} is called {today} now")
    args = parser.parse_args(arguments)
    return run_command(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    try:
        return args.run(args)
    except ModuleNotFoundError as error:
        raise explain_missing(error) from error


def explain_missing(error: ModuleNotFoundError) -> PhototagsError:
    """The error of a package that is not installed; an own module that is missing is raised."""
    package = (error.name or "").partition(".")[0]
    if package in ("", "phototags"):
        raise error
    return PhototagsError(
        f"this command needs the Python package {package}, which is not installed here. Run "
        "`pip install phototags`, which brings it, in the environment of phototags: "
        f"{sys.prefix}"
    )


def make_parser(chosen: str = "") -> argparse.ArgumentParser:
    """The parser of all commands; of them only the chosen one is imported and has arguments."""
    parser = argparse.ArgumentParser(
        prog="phototags",
        description="Tag pictures and find pictures by words, with a tagger trained on the tags "
        "that people wrote.",
        epilog=EXAMPLES + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"phototags {phototags.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        one = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == chosen:
            module = importlib.import_module(f"phototags.commands.{name}")
            module.add_arguments(one)
            one.epilog = module.DETAILS + EXIT_CODES
            one.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
