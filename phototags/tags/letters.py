"""Fold characters that look or sound alike, and undo the escapes that programs leave in tags."""

import re
import unicodedata

APOSTROPHES = (
    "`´\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb‘’‚‛‹›\u2032\u2035\u055a\u05f3\u07f4\u07f5"
    "\u1fbd\u1fbf\u1fef\u1ffd\ua78b\ua78c\uff07"
)
QUOTES = "«»“”„‟\u2033\u2036\u05f4\u275d\u275e\u301d\u301e\u301f\uff02"
HYPHENS = (
    "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
    "\u2e5d\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead\u02d7\u2043\u2212"
)
"""All dashes of Unicode (without the Japanese wave and double hyphen), and the minus."""
TATWEEL = "\u0640"  # lengthens Arabic words and means nothing
FOLDED = str.maketrans(
    dict.fromkeys(APOSTROPHES, "'")
    | dict.fromkeys(QUOTES, '"')
    | dict.fromkeys(HYPHENS, "-")
    | {TATWEEL: None}
)
TURKISH = re.compile("[İığĞ]")  # letters of Turkish, Azeri and Tatar, whose capital of ı is I
FINAL_SIGMA = re.compile(r"(?<=\w)σ(?!\w)")
SELECTOR = re.compile("[\ufe00-\ufe0e]|\ufe0f(?![\u200d\u20e3])")
KEYCAP = re.compile("(?<=[0-9#*])\u20e3")
ESCAPE = re.compile(
    r"(?:\\u[0-9a-fA-F]{4})+|\\x[0-9a-fA-F]{2}"  # of JSON and Python
    r"|u00[c-fC-F][0-9a-fA-F]|u00(?:2[267f]|3[ce])"  # of JSON without its backslash
    r"|(?<=[^\W\d_])u0[12][0-9a-fA-F]{2}|u0[12][0-9a-fA-F]{2}(?=[^\W\d_])|(?:u[0-9a-fA-F]{4}){2,}"
)
HEXADECIMAL = re.compile("[ux]([0-9a-fA-F]{2,4})")
MAYBE_ESCAPED = "u[0-9a-f]{4}"  # in lower case; few words have it


def fold_marks(text: str) -> str:
    """Fold apostrophes, quotes and hyphens of all scripts to the ASCII ones; drop tatweels.

    >>> fold_marks("l\u02bcaquila «mer» 1914\u20131918")
    'l\\'aquila "mer" 1914-1918'
    """
    return text.translate(FOLDED)


def fold_case(text: str) -> str:
    """Fold case fully, with a final sigma at the end of Greek words and both i of Turkish.

    >>> fold_case("ΠΑΡΘΕΝΏΝΑΣ"), fold_case("IĞDIR"), fold_case("Straße")
    ('παρθενώνας', 'ığdır', 'strasse')
    """
    if TURKISH.search(text):
        text = text.replace("I", "ı")
    text = text.casefold().replace("i\u0307", "i")  # the Turkish capital of i
    return FINAL_SIGMA.sub("ς", text)


def fold_selectors(text: str) -> str:
    """Drop selectors of presentation, except inside of sequences, which they hold together."""
    return SELECTOR.sub("", KEYCAP.sub("\ufe0f\u20e3", text.replace("\ufe0f\u20e3", "\u20e3")))


def decode_escapes(text: str) -> str:
    r"""Undo what JSON and programs made of letters, with a backslash or what is left without one.

    >>> decode_escapes("cu00e9ru00e9monie"), decode_escapes(r"di\xf3cesis"), decode_escapes("u2026")
    ('cérémonie', 'diócesis', 'u2026')
    """
    return ESCAPE.sub(lambda found: _decode(found[0]), text)


def _decode(escaped: str) -> str:
    codes = HEXADECIMAL.findall(escaped)
    text = "".join(chr(int(code, 16)) for code in codes)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # halves of characters beyond FFFF
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    known = "\\" in escaped or text in "\"&'/<>" or all(map(_is_letter, text))
    return text if known else escaped


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM"
