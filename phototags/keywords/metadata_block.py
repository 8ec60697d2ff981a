"""Read the metadata of one file, an image or a sidecar, as pyexiv2 names them."""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.io.storage import read_small_file
from phototags.keywords.containers import find_gif_packet
from phototags.keywords.exiv2 import EMPTY_PACKET, ERRORS, FAILURES, open_metadata
from phototags.keywords.hierarchies import drop_folded, keep_folded
from phototags.keywords.marker import Marker, read_marker
from phototags.keywords.xmp_values import read_list
from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.metadata import MAX_METADATA
from phototags.photos.pillow import open_image

if TYPE_CHECKING:
    from pyexiv2 import ImageData


SUBJECT, IPTC_KEYWORDS = "Xmp.dc.subject", "Iptc.Application2.Keywords"
LIGHTROOM, DIGIKAM = "Xmp.lr.hierarchicalSubject", "Xmp.digiKam.TagsList"
HIERARCHIES = {LIGHTROOM: "|", DIGIKAM: "/"}
"""Lists of hierarchical keywords, and what divides their levels."""
GIF = (b"GIF87a", b"GIF89a")
SIDECAR_TYPE = "application/rdf+xml"


@dataclass(frozen=True)
class MetadataBlock:
    """The metadata of one file, as pyexiv2 names them.

    Args:
        xmp, iptc, exif: values by key; IPTC's values are lists.
        damaged: names of blocks that are damaged in part or wholly, with how many.
    """

    xmp: Mapping = field(default_factory=dict)
    iptc: Mapping = field(default_factory=dict)
    exif: Mapping = field(default_factory=dict)
    damaged: Counter[str] = field(default_factory=Counter)

    @property
    def marker(self) -> Marker:
        """What phototags wrote."""
        return read_marker(self.xmp)

    @property
    def own_subject(self) -> list[str]:
        """A person's keywords in `dc:subject`."""
        return self.list_own(SUBJECT)

    @property
    def own_iptc(self) -> list[str]:
        """A person's keywords in IPTC."""
        return drop_folded(self.iptc.get(IPTC_KEYWORDS, []), self.marker.tags)

    @property
    def ours(self) -> list[str]:
        """Keywords that phototags wrote and that still are there."""
        present = read_list(self.xmp, SUBJECT) + self.iptc.get(IPTC_KEYWORDS, [])
        return keep_folded(self.marker.tags, present)

    def list_own(self, key: str) -> list[str]:
        """A person's entries of an XMP list of keywords."""
        return drop_folded(read_list(self.xmp, key), self.marker.written)


def read_file(path: Path, max_bytes: int, name: str) -> MetadataBlock:
    """Read the metadata of a file; one that is missing or larger is `unreadable_` and its name."""
    try:
        return read_block(read_small_file(path, max_bytes), name)
    except OSError:
        return MetadataBlock(damaged=Counter([f"unreadable_{name}"]))


def read_block(content: bytes, name: str = "photo") -> MetadataBlock:
    """Read the metadata of an image file or a sidecar; what is damaged is counted."""
    if content.startswith(GIF):
        content = find_gif_packet(content) or EMPTY_PACKET
    try:
        with open_metadata(content, ERRORS) as image:
            return MetadataBlock(*_read_values(image))
    except FAILURES:
        pass
    damaged = Counter([f"damaged_{name}"])
    for read in (lambda: content, lambda: _find_packet(content)):
        try:
            with open_metadata(read()) as image:
                return MetadataBlock(*_read_values(image), damaged)
        except FAILURES:
            continue
    return MetadataBlock(damaged=damaged)


def _find_packet(content: bytes) -> bytes:
    """The XMP of an image file whose other blocks exiv2 cannot pass over; b"" where none is."""
    with warnings.catch_warnings(action="ignore"):
        try:
            with open_image(io.BytesIO(content), sniff_format(content[:SNIFFED])) as image:
                return image.info.get("xmp", b"")[:MAX_METADATA]
        except Exception:  # damaged files raise nearly anything
            return b""


def _read_values(image: ImageData) -> tuple[dict, dict, dict]:
    """XMP, IPTC and Exif of an opened image; texts that are no UTF-8 are Windows-1252.

    A sidecar has no IPTC: what exiv2 gives as such, it derives from XMP.
    """
    latin = image.read_iptc(encoding="latin-1")
    iptc = {key: [_decode(one) for one in _as_list(value)] for key, value in latin.items()}
    is_sidecar = image.get_mime_type() == SIDECAR_TYPE
    return image.read_xmp(), {} if is_sidecar else iptc, image.read_exif(encoding="latin-1")


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _decode(text: str) -> str:
    raw = text.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
