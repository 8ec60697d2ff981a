"""Read an image's format, size and completeness from its structure, before anything is decoded.

A decompression bomb counts on a decoder that allocates first and checks later; here an image of a
billion pixels costs as little as a small one.
"""

import contextlib
import io
from typing import BinaryIO, NamedTuple

from phototags.errors import PhotoError
from phototags.photos.file_kinds import SNIFFED, name_kind, sniff_format
from phototags.photos.image_layouts import READERS, is_raw
from phototags.photos.jpeg_layout import (
    END_MARK,
    FRAME_STARTS,
    EndOfFileError,
    complete_jpg,
    read_segments,
)
from phototags.photos.pillow import open_image
from phototags.photos.row_decoding import LOADERS, reads_by_rows

COMMON_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended and progressive, by Huffman
REDUCIBLE = {"jpg": 8, "png": 8, "tif": 8, "webp": 8, "avif": 2, "heic": 2}
"""How many times `max_pixels` images may have that are decoded at a fraction of their size.

Of a progressive JPEG the decoder holds all coefficients, up to six bytes a pixel; AVIF and HEIC
are decoded whole and reduced then; the others by rows.
"""


class ImageInfo(NamedTuple):
    """Format and size of an image, read from its structure.

    Args:
        format: jpg, png, gif, webp, avif or tif, the suffix of its name in a shard.
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
    body = io.BytesIO(content)
    info = inspect_file(body)
    check_image(info, max_pixels, body)
    return info


def check_bytes(count: int, max_bytes: int) -> None:
    """Raise a PhotoError `too_many_bytes` beyond the cap."""
    if count > max_bytes:
        raise PhotoError(
            "too_many_bytes", f"the file has {count} bytes or more; {max_bytes} at most"
        )


def check_pixels(format: str, width: int, height: int, max_pixels: int) -> None:
    """Raise a PhotoError `too_many_pixels` beyond the cap of a format (`REDUCIBLE`)."""
    refuse_above(max_pixels * REDUCIBLE.get(format, 1), f"a {format}", width, height)


def refuse_above(most: int, of: str, width: int, height: int) -> None:
    """Raise a PhotoError `too_many_pixels` beyond a cap, whose kind of images is named."""
    if width * height > most:
        raise PhotoError(
            "too_many_pixels",
            f"{width}x{height} are {width * height} pixels; {most} at most for {of}",
        )


def check_image(info: ImageInfo, max_pixels: int, body: BinaryIO) -> None:
    """Raise a PhotoError `too_many_pixels`, or `truncated` for an image that lacks pixels.

    Phones write JPEGs without the end mark, with their own data in its place: whether all pixels
    are there only the decoder knows.
    """
    check_pixels(info.format, info.width, info.height, max_pixels)
    is_large = info.format in LOADERS and info.width * info.height > max_pixels
    if is_large and not reads_by_rows(body, info.format, max_pixels):
        of = f"a {info.format} that must be decoded whole (interlaced, lossless, planes, tiles)"
        refuse_above(max_pixels, of, info.width, info.height)
    complete = _has_all_pixels(body, info.end) if info.format == "jpg" else info.end is not None
    if not complete:
        raise PhotoError("truncated", f"the {info.format} ends before its last pixel")


def _has_all_pixels(body: BinaryIO, end: int | None) -> bool:
    """Whether a JPEG has its end mark, or its decoder gets to the last pixel without one."""
    if end is not None:
        body.seek(end - 2)
        if body.read(2) == END_MARK:
            return True
    body.seek(0)
    try:
        with open_image(io.BytesIO(complete_jpg(body.read(), end)), "jpg") as image:
            image.draft("RGB", tuple(max(side // 8, 1) for side in image.size))
            image.load()
    except Exception:  # a damaged image raises nearly anything
        return False
    return True


def find_kind(body: BinaryIO) -> str | None:
    """Find the kind of an open file by its content, as `name_kind`; a TIFF may be RAW."""
    body.seek(0)
    kind = name_kind(body.read(4 * SNIFFED))
    return "RAW" if kind == "tif" and is_raw(body) else kind


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
    format = sniff_format(body.read(SNIFFED))
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
    """Whether all decoders decode an inspected JPEG to nearly the same pixels.

    One of eight bits, grey or in luminance and two colours.
    """
    plain = False
    try:
        for marker, _, _, head in read_segments(io.BytesIO(content)):
            if marker == 0xEE and head[:5] == b"Adobe" and not head[11]:
                return False  # its colours are as they are: RGB or CMYK
            if marker in FRAME_STARTS:
                plain = marker in COMMON_FRAMES and head[0] == 8 and head[6:15:3] != b"RGB"
                plain &= head[5] in (1, 3)
    except (EndOfFileError, PhotoError, IndexError):
        return False
    return plain
