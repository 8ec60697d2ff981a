"""Change keywords in the bytes of a sidecar or an image file, and check that nothing else did.

The XMP packet and IPTC are changed by exiv2 inside of a carrier, a picture of one pixel: its
writers of image files move other metadata too, and of sidecars it derives Exif and IPTC, which it
writes back.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from phototags.errors import PhotoError
from phototags.keywords.changes import CHARACTER_SET, UTF8, KeywordChanges
from phototags.keywords.containers import APP13, PHOTOSHOP, list_segments, put_packet, put_segment
from phototags.keywords.exiv2 import EMPTY_PACKET, ERRORS, FAILURES, open_metadata
from phototags.keywords.marker import TAGGER, VALUES
from phototags.keywords.metadata_block import IPTC_KEYWORDS

if TYPE_CHECKING:
    from pyexiv2 import ImageData

PADDING = re.compile(r"\s+(?=<\?xpacket end)")
WRITABLE = ("jpg", "png", "webp", "tif")
"""Formats into which XMP is written; IPTC is written into JPEG alone."""
KINDS = {"XmpSeq": "Seq", "XmpAlt": "Alt"}
TYPED = "type="
"""A text that begins so names a kind of list to exiv2."""
CONTAINER = "Exif.Image.XMLPacket"
"""XMP among the Exif entries of a TIFF."""


def edit_sidecar(content: bytes | None, changes: KeywordChanges) -> bytes:
    """A sidecar with changed keywords; all else in it stays.

    Args:
        content: of the sidecar; None makes one.

    Raises:
        PhotoError: `damaged_metadata`, `unsafe_edit`.
    """
    return edit_packet(content or b"", changes) + b"\n"


def edit_photo(content: bytes, format: str, changes: KeywordChanges) -> bytes:
    """An image file with changed keywords; pixels and all other metadata stay.

    Args:
        format: as `sniff_format` names it.

    Raises:
        PhotoError: `not_writable` for formats into which these keywords are not written,
            `damaged_metadata`, and `too_much_xmp` and `unsafe_edit` as `put_packet`.
    """
    if format not in WRITABLE or changes.iptc is not None and format != "jpg":
        raise PhotoError("not_writable", f"such keywords are not written into {format} files")
    before = _read_others(content, changes)
    edited = content
    if changes.xmp:
        edited = put_packet(edited, format, edit_packet(before[0], changes))
    if changes.iptc is not None:
        edited = put_segment(edited, APP13, PHOTOSHOP, _edit_iptc(content, changes.iptc))
    if before[1:] != _read_others(edited, changes)[1:]:
        raise PhotoError("unsafe_edit", "more in this file would change than its keywords")
    return edited


def edit_packet(packet: bytes, changes: KeywordChanges) -> bytes:
    """An XMP packet with changed keywords; b"" makes one.

    Raises:
        PhotoError: `damaged_metadata`, `unsafe_edit`.
    """
    try:
        with open_metadata(_make_carrier("TIFF"), ERRORS) as image:
            image.modify_raw_xmp(packet.decode("utf-8-sig").strip("\0") or EMPTY_PACKET.decode())
            before = image.read_xmp()
            image.modify_xmp(_to_exiv2(image, changes.xmp))
            carrier = image.get_bytes()
        with open_metadata(carrier, ERRORS) as image:
            after, edited = image.read_xmp(), image.read_raw_xmp()
    except FAILURES as error:
        raise PhotoError("damaged_metadata", f"expected an XMP packet, but: {error}") from error
    if packet.strip(b"\0 \r\n") and not before:
        raise PhotoError("damaged_metadata", "expected XMP properties in a packet, found none")
    asked = {key: values for key, values in changes.xmp.items() if values}
    asked |= {TAGGER: asked[TAGGER][0]} if TAGGER in asked else {}
    if _without(before, changes.xmp) | asked != after:
        raise PhotoError("unsafe_edit", "exiv2 would change more XMP than the keywords")
    return PADDING.sub("\n", edited).encode()


def _edit_iptc(content: bytes, keywords: list[str]) -> bytes:
    """The Photoshop resources of a JPEG with these IPTC keywords.

    Raises:
        PhotoError: `damaged_metadata`, or `unsafe_edit` where they are in several segments.
    """
    carrier = _make_carrier("JPEG")
    for old in list_segments(content, APP13, PHOTOSHOP):
        carrier = put_segment(carrier, APP13, PHOTOSHOP, old[4 + len(PHOTOSHOP) :])
    try:
        with open_metadata(carrier, ERRORS) as image:
            texts = image.read_iptc(encoding="latin-1").keys() - {IPTC_KEYWORDS, CHARACTER_SET}
            named = {CHARACTER_SET: UTF8 if texts or keywords else None}
            image.modify_iptc(named | {IPTC_KEYWORDS: keywords or None})
            segments = list_segments(image.get_bytes(), APP13, PHOTOSHOP)
    except FAILURES as error:
        raise PhotoError("damaged_metadata", f"expected whole IPTC, but: {error}") from error
    return b"".join(one[4 + len(PHOTOSHOP) :] for one in segments)


def _to_exiv2(image: ImageData, xmp: Mapping[str, list[str]]) -> dict:
    """XMP changes as pyexiv2 takes them: lists keep their kind, new ones of keywords are bags.

    Raises:
        PhotoError: `unsafe_edit` for lists whose entries have qualifiers.
    """
    found, changes = image.read_xmp_detail(), {}
    for key, values in xmp.items():
        if any(name.startswith(f"{key}[") for name in found):
            raise PhotoError("unsafe_edit", f"the entries of {key} have qualifiers, such as lang")
        if not values:
            changes[key] = None
        elif key == TAGGER:
            changes[key] = values[0]
        elif key in VALUES or any(value.startswith(TYPED) for value in values):
            changes[key] = values  # a sequence
        else:
            kind = KINDS.get(found.get(key, {}).get("typeName"), "Bag")
            changes[key] = f"{TYPED}{kind}"
            changes |= {f"{key}[{at}]": value for at, value in enumerate(values, start=1)}
    return changes


def _read_others(content: bytes, changes: KeywordChanges) -> tuple:
    """The XMP packet of an image file, and all metadata that these changes should leave.

    Raises:
        PhotoError: `damaged_metadata`.
    """
    try:
        with open_metadata(content) as image:
            iptc, exif = image.read_iptc(encoding="latin-1"), image.read_exif(encoding="latin-1")
            return (
                image.read_raw_xmp().encode(),
                _without(image.read_xmp(), changes.xmp),
                iptc if changes.iptc is None else _without(iptc, (CHARACTER_SET, IPTC_KEYWORDS)),
                _without(exif, (CONTAINER,)),
                image.read_icc(),
                image.read_comment(encoding="latin-1"),
            )
    except FAILURES as error:
        raise PhotoError("damaged_metadata", f"expected whole metadata, but: {error}") from error


def _without(values: dict, keys: Iterable[str]) -> dict:
    return {key: value for key, value in values.items() if key not in keys}


@functools.cache
def _make_carrier(format: str) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, format)
    return buffer.getvalue()
