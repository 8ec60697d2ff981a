"""Options, folders and exit codes that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import phototags
from phototags.errors import ModelError, PhototagsError, VocabularyError
from phototags.io import endings
from phototags.io.cpu import instruction_set_variables
from phototags.io.escapes import show

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.tags.vocabulary import TagVocabulary
    from phototags.tags.word_choices import WordChoices

TAGGER = Path("models/pictures/tagger")
"""Of the default run."""
BOX = Path(phototags.__file__).parent / "box" / "tagger"
"""The tagger of photographs that comes with phototags."""
LANGUAGES = BOX.with_name("languages")
"""Words of that tagger in other languages, a file each."""
SUCCESS, PARTIAL, FAILURE = endings.SUCCESS, 1, endings.FAILURE


def add_model_option(
    parser: argparse.ArgumentParser,
    what: str = "folder of the exported tagger",
    default: Path | str = TAGGER,
) -> None:
    """Add --model DIR; `default` is said in the help."""
    parser.add_argument("--model", type=Path, metavar="DIR", help=f"{what} (default: {default})")


def add_index_option(parser: argparse.ArgumentParser) -> None:
    """Add --index DIR."""
    what = "folder of the index (default: phototags/index in the user's data folder)"
    parser.add_argument("--index", type=Path, metavar="DIR", help=what)


def default_index() -> Path:
    """The user's index of photos: `phototags/index` in XDG_DATA_HOME, or in ~/.local/share."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "phototags" / "index"


def find_words(tagger: Path) -> Path:
    """The file of a person's choices about a tagger's words: in its folder, or beside the index.

    What comes with phototags is never written: its choices lie in the user's data folder.
    """
    from phototags.tags.word_choices import FILE

    return (default_index().parent if tagger == BOX else tagger) / FILE


def read_words(tagger: Path) -> WordChoices:
    """Read a person's choices about a tagger's words.

    Raises:
        VocabularyFileError: as `read_choices`.
    """
    from phototags.tags.word_choices import read_choices

    return read_choices(find_words(tagger), LANGUAGES)


def add_run_option(parser: argparse.ArgumentParser) -> None:
    """Add --model DIR, which may name a training corpus' folder too."""
    add_model_option(parser, "folder of a run's tagger, or models/RUN/TRAIN of a training corpus")


def add_top_option(parser: argparse.ArgumentParser, default: int, what: str) -> None:
    """Add --top N."""
    parser.add_argument(
        "--top", type=parse_count, default=default, metavar="N", help=f"{what} (default: {default})"
    )


