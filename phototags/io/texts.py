"""Read text files in the encodings that people's programs write; which one it was is said."""

import codecs
import functools
import logging
from pathlib import Path
from typing import TextIO

PIECE = 1 << 20
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")  # bytes that Windows-1252 has not
log = logging.getLogger(__name__)


def find_encoding(path: Path | str) -> str:
    """Find a text file's encoding: UTF-8 (also with a mark), UTF-16 with a mark, or Windows-1252.

    What is none of UTF-8 is Windows-1252, or Latin-1 where it has bytes that Windows-1252 lacks.
    """
    decoder, valid, undefined = codecs.getincrementaldecoder("utf-8")(), True, False
    with open(path, "rb") as file:
        if file.read(2) in UTF16:
            return "utf-16"
        file.seek(0)
        while valid or not undefined:
            piece = file.read(PIECE)
            undefined = undefined or not UNDEFINED.isdisjoint(piece)
            try:
                valid = valid and decoder.decode(piece, final=not piece) is not None
            except UnicodeDecodeError:
                valid = False
            if not piece:
                break
    return "utf-8-sig" if valid else "latin-1" if undefined else "cp1252"


def open_text(path: Path | str) -> TextIO:
    """Open a text file in the encoding that it has, with a warning where that is not UTF-8."""
    encoding = find_encoding(path)
    if encoding != "utf-8-sig":
        warn_of_encoding(str(path), encoding)
    return open(path, encoding=encoding)


def decode_text(content: bytes, where: str) -> str:
    """Decode a text: UTF-8, else Windows-1252 or Latin-1, with one warning for all of one place.

    Args:
        where: the archive or folder that the text is from.

    >>> decode_text("München".encode("cp1252"), "a.zip")
    'München'
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "cp1252" if UNDEFINED.isdisjoint(content) else "latin-1"
        warn_of_encoding(where, encoding)
        return content.decode(encoding)


@functools.cache
def warn_of_encoding(where: str, encoding: str) -> None:
    """Log that texts are read in an encoding, once."""
    log.warning("%s holds text that is no UTF-8; it is read as %s", where, encoding)
