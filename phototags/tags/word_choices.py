"""A person's choices about a tagger's words, in one small file: what is said, and how.

`words.tsv` has the columns action, word, name, a line a choice:

    block     structure               never said, never found as a tag
    rename    people       persons    said under another name; tags of one name are one
    add       rickshaw                a word that no photo taught, by its meaning
    language  de                      the language in which the others are said

Nothing is trained again: `phototags.export.naming` applies the choices where a tagger's
probabilities become named tags. Neither file is trusted: both are bounded and each word is checked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from phototags.errors import VocabularyFileError
from phototags.io.storage import write_text
from phototags.tags.spelling import MAX_LENGTH, clean

FILE = "words.tsv"
LANGUAGES_FILE = "languages.tsv"
"""Beside `words.tsv`: a person's own translations, which take the place of those shipped."""
HEADER, LANGUAGES_HEADER = ("action", "word", "name"), ("tag", "language", "word")
ACTIONS = ("block", "rename", "add", "language")
MAX_BYTES = 4_000_000
MAX_ADDED = 1000
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")
OWN_LANGUAGE = "en"
"""Of the tags: it needs no translations."""


@dataclass(frozen=True)
class WordChoices:
    """What a person chose; empty, every tag is said as it was learned.

    Args:
        blocked: tags. names: of tags and added words, by these. added: words, in their order.
        language: of `translations`; empty without one.
        translations: words for each tag; the first is said, the others find it too.
    """

    blocked: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    language: str = ""
    translations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, tag: str) -> str | None:
        """The name under which a tag or added word is said; None for a blocked one."""
        if tag in self.blocked:
            return None
        return self.names.get(tag) or next(iter(self.translations.get(tag, ())), tag)

    def identify(self) -> str:
        """A hash of all choices; empty where there is none."""
        parts = (sorted(self.blocked), sorted(self.names.items()), self.added,
                 sorted(self.translations.items()))  # fmt: skip
        if not any(parts):
            return ""
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


NO_CHOICES = WordChoices()


def read_choices(path: Path, shipped: Path | None = None) -> WordChoices:
    """Read `words.tsv`, and the translations of its language; no file is no choice.

    Args:
        shipped: folder of language files, `de.tsv`, for languages that LANGUAGES_FILE lacks.

    Raises:
        VocabularyFileError: a file is too large, or a line is none of a choice; names the line.
    """
    blocked, names, added, language = set(), {}, {}, ""
    for number, (action, word, name) in _read_rows(path, HEADER):
        where = f"{path}, line {number}"
        if action == "language":
            language = check_language(word, where)
        elif action == "rename":
            names[check_word(word, where)] = check_word(name, where)
        elif action in ("block", "add"):
            (blocked.add if action == "block" else added.setdefault)(check_word(word, where))
        else:
            raise VocabularyFileError(
                f"{where} should begin with one of {', '.join(ACTIONS)}, but with {action!a:.40}. "
                "Mend or remove that line."
            )
    if len(added) > MAX_ADDED:
        raise VocabularyFileError(f"{path} should add {MAX_ADDED} words at most: {len(added)}.")
    translations = read_language(path.with_name(LANGUAGES_FILE), language, shipped)
    return WordChoices(frozenset(blocked), names, tuple(added), language, translations)


def write_choices(path: Path, choices: WordChoices) -> None:
    """Write what `read_choices` reads, sorted, or remove the file where nothing is chosen."""
    rows = [("language", choices.language, "")] if choices.language else []
    rows += [("block", tag, "") for tag in sorted(choices.blocked)]
    rows += [("rename", tag, name) for tag, name in sorted(choices.names.items())]
    rows += [("add", word, "") for word in choices.added]
    if rows:
        write_text(path, format_rows(HEADER, rows))
    else:
        path.unlink(missing_ok=True)


def format_rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as TSV below their header."""
    return "".join("\t".join(row) + "\n" for row in (header, *rows))


def read_language(own: Path, language: str, shipped: Path | None) -> Mapping[str, tuple[str, ...]]:
    """Read the words of a language for each tag, from a person's own file before the shipped one.

    Raises:
        VocabularyFileError: a file is damaged, or neither has a word of the language.
    """
    if language in ("", OWN_LANGUAGE):
        return {}
    for path in filter(None, (own, shipped and shipped / f"{language}.tsv")):
        if found := read_translations(path).get(language):
            return found
    raise VocabularyFileError(
        f"no words of the language {language!r} are known. Give a file of them, `phototags "
        f"vocabulary translate --language {language} FILE`; `--language {OWN_LANGUAGE}` is none."
    )


def read_translations(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Read a language file, columns tag, language, word: the words of each tag by language.

    A tag may have several lines: the first word is said, the others find it too.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for number, (tag, language, word) in _read_rows(path, LANGUAGES_HEADER):
        where = f"{path}, line {number}"
        words = found.setdefault(check_language(language, where), {})
        tag, word = check_word(tag, where), check_word(word, where)
        words[tag] = tuple(dict.fromkeys((*words.get(tag, ()), word)))
    return found


def write_translations(path: Path, words: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
    """Write what `read_translations` reads, sorted by language and tag."""
    rows = [
        (tag, language, word)
        for language, of in sorted(words.items())
        for tag, each in sorted(of.items())
        for word in each
    ]
    write_text(path, format_rows(LANGUAGES_HEADER, rows))


def check_word(word: str, where: str) -> str:
    """A word as it is, if it can be said and found.

    Raises:
        VocabularyFileError: it is empty, too long, has control characters or outer blanks, or
            spelling refuses it.
    """
    plain = word.isprintable() and len(word) <= MAX_LENGTH and word == " ".join(word.split())
    if plain and clean(word).tag:
        return word
    raise VocabularyFileError(
        f"{where} should be a word of at most {MAX_LENGTH} letters, without control characters or "
        f"blanks around it, but is {word!a:.80}. Mend or remove it."
    )


def check_language(language: str, where: str) -> str:
    """A language's code as it is, `de` or `zh-tw`.

    Raises:
        VocabularyFileError: it is none.
    """
    if LANGUAGE.fullmatch(language):
        return language
    raise VocabularyFileError(
        f"{where} should be the code of a language, as `de` or `zh-tw`, but is {language!a:.40}."
    )


def _read_rows(path: Path, header: Sequence[str]) -> list[tuple[int, list[str]]]:
    """The lines of a table and their numbers, comments left out; none where there is no file."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyFileError(f"{path} should be a table in UTF-8, but: {error}.") from error
    if len(content) > MAX_BYTES:
        raise VocabularyFileError(f"{path} should have {MAX_BYTES} bytes at most. Shorten it.")
    lines = [line.removesuffix("\r").split("\t") for line in text.split("\n")]
    rows = [(number, line) for number, line in enumerate(lines, 1)
            if line != [""] and not line[0].startswith("#")]  # fmt: skip
    for number, line in rows:
        line += [""] * (len(header) - len(line))  # editors cut blanks at the ends of lines
        if len(line) != len(header) or (number == rows[0][0]) != (line == list(header)):
            raise VocabularyFileError(
                f"{path}, line {number} should have the columns {', '.join(header)}, set apart by "
                f"tabs and named in the first line, but is {' | '.join(line)!a:.80}. Mend it."
            )
    return rows[1:]
