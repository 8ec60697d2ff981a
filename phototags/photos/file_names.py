"""Compare names of files that programs wrote in other forms or encodings."""

import unicodedata

from phototags.io.escapes import show


def normalize(name: str) -> str:
    """Return a name in NFC, one normal form for all."""
    return unicodedata.normalize("NFC", name)


def list_forms(name: str) -> set[str]:
    r"""List how a table may write the name of a file: in NFC, or for bytes that are no UTF-8.

    >>> sorted(list_forms("caf\udce9.jpg"))
    ['caf\\xe9.jpg', 'café.jpg']
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogateescape")
        return {normalize(raw.decode("cp1252", "replace")), normalize(show(name))}
    return {normalize(name)}
