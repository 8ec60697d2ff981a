"""Split an image file into what its decoder needs and the metadata beside the pixels.

So a decoder of JPEG or PNG never sees texts, profiles and other blocks, and nothing in them
decides whether the pixels are read. Decoders of the other formats pass over them by themselves.
"""

import io
import struct
import zlib
from collections.abc import Mapping

from phototags.photos.image_layouts import read_chunks
from phototags.photos.inspection import ImageInfo
from phototags.photos.jpeg_layout import END, SCAN, Segment, complete_jpg, read_segments

EXIF, XMP, ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
PNG_XMP, PNG_EXIF = b"XML:com.adobe.xmp", b"Raw profile type exif"
MAX_METADATA = 1 << 24  # bytes that a block may unpack to; profiles for printing have two million
COMPONENTS_TOLD_BY = (0xE0, 0xEE)  # JFIF's and Adobe's segments say how to read the components
ORIENTATION = 0x0112
Metadata = dict[str, bytes | str]
"""`exif`, `xmp`, `icc_profile` and other entries, as in Pillow's `Image.info`."""


def split_metadata(content: bytes, info: ImageInfo) -> tuple[bytes, Metadata]:
    """Return the file without its metadata, and the metadata that say how to see the pixels.

    Args:
        content: of an image that `inspect_image` inspected; what follows its end is left out.
            Formats other than jpg and png are returned whole.
    """
    if info.format == "jpg":
        return _split_jpg(complete_jpg(content, info.end))
    return _split_png(content) if info.format == "png" else (content, {})


def read_orientation(metadata: Mapping, damages: set[str] | None = None) -> int:
    """Read how the camera was held from Exif, else XMP, wherever in a file of any format.

    Args:
        metadata: of `split_metadata`, or an opened image's `info`.
        damages: takes `broken_exif`; the picture is then left as it is stored.

    Returns:
        Exif's orientation, from 1 (upright) to 8.
    """
    from PIL import Image

    carrier = Image.new("1", (1, 1))
    carrier.info.update(metadata)
    try:
        orientation = carrier.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged Exif raises nearly anything
        orientation = 1
        if damages is not None:
            damages.add("broken_exif")
    return orientation if orientation in range(1, 9) else 1


def encode_orientation(orientation: int) -> bytes:
    """Encode an orientation as Exif, as it stands in `Metadata`."""
    from PIL import Image

    exif = Image.Exif()
    exif[ORIENTATION] = orientation if orientation in range(1, 9) else 1
    return exif.tobytes()


def _split_jpg(content: bytes) -> tuple[bytes, Metadata]:
    kept, metadata, profile = [content[:2]], {}, {}
    for segment in read_segments(io.BytesIO(content)):
        if segment.marker in (END, SCAN):
            kept.append(content[segment.start :])
        elif not _is_metadata(segment):
            kept.append(content[segment.start : segment.end])
        else:
            _add_segment(content[segment.start + 4 : segment.end], metadata, profile)
    if profile:
        metadata["icc_profile"] = b"".join(profile[number] for number in sorted(profile))
    return b"".join(kept), metadata


def _is_metadata(segment: Segment) -> bool:
    """Whether it is a comment or an application's segment that no decoder needs."""
    application = 0xE0 <= segment.marker <= 0xEF and segment.marker not in COMPONENTS_TOLD_BY
    return application or segment.marker == 0xFE


def _add_segment(block: bytes, metadata: Metadata, profile: dict[int, bytes]) -> None:
    if block.startswith(EXIF):
        metadata.setdefault("exif", block)
    elif block.startswith(XMP):
        metadata.setdefault("xmp", block.removeprefix(XMP))
    elif block.startswith(ICC) and len(block) > 14:
        profile.setdefault(block[12], block[14:])


def _split_png(content: bytes) -> tuple[bytes, Metadata]:
    """Keep critical chunks and transparency; an ancillary chunk of a wrong checksum is ignored."""
    kept, metadata = [content[:8]], {}
    for chunk in read_chunks(io.BytesIO(content)):
        whole = content[chunk.start : chunk.end]
        if not chunk.name[0] & 0x20:  # critical: the decoder checks it
            kept.append(whole)
        elif zlib.crc32(whole[4:-4]) == struct.unpack(">I", whole[-4:])[0]:
            if chunk.name == b"tRNS":
                kept.append(whole)
            else:
                _add_chunk(chunk.name, whole[8:-4], metadata)
    return b"".join(kept), metadata


def _add_chunk(name: bytes, data: bytes, metadata: Metadata) -> None:
    if name == b"eXIf":
        metadata.setdefault("exif", EXIF + data.removeprefix(EXIF))
    elif name == b"iCCP":
        profile = _unpack(data.partition(b"\0")[2][1:])
        metadata.setdefault("icc_profile", profile)
    elif name in (b"tEXt", b"zTXt") and data.startswith(PNG_EXIF + b"\0"):  # ImageMagick's
        text = data[len(PNG_EXIF) + 1 :]
        text = _unpack(text[1:]) if name == b"zTXt" else text
        metadata.setdefault(PNG_EXIF.decode(), text.decode("latin-1"))
    elif name == b"iTXt" and data.startswith(PNG_XMP + b"\0"):
        flags, fields = data[len(PNG_XMP) + 1 :][:2], data[len(PNG_XMP) + 3 :].split(b"\0", 2)
        metadata.setdefault("xmp", _unpack(fields[-1]) if flags[:1] == b"\1" else fields[-1])


def _unpack(packed: bytes) -> bytes:
    """Decompress as much as it takes to `MAX_METADATA`; what is damaged or longer is b""."""
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(packed, MAX_METADATA)
    except zlib.error:
        return b""
    return unpacked if stream.eof else b""
