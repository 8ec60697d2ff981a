"""Clean written tags to one spelling, without guessing what they mean.

Plurals stay plurals: a corpus' own words must remain countable one by one (a published test set
of 260 words has 260 columns). Lemmas belong to the vocabulary and its mapping, where they
are declared and can be switched off.
"""

import re
import unicodedata
import urllib.parse
from typing import NamedTuple

from phototags.tags.letters import (
    MAYBE_ESCAPED,
    decode_escapes,
    fold_case,
    fold_marks,
    fold_selectors,
)

BLANKS = str.maketrans("+_", "  ")
MAX_LENGTH = 100  # characters; longer ones are sentences and lists
MAX_LAYERS = 5  # of encoding; real tags have two at most
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
PLUS_FOR_BLANK = re.compile(r"(?<=[^+\s])\++(?=[^+\s])")
SIMPLE = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")  # most tags; nothing to do for them
NOT_SIMPLE = re.compile(f"^geol|{MAYBE_ESCAPED}")  # so begins a machine tag; an escaped letter
MACHINE_TAG = re.compile(r"[a-z][\w-]*:[\w-]+=|geo(?:lat|lon)-?\d+(?:\.?\d)*$")
ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\S+$|\S+\.(?:com|net|org)(?:/|$)")
PROGRAM_VALUE = re.compile(r"([a-z]+)\(0x[0-9a-f]+\)|\[object \w+\]|<.* object at 0x.*>")
REFUSED = {"program value": PROGRAM_VALUE, "machine tag": MACHINE_TAG, "address": ADDRESS}
EDGES = " \t,;:.!?…|*~#\\/^=<>-_+¿¡。、・·•؟،؛।†§¶"
QUOTES = "'\""
PAIRS = "() [] {} 「」 『』 【】 〔〕 〖〗 〘〙 〚〛 〈〉 《》 ⟨⟩ ⟪⟫"
BRACKETS = {pair[0]: pair[1] for pair in PAIRS.split()}
WHOLE = re.compile(r"<[/\\]?3|:3+$|[#*]\ufe0f\u20e3")  # a heart, a cat, a keycap
JOINERS = "\u200c\u200d"  # Persian and Indic words and many emoji are held together by them
LOST = re.compile("[\ufffd\ud800-\udfff]")  # in place of letters that a program could not read


class Spelling(NamedTuple):
    """The cleaned tag, or "" and the reason why the written one is refused."""

    tag: str
    reason: str = ""


def clean(written: str) -> Spelling:
    """Clean one tag: readable Unicode, case folded, words apart by one space.

    Undoes URL encoding, HTML entities, escapes (`u00e9`) and mojibake (ftfy), then NFKC and full
    case folding; quotes, apostrophes and hyphens of all scripts fold to ASCII's; `_` and the `+`
    between words are blanks; a leading `#`, punctuation at the ends and quotes or brackets around
    the whole go. Letters of every script, numbers and emoji stay. Clean tags are left as they are.

    Returns:
        the tag, or a reason: `empty`, `punctuation`, `machine tag` (`geo:lat=...`), `address`
        (of a page or mailbox), `program value` (`HASH(0x89c79d4)`), `replacement character` (a
        letter is lost: `M\\ufffdnchen`), `too long`.

    >>> clean("#Golden+Gate%20Bridge").tag
    'golden gate bridge'
    >>> clean("camera:make=Canon")
    Spelling(tag='', reason='machine tag')
    """
    simple = written.translate(BLANKS).lower()
    if SIMPLE.fullmatch(simple) and not NOT_SIMPLE.search(simple) and len(simple) <= MAX_LENGTH:
        return Spelling(simple)
    tag = written
    for _ in range(MAX_LAYERS):
        before, tag = tag, _clean_layer(tag)
        if tag == before:
            break
    return Spelling("", reason) if (reason := _find_reason(written, tag)) else Spelling(tag)


def _clean_layer(text: str) -> str:
    text = decode_escapes(text)
    if not (plain := text.isascii() and text.isprintable() and "&" not in text):
        text = _fix_unicode(text)
    text = PLUS_FOR_BLANK.sub(" ", fold_marks(text).replace("_", " "))
    if "%" in text and ENCODED.search(text):
        text = _decode_url(text)
    text = fold_case(text)
    if not plain:
        text = unicodedata.normalize("NFKC", text)
    return _strip_punctuation(" ".join(text.split()))


def _fix_unicode(text: str) -> str:
    """Return readable Unicode in NFKC without invisible characters; those inside emoji stay."""
    import ftfy  # slow to import, and most tags do not need it

    text = fold_marks(ftfy.fix_text(text, normalization="NFC"))  # NFKC would take ´ apart
    text = fold_selectors(unicodedata.normalize("NFKC", text))
    return "".join(letter for letter in text if not _is_invisible(letter)).strip(JOINERS)


def _is_invisible(letter: str) -> bool:
    if letter == "\ufffd":
        return True
    if letter in JOINERS or letter.isspace() or "\U000e0020" <= letter <= "\U000e007f":
        return False  # the last are how the flags of England, Scotland and Wales are written
    return unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs")


def _decode_url(text: str) -> str:
    """Undo URL encoding, unless the bytes are no UTF-8, as in `50%de descuento`."""
    try:
        return urllib.parse.unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _strip_punctuation(text: str) -> str:
    """Remove punctuation at the ends, and quotes and brackets around the whole, layer by layer."""
    before = None
    while text and text != before:
        before, text = text, _strip_brackets(_strip_quotes(_strip_edges(text)))
    return text


def _strip_edges(text: str) -> str:
    """Remove marks at both ends; `c++` and `c#` keep theirs, and so does `<3`, which is no 3."""
    start = text if WHOLE.match(text) else text.lstrip(EDGES)
    bare = start.rstrip(EDGES)
    if bare and start.rstrip() in (bare + "#", bare + "++", bare + "+"):
        return start.rstrip()
    return bare


def _strip_quotes(text: str) -> str:
    """Remove quotes at the ends, unless there are others: of `"a" and "b"` none are around all."""
    for quote in QUOTES:
        inner = text.strip(quote)
        if not re.search(rf"(?<!\w){quote}|{quote}(?!\w)", inner):  # apostrophes in words may stay
            text = inner
    return text


def _strip_brackets(text: str) -> str:
    """Remove a pair of brackets around the whole, but none of `(cc) (by)`."""
    if len(text) < 2 or BRACKETS.get(text[0]) != text[-1]:
        return text
    opening, closing, depth = text[0], text[-1], 0
    for letter in text[:-1]:
        depth += (letter == opening) - (letter == closing)
        if depth == 0:
            return text
    return text[1:-1]


def _find_reason(written: str, tag: str) -> str:
    """Return why a tag is refused, "" if it is not."""
    if not written.strip():
        return "empty"
    decoded = _decode_url(written).strip().casefold()
    if LOST.search(decoded):
        return "replacement character"
    for reason, pattern in REFUSED.items():
        if pattern.match(decoded):
            return reason
    categories = map(unicodedata.category, tag)
    if not any(one[0] in "LN" or one in ("So", "Me") for one in categories):  # emoji, keycaps
        return "punctuation"
    return "too long" if len(tag) > MAX_LENGTH else ""
