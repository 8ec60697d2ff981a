"""Blank what image files say of people: where a photo was taken, and numbers of cameras.

Blanked in place, so that files keep their length and everything else (orientation, colours, dates):
places of GPS, serial numbers of cameras and lenses, their owners and makers' notes, in Exif and
XMP, and what follows an image's end (clips of motion photos hold places too).
"""

import io
import re
import struct
import zlib

from phototags.photos.image_layouts import read_chunks
from phototags.photos.inspection import ImageInfo

GPS, EXIF_IFD, SUB_IFDS = 0x8825, 0x8769, 0x014A
SECRETS = {0x927C, 0xA430, 0xA431, 0xA435, 0xC62F, 0xC65A, 0x83BB, 0x02BC}
"""Maker's note, owner, serial numbers of body and lens, of DNG, IPTC; and XMP in a TIFF."""
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
TIFF = re.compile(rb"(?:Exif\0\0)?(?=II\*\0|MM\0\*)")
EXIF = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
WORDS = rb"[\w-]*(?:GPS\w*|SerialNumber|OwnerName|Location\w*)"
XMP = (
    re.compile(rb"(\w+:" + WORDS + rb"\s*=\s*)(\"[^\"<]*\"|'[^'<]*')"),
    re.compile(rb"(<(\w+:" + WORDS + rb")\b[^>]*>)(.*?)(?=</\2>)", re.DOTALL),
)
MAX_DIRECTORIES = 32


def blank_private(content: bytes, info: ImageInfo) -> bytes:
    """Return an image file of the same length without what it says of people.

    Args:
        content: of an image that `inspect_image` inspected.
    """
    buffer = bytearray(content)
    if info.end is not None and info.format in ("jpg", "png", "gif", "webp"):
        buffer[info.end :] = bytes(len(buffer) - info.end)
    if info.format == "png":
        _blank_png(buffer)
    elif info.format == "webp":
        for start, end in _find_webp_chunks(buffer, b"EXIF"):
            _blank_exif(buffer, start, end)
    else:
        for found in EXIF.finditer(content):
            _blank_exif(buffer, found.end(), len(buffer))
        if content.startswith((b"II*\0", b"MM\0*")):
            _blank_exif(buffer, 0, len(buffer))
    if b"<x:xmpmeta" in buffer or b"<rdf:RDF" in buffer:
        _blank_xmp(buffer)
    return bytes(buffer) if buffer != content else content


def _blank_exif(buffer: bytearray, start: int, end: int) -> None:
    """Blank the private tags of the TIFF structure in a part of a file."""
    found = TIFF.match(buffer, start)
    if not found or end - found.end() < 8:
        return
    start = found.end()
    order = "<" if buffer[start : start + 2] == b"II" else ">"
    queue, seen = [(struct.unpack_from(f"{order}I", buffer, start + 4)[0], False)], set()
    while queue and len(seen) < MAX_DIRECTORIES:
        offset, private = queue.pop()
        if offset not in seen and 8 <= offset <= end - start - 2:
            seen.add(offset)
            queue += _blank_directory(buffer, start, end, offset, order, private)


def _blank_directory(
    buffer: bytearray, start: int, end: int, offset: int, order: str, private: bool
) -> list[tuple[int, bool]]:
    """Blank a directory's private entries; the offsets of those that it names.

    Args:
        private: whether all entries are, as in the directory of GPS.
    """
    further = []
    (count,) = struct.unpack_from(f"{order}H", buffer, start + offset)
    entries = start + offset + 2
    count = min(count, (end - entries) // 12)
    for at in range(entries, entries + 12 * count, 12):
        tag, kind, number = struct.unpack_from(f"{order}HHI", buffer, at)
        value = at + 8
        (target,) = struct.unpack_from(f"{order}I", buffer, value)
        if tag in (EXIF_IFD, GPS):
            further.append((target, private or tag == GPS))
        elif tag == SUB_IFDS and number == 1:
            further.append((target, private))
        if private or tag in SECRETS or tag == GPS:
            size = number * SIZES.get(kind, 1)
            if size > 4 and tag != GPS:
                place = start + target
                length = max(0, min(place + size, end) - place) if place >= start else 0
                buffer[place : place + length] = bytes(length)
            buffer[at : at + 12] = bytes(12)
    if entries + 12 * count + 4 <= end:  # the next directory: of the thumbnail
        further.append((struct.unpack_from(f"{order}I", buffer, entries + 12 * count)[0], private))
    return further


def _blank_xmp(buffer: bytearray) -> None:
    for pattern, group in zip(XMP, (2, 3), strict=True):
        for found in list(pattern.finditer(buffer)):
            start, end = found.span(group)
            inner = 1 if group == 2 else 0  # quotation marks stay
            buffer[start + inner : end - inner] = b" " * (end - start - 2 * inner)


def _blank_png(buffer: bytearray) -> None:
    """Blank in the chunks of a PNG, and mend their checksums."""
    for chunk in read_chunks(io.BytesIO(buffer)):
        start, end = chunk.start + 8, chunk.end - 4
        before = bytes(buffer[start:end])
        if chunk.name == b"eXIf":
            _blank_exif(buffer, start, end)
        elif chunk.name in (b"zTXt", b"iTXt", b"tEXt") and _is_metadata_text(before):
            text = bytearray(before)
            _blank_xmp(text)
            if chunk.name == b"zTXt" or b"<rdf:RDF" not in text:  # packed, or hexadecimal
                text = bytearray(before[: before.find(b"\0") + 1].ljust(len(before), b"\0"))
            buffer[start:end] = text
        if buffer[start:end] != before:
            struct.pack_into(">I", buffer, end, zlib.crc32(buffer[start - 4 : end]))


def _is_metadata_text(data: bytes) -> bool:
    return data.startswith((b"XML:com.adobe.xmp\0", b"Raw profile type "))


def _find_webp_chunks(buffer: bytearray, name: bytes) -> list[tuple[int, int]]:
    found, at = [], 12
    while at + 8 <= len(buffer):
        (size,) = struct.unpack_from("<I", buffer, at + 4)
        if buffer[at : at + 4] == name:
            found.append((at + 8, min(at + 8 + size, len(buffer))))
        at += 8 + size + size % 2
    return found
