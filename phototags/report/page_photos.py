"""Small pictures that lie inside a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phototags.photos.gallery import Card, encode_jpeg, make_thumbnail
from phototags.photos.shards import read_files
from phototags.report.rendering import data_url

SIDE = 340  # pixels of the longer side


@dataclass(frozen=True)
class Picture:
    """A thumbnail as a url that needs no network, and its size in pixels."""

    url: str
    width: int
    height: int


def pictures_of(cards: Sequence[Card], shards: Sequence[Path]) -> list[Picture]:
    """The thumbnails of the cards' photos, read from the shards of one corpus."""
    contents = read_files(shards, [card.file for card in cards])
    small = [make_thumbnail(contents[card.file], SIDE) for card in cards]
    return [
        Picture(data_url(encode_jpeg(picture), "image/jpeg"), *picture.size) for picture in small
    ]
