"""Open Clip Art, as Debian packs it: PNG pictures, and SVGs whose RDF has tags and contributor.

Real tags by hundreds of people, with the noise of the programs that handled them (`hash` and
`magick` come from Perl). 1,221 of the 8,121 pictures are links to another folder's.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from phototags.corpora.formats.rdf import Work, normalise_creator, read_work
from phototags.corpora.reader import Pictures, Reader, drop_photo
from phototags.errors import CorpusError, PhotoError
from phototags.io.progress import show_progress
from phototags.photos.archives import TarArchive
from phototags.photos.packing import PhotoFile
from phototags.photos.photo_table import Drop

PICTURES, DRAWINGS = "usr/share/openclipart/png", "usr/share/openclipart/svg"
PNGS, SVGS = "openclipart-png.tar", "openclipart-svg.tar"
MAX_SVG = 20_000_000  # bytes; the largest has 1.7 million


class OpenClipart(Reader):
    """Read every PNG whose SVG can be read, in the order of their names."""

    archives = (PNGS, SVGS)

    def read_rows(self, source: Path, wordnet: Path | None) -> Iterator[dict | Drop]:
        with TarArchive(source / PNGS) as pngs, TarArchive(source / SVGS) as svgs:
            names = pngs.list_names(PICTURES, ".png")
            if not names:
                raise CorpusError(
                    f"expected PNG pictures under {PICTURES} in {pngs.path}, found none. Debian "
                    "may have changed the package; use the release that the README names."
                )
            for name in show_progress(names, "reading metadata"):
                photo_id = name.removeprefix(PICTURES + "/").removesuffix(".png")
                try:
                    if pngs.resolve(name) is None:
                        raise PhotoError(
                            "broken_link", "a link that leads to no file of the package"
                        )
                    yield _make_row(photo_id, name, read_work(_read_drawing(svgs, photo_id)))
                except PhotoError as error:
                    yield drop_photo(photo_id, error.reason, str(error))

    def _find_pictures(self, source: Path, listing: pd.DataFrame, max_bytes: int) -> Pictures:
        """The pictures with their drawings."""
        with TarArchive(source / PNGS) as pngs, TarArchive(source / SVGS) as svgs:
            for photo in listing.itertuples():
                picture = pngs.read(photo.file, max_bytes)
                yield PhotoFile(
                    photo.row, photo.photo_id, picture, _read_drawing(svgs, photo.photo_id)
                )


def _read_drawing(svgs: TarArchive, photo_id: str) -> bytes:
    content = svgs.read(f"{DRAWINGS}/{photo_id}.svg", MAX_SVG)
    if content is None:
        raise PhotoError("no_metadata", "the PNG has no SVG beside it")
    if len(content) > MAX_SVG:
        raise PhotoError("too_many_bytes", f"its SVG has more than {MAX_SVG} bytes")
    return content


def _make_row(photo_id: str, name: str, work: Work) -> dict:
    return {
        "photo_id": photo_id,
        "user_id": normalise_creator(work.creator),
        "tags": work.tags,
        "title": work.title,
        "description": work.description,
        "taken_at": work.date,
        "licence": _name_licence(work.licence_url),
        "licence_url": work.licence_url,
        "author": work.creator,
        "file": name,
    }


def _name_licence(url: str | None) -> str | None:
    """The licence that the picture itself states; None leaves it at the corpus' own."""
    known = {"publicdomain": "public domain", "gpl": "GPL"}
    return next((name for part, name in known.items() if part in (url or "").lower()), url)
