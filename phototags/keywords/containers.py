"""Put an XMP packet into an image file; every other byte stays where programs look for it.

XMP specification, part 3: an APP1 segment of JPEG, an iTXt chunk of PNG, a chunk of WebP, entry 700
of a TIFF's first directory. exiv2's own writers move comments and Exif too, so only the packet is
exiv2's.
"""

import io
import struct
import zlib
from collections.abc import Iterator

from phototags.errors import PhotoError
from phototags.photos.image_layouts import read_chunks
from phototags.photos.inspection import inspect_file
from phototags.photos.jpeg_layout import EndOfFileError, Segment, read_segments

APP0, APP1, APP2, APP13 = 0xE0, 0xE1, 0xE2, 0xED
JPEG_XMP, EXIF, MULTI_PICTURE = b"http://ns.adobe.com/xap/1.0/\0", b"Exif\0\0", b"MPF\0"
PHOTOSHOP = b"Photoshop 3.0\0"
MAX_SEGMENT = 0xFFFF - 2
PNG_XMP = b"XML:com.adobe.xmp"
XMP_FLAG, ALPHA_FLAG = 0x04, 0x10
TIFF_XMP, BYTE = 700, 1
GIF_XMP, GIF_END = b"\x21\xff\x0bXMP DataXMP", b"\x01\xff\xfe\xfd"


def put_packet(content: bytes, format: str, packet: bytes) -> bytes:
    """An image file with an XMP packet, in place of the one that it has.

    Args:
        content: of an image that is read.
        format: jpg, png, webp or tif.

    Raises:
        PhotoError: `too_much_xmp` for JPEG; `unsafe_edit` where the file has several packets, a
            structure that is damaged, or further pictures found by their place.
    """
    writers = {"jpg": put_jpg, "png": put_png, "webp": put_webp, "tif": put_tif}
    try:
        return writers[format](content, packet)
    except (EndOfFileError, struct.error, IndexError) as error:
        raise PhotoError(
            "unsafe_edit", f"expected a whole {format} file, but: {error!r}"
        ) from error


def put_jpg(content: bytes, packet: bytes) -> bytes:
    """Put a packet into a JPEG."""
    return put_segment(content, APP1, JPEG_XMP, packet)


def put_segment(content: bytes, marker: int, head: bytes, body: bytes) -> bytes:
    """Put a segment into a JPEG in place of the one that begins alike, or behind JFIF's and Exif's.

    Raises:
        PhotoError: as `put_packet`.
    """
    segments = list(read_segments(io.BytesIO(content)))
    old = [one for one in segments if _begins(content, one, marker, head)]
    if len(old) > 1:
        raise PhotoError("unsafe_edit", f"expected one block of {head!r} in it, found {len(old)}")
    if len(head + body) > MAX_SEGMENT:
        raise PhotoError("too_much_xmp", f"a JPEG's block holds at most {MAX_SEGMENT} bytes")
    start, end = (old[0].start, old[0].end) if old else (_find_place(content, segments),) * 2
    for one in segments:
        if _begins(content, one, APP2, MULTI_PICTURE) and one.start < start:
            raise PhotoError("unsafe_edit", "further pictures in it are found by their place")
    segment = struct.pack(">BBH", 0xFF, marker, len(head + body) + 2) + head + body
    return content[:start] + segment + content[end:]


def list_segments(content: bytes, marker: int, head: bytes) -> list[bytes]:
    """The segments of a JPEG that begin so, whole."""
    found = read_segments(io.BytesIO(content))
    return [content[s.start : s.end] for s in found if _begins(content, s, marker, head)]


def _begins(content: bytes, segment: Segment, marker: int, head: bytes) -> bool:
    return segment.marker == marker and content.startswith(head, segment.start + 4)


def _find_place(content: bytes, segments: list[Segment]) -> int:
    place = 2
    for one in segments:
        if one.marker != APP0 and not _begins(content, one, APP1, EXIF):
            break
        place = one.end
    return place


