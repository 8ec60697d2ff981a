"""Read XMP values as pyexiv2 gives them: lists, and texts in several languages."""

import re
from collections.abc import Mapping

DEFAULT_LANGUAGE = 'lang="x-default"'


def read_list(xmp: Mapping, key: str) -> list[str]:
    """The entries of an XMP list, which may be a single text, or have qualifiers of its entries.

    >>> read_list({"Xmp.dc.subject": ["a", "b"]}, "Xmp.dc.subject")
    ['a', 'b']
    >>> read_list({"Xmp.dc.subject": "", "Xmp.dc.subject[1]": "a"}, "Xmp.dc.subject")
    ['a']
    """
    value = xmp.get(key, [])
    entry = re.compile(re.escape(key) + r"\[\d+\]")
    entries = [text for name, text in xmp.items() if entry.fullmatch(name)]
    if entries or isinstance(value, list):
        return [one for one in entries or value if isinstance(one, str)]
    return [value] if isinstance(value, str) and value else []


def read_text(xmp: Mapping, key: str) -> str:
    """A text, of several languages the default one, else the first; "" where there is none."""
    value = xmp.get(key, "")
    if isinstance(value, dict):
        value = value.get(DEFAULT_LANGUAGE) or next(iter(value.values()), "")
    return value.strip() if isinstance(value, str) else ""
