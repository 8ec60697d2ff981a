"""Which tags are worth learning, and from whose photos."""

from typing import Literal

from pydantic import Field

from phototags.params.section import Section


class Vocabulary(Section):
    """Which tags are worth learning, and which are one tag."""

    min_users: int = Field(description="people who must have written a tag (1 without users)", ge=1)
    min_photos: int = Field(description="training photos a tag needs", ge=1)
    max_photos: int | None = Field(None, description="training photos a tag may have", gt=0)
    max_tags: int | None = Field(description="keep only the commonest; null keeps all", gt=0)
    min_spread: float = Field(
        1.0,
        description="people a tag must have, counted as if each wrote it equally often"
        " (2 ** entropy); 2 refuses tags that are nearly one person's own",
        ge=1,
    )
    min_visualness: float | None = Field(
        None,
        description="chance that two people's photos of a tag look more alike than one of them and"
        " any other photo; refuses tags below it, 0.5 being chance; null keeps all",
        ge=0,
        le=1,
    )
    refuse: list[Literal["apps", "cameras"]] = Field(
        [], description="tags that a program writes always together, or that name the camera"
    )
    merge: list[Literal["joined", "split", "lemma", "synset"]] = Field(
        [],
        description="make one tag of those with equal letters, of run-together words, of plurals,"
        " of WordNet's synonyms, in this order",
    )
    aliases: str | None = Field(None, description="TSV file without header: a tag, what it becomes")
    blacklist: str | None = Field(None, description="file of tags to refuse, one a line")
    whitelist: str | None = Field(None, description="file of tags to keep whatever the rules say")
    match: str | None = Field(
        None,
        description="keep only tags that a task knows: imagenet, imagenet21k, visual_genome,"
        " esp_game or a file of words, one a line",
    )
    photos_at_once: int = Field(
        100_000,
        description="photos in memory at once, of clean_tags too; changes no result, fewer take"
        " less memory and more time",
        gt=0,
    )


class Split(Section):
    """Which photos are learned from; whole users where the corpus names its users."""

    seed: int = Field(description="salt of the hash that assigns users (or photos)")
    test: float = Field(description="share of users whose photos are test photos", gt=0, lt=1)
    validation: float = Field(description="share of the remaining users, for stopping", gt=0, lt=1)
