"""What people wrote about their photos: keywords, titles, dates and the names of files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePath

from phototags.keywords.own_metadata import parse_date, read_keywords
from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.pillow import open_image
from phototags.tags.spelling import clean
from phototags.tags.stop_words import STOP_WORDS

TAKEN, EXIF = 0x9003, 0x8769
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
MAX_WORDS = 200  # of a photo


@dataclass(frozen=True)
class OwnWords:
    """What a person wrote about one photo.

    Args:
        keywords: as written, in their order. title: empty where there is none.
        taken: when, as ISO 8601 without zone; empty where nothing says so.
    """

    keywords: tuple[str, ...] = ()
    title: str = ""
    taken: str = ""


def reads_keywords() -> bool:
    """Whether keywords in photos can be read: pyexiv2 is an optional package."""
    return find_spec("pyexiv2") is not None


def read_own_words(path: str, content: bytes) -> OwnWords:
    """Read what stands in a photo file and its sidecars; without pyexiv2, Exif's date alone.

    Args:
        content: of the file.
    """
    if not reads_keywords():
        return OwnWords(taken=_read_taken(content))
    own = read_keywords(path, content)
    taken = own.taken.isoformat() if own.taken else ""
    return OwnWords(own.keywords, own.title or "", taken)


def _read_taken(content: bytes) -> str:
    try:
        with open_image(io.BytesIO(content), sniff_format(content[:SNIFFED])) as image:
            written = image.getexif().get_ifd(EXIF).get(TAKEN, "")
    except Exception:  # damaged metadata raise nearly anything
        return ""
    date = parse_date(str(written))
    return date.isoformat() if date else ""


def list_words(path: str, own: OwnWords) -> list[str]:
    """Words by which a photo's owner would look for it, in the spelling of tags, sorted.

    Whole keywords, the words in them, in the title and in the file's name, without numbers.
    """
    name = PurePath(path).stem
    texts = [*own.keywords, own.title, name.encode("utf-8", "replace").decode()]
    whole = {clean(keyword).tag for keyword in own.keywords}
    single = {word for text in texts for word in split_words(text)}
    return sorted((whole | single) - {""})[:MAX_WORDS]


def split_words(text: str) -> list[str]:
    """The words of a text, without small ones and numbers.

    >>> split_words("IMG_2034 Anna at the sea-side")
    ['img', 'anna', 'sea-side']
    """
    words = WORD.findall(clean(text.replace("_", " ")).tag)
    return [one for one in words if one not in STOP_WORDS and not one.isdigit()]


def encode_keywords(keywords: Iterable[str]) -> str:
    """Keywords as JSON; letters that no encoding has are escaped."""
    return json.dumps(list(keywords))
