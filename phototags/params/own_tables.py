"""Params of the user's own pictures; apart from the others, since an edit here fetches anew."""

from typing import Literal

from pydantic import Field, TypeAdapter, model_validator

from phototags.params.section import Section


class OwnTable(Section):
    """Your own pictures: a `photos.tsv`, and an `images.tar`, a folder of images, or their urls."""

    photos: int = Field(
        description="rows of photos.tsv, or pictures in folders, at most", gt=0, le=1_000_000_000
    )
    pictures: Literal["packaged", "web"] = Field(
        "packaged",
        description="where pictures are: in images.tar, or on the web at the column photo_url",
    )
    tags: Literal["listed", "folders", "keywords"] = Field(
        "listed",
        description="where tags are: in photos.tsv, in the names of the pictures' folders, as in "
        "ImageNet, or in keywords in the pictures and their sidecars; the last two are packaged",
    )
    levels: Literal["all", "last", "whole"] = Field(
        "all",
        description="which levels of hierarchical keywords (`Places|Italy|Rome`) are tags: each, "
        "the last one, or all in one tag",
        exclude_if=lambda levels: levels == "all",
    )
    separators: str = Field(
        ",",
        description="characters between tags in photos.tsv, each of which ends a tag: `;`, `|`"
        " (levels of Lightroom's keywords are tags too), `、`, `，`, `#`; several together, `,|`",
        min_length=1,
        exclude_if=lambda separators: separators == ",",
    )
    licence: str = Field("unknown", description="licence of the pictures, shown beside them")
    citation: str = Field("", description="work to cite for the corpus")

    @model_validator(mode="after")
    def refuse_other_tags_on_the_web(self) -> "OwnTable":
        if self.pictures == "web" and self.tags != "listed":
            raise ValueError("pictures on the web lie in no folders: tags should be `listed`")
        return self


def read_own_tables(settings: str) -> dict[str, OwnTable]:
    """Read the user's own tables from JSON, as the rules pass them to their scripts.

    >>> read_own_tables('{"mine": {"photos": 3, "licence": "CC0"}}')["mine"].pictures
    'packaged'
    """
    return TypeAdapter(dict[str, OwnTable]).validate_json(settings)
