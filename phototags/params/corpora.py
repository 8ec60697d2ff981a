"""Params of the corpora: which photos, from where, and what is refused."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from phototags.params.names import CorpusName
from phototags.params.own_tables import OwnTable
from phototags.params.section import Section


class Corpora(Section):
    """Which photos, from where, and what is refused."""

    renamed: ClassVar[Mapping[str, str]] = {"salt": "the environment variable PHOTOTAGS_SALT"}

    mirror: str | None = Field(
        description="folder or http(s) url with one folder a corpus, tried before the makers' own "
        "addresses"
    )
    tables: dict[CorpusName, OwnTable] = Field(
        description="your own corpora by name, read as `table`"
    )
    samples: dict[CorpusName, Annotated[int, Field(gt=0, strict=True)]] = Field(
        {}, description="photos to take of a corpus, by its name; chosen by a hash of their ids"
    )
    user_ids: Literal["hashed", "kept"] = Field(
        "hashed",
        description="store users as hashes, salted with PHOTOTAGS_SALT (docs/corpora.md), or under"
        " the names in the corpus",
    )
    licences: list[Annotated[str, Field(pattern=r"\S")]] | None = Field(
        None,
        description="use only photos with these licences, by the beginning of a licence's name or"
        " address; null uses all",
        min_length=1,
    )
    removals: str | None = Field(
        None,
        description="file of photos to leave out, one id, address or sha256 a line, which must"
        " exist; null takes removals.txt if it exists",
    )
    shard_photos: int = Field(
        description="photos a shard; one shard is one job. A corpus that would have more than 3,000"
        " shards has larger ones: twice as many photos, three times, and so on",
        gt=0,
    )
    max_pixels: int = Field(
        description="decode no more pixels of a picture: a JPEG, PNG, TIFF or WebP of up to eight"
        " times as many is decoded at a half or a quarter of its sides, an AVIF or HEIC of up to"
        " twice as many at a half, any other is refused",
        gt=0,
    )
    max_bytes: int = Field(description="refuse to open a picture file with more bytes", gt=0)
    keep_exif: bool = Field(
        False,
        description="keep in the shards what pictures say of people: GPS places, serial numbers,"
        " owners and makers' notes in Exif and XMP; else they are blanked, pixels and orientation"
        " stay",
    )
