"""Tux Paint's stamps: small pictures, half of them photographs, each with a caption for children.

Nobody tagged them: a stamp's tags are the nouns of its English caption and the names of the
folders it is filed in. Letters, digits, coins and other symbols are left out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.errors import CorpusError, PhotoError
from phototags.io.progress import show_progress
from phototags.photos.archives import Archive
from phototags.photos.shards import Found, found_in
from phototags.photos.table import Drop, photo_table
from phototags.tags.wordnet import WordNet

STAMPS = "usr/share/tuxpaint/stamps"
MAX_CAPTION = 100_000  # bytes; a caption file holds a line for each of some hundred languages
LONGEST_NOUN = 3  # words: `head of lettuce` is none, `lily of the valley` is one too rare
STEP = "list_photos"
UNMEANT = (
    "a all am an and are as at be big but by can carries carry classical deep do does double dry "
    "fast first for from get give go goes had has have he her his how i if in is it its join land "
    "lands large last let lets like lit little making may me mean means modern more most much "
    "must my no not now of off old on one or our out over put second see she small so some stand "
    "stands still take takes th than that the their them then there these they thing this those "
    "three to too tough two up us use used very was way we were what when where which who will "
    "with yes you your"
)
NOT_NOUNS = frozenset(UNMEANT.split())
"""Words of captions that WordNet has as nouns (`a` the vitamin, `in` the inch) but nobody means."""


def list_photos(source: Path, wordnet: Path | None) -> tuple[pd.DataFrame, list[Drop]]:
    """Every stamp that is no symbol, in the order of their names; users are unknown.

    Raises:
        CorpusError: without WordNet, or when the archive holds no stamps.
    """
    if wordnet is None:
        raise CorpusError("tuxpaint needs WordNet to find the nouns of its captions; found none")
    nouns = WordNet.read(wordnet)
    rows, drops = [], []
    with _archive(source) as archive:
        names = archive.names(STAMPS, ".png")
        if not names:
            raise CorpusError(f"expected PNG stamps under {STAMPS} in {archive.path}, found none")
        for name in show_progress(names, "reading captions"):
            photo_id = name.removeprefix(STAMPS + "/").removesuffix(".png")
            try:
                if photo_id.startswith("symbols/"):
                    raise PhotoError("symbol", "a letter, a digit or another symbol")
                caption = _caption(archive, name)
            except PhotoError as error:
                drops.append(Drop(STEP, photo_id, error.reason, str(error)))
                continue
            rows.append(_row(photo_id, caption, name, nouns))
    return photo_table(rows), drops


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The pictures of the listed stamps."""
    with _archive(source) as archive:
        yield from found_in(listing, max_bytes, archive)


def _row(photo_id: str, caption: str, file: str, nouns: WordNet) -> dict:
    folders = photo_id.split("/")[:-1]
    tags = nouns_of(caption, nouns) + [nouns.lemma(folder) for folder in folders]
    return {
        "photo_id": photo_id,
        "tags": list(dict.fromkeys(tags)),
        "title": caption,
        "licence": "GPL-2",
        "author": "Tux Paint contributors",
        "file": file,
    }


def nouns_of(caption: str, wordnet: WordNet) -> list[str]:
    """Lemmas of the caption's nouns in order, the longest that WordNet knows at each place.

    A sports car is also a `car`, since WordNet says so; a sea lion is no `lion`. Whether a word
    is a noun here is not parsed: `orange` and `fly` count wherever they stand.
    """
    words = re.findall(
        r"[^\W\d_]+(?:['-][^\W\d_]+)+|[^\W\d_]{2,}", re.sub("['’]s\\b", "", caption.lower())
    )
    found, at = [], 0
    while at < len(words):
        for length in range(LONGEST_NOUN, 0, -1):
            phrase = words[at : at + length]
            ends = {phrase[0], phrase[-1]}
            if not ends & NOT_NOUNS and wordnet.is_noun(" ".join(phrase)):
                found += _with_head(wordnet.lemma(" ".join(phrase)), wordnet)
                break
        at += length
    return list(dict.fromkeys(found))


def _with_head(noun: str, wordnet: WordNet) -> list[str]:
    """The noun, and its last word where that names a kind to which it belongs."""
    head = noun.split()[-1]
    kinds, seen = wordnet.synsets(noun)[:1], set()
    while kinds:
        seen.update(kinds)
        kinds = [kind for one in kinds for kind in wordnet.hypernyms(one)]
    return [noun, head] if head != noun and seen & set(wordnet.synsets(head)) else [noun]


def _archive(source: Path) -> Archive:
    return Archive(source / "tuxpaint-stamps-default.tar")


def _caption(archive: Archive, name: str) -> str:
    """The first line of the text beside the stamp; a mirrored stamp shares its twin's."""
    stem = name.removesuffix(".png")
    for path in (f"{stem}.txt", f"{stem.removesuffix('_mirror')}.txt"):
        content = archive.read(path, MAX_CAPTION)
        if content is not None:
            break
    else:
        raise PhotoError("no_caption", "the stamp has no text beside it")
    caption = content.decode("utf-8", errors="replace").partition("\n")[0].strip()
    if not caption:
        raise PhotoError("no_caption", f"the first line of {path} is empty")
    return caption
