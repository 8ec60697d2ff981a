"""Open Clip Art, as Debian packs it: PNG pictures, and SVGs whose RDF has tags and contributor.

Real tags by hundreds of people, with the noise of the programs that handled them (`hash` and
`magick` come from Perl). 1,221 of the 8,121 pictures are links to another folder's.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.corpora.formats.rdf import Work, contributor, read_work
from phototags.errors import CorpusError, PhotoError
from phototags.io.progress import show_progress
from phototags.photos.archives import Archive
from phototags.photos.shards import Found
from phototags.photos.table import Drop, photo_table

PICTURES, DRAWINGS = "usr/share/openclipart/png", "usr/share/openclipart/svg"
MAX_SVG = 20_000_000  # bytes; the largest has 1.7 million
STEP = "list_photos"


def list_photos(source: Path, wordnet: Path | None = None) -> tuple[pd.DataFrame, list[Drop]]:
    """Every PNG whose SVG can be read, in the order of their names.

    Raises:
        CorpusError: when the archive holds no pictures in the expected folder.
        ArchiveError: when an archive is damaged.
    """
    rows, drops = [], []
    with _pngs(source) as pngs, _svgs(source) as svgs:
        names = pngs.names(PICTURES, ".png")
        if not names:
            raise CorpusError(
                f"expected PNG pictures under {PICTURES} in {pngs.path}, found none. Debian "
                "may have changed the package; use the release that the README names."
            )
        for name in show_progress(names, "reading metadata"):
            photo_id = name.removeprefix(PICTURES + "/").removesuffix(".png")
            try:
                if pngs.target(name) is None:
                    raise PhotoError("broken_link", "a link that leads to no file of the package")
                rows.append(_row(photo_id, name, read_work(_drawing(svgs, photo_id))))
            except PhotoError as error:
                drops.append(Drop(STEP, photo_id, error.reason, str(error)))
    return photo_table(rows), drops


def pictures(source: Path, listing: pd.DataFrame, max_bytes: int) -> Iterator[Found]:
    """The pictures of the listed photos, with their drawings."""
    with _pngs(source) as pngs, _svgs(source) as svgs:
        for photo in listing.itertuples():
            yield Found(
                photo.row,
                photo.photo_id,
                pngs.read(photo.file, max_bytes),
                _drawing(svgs, photo.photo_id),
            )


def _pngs(source: Path) -> Archive:
    return Archive(source / "openclipart-png.tar")


def _svgs(source: Path) -> Archive:
    return Archive(source / "openclipart-svg.tar")


def _drawing(svgs: Archive, photo_id: str) -> bytes:
    content = svgs.read(f"{DRAWINGS}/{photo_id}.svg", MAX_SVG)
    if content is None:
        raise PhotoError("no_metadata", "the PNG has no SVG beside it")
    if len(content) > MAX_SVG:
        raise PhotoError("too_many_bytes", f"its SVG has more than {MAX_SVG} bytes")
    return content


def _row(photo_id: str, name: str, work: Work) -> dict:
    return {
        "photo_id": photo_id,
        "user_id": contributor(work.creator),
        "tags": work.tags,
        "title": work.title,
        "description": work.description,
        "taken_at": work.date,
        "licence": _licence(work.licence_url),
        "licence_url": work.licence_url,
        "author": work.creator,
        "file": name,
    }


def _licence(url: str | None) -> str | None:
    """The licence that the picture itself states; None leaves it at the corpus' own."""
    known = {"publicdomain": "public domain", "gpl": "GPL"}
    return next((name for part, name in known.items() if part in (url or "").lower()), url)
