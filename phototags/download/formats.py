"""What a body is, how large its picture is and whether it is all there, from structure alone.

Nothing is decoded here: a picture of a billion pixels costs as little as a small one.
"""

import contextlib
from dataclasses import dataclass
from typing import BinaryIO

from phototags.download.layouts import READERS, Cut
from phototags.download.outcomes import Outcome
from phototags.errors import PhotoError

OTHERS = {b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"<svg": "SVG", b"\0\0\1\0": "ICO"}


@dataclass(frozen=True, slots=True)
class Look:
    """What the structure says.

    Args:
        format: jpg, png, gif or webp, the suffix of its name in the shard.
        width, height: in pixels.
        end: offset behind the picture's last byte, None when the file ends before.
    """

    format: str
    width: int
    height: int
    end: int | None


def sniff(start: bytes) -> str:
    """The format of a body by its first 16 bytes; Content-Type is not asked, it lies too often.

    Raises:
        PhotoError: `not_an_image`, naming picture formats that are known but not read.

    >>> sniff(b"GIF89a" + bytes(10))
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
    other = next((name for magic, name in OTHERS.items() if start.startswith(magic)), None)
    if start[4:8] == b"ftyp":
        other = start[8:12].decode("ascii", "replace").upper()
    found = f"{other}, a format that is not read" if other else f"begins with {start[:12]!r}"
    raise PhotoError(Outcome.NOT_AN_IMAGE, found)


def look(body: BinaryIO) -> Look:
    """Read a picture's structure from start to end.

    Raises:
        PhotoError: `not_an_image` when it contradicts its format, `truncated` when it ends
            before its size is told.
    """
    body.seek(0)
    format = sniff(body.read(16))
    size: list[tuple[int, int]] = []
    end = None
    with contextlib.suppress(Cut):
        end = READERS[format](body, size)
    if not size:
        kind = Outcome.TRUNCATED if end is None else Outcome.NOT_AN_IMAGE
        raise PhotoError(kind, f"a {format} without a size")
    width, height = size[0]
    if width < 1 or height < 1:
        raise PhotoError(Outcome.NOT_AN_IMAGE, f"a {format} of {width}x{height} pixels")
    return Look(format, width, height, end)
