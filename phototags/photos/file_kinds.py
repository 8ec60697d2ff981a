"""Tell a file's kind by its first bytes; names and Content-Types are too often wrong."""

import functools
import re
from collections.abc import Iterable
from importlib.util import find_spec

from phototags.errors import PhotoError

SNIFFED = 16  # bytes that tell the kind
READ = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"II*\0": "tif",
    b"MM\0*": "tif",
}
"""The formats that are read, by their first bytes."""
BRANDS = {b"avif": "avif", b"avis": "avif", b"mif1": "avif", b"msf1": "avif"}
"""The same of ISO's media files; the last two may hold HEIC too, which the decoder then says."""
UNREAD = {
    b"....ftyp(heic|heix|hevc|hevx|heim|heis|hevm|hevs)": "HEIC",
    b"....ftypcrx ": "RAW",
    b"....ftyp(qt  |mp4|isom|M4V|3gp)": "video",
    b"\xff\x0a|\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  |\xff\x4f\xff\x51": "JPEG 2000",
    b"II\\*\0....CR|FUJIFILMCCD-RAW|II(RO|RS|U\0)|MMOR|FOVb|\0MRM": "RAW",
    b"BM": "BMP",
    b"8BPS": "Photoshop",
    b"\\s*<svg": "SVG",
    b"\0\0\1\0": "ICO",
    b"P[1-6]\\s": "Netpbm",
    b"\0\x05\x16\x07": "AppleDouble",
}
"""Kinds that are known and not read, by patterns of their first bytes."""
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis")
SUFFIXES = {
    ".jpg": "jpg", ".jpeg": "jpg", ".jpe": "jpg", ".jfif": "jpg", ".png": "png", ".gif": "gif",
    ".webp": "webp", ".avif": "avif", ".tif": "tif", ".tiff": "tif",
}  # fmt: skip
"""Names of pictures that are read; what such a file is, its content says."""
RAW = "3fr arw cr2 cr3 dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f"
UNREAD_SUFFIXES = {f".{name}": "RAW" for name in RAW.split()} | {
    ".heic": "HEIC", ".heif": "HEIC", ".jxl": "JPEG XL", ".jp2": "JPEG 2000", ".bmp": "BMP",
    ".ppm": "Netpbm", ".pgm": "Netpbm", ".psd": "Photoshop",
}  # fmt: skip
"""The same of kinds that are not read."""
PACKAGES = {"HEIC": "pillow-heif", "RAW": "rawpy"}
"""Optional packages that read kinds."""
PICTURES = ("HEIC", "RAW", "JPEG XL", "JPEG 2000", "BMP", "Photoshop", "SVG", "ICO", "Netpbm")


@functools.cache
def reads_heic() -> bool:
    """Whether HEIC is a format that is read here: the optional package pillow-heif decodes it."""
    return find_spec("pillow_heif") is not None


@functools.cache
def reads_raw() -> bool:
    """Whether the JPEGs in raw files are read here: the optional package rawpy finds them."""
    return find_spec("rawpy") is not None


def has_preview(kind: str | None) -> bool:
    """Whether a kind that `find_kind` found is seen by the JPEG in the file (`raw_previews`)."""
    return kind == "RAW" and reads_raw()


def list_missing_packages(kinds: Iterable[str]) -> dict[str, str]:
    """The packages that would read files of these kinds, were they installed, by kind."""
    reads = {"HEIC": reads_heic(), "RAW": reads_raw()}
    return {kind: PACKAGES[kind] for kind in sorted(kinds) if not reads.get(kind, True)}


def is_read(kind: str | None) -> bool:
    """Whether a kind that `name_kind` named is a format that is read."""
    return kind == "heic" or kind in SUFFIXES.values()


def name_kind(start: bytes) -> str | None:
    """Name the kind of a file by its first bytes: `jpg`, `HEIC`; None where unknown.

    Args:
        start: `SNIFFED` bytes, or more, which tell AVIF from HEIC where both are possible.

    >>> name_kind(b"GIF89a" + bytes(10)), name_kind(b"\\0\\0\\0\\x18ftypheic"), name_kind(b"text")
    ('gif', 'HEIC', None)
    """
    kind = _name_unread(start)
    if kind is None and start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        kind = "webp"
    if kind is None and start[4:8] == b"ftyp":
        heic = any(brand in start[16:] for brand in HEIC_BRANDS) and b"avif" not in start[16:]
        kind = "HEIC" if heic else BRANDS.get(start[8:12])
    if kind == "HEIC" and reads_heic():
        return "heic"
    return kind or next((name for magic, name in READ.items() if start.startswith(magic)), None)


def _name_unread(start: bytes) -> str | None:
    matches = (re.match(pattern, start, re.DOTALL) for pattern in UNREAD)
    return next((name for name, found in zip(UNREAD.values(), matches, strict=True) if found), None)


def sniff_format(start: bytes) -> str:
    """Tell the format of an image by its first `SNIFFED` bytes.

    Returns:
        jpg, png, gif, webp, avif or tif; heic where pillow-heif is installed.

    Raises:
        PhotoError: `not_an_image`, naming kinds that are known but not read.
    """
    kind = name_kind(start)
    if is_read(kind):
        return kind
    raise PhotoError(
        "not_an_image",
        f"expected a JPEG, PNG, GIF, WebP, AVIF or TIFF image, found {kind or repr(start[:12])}",
    )
