"""HTML page of photos that were found in indexed folders, with thumbnails inside."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from phototags.errors import PhotoError
from phototags.io.escapes import show
from phototags.io.storage import write_text
from phototags.photos.decoding import decode
from phototags.photos.gallery import encode_jpeg
from phototags.photos.picture_files import MAX_BYTES, MAX_PIXELS
from phototags.report.rendering import Thumbnail, data_url, render

SIDE = 480
"""Pixels of a thumbnail's longer side: a column's width on a screen of twice the density."""
SHOWN_TAGS = 8


class Photo(Protocol):
    """A found photo: `phototags.library.found.FoundPhoto`."""

    path: str
    score: float
    tags: tuple[tuple[str, float], ...]
    keywords: tuple[str, ...]
    title: str
    taken: str


class Result(Protocol):
    """A search's result: `phototags.library.found.SearchResult`."""

    wanted: tuple[str, ...]
    notes: tuple[str, ...]
    photos: tuple[Photo, ...]
    searched: int


def write_photos(path: Path, heading: str, result: Result) -> None:
    """Write the page: a photo that cannot be read is shown by its name alone."""
    cards = [
        {
            "name": show(Path(photo.path).name),
            "folder": show(Path(photo.path).parent),
            "link": Path(photo.path).absolute().as_uri(),
            "thumbnail": make_file_thumbnail(photo.path),
            "title": photo.title,
            "taken": photo.taken[:10],
            "score": photo.score,
            "keywords": photo.keywords,
            "tags": photo.tags[:SHOWN_TAGS],
        }
        for photo in result.photos
    ]
    page = render(
        "photos.html",
        heading=heading,
        notes=result.notes,
        wanted=set(result.wanted),
        searched=result.searched,
        cards=cards,
    )
    write_text(path, page)


def make_file_thumbnail(path: str) -> Thumbnail | None:
    """A thumbnail of a photo file; None where it cannot be read any more."""
    from PIL import Image

    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
        pixels = decode(content, MAX_PIXELS, MAX_BYTES, SIDE)
    except (OSError, PhotoError):
        return None
    image = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return Thumbnail(data_url(encode_jpeg(image), "image/jpeg"), *image.size)
