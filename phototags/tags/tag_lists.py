"""Read lists of tags: aliases, tags to refuse or keep, and the vocabularies of tasks."""

import csv
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from phototags.errors import ParamsError
from phototags.io.texts import open_text
from phototags.tags.mapping import map_vocabulary
from phototags.tags.spelling import clean
from phototags.tags.word_files import SYNSETS, find_words
from phototags.tags.wordnet import WordNet


def read_tags(path: Path | str | None, key: str) -> set[str]:
    """Read the tags of a file, one a line, cleaned; empty lines and `# ` comments are skipped.

    Args:
        path: None gives none.
        key: the key of params.yaml that named it, for the error.
    """
    lines = _read_lines(path, key) if path else []
    return {tag for line in lines if not line.startswith("# ") and (tag := clean(line).tag)}


def read_aliases(path: Path | str | None) -> dict[str, tuple[str, ...]]:
    """Read replacements of tags from a file with two columns: a tag, a tab, the tag it stands for.

    Raises:
        ParamsError: a line without two tags, a tag with two meanings, or a chain of aliases.
    """
    aliases = {}
    for number, line in enumerate(_read_lines(path, "vocabulary.aliases") if path else [], 1):
        if not line or line.startswith("# "):
            continue
        pair = [clean(cell).tag for cell in line.split("\t")]
        if len(pair) != 2 or not all(pair) or aliases.get(pair[0], (pair[1],)) != (pair[1],):
            raise ParamsError(
                f"{path}, line {number}: expected a tag, a tab and what it always becomes, found "
                f"{line!r}. Mend the line."
            )
        if pair[0] != pair[1]:
            aliases[pair[0]] = (pair[1],)
    chained = sorted(tag for tag, (one,) in aliases.items() if one in aliases)
    if chained:
        raise ParamsError(
            f"{path}: {chained[0]!r} becomes a tag that becomes another. Name the last one."
        )
    return aliases


def find_task_tags(match: str, tags: Sequence[str], wordnet: WordNet) -> set[str]:
    """Return the tags that the vocabulary of a task has.

    `imagenet` (1,000 synsets) and `imagenet21k` (21,843) know a tag whose most frequent meaning
    is one of theirs; `visual_genome` (1,600 objects), `esp_game` and a file's words know a tag
    that the mapping `synset` takes to one of them. Mahajan et al. (ECCV 2018) found a vocabulary
    matched to the task to be worth more than a larger one.

    Raises:
        ParamsError: an unknown name, or a list that is not there.
    """
    if match in SYNSETS:
        known = set(list_synsets(match))
        return {tag for tag in tags if known & set(wordnet.synsets(tag)[:1])}
    return {
        tags[tag]
        for tag, _ in map_vocabulary("synset", tags, _read_words(find_words(match)), wordnet)
    }


def _read_words(path: Path) -> list[str]:
    """Read a list of words: a column `word` if there is one, else lines; `a,b` are two words."""
    lines = _read_lines(path, "vocabulary.match")
    if lines and "word" in lines[0].split("\t"):
        lines = [row["word"] for row in csv.DictReader(lines, delimiter="\t")]
    words = {clean(word).tag for line in lines for word in line.split(",")}
    return sorted(words - {""})


def list_synsets(match: str) -> list[str]:
    """The synsets of `imagenet` (1,000) or `imagenet21k`, in the order of a classifier's outputs.

    Raises:
        ParamsError: when timm's list is not there.
    """
    return _read_lines(_find_timm_list(SYNSETS[match]), "vocabulary.match")


def _find_timm_list(name: str) -> Path:
    found = find_spec("timm")
    if found is None or found.origin is None:
        raise ParamsError("vocabulary.match: ImageNet's synsets are read from timm: install it.")
    return Path(found.origin).parent / "data" / "_info" / name


def _read_lines(path: Path | str, key: str) -> list[str]:
    try:
        with open_text(path) as file:
            return file.read().splitlines()
    except (OSError, UnicodeError) as error:
        raise ParamsError(
            f"{key}: {path} should be a readable text file, but: {error}. "
            "Mend the path, or set the key to null."
        ) from error