def parse_count(text: str) -> int:
    """Parse a whole number of at least one."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {text!r}")
    return int(text)


def find_tagger(named: Path | None) -> Path:
    """The tagger's folder: as named, or where `make results` writes it, here or in the checkout.

    Raises:
        PhototagsError: when it has no config.json.
    """
    places = [named] if named else candidate_paths(TAGGER)
    for place in places:
        if (place / "config.json").exists():
            return place
    raise PhototagsError(
        f"expected a tagger's config.json in {' or '.join(map(str, places))}, found none. "
        "Make one with `make results`, or name its folder with --model."
    )


def candidate_paths(path: Path | str) -> list[Path]:
    """A path of a run below the working directory and below the checkout of phototags."""
    return [Path(path), Path(phototags.__file__).parents[1] / path]


def read_config(folder: Path, *names: str) -> list[str]:
    """Read keys of a tagger's config.json, as text, without importing torch.

    Raises:
        ModelError: when it lacks one of them, or one is no name or number as it should be.
    """
    from phototags.io.tagger_config import read_tagger_config

    config = read_tagger_config(folder, names)
    return [str(config[name]) for name in names]


def find_training_folder(named: Path | None) -> tuple[Path, int]:
    """The folder models/RUN/TRAIN, as named or of a tagger's training corpus; the tagger's seed.

    Raises:
        ModelError: when the tagger does not lie in its run's folder.
    """
    if named and (named / "candidates.tsv").exists():
        return named.resolve(), 0
    tagger = find_tagger(named).resolve()
    train, seed = read_config(tagger, "train", "seed")
    folder = tagger.parent / train
    if not (folder / "vocabulary.tsv").exists():
        raise ModelError(
            f"expected the vocabulary of {train} in {folder}, beside the tagger that was trained "
            "on it, found none. Name a run's folder, models/RUN/TRAIN, with --model, or make one "
            "with `make results`."
        )
    return folder, int(seed)


def read_tag_space(model: Path | None) -> tuple[TagVocabulary, Tensor]:
    """Read a training corpus' vocabulary and its (T, D) tag vectors.

    Raises:
        PhototagsError: when a file is missing or damaged, or they do not fit each other.
    """
    folder, seed = find_training_folder(model)
    pin_instruction_set()
    from phototags.io.storage import read_tensors
    from phototags.tags.vocabulary import read_vocabulary

    path = folder / f"seed{seed}" / "tag_vectors.safetensors"
    vocabulary, tensors = read_vocabulary(folder / "vocabulary.tsv"), read_tensors(path)[0]
    vectors = tensors.get("vectors")
    shape = () if vectors is None else tuple(vectors.shape)
    if len(shape) != 2 or shape[0] != len(vocabulary) or not vectors.isfinite().all():
        raise ModelError(
            f"{path} has vectors of the shape {shape}, but {vocabulary.path} lists "
            f"{len(vocabulary)} tags: not of one run. Make both again with `make results`."
        )
    return vocabulary, vectors.float()


def normalise_tag(text: str) -> str:
    """A tag as the vocabulary spells it; what the spelling rules refuse is left as it is."""
    from phototags.tags.spelling import clean

    return clean(text).tag or text


def prepare_backbone(folder: Path) -> None:
    """Find the weights of a tagger's backbone, and set the instructions.

    A network that is fetched may compute in bf16, which needs more than AVX2. Call it before any
    numerics. Only for the tagger that comes with phototags are missing weights fetched: a
    stranger's folder starts no download.

    Raises:
        ModelError: config.json names no backbone, or the weights cannot be had.
    """
    from phototags.weights.fetch import ensure_weights, find_weights, list_checkpoints

    checkpoints = list_checkpoints(*read_config(folder, "backbone"))
    if not checkpoints:
        return pin_instruction_set()
    if "torch" not in sys.modules:
        os.environ.update(instruction_set_variables("native"))
    for name in checkpoints:
        (ensure_weights if folder == BOX else find_weights)(name)


def pin_instruction_set() -> None:
    """Compute with the instructions of a run, for the same scores; call it before any numerics."""
    if "torch" not in sys.modules:
        os.environ.update(instruction_set_variables("avx2"))


def say(text: object) -> None:
    """Print to stdout what may come from strangers: no character acts on the terminal."""
    print(show(text).encode(errors="backslashreplace").decode(), flush=True)


def warn(message: object) -> None:
    """Print a note to stderr, as `say` prints."""
    print(f"phototags: {show(message)}", file=sys.stderr)


def warn_of_packages(kinds: Iterable[str]) -> None:
    """Say on stderr which packages would read files of kinds that are not read here."""
    from phototags.photos.file_kinds import list_missing_packages

    for kind, package in list_missing_packages(kinds).items():
        warn(f"{kind} is read once {package} is installed: pip install {package}")


def print_answer(answer: Callable[[], Iterable[str]]) -> int:
    """Print the lines that `answer` returns, or which tag is unknown; the exit code."""
    try:
        for line in answer():
            say(line)
    except VocabularyError as error:
        warn(error)
        return PARTIAL
    return SUCCESS


def format_cosines(tags: Iterable[tuple[str, float]]) -> list[str]:
    """A line for each tag and its cosine."""
    return [f"{cosine:8.2f}  {tag}" for tag, cosine in tags]
