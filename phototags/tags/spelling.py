"""Clean written tags to one spelling, without guessing what they mean.

Plurals stay plurals: a corpus' own words must remain countable one by one (a published test set
of 260 words has 260 columns). Lemmas belong to the vocabulary and its mapping, where they
are declared and can be switched off.
"""

import re
import unicodedata
import urllib.parse
from typing import NamedTuple

BLANKS = str.maketrans("+_", "  ")
MAX_LENGTH = 100  # characters; longer ones are sentences and lists
MAX_LAYERS = 5  # of encoding; real tags have two at most
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
PLUS_FOR_BLANK = re.compile(r"(?<=[^+\s])\++(?=[^+\s])")
SIMPLE = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")  # most tags; nothing to do for them
NOT_SIMPLE = "geol"  # so begins a machine tag of letters and digits alone
MACHINE_TAG = re.compile(r"[a-z][\w-]*:[\w-]+=|geo(?:lat|lon)-?\d+(?:\.?\d)*$")
ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\S+$|\S+\.(?:com|net|org)(?:/|$)")
PROGRAM_VALUE = re.compile(r"([a-z]+)\(0x[0-9a-f]+\)|\[object \w+\]|<.* object at 0x.*>")
REFUSED = {"program value": PROGRAM_VALUE, "machine tag": MACHINE_TAG, "address": ADDRESS}
EDGES = " \t\"'`,;:.!?…|*~#\\/^=<>-_+"
BRACKETS = {"(": ")", "[": "]", "{": "}"}
JOINERS = "\u200c\u200d"  # Persian and Indic words and many emoji are held together by them


class Spelling(NamedTuple):
    """The cleaned tag, or "" and the reason why the written one is refused."""

    tag: str
    reason: str = ""


def clean(written: str) -> Spelling:
    """Clean one tag: readable Unicode, case folded, words apart by one space.

    Undoes URL encoding, HTML entities and mojibake (ftfy), then NFKC and full case folding;
    `_` and the `+` between words are blanks; a leading `#`, quotes and punctuation at the ends
    go. Letters of every script, numbers and emoji stay. Clean tags are left as they are.

    Returns:
        the tag, or a reason: `empty`, `punctuation`, `machine tag` (`geo:lat=...`), `address`
        (of a page or mailbox), `program value` (`HASH(0x89c79d4)`), `too long`.

    >>> clean("#Golden+Gate%20Bridge").tag
    'golden gate bridge'
    >>> clean("camera:make=Canon")
    Spelling(tag='', reason='machine tag')
    """
    simple = written.translate(BLANKS).lower()
    if SIMPLE.fullmatch(simple) and not simple.startswith(NOT_SIMPLE) and len(simple) <= MAX_LENGTH:
        return Spelling(simple)
    tag = written
    for _ in range(MAX_LAYERS):
        before, tag = tag, _clean_layer(tag)
        if tag == before:
            break
    return Spelling("", reason) if (reason := _find_reason(written, tag)) else Spelling(tag)


def _clean_layer(text: str) -> str:
    if not (plain := text.isascii() and text.isprintable() and "&" not in text):
        text = _fix_unicode(text)
    text = PLUS_FOR_BLANK.sub(" ", text.replace("_", " "))
    if "%" in text and ENCODED.search(text):
        text = _decode_url(text)
    text = text.casefold().replace("i\u0307", "i")  # the Turkish capital of i
    if not plain:
        text = unicodedata.normalize("NFKC", text)
    return _strip_punctuation(" ".join(text.split()))


def _fix_unicode(text: str) -> str:
    """Return readable Unicode in NFKC without invisible characters; those inside emoji stay."""
    import ftfy  # slow to import, and most tags do not need it

    text = ftfy.fix_text(text, normalization="NFKC")
    return "".join(letter for letter in text if not _is_invisible(letter)).strip(JOINERS)


def _is_invisible(letter: str) -> bool:
    if letter == "\ufffd":
        return True
    if letter in JOINERS or letter.isspace() or "\U000e0020" <= letter <= "\U000e007f":
        return False  # the last are how the flags of England, Scotland and Wales are written
    invisible = unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs")
    return invisible or "\ufe00" <= letter <= "\ufe0f"


def _decode_url(text: str) -> str:
    """Undo URL encoding, unless the bytes are no UTF-8, as in `50%de descuento`."""
    try:
        return urllib.parse.unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _strip_punctuation(text: str) -> str:
    """Remove punctuation around a tag; `c++` and `c#` keep theirs."""
    bare = text.lstrip(EDGES).rstrip(EDGES)
    if bare and text.rstrip() in (bare + "#", bare + "++", bare + "+"):
        bare = text.lstrip(EDGES)
    while len(bare) > 1 and BRACKETS.get(bare[0]) == bare[-1]:
        bare = bare[1:-1].strip(EDGES)
    return bare


def _find_reason(written: str, tag: str) -> str:
    """Return why a tag is refused, "" if it is not."""
    if not written.strip():
        return "empty"
    decoded = _decode_url(written).strip().casefold()
    for reason, pattern in REFUSED.items():
        if pattern.match(decoded):
            return reason
    categories = map(unicodedata.category, tag)
    if not any(one[0] in "LN" or one == "So" for one in categories):  # So: emoji
        return "punctuation"
    return "too long" if len(tag) > MAX_LENGTH else ""
