"""Read an image's format, size and completeness from its structure, before anything is decoded.

A decompression bomb counts on a decoder that allocates first and checks later; here an image of a
billion pixels costs as little as a small one.
"""

import contextlib
import io
from typing import BinaryIO, NamedTuple

from phototags.errors import PhotoError
from phototags.photos.image_layouts import FRAME_STARTS, READERS, EndOfFileError, read_segments

COMMON_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended and progressive, by Huffman
OTHER_FORMATS = {
    b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"<svg": "SVG", b"\0\0\1\0": "ICO"
}  # fmt: skip


class ImageInfo(NamedTuple):
    """Format and size of an image, read from its structure.

    Args:
        format: jpg, png, gif or webp, the suffix of its name in a shard.
        width, height: in pixels, as stored (before any turning).
        end: offset behind the image's last byte, None when the file ends before.
    """

    format: str
    width: int
    height: int
    end: int | None = None


def inspect_image(content: bytes, max_pixels: int, max_bytes: int) -> ImageInfo:
    """Inspect an image in memory and refuse what is not worth decoding.

    A file that lacks its end is found here, damage in its middle only by `decoding.decode`.

    Raises:
        PhotoError: `too_many_bytes`, and the reasons of `inspect_file` and `check_image`.
    """
    check_bytes(len(content), max_bytes)
    info = inspect_file(io.BytesIO(content))
    check_image(info, max_pixels)
    return info


def check_bytes(count: int, max_bytes: int) -> None:
    """Raise a PhotoError `too_many_bytes` beyond the cap."""
    if count > max_bytes:
        raise PhotoError(
            "too_many_bytes", f"the file has {count} bytes or more; {max_bytes} at most"
        )


def check_pixels(width: int, height: int, max_pixels: int) -> None:
    """Raise a PhotoError `too_many_pixels` beyond the cap."""
    if width * height > max_pixels:
        raise PhotoError(
            "too_many_pixels",
            f"{width}x{height} are {width * height} pixels; {max_pixels} at most",
        )


def check_image(info: ImageInfo, max_pixels: int) -> None:
    """Raise a PhotoError `too_many_pixels`, or `truncated` for an image without its end."""
    check_pixels(info.width, info.height, max_pixels)
    if info.end is None:
        raise PhotoError("truncated", f"the {info.format} lacks its end")


def sniff_format(start: bytes) -> str:
    """Tell the format of a file by its first 16 bytes; a Content-Type is too often wrong.

    Raises:
        PhotoError: `not_an_image`, naming image formats that are known but not read.

    >>> sniff_format(b"GIF89a" + bytes(10))
    'gif'
    """
    if start[:3] == b"\xff\xd8\xff":
        return "jpg"
    if start[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if start[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    other = next((name for magic, name in OTHER_FORMATS.items() if start.startswith(magic)), None)
    if start[4:8] == b"ftyp":
        other = start[8:12].decode("ascii", "replace").upper()
    raise PhotoError(
        "not_an_image",
        f"expected a JPEG, PNG, GIF or WebP image, found {other or repr(start[:12])}",
    )


def inspect_file(body: BinaryIO) -> ImageInfo:
    """Read an image's structure from start to end; bytes behind its end are harmless.

    Raises:
        PhotoError: `not_an_image` for other formats, impossible sizes, and structure that
            contradicts the format; `truncated` when the file ends before its size;
            `undecodable` for a JPEG of absurdly many scans.

    >>> inspect_file(io.BytesIO(b"GIF89a" + bytes([3, 0, 2, 0, 0, 0, 0]) + b";"))
    ImageInfo(format='gif', width=3, height=2, end=14)
    """
    body.seek(0)
    format = sniff_format(body.read(16))
    size: list[tuple[int, int]] = []
    end = None
    with contextlib.suppress(EndOfFileError):
        end = READERS[format](body, size)
    if not size:
        if end is None:
            raise PhotoError("truncated", f"the {format} ends inside its header")
        raise PhotoError("not_an_image", f"a {format} without a size")
    width, height = size[0]
    if width < 1 or height < 1:
        raise PhotoError("not_an_image", f"the {format} header claims {width}x{height} pixels")
    return ImageInfo(format, width, height, end)


def is_plain_jpeg(content: bytes) -> bool:
    """Whether all decoders decode an inspected image to nearly the same pixels.

    A JPEG of eight bits, grey or in luminance and two colours, without an Exif block that might
    turn it.
    """
    plain = False
    try:
        if sniff_format(content[:16]) != "jpg":
            return False
        for marker, start in read_segments(io.BytesIO(content)):
            if marker == 0xE1 and start[:6] == b"Exif\0\0":
                return False
            if marker == 0xEE and start[:5] == b"Adobe" and not start[11]:
                return False  # its colours are as they are: RGB or CMYK
            if marker in FRAME_STARTS:
                plain = marker in COMMON_FRAMES and start[0] == 8 and start[6:15:3] != b"RGB"
                plain &= start[5] in (1, 3)
    except (EndOfFileError, PhotoError, IndexError):
        return False
    return plain
