"""`phototags vocabulary`: a person's choices about a tagger's words, and why a tag is one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.errors import VocabularyError

if TYPE_CHECKING:
    from phototags.library.word_edits import Words
    from phototags.tags.word_choices import WordChoices

DETAILS = """\
examples:
  phototags vocabulary list                        all words, and what they were called
  phototags vocabulary block structure "plant life"     never said, never found as a tag
  phototags vocabulary rename people folk          people still finds it
  phototags vocabulary merge man boy people --name person
  phototags vocabulary add rickshaw                a word that no photo taught, by its meaning
  phototags vocabulary translate --language de     say and find the words in German
  phototags vocabulary translate --language it italian.tsv
  phototags vocabulary why flowers                 of a run: why it is a tag or not

Choices stand in a file of yours, words.tsv: for the tagger that comes with phototags in
XDG_DATA_HOME/phototags (~/.local/share/phototags), for another in its folder (--model). Nothing is
trained again. `tag`, `search`, `serve` and the Python interface follow it; the photos of the index
are tagged again by the features that it keeps. Of several tags of one name the highest probability
counts. JSON: {"version": 1, "file", "language", "words": [{"name", "tags"}], "added", "blocked"},
of a change also "dry_run" and "tagged", the photos that were tagged again. docs/your-own-words.md
describes the files.
"""
JSON_VERSION = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the questions and their arguments."""
    questions = parser.add_subparsers(title="what to do", required=True, metavar="WHAT")

    def add(name: str, summary: str, change=None) -> argparse.ArgumentParser:
        one = questions.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
        if name != "why":
            common.add_model_option(one, default="the tagger that comes with phototags")
            one.add_argument("--json", action="store_true", help="print one JSON object")
        if change:
            common.add_index_option(one)
            one.add_argument("--dry-run", action="store_true", help="only say what would change")
        one.set_defaults(answer=answer_why if name == "why" else answer_words, change=change)
        return one

    why = add("why", "explain why a tag of a run was kept, merged or refused")
    common.add_run_option(why)
    why.add_argument("tag", metavar="TAG", help="a tag as people write it")
    add("list", "list the words of a tagger as they are said")
    for name, summary, change in (
        ("block", "never say words, nor find them as tags", lambda of, a: of.block(a.words)),
        ("unblock", "let blocked words be said again", lambda of, a: of.unblock(a.words)),
        ("add", "add words that no photo taught, by their meaning", lambda of, a: of.add(a.words)),
        ("merge", "make several words one", lambda of, a: of.merge(a.words, a.name)),
    ):
        one = add(name, summary, change)
        one.add_argument("words", nargs="+", metavar="WORD")
        if name == "merge":
            one.add_argument("--name", metavar="NAME", help="default: the name of the first")
    one = add("rename", "say a word otherwise", lambda of, a: of.rename(a.word, a.name))
    one.add_argument("word", metavar="WORD")
    one.add_argument("name", metavar="NAME")
    one = add("translate", "say and find the words in another language", translate)
    one.add_argument("--language", required=True, metavar="CODE", help="as `de`; `en` for none")
    what = "language file, columns tag, language, word (default: that of phototags)"
    one.add_argument("file", nargs="?", type=Path, metavar="FILE", help=what)


def run(args: argparse.Namespace) -> int:
    """Answer the question, or change the words."""
    return args.answer(args)


def answer_why(args: argparse.Namespace) -> int:
    """Print what became of the tag, a line for each step."""
    folder, _ = common.find_training_folder(args.model)
    import polars as pl

    from phototags.tags.explain import explain
    from phototags.tags.vocabulary import CANDIDATES, SPELLING, read_tsv

    candidates = read_tsv(folder / "candidates.tsv", CANDIDATES)
    written = folder.parents[2] / "data" / "corpora" / folder.name / "spelling.tsv"
    spelling = read_tsv(written, SPELLING) if written.exists() else pl.DataFrame(schema=SPELLING)
    return common.print_answer(lambda: explain(args.tag, candidates, spelling))


