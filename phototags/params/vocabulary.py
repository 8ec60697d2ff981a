"""Sections `vocabulary` and `split`: which tags are learned, and from whose photos."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from phototags.params.section import Section


class Vocabulary(Section):
    """Which tags are learned, and which are merged."""

    renamed: ClassVar[Mapping[str, str]] = {
        "min_spread": "min_effective_users",
        "photos_at_once": "chunk_photos",
    }

    min_users: int = Field(description="users who must have written a tag (1 without users)", ge=1)
    min_photos: int = Field(description="training photos a tag needs", ge=1)
    max_photos: int | None = Field(None, description="training photos a tag may have", gt=0)
    max_tags: int | None = Field(description="keep only the commonest; null keeps all", gt=0)
    min_effective_users: float = Field(
        1.0,
        description="effective number of users (2 ** entropy) a tag needs; 2 refuses tags that"
        " nearly one person alone wrote",
        ge=1,
    )
    min_visualness: float | None = Field(
        None,
        description="probability that two users' photos of a tag look more alike than one of them"
        " and any other photo; tags below are refused, 0.5 is chance level; null keeps all",
        ge=0,
        le=1,
    )
    refuse: list[Literal["apps", "cameras"]] = Field(
        [], description="refuse tags that an app writes, or that name the camera"
    )
    merge: list[Literal["joined", "split", "lemma", "synset"]] = Field(
        [],
        description="merge tags with equal letters, split compounds, merge plurals and WordNet's"
        " synonyms, in this order",
    )
    aliases: str | None = Field(None, description="TSV file without header: a tag, what it becomes")
    blacklist: str | None = Field(None, description="file of tags to refuse, one a line")
    whitelist: str | None = Field(None, description="file of tags to keep, whatever the rules say")
    match: str | None = Field(
        None,
        description="keep only tags of a task: imagenet, imagenet21k, visual_genome,"
        " esp_game or a file of words, one a line",
    )
    chunk_photos: int = Field(
        100_000,
        description="photos in memory at once, in clean_tags and build_vocabulary; fewer take less"
        " memory and more time, results are the same",
        gt=0,
    )


class Split(Section):
    """Which photos are for training, validation and test; by user where users are known."""

    seed: int = Field(description="salt of the hash that assigns users (or photos)")
    test: float = Field(description="share of users in the test part", gt=0, lt=1)
    validation: float = Field(
        description="share of the other users in the validation part, for early stopping",
        gt=0,
        lt=1,
    )