def put_png(content: bytes, packet: bytes) -> bytes:
    """Put a packet into a PNG, before its pixels if it had none."""
    chunks = list(read_chunks(io.BytesIO(content)))
    texts = [one for one in chunks if one.name in (b"iTXt", b"tEXt", b"zTXt")]
    keys = [content[one.start + 8 : one.end].split(b"\0", 1)[0] for one in texts]
    old = [one for one, key in zip(texts, keys, strict=True) if key == PNG_XMP]
    if len(old) > 1 or b"Raw profile type xmp" in keys:
        raise PhotoError("unsafe_edit", "expected one XMP packet in it, found several or another's")
    pixels = next(one for one in chunks if one.name in (b"IDAT", b"IEND"))
    start, end = (old[0].start, old[0].end) if old else (pixels.start,) * 2
    body = b"iTXt" + PNG_XMP + bytes(5) + packet  # not packed, no language
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return content[:start] + chunk + content[end:]


def put_webp(content: bytes, packet: bytes) -> bytes:
    """Put a packet into a WebP, behind its pixels; a simple file becomes an extended one."""
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    chunks = list(_read_webp_chunks(content, end))
    names = [name for name, _ in chunks]
    if names.count(b"XMP ") > 1 or end > len(content):
        raise PhotoError("unsafe_edit", "expected a whole WebP file with one XMP packet at most")
    if b"VP8X" not in names:
        info = inspect_file(io.BytesIO(content))
        alpha = names[0] == b"VP8L" and chunks[0][1][12] & ALPHA_FLAG
        sides = (side.to_bytes(3, "little") for side in (info.width - 1, info.height - 1))
        flags = struct.pack("<I", ALPHA_FLAG if alpha else 0)
        chunks.insert(0, (b"VP8X", _pack_webp_chunk(b"VP8X", flags + b"".join(sides))))
    header = bytearray(chunks[0][1])
    header[8] |= XMP_FLAG
    kept = [body for name, body in chunks[1:] if name != b"XMP "]
    whole = b"".join([header, *kept, _pack_webp_chunk(b"XMP ", packet)])
    return b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WEBP" + whole + content[end:]


def _read_webp_chunks(content: bytes, end: int) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, content[at : at + 8 + size + size % 2]
        at += 8 + size + size % 2


def _pack_webp_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def put_tif(content: bytes, packet: bytes) -> bytes:
    """Put a packet behind a TIFF's end, with its first directory, so that nothing else moves."""
    order = "<" if content[:2] == b"II" else ">"
    (directory,) = struct.unpack_from(f"{order}I", content, 4)
    (count,) = struct.unpack_from(f"{order}H", content, directory)
    start, end = directory + 2, directory + 2 + 12 * count
    entries = [content[at : at + 12] for at in range(start, end, 12)]
    further = content[end : end + 4]
    content += bytes(len(content) % 2)
    if len(further) < 4 or len(content) + len(packet) + 12 * count + 20 >= 1 << 32:
        raise PhotoError("unsafe_edit", "expected a whole TIFF of less than 4 GB")
    entry = struct.pack(f"{order}HHII", TIFF_XMP, BYTE, len(packet), len(content))
    kept = [one for one in entries if struct.unpack_from(f"{order}H", one)[0] != TIFF_XMP]
    entries = sorted([*kept, entry], key=lambda one: struct.unpack_from(f"{order}H", one)[0])
    content += packet + bytes(len(packet) % 2)
    table = struct.pack(f"{order}H", len(entries)) + b"".join(entries) + further
    return content[:4] + struct.pack(f"{order}I", len(content)) + content[8:] + table


def find_gif_packet(content: bytes) -> bytes:
    """The XMP packet of a GIF, which exiv2 does not look for; b"" where there is none."""
    start = content.find(GIF_XMP) + len(GIF_XMP)
    end = content.find(GIF_END, start)
    return content[start:end] if start >= len(GIF_XMP) and end > start else b""
