"""Render HTML pages from templates; titles and tags are user input, so everything is escaped."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from phototags.photos.gallery import Card, encode_jpeg, make_thumbnail
from phototags.photos.shards import read_files

SIDE = 340  # pixels of a thumbnail's longer side


@dataclass(frozen=True)
class Thumbnail:
    """A small picture as a data url, and its size in pixels."""

    url: str
    width: int
    height: int


def make_thumbnails(cards: Sequence[Card], shards: Sequence[Path]) -> list[Thumbnail]:
    """Thumbnails of the cards' photos, read from the shards of one corpus."""
    contents = read_files(shards, [card.file for card in cards])
    images = [make_thumbnail(contents[card.file], SIDE) for card in cards]
    return [Thumbnail(data_url(encode_jpeg(image), "image/jpeg"), *image.size) for image in images]


def web_link(url: str | None) -> str:
    """The url if it is a web address, else an empty string.

    >>> web_link("https://photos.example/1"), web_link("javascript:alert(1)"), web_link(None)
    ('https://photos.example/1', '', '')
    """
    url = (url or "").strip()
    return url if url.lower().startswith(("https://", "http://")) else ""


def data_url(content: bytes, kind: str) -> str:
    """Encode bytes as a data url.

    >>> data_url(b"<svg/>", "image/svg+xml")
    'data:image/svg+xml;base64,PHN2Zy8+'
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def content_hash(text: str) -> str:
    """The base64 SHA-256 by which a page's content security policy allows its one script.

    >>> content_hash("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def render(template: str, **content: object) -> str:
    """Render a page from `templates/`; an undefined name in the template is an error."""
    environment = Environment(
        loader=FunctionLoader(
            lambda name: (files("phototags.report") / "templates" / name).read_text()
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(web_link=web_link, content_hash=content_hash)
    return environment.get_template(template).render(**content)
