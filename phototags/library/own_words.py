"""What people wrote about their photos: keywords, titles, dates and the names of files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.pillow import open_image
from phototags.tags.spelling import clean
from phototags.tags.stop_words import STOP_WORDS

DATE = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d:\d\d:\d\d))?")
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


def read_own_words(path: str) -> OwnWords:
    """Read what stands in a photo file; nothing where it has none or they are damaged."""
    return OwnWords(taken=_read_taken(path))


def _read_taken(path: str) -> str:
    try:
        with open(path, "rb") as file, open_image(file, sniff_format(file.read(SNIFFED))) as image:
            written = image.getexif().get_ifd(EXIF).get(TAKEN, "")
    except Exception:  # damaged metadata raise nearly anything
        return ""
    return parse_date(str(written))


def parse_date(written: str) -> str:
    """Parse a date of Exif or XMP; "" for none, and for what cameras write without a clock.

    >>> parse_date("2019:07:14 10:30:05"), parse_date("0000:00:00 00:00:00")
    ('2019-07-14T10:30:05', '')
    """
    found = DATE.match(written)
    if not found or found[1] == "0000":
        return ""
    return f"{found[1]}-{found[2]}-{found[3]}" + (f"T{found[4]}" if found[4] else "")


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
