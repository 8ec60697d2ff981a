"""What commands share: exit codes, the tagger or corpus they use, how numbers are computed."""

import argparse
import os
import sys
from pathlib import Path

import phototags
from phototags.errors import PhototagsError
from phototags.io.cpu import instruction_set_variables

MODEL = Path("models/pictures/tagger")
ALL_FINE, SOME_FAILED, NOT_STARTED = 0, 1, 2


def add_model(parser: argparse.ArgumentParser, what: str = "folder of the tagger") -> None:
    """--model DIR."""
    parser.add_argument("--model", type=Path, metavar="DIR", help=f"{what} (default: {MODEL})")


def add_top(parser: argparse.ArgumentParser, default: int, what: str) -> None:
    """--top N."""
    parser.add_argument(
        "--top", type=count, default=default, metavar="N", help=f"{what} (default: {default})"
    )


def count(written: str) -> int:
    """A whole number of at least one."""
    if not written.isdigit() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {written!r}")
    return int(written)


def model_folder(named: Path | None) -> Path:
    """The folder named, or the one that `make results` makes, here or where phototags lies."""
    places = [named] if named else here_or_there(MODEL)
    for place in places:
        if (place / "config.json").exists():
            return place
    raise PhototagsError(
        f"expected a tagger's config.json in {' or '.join(map(str, places))}, found none. "
        "Make one with `make results`, or name its folder with --model."
    )


def here_or_there(path: Path | str) -> list[Path]:
    """A path of a run: in the working directory, and where phototags lies."""
    return [Path(path), Path(phototags.__file__).parents[1] / path]


def corpus_folder(corpus: str) -> Path:
    """The folder of a corpus that was listed, here or where phototags lies.

    Raises:
        PhototagsError: when there is none, with the names of those that there are.
    """
    found = {
        file.parent.name: file.parent
        for at in here_or_there("data/corpora")
        for file in at.glob("*/listing.parquet")
    }
    if corpus not in found:
        raise PhototagsError(
            f"expected data/corpora/{corpus}/listing.parquet, found none; listed here: "
            f"{', '.join(sorted(found)) or 'no corpus'}. Make it with `make results`."
        )
    return found[corpus]


def pin_instructions() -> None:
    """Compute as the run does, so that a picture gets the same scores; before torch is there."""
    if "torch" not in sys.modules:
        os.environ.update(instruction_set_variables("avx2"))
