"""Open the metadata of image files and XMP sidecars with exiv2, by the package pyexiv2.

pyexiv2 is an optional package (`phototags[keywords]`, GPL-3) and imported only here.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from phototags.errors import PhototagsError

if TYPE_CHECKING:
    from pyexiv2 import ImageData

NAMESPACE, PREFIX = "urn:phototags:keywords:1.0/", "phototags"
"""Of the XMP properties that tell phototags' keywords from a person's."""
EMPTY_PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>"""
"""XMP without properties."""
ERRORS, MUTE = 3, 4
"""Levels of exiv2's messages: damages are errors, or passed over."""
FAILURES = (RuntimeError, ValueError, ArithmeticError, LookupError, MemoryError)
"""What pyexiv2 raises for damaged blocks and for formats that it does not know."""


@functools.cache
def load_pyexiv2() -> ModuleType:
    """Import pyexiv2, quiet, with phototags' namespace.

    Raises:
        PhototagsError: when it is not installed or does not load on this machine.
    """
    try:
        import pyexiv2
    except (ImportError, OSError, RuntimeError) as error:
        raise PhototagsError(
            f"keywords in photos are read and written by pyexiv2, which does not load: {error}. "
            "Install it with `pip install 'phototags[keywords]'` or `pip install pyexiv2`."
        ) from error
    pyexiv2.set_log_level(MUTE)
    pyexiv2.registerNs(NAMESPACE, PREFIX)
    return pyexiv2


@contextlib.contextmanager
def open_metadata(content: bytes, level: int = MUTE) -> Iterator[ImageData]:
    """Open the metadata of an image file or XMP sidecar in memory.

    Args:
        level: with `ERRORS`, damages raise; with `MUTE`, what is whole can be read.

    Raises:
        one of `FAILURES`, when exiv2 cannot read it.
    """
    pyexiv2 = load_pyexiv2()
    image = pyexiv2.ImageData.__new__(pyexiv2.ImageData)
    pyexiv2.set_log_level(level)
    try:
        image.__init__(content)
        yield image
    finally:
        pyexiv2.set_log_level(MUTE)
        _forget_messages(pyexiv2)
        if hasattr(image, "_exiv2api_image"):
            image.close()
        elif hasattr(image, "buffer"):  # pyexiv2 keeps it when opening fails
            image.buffer.destroy()


def _forget_messages(pyexiv2: ModuleType) -> None:
    """Empty pyexiv2's list of messages, which it would raise for the next file."""
    with contextlib.suppress(*FAILURES):
        pyexiv2.convert_iptc_to_xmp({})