def answer_words(args: argparse.Namespace) -> int:
    """List the words, after a change if one is asked for."""
    from phototags.library.taggers import read_aliases
    from phototags.library.word_edits import Words
    from phototags.tags.vocabulary import read_vocabulary

    tagger = common.find_tagger(args.model or common.BOX)
    path = tagger / "vocabulary.tsv"
    tags, choices = read_vocabulary(path).tags, common.read_words(tagger)
    words, done = Words(tags, read_aliases(path), choices), {}
    if args.change:
        args.tagger = tagger
        try:
            words = Words(tags, words.aliases, args.change(words, args))
        except VocabularyError as error:
            common.warn(error)
            return common.PARTIAL
        done = {"dry_run": args.dry_run, "tagged": apply_change(args, choices, words.choices)}
    print_words(args, tagger, words, done, choices if args.change else None)
    return common.SUCCESS


def translate(words: Words, args: argparse.Namespace) -> WordChoices:
    """The choices with another language; words of a file are kept beside words.tsv."""
    import dataclasses

    from phototags.tags import word_choices as files

    code = files.check_language(args.language, "--language")
    own = common.find_words(args.tagger).with_name(files.LANGUAGES_FILE)
    if args.file:
        found = files.read_translations(args.file).get(code, {})
        if not found.keys() & {*words.tags, *words.choices.added}:
            raise VocabularyError(f"{args.file} has no word of {code!r} for a tag of this tagger.")
        if not args.dry_run:
            files.write_translations(own, files.read_translations(own) | {code: found})
    else:
        found = files.read_language(own, code, common.LANGUAGES)
    code = "" if code == files.OWN_LANGUAGE else code
    return dataclasses.replace(words.choices, language=code, translations=found)


def apply_change(args: argparse.Namespace, before: WordChoices, after: WordChoices) -> int:
    """Write the choices and tag the photos of the index again; how many.

    Raises:
        ModelError: words were added that cannot be placed, and then nothing is written.
    """
    if new := [word for word in after.added if word not in before.added]:
        from phototags.export.naming import check_addition

        check_addition(args.tagger, new)
    if args.dry_run or after == before:
        return 0
    from phototags.library.manage import read_model, tag_again
    from phototags.tags.word_choices import write_choices

    write_choices(common.find_words(args.tagger), after)
    index, model = args.index or common.default_index(), args.tagger.absolute()
    if read_model(index) != model:
        return 0
    common.prepare_backbone(args.tagger)
    return tag_again(index, after)


def print_words(
    args: argparse.Namespace, tagger: Path, words: Words, done: dict, before: WordChoices | None
) -> None:
    """Print the words, or after a change those that it concerns."""
    from phototags.export.naming import Naming

    naming, choices = Naming(words.tags, words.choices), words.choices
    rows = list(zip(naming.names, naming.sources, strict=True))
    blocked = [tag for tag in words.tags if tag in choices.blocked]
    if before:
        earlier = Naming(words.tags, before)
        was = dict(zip(earlier.names, earlier.sources, strict=True))
        rows = [(name, tags) for name, tags in rows if was.get(name) != tags]
        blocked = [tag for tag in blocked if tag not in before.blocked]
    file = common.find_words(tagger)
    if args.json:
        listed = [{"name": name, "tags": tags} for name, tags in rows]
        about = {"version": JSON_VERSION, "file": str(file), "language": choices.language or "en"}
        about |= {"words": listed, "added": list(choices.added), "blocked": blocked}
        print(json.dumps(about | done, ensure_ascii=False))
        return
    for name, tags in rows:
        common.say(name if tags == [name] else f"{name:30}  {', '.join(tags)}")
    for tag in blocked:
        common.say(f"{tag:30}  (blocked)")
    if before:
        what = "would be written to" if args.dry_run else "written to"
        common.warn(f"{what} {file}" if before != choices else "nothing changes")
    if done.get("tagged"):
        common.warn(f"{done['tagged']:,} photos of the index were tagged again")
