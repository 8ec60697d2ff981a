"""Which photos there are, from where, and what is refused."""

from typing import Literal

from pydantic import Field, model_validator

from phototags.params.section import Section


class Table(Section):
    """Your own pictures: a `photos.tsv`, and an `images.tar`, a folder of images, or their urls."""

    photos: int = Field(description="rows of photos.tsv, or pictures in folders, at most", gt=0)
    pictures: Literal["packaged", "web"] = Field(
        "packaged", description="in images.tar, or on the web at the column photo_url"
    )
    tags: Literal["listed", "folders"] = Field(
        "listed",
        description="in photos.tsv, or the names of the folders that the pictures lie in, as in "
        "ImageNet; these are packaged",
    )
    licence: str = Field("unknown", description="licence of the pictures, shown beside them")
    citation: str = Field("", description="who to thank for the corpus")

    @model_validator(mode="after")
    def folders_are_packaged(self) -> "Table":
        if self.pictures == "web" and self.tags == "folders":
            raise ValueError("pictures on the web lie in no folders: tags should be `listed`")
        return self


class Corpora(Section):
    """Which photos, from where, and what is refused."""

    mirror: str | None = Field(
        description="folder or http(s) url with one folder a corpus, asked before the source itself"
    )
    tables: dict[str, Table] = Field(description="your own corpora by name, read as `table`")
    samples: dict[str, int] = Field(
        {}, description="photos to take of a corpus, by its name; chosen by a hash of their ids"
    )
    user_ids: Literal["hashed", "kept"] = Field(
        "hashed", description="users as salted hashes, or under the names the corpus gives them"
    )
    salt: str = Field("phototags", description="of these hashes; keep your own secret")
    licences: list[str] | None = Field(
        None,
        description="use only photos with these licences, by the beginning of a licence's name or"
        " address; null uses all",
        min_length=1,
    )
    removals: str | None = Field(
        None,
        description="file of photos to leave out, one id, address or sha256 a line; null takes"
        " removals.txt where there is one",
    )
    shard_photos: int = Field(description="photos a shard; one shard is one job", gt=0)
    max_pixels: int = Field(description="a picture with more pixels is never decoded", gt=0)
    max_bytes: int = Field(description="a picture file with more bytes is never opened", gt=0)
