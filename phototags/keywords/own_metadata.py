"""Read what a person wrote into a photo or its sidecars: keywords, title, description, date.

Keywords are XMP's `dc:subject`, `lr:hierarchicalSubject` and `digiKam:TagsList` and IPTC's
Keywords. Those that phototags wrote are told apart by its marker (`marker.py`).
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from phototags.keywords.hierarchies import (
    Levels,
    choose_keywords,
    fold_keyword,
    split_hierarchy,
    unite,
)
from phototags.keywords.metadata_block import (
    HIERARCHIES,
    MetadataBlock,
    read_block,
    read_file,
)
from phototags.keywords.sidecars import list_sidecars
from phototags.keywords.xmp_values import read_text
from phototags.photos.metadata import MAX_METADATA
from phototags.photos.picture_files import MAX_BYTES

TITLES = "Xmp.dc.title", "Iptc.Application2.ObjectName"
DESCRIPTIONS = "Xmp.dc.description", "Iptc.Application2.Caption"
XMP_DATES = "Xmp.exif.DateTimeOriginal", "Xmp.photoshop.DateCreated"
EXIF_DATES = "Exif.Photo.DateTimeOriginal", "Exif.Photo.DateTimeDigitized"
IPTC_DATE = "Iptc.Application2.DateCreated"
DATE = re.compile(r"(\d{4})\D(\d\d)\D(\d\d)(?:\D(\d\d):(\d\d)(?::(\d\d))?)?")


@dataclass(frozen=True)
class OwnMetadata:
    """What a person wrote of a photo.

    Args:
        keywords: the person's, each once, in the order written; those of a sidecar come first.
        hierarchies: the hierarchical ones of them, as levels from the top.
        taken: by the camera's clock, without a time zone.
        ours: keywords that phototags wrote and nobody removed.
        damaged: names of blocks that are damaged in part or wholly, with how many.
    """

    keywords: tuple[str, ...] = ()
    hierarchies: tuple[tuple[str, ...], ...] = ()
    title: str | None = None
    description: str | None = None
    taken: datetime | None = None
    ours: tuple[str, ...] = ()
    damaged: Counter[str] = field(default_factory=Counter)


def read_keywords(
    photo: Path | str,
    content: bytes | None = None,
    *,
    levels: Levels = "all",
    max_bytes: int = MAX_BYTES,
) -> OwnMetadata:
    """Read a photo's own keywords, title, description and date from its sidecars and itself.

    Sidecars go before the file; keywords are those of both.

    Args:
        content: the photo's bytes, where they are read already.
        levels: which levels of hierarchical keywords are keywords.
        max_bytes: larger photos are not opened and count as `unreadable_photo`; a sidecar may
            have 16 MB.

    Raises:
        PhototagsError: when pyexiv2 is not installed; damages are counted.
    """
    photo = Path(photo)
    blocks = [read_file(sidecar, MAX_METADATA, "sidecar") for sidecar in list_sidecars(photo)]
    if content is None:
        blocks.append(read_file(photo, max_bytes, "photo"))
    else:
        blocks.append(read_block(content))
    return combine(blocks, levels)


def combine(blocks: Iterable[MetadataBlock], levels: Levels = "all") -> OwnMetadata:
    """Combine the metadata of sidecars and a photo, the first ones going before."""
    blocks = list(blocks)
    flat, hierarchies, ours = [], {}, []
    for block in blocks:
        flat += block.own_subject + block.own_iptc
        for key, separator in HIERARCHIES.items():
            for text in block.list_own(key):
                if split := split_hierarchy(text, separator):
                    hierarchies.setdefault(tuple(map(fold_keyword, split)), split)
        ours += block.ours
    split = [one for text in flat if len(one := split_hierarchy(text, "|")) > 1]
    flat = [text for text in flat if len(split_hierarchy(text, "|")) == 1]
    for one in split:
        hierarchies.setdefault(tuple(map(fold_keyword, one)), one)
    found = tuple(hierarchies.values())
    return OwnMetadata(
        choose_keywords(flat, found, levels),
        found,
        _find_text(blocks, TITLES),
        _find_text(blocks, DESCRIPTIONS),
        find_date(blocks),
        unite(ours),
        sum((block.damaged for block in blocks), Counter()),
    )


def _find_text(blocks: Iterable[MetadataBlock], keys: tuple[str, str]) -> str | None:
    xmp, iptc = keys
    for block in blocks:
        text = read_text(block.xmp, xmp) or "".join(block.iptc.get(iptc, [])[:1]).strip()
        if text:
            return text
    return None


def find_date(blocks: Iterable[MetadataBlock]) -> datetime | None:
    """The first date of a photo: of Exif, then XMP, then IPTC, in each file."""
    for block in blocks:
        texts = [block.exif.get(key) for key in EXIF_DATES]
        texts += [block.xmp.get(key) for key in XMP_DATES]
        texts += block.iptc.get(IPTC_DATE, [])[:1]
        for text in texts:
            if isinstance(text, str) and (date := parse_date(text)):
                return date
    return None


def parse_date(text: str) -> datetime | None:
    """Parse a date of Exif, XMP or IPTC; None for dates that no calendar has.

    >>> parse_date("2019:05:04 10:11:12"), parse_date("0000:00:00 00:00:00")
    (datetime.datetime(2019, 5, 4, 10, 11, 12), None)
    """
    found = DATE.match(text)
    try:
        return datetime(*(int(part or 0) for part in found.groups())) if found else None
    except ValueError:
        return None
